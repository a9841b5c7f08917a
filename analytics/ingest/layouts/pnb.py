"""Punjab National Bank and banks that write alike: Dr and Cr amounts, balances that end in Cr. or Dr."""

from __future__ import annotations

from analytics.ingest.layout import IGNORED, Layout

LAYOUTS = (
    Layout(
        name="pnb",
        title="Punjab National Bank statement, and those that write alike",
        bank="pnb",
        headings={
            "date": ("Txn Date", "Transaction Date", "Date", "Post Date"),
            "value_date": ("Value Date",),
            "narration": ("Description", "Narration", "Remarks", "Particulars"),
            "reference": ("Cheque No.", "Cheque Number", "Instrument ID", "Cheque No"),
            "debit": ("Dr Amount", "Withdrawal", "Debit Amount"),
            "credit": ("Cr Amount", "Deposit", "Credit Amount"),
            "balance": ("Balance",),
            IGNORED: ("Txn No.", "Branch Name", "KIMS Remarks", "Txn ID"),
        },
        dates=("DD/MM/YYYY", "DD-Mon-YYYY", "DD/MM/YY", "YYYY-MM-DD"),
        marks=r"punjab national bank|\bPUNB0",
        ends_with=r"unless constituent notifies|^\W*abbreviations? used",
    ),
)
