"""ICICI Bank: a blank leading column and a serial number, amounts marked (INR), legends at the end."""

from __future__ import annotations

from analytics.ingest.layout import IGNORED, Layout

LAYOUTS = (
    Layout(
        name="icici",
        title="ICICI Bank statement",
        bank="icici",
        headings={
            "date": ("Transaction Date", "Date", "Txn Posted Date"),
            "value_date": ("Value Date",),
            "reference": ("Cheque Number", "Cheque. No./Ref. No.", "ChequeNo."),
            "narration": ("Transaction Remarks", "Particulars", "Description", "Remarks"),
            "debit": ("Withdrawal Amount (INR)", "Withdrawal Amt (INR)", "Withdrawals", "Debit Amount (INR)"),
            "credit": ("Deposit Amount (INR)", "Deposit Amt (INR)", "Deposits", "Credit Amount (INR)"),
            "balance": ("Balance (INR)", "Available Balance(INR)", "Balance"),
            "posting_id": ("Transaction ID", "Tran. Id"),
            IGNORED: ("S No.", "Sl No", "Mode"),
        },
        dates=("DD/MM/YYYY", "DD-Mon-YYYY", "DD/MM/YY", "YYYY-MM-DD"),
        marks=r"icici bank|\bICIC0|detailed statement|transactions list",
        ends_with=r"legends (used )?(in|for) (the )?(account )?statement|^\W*legends\b",
        preamble={
            "account_number": r"account\s*(?:no|number)?\.?\s*[:\-,\s]*(\d{10,16})\b",
            "holder": r"\d{10,16}\s*\(\s*INR\s*\)\s*-\s*([^,|\n]{3,60})",
        },
    ),
)
