"""Paytm: one signed amount in the passbook of today, debit and credit columns in the wallet's of old."""

from __future__ import annotations

from analytics.ingest.layout import IGNORED, Layout

LAYOUTS = (
    Layout(
        name="paytm",
        title="Paytm passbook",
        bank="paytm",
        headings={
            "date": ("Date", "Date & Time"),
            "time": ("Time",),
            "narration": ("Transaction Details", "Activity"),
            "vpa": ("Other Transaction Details (UPI ID or A/c No)",),
            "counterparty": ("Source/Destination",),
            "amount": ("Amount",),
            "debit": ("Debit",),
            "credit": ("Credit",),
            "reference": ("UPI Ref No.", "Wallet Txn ID", "UPI Ref No"),
            "status": ("Status",),
            IGNORED: ("Your Account", "Order ID", "Remarks", "Tags", "Comment", "Transaction Breakup"),
        },
        dates=("DD/MM/YYYY", "DD-Mon-YYYY", "YYYY-MM-DD"),
        marks=r"paytm|passbook payment",
        moved=r"^(completed?|success(ful)?|)$",
        kind="wallet",
        mode="",
    ),
)
