"""The small world of the planner's tests: values that occur, the data clock, a planner over the real vocabulary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache

from assistant.planner import EmbeddedPlanner
from knowledge.vocabulary import load_vocabulary

CLOCK = dt.date(2026, 6, 30)
VALUES: Mapping[str, Sequence[str]] = {
    "customer_id": ["C_4F21", "C_77A0", "C_91BC", "C_A3D5"],
    "city": ["Pune", "Mumbai", "Bengaluru", "Surat", "Delhi", "Jaipur", "Chennai", "Navi Mumbai", "Nagpur"],
    "state": ["Maharashtra", "Karnataka", "Gujarat", "Delhi", "Rajasthan", "Tamil Nadu"],
    "region": ["North", "South", "East", "West"],
    "occupation": ["salaried", "self_employed", "business", "gig", "retired", "student"],
    "gender": ["F", "M", "other"],
    "age_band": ["under 25", "25-34", "35-44", "45-54", "55 and over"],
    "kyc_status": ["verified", "pending", "expired"],
    "product": ["home_loan", "personal_loan", "two_wheeler", "consumer_durable", "business_loan", "gold_loan"],
    "sma_class": ["standard", "SMA-0", "SMA-1", "SMA-2", "NPA", "written_off"],
    "band": ["very low", "low", "medium", "high", "very high"],
    "branch": ["Pune Camp", "Mumbai Fort", "Surat Ring Road"],
    "category": [
        "income", "rent", "groceries", "food_and_dining", "shopping", "fuel", "transport", "travel", "utilities",
        "entertainment", "health", "education", "insurance", "investment", "loan_payment", "cash", "transfer", "fees",
        "gambling", "loan_app", "refund", "interest",
    ],
    "merchant": ["Swiggy", "Zomato", "Indian Oil", "Big Bazaar", "Amazon", "More"],
    "mode": [
        "upi", "neft", "imps", "rtgs", "nach", "card", "pos", "atm", "cheque", "cash", "netbanking", "wallet", "other",
    ],
    "account_kind": ["savings", "current", "credit_card", "wallet", "loan"],
    "recurring_kind": ["salary", "rent", "emi", "sip", "insurance", "subscription", "utility"],
    "channel": ["app", "web", "ivr", "branch"],
    "direction": ["credit", "debit"],
}  # fmt: skip


@cache
def planner() -> EmbeddedPlanner:
    """The planner that every test asks; it keeps no state between questions."""
    return EmbeddedPlanner(vocabulary=load_vocabulary(), values=VALUES, data_clock=CLOCK)
