"""Axis Bank: DR, CR and BAL columns, DD-MM-YYYY; or one amount with DR|CR beside it."""

from __future__ import annotations

from analytics.ingest.layout import IGNORED, Layout

LAYOUTS = (
    Layout(
        name="axis",
        title="Axis Bank statement",
        bank="axis",
        headings={
            "date": ("Tran Date", "Transaction Date", "S.No. Transaction Date"),
            "value_date": ("Value Date",),
            "reference": ("CHQNO", "Chq No", "Cheque Number"),
            "narration": ("PARTICULARS", "Transaction Particulars"),
            "debit": ("DR", "Debit", "Debit(INR)"),
            "credit": ("CR", "Credit", "Credit(INR)"),
            "amount": ("Amount(INR)", "Amount"),
            "sign": ("DR|CR", "Debit/Credit"),
            "balance": ("BAL", "Balance(INR)", "Balance"),
            IGNORED: ("SOL", "Branch Name", "Init. Br", "S.No"),
        },
        dates=("DD/MM/YYYY", "DD-Mon-YYYY", "DD/MM/YY", "YYYY-MM-DD"),
        marks=r"axis bank|\bUTIB0|statement of (axis )?account",
        ends_with=r"end of statement|transaction total|unless the constituent notifies",
        footers=(r"^\W*legends?\b", r"charge breakup"),
    ),
)
