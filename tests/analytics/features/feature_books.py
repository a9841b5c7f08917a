"""A handful of customers with a year and a half of everything, at random but always the same."""

from __future__ import annotations

import datetime as dt
import random

from memory_books import MemoryWriter, customer, loan, posting

CLOCK = dt.date(2026, 3, 31)
_CREDITS = [("income", "salary"), ("transfer", ""), ("loan_app", ""), ("cash", "")]
_DEBITS = [
    ("groceries", ""), ("shopping", ""), ("rent", "rent"), ("loan_payment", "emi"), ("fees", ""), ("investment", "sip"),
    ("gambling", ""), ("cash", ""), ("loan_app", ""),
]  # fmt: skip


def filled(customers: int = 8, postings: int = 220) -> MemoryWriter:
    """Books up to `CLOCK`: postings, some of them known late or returned, a card, loans, logins."""
    writer, draw = MemoryWriter(), random.Random(3)
    for number in range(customers):
        name = f"C{number}"
        customer(writer, name)
        card = {"account_id": f"{name}-K", "customer_id": name, "kind": "credit_card", "currency": "INR"}
        writer.insert("accounts", [{**card, "credit_limit": 50_000, "opened_on": "2024-01-01"}])
        writer.insert("transactions", [_posting(draw, name, number) for _ in range(postings)])
        writer.insert(
            "sessions",
            [{"customer_id": name, "started_at": _moment(draw, 540), "channel": "app"} for _ in range(30)],
        )
        paid = [_paid(draw, month) for month in range(1, 11)]
        loan(writer, f"L{number}", name, "2025-05-07", paid[: draw.randint(4, 10)], tenor=18)
    return writer


def _moment(draw: random.Random, days: int) -> dt.datetime:
    return dt.datetime(2026, 3, 31, 23, 59) - dt.timedelta(minutes=draw.randint(0, days * 24 * 60))


def _paid(draw: random.Random, month: int) -> str:
    due = dt.date(2025 + (4 + month) // 12, (4 + month) % 12 + 1, 7)
    return (due + dt.timedelta(draw.choice([0, 0, 0, 3, 35]))).isoformat()


def _posting(draw: random.Random, name: str, number: int) -> dict:
    credit = draw.random() < 0.4
    category, recurring = draw.choice(_CREDITS if credit else _DEBITS)
    moment = _moment(draw, 540 if number % 2 else 100)
    return posting(
        name, moment.isoformat(), round(draw.uniform(10, 9000), 2) * (1 if credit else -1),
        category=category, subcategory="bounce_charge" if category == "fees" else "", recurring_kind=recurring,
        balance_after=round(draw.uniform(-500, 40_000), 2), account_id=f"{name}-{'K' if draw.random() < 0.1 else 'S'}",
        known_at=moment + dt.timedelta(days=draw.choice([0] * 9 + [5])),
        reversal_of="T0" if category == "loan_payment" and draw.random() < 0.2 else None,
    )  # fmt: skip
