"""HDFC Bank: separate withdrawal and deposit columns, DD/MM/YY, rules of asterisks, a summary at the end."""

from __future__ import annotations

from analytics.ingest.layout import IGNORED, Layout

LAYOUTS = (
    Layout(
        name="hdfc",
        title="HDFC Bank statement",
        bank="hdfc",
        headings={
            "date": ("Date",),
            "narration": ("Narration",),
            "reference": ("Chq./Ref.No.", "Chq/Ref Number", "Cheque/Ref. No.", "Chq / Ref No."),
            "value_date": ("Value Dt", "Value Dat", "Value Date"),
            "debit": ("Withdrawal Amt.", "Debit Amount", "Withdrawal Amount", "Withdrawals"),
            "credit": ("Deposit Amt.", "Credit Amount", "Deposit Amount", "Deposits"),
            "balance": ("Closing Balance", "Balance"),
            IGNORED: ("Sr No", "S.No"),
        },
        dates=("DD/MM/YY", "DD/MM/YYYY", "YYYY-MM-DD"),
        marks=r"hdfc bank|\bHDFC0",
        ends_with=r"statement summary",
        footers=(
            r"hdfc bank (limited|ltd)",
            r"closing balance includes", r"registered office", r"contents of this statement",
            r"state account branch gstn", r"gstin number",
        ),
        preamble={"holder": r"^\W*((?:MR|MRS|MS|M/S|SMT|SHRI|DR)\.? [A-Z][A-Z .&']{2,50}?)\s*(?:\||$|  )"},
    ),
)  # fmt: skip
