"""PhonePe: a transaction's side in a word, its ids and the account that paid wrapped below it."""

from __future__ import annotations

from analytics.ingest.layout import IGNORED, Layout

LAYOUTS = (
    Layout(
        name="phonepe",
        title="PhonePe transaction statement",
        bank="phonepe",
        headings={
            "date": ("Date", "Transaction Date", "Date & Time"),
            "time": ("Time",),
            "narration": ("Transaction Details", "Details", "Description"),
            "posting_id": ("Transaction ID", "PhonePe Transaction ID"),
            "reference": ("UTR No.", "UTR", "UTR Number"),
            "sign": ("Type", "Transaction Type"),
            "amount": ("Amount", "Amount (INR)"),
            "status": ("Status", "Transaction Status"),
            "counterparty": ("Name", "Paid To / Received From"),
            IGNORED: ("Paid By", "Credited To", "Instrument"),
        },
        dates=("Mon DD, YYYY", "DD-Mon-YYYY", "DD/MM/YYYY", "YYYY-MM-DD"),
        marks=r"phonepe|transaction statement for",
        footers=(r"automatically generated statement", r"support\.phonepe", r"^\W*disclaimer"),
        moved=r"^(completed?|success(ful)?|)$",
        kind="wallet",
        mode="upi",
    ),
)
