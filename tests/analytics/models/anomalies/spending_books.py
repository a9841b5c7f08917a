"""Customers whose spending is regular, and a few postings that are not, in books in memory."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
from memory_books import MemoryWriter, customer, posting

CUSTOMERS, DAYS = 8, 150
BEGIN = dt.datetime(2025, 1, 1)
LAST = dt.date(2025, 5, 31)
ENDS = [dt.date(2025, 1, 31), dt.date(2025, 2, 28), dt.date(2025, 3, 31), dt.date(2025, 4, 30), LAST]
#: Names that must come out nowhere.
PERSON, EMPLOYER = "Kavya Chowdhury", "Galaxy Logistics"
SHOPS = (
    ("groceries", "kirana", "upi", 400.0, "Gupta Store"),
    ("fuel", "fuel_station", "pos", 900.0, "Indian Oil"),
    ("food_and_dining", "cafe", "card", 250.0, "Chai Point"),
)


def usual(name: str, seed: int) -> list[dict[str, Any]]:
    """A posting at each shop every other day, in the afternoon, a salary each month, a friend each week."""
    draw = np.random.default_rng(seed)
    rows = []
    for day in range(DAYS):
        for at, (category, subcategory, mode, amount, shop) in enumerate(SHOPS):
            if (day + at) % 2:
                continue
            moment = BEGIN + dt.timedelta(days=day, hours=14 + at, seconds=int(draw.integers(3_000)))
            rows.append(
                posting(name, moment.isoformat(), -round(amount * float(draw.lognormal(0, 0.2)), 2), category=category,
                        subcategory=subcategory, mode=mode, merchant=shop, city="Pune" if mode == "pos" else None,
                        balance_after=50_000)
            )  # fmt: skip
        if day % 30 == 1:
            moment = BEGIN + dt.timedelta(days=day, hours=5)
            rows.append(posting(name, moment.isoformat(), 60_000, category="income", subcategory="salary", mode="neft",
                                merchant=EMPLOYER, counterparty=EMPLOYER, balance_after=90_000))  # fmt: skip
        if day % 7 == 3:
            moment = BEGIN + dt.timedelta(days=day, hours=18)
            rows.append(posting(name, moment.isoformat(), -1_000, category="transfer", subcategory="sent_to_person",
                                mode="upi", counterparty=PERSON, vpa="kavya@okicici", balance_after=4e4))  # fmt: skip
    return rows


def at(moment: str, amount: float, **more: Any) -> dict[str, Any]:
    return posting("C0", moment, amount, **more)


#: Kind → the postings of one such event in the last month, the telling one last.
PLANTED: dict[str, list[dict[str, Any]]] = {
    "card_testing": [
        at(f"2025-05-06T20:{minute:02d}:00", amount, category="shopping", subcategory="digital_goods", mode="card",
           merchant="GlobalDigi", balance_after=50_000)
        for minute, amount in ((0, -2), (1, -5), (2, -3), (4, -9_000))
    ],
    "account_takeover": [
        at(f"2025-05-09T02:{minute:02d}:00", -9_000, category="transfer", subcategory="sent_to_person", mode="imps",
           counterparty="Aslam Sheikh", balance_after=40_000)
        for minute in (10, 14)
    ],
    "duplicate_debit": [
        at(f"2025-05-12T15:{minute:02d}:00", -777, category="food_and_dining", subcategory="cafe", mode="card",
           merchant="Chai Point", balance_after=50_000)
        for minute in (10, 11)
    ],
    "geo_jump": [
        at(f"2025-05-15T{hour:02d}:00:00", -900, category="fuel", subcategory="fuel_station", mode="pos",
           merchant="Indian Oil", city=city, balance_after=50_000)
        for hour, city in ((14, "Pune"), (15, "Kanpur"))
    ],
    "structuring": [
        at(f"2025-05-{day:02d}T13:00:00", 49_000, category="cash", subcategory="cash_deposit", mode="cash",
           balance_after=90_000)
        for day in (19, 20, 21)
    ],
    "amount_outlier": [
        at("2025-05-25T16:00:00", -9_900, category="fuel", subcategory="fuel_station", mode="pos",
           merchant="Indian Oil", city="Pune", balance_after=50_000)
    ],
}  # fmt: skip


def spending_books(customers: int = CUSTOMERS, *, planted: bool = True) -> MemoryWriter:
    """Books of customers alike, the first of them with `PLANTED`."""
    writer = MemoryWriter()
    rows = [row for kind in PLANTED.values() for row in kind] if planted else []
    for number in range(customers):
        customer(writer, f"C{number}")
        rows += usual(f"C{number}", number)
    columns = {name: [row.get(name) for row in rows] for name in {name for row in rows for name in row}}
    writer.append("core.transactions", pa.table(columns))
    return writer
