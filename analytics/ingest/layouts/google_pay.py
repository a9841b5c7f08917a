"""Google Pay: the side stands in the description (Paid … to, Received … from), failed ones are listed as well."""

from __future__ import annotations

from analytics.ingest.layout import IGNORED, Layout

LAYOUTS = (
    Layout(
        name="google_pay",
        title="Google Pay transactions",
        bank="google_pay",
        headings={
            "date": ("Time", "Date & time", "Date"),
            "posting_id": ("Transaction ID", "Google transaction ID"),
            "reference": ("UPI transaction ID", "UPI Ref No"),
            "narration": ("Description", "Transaction details"),
            "status": ("Status",),
            "amount": ("Amount", "Amount (INR)"),
            IGNORED: ("Product", "Payment method", "Bank account"),
        },
        dates=("DD-Mon-YYYY", "Mon DD, YYYY", "DD/MM/YYYY", "YYYY-MM-DD"),
        marks=r"google pay|google payments",
        moved=r"^(completed?|success(ful)?|)$",
        debits=r"^(paid|sent|you paid|bought|debit|self transfer to|top-?up)\b",
        credits=r"^(received|you received|refund|cashback|credit|reward|self transfer from)",
        sign_in="narration",
        kind="wallet",
        mode="upi",
    ),
)
