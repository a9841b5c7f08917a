"""State Bank of India: debit and credit columns, dates with the month's name, one note at the end."""

from __future__ import annotations

from analytics.ingest.layout import IGNORED, Layout

LAYOUTS = (
    Layout(
        name="sbi",
        title="State Bank of India statement",
        bank="sbi",
        headings={
            "date": ("Txn Date", "Date", "Post Date", "Transaction Date"),
            "narration": ("Description", "Details", "Transaction Details"),
            "reference": ("Ref No./Cheque No.", "Ref No/Cheque No", "Cheque No/Reference No", "Chq/Ref No"),
            "value_date": ("Value Date",),
            "debit": ("Debit",),
            "credit": ("Credit",),
            "balance": ("Balance",),
            IGNORED: ("Branch Code", "Sl No"),
        },
        dates=("DD-Mon-YYYY", "DD-Mon-YY", "DD/MM/YYYY", "DD/MM/YY", "YYYY-MM-DD"),
        marks=r"state bank of india|\bSBIN0",
        footers=(r"please do not share your atm", r"if your account is operated by a letter"),
        preamble={"opening_balance": r"balance as on [^:]*:?\s*([\d,]+\.\d{2})"},
    ),
)
