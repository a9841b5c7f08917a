"""Kotak Mahindra Bank: one amount with Dr / Cr beside it, and the same beside the balance."""

from __future__ import annotations

from analytics.ingest.layout import IGNORED, Layout

LAYOUTS = (
    Layout(
        name="kotak",
        title="Kotak Mahindra Bank statement",
        bank="kotak",
        headings={
            "date": ("Date", "Transaction Date"),
            "value_date": ("Value Date",),
            "narration": ("Description", "Narration", "Transaction Details"),
            "reference": ("Chq / Ref number", "Chq/Ref No", "Chq / Ref No."),
            "amount": ("Amount", "Debit/Credit(₹)", "Withdrawal (Dr)/Deposit (Cr)"),
            "sign": ("Dr / Cr",),
            "balance": ("Balance", "Balance(₹)"),
            "debit": ("Withdrawal (Dr)",),
            "credit": ("Deposit (Cr)",),
            IGNORED: ("Sl. No.", "#"),
        },
        dates=("DD/MM/YYYY", "DD-Mon-YYYY", "DD-Mon-YY", "DD/MM/YY", "YYYY-MM-DD"),
        marks=r"kotak|\bKKBK0|cust\. ?reln",
        ends_with=r"^\W*statement summary|end of statement",
    ),
)
