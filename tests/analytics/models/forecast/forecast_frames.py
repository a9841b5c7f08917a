"""Cells at random: customers who spend on a few things, pay rent by mandate and earn a salary."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

AS_OF = dt.date(2025, 12, 31)
FIRST = 2023 * 12 + 1
MONTHS = 36


def cells(customers: int = 80, seed: int = 0, months: int = MONTHS) -> pd.DataFrame:
    """Rows as `analytics.models.forecast.history.cells` gives them; every fifth customer joins in the second year."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        name, level = f"C{number:04d}", float(np.exp(draw.normal(9.5, 0.5)))
        for month in range(12 if number % 5 == 0 else 0, months):
            period, season = FIRST + month, 1.3 if month % 12 in (9, 10) else 1.0
            for category, share in (("groceries", 0.5), ("travel", 0.3), ("health", 0.2)):
                if category == "travel" and draw.random() < 0.5:
                    continue
                amount = round(level * share * season * float(draw.lognormal(0, 0.3)), 2)
                rows.append((name, "spend", category, "", "", period, period, amount))
            if number % 2:
                rows.append((name, "spend", "rent", "rent", "a", period, period, 12_000.0))
            if number % 3 == 0:
                rows.append((name, "obligations", "loan_payment", "emi", "b", period, period, 5_000.0))
            rows.append((name, "inflow", "inflow", "salary", "c", period, period, round(3 * level, 2)))
    columns = ["customer_id", "measure", "category", "kind", "mandate", "period", "known", "amount"]
    return pd.DataFrame(rows, columns=columns)
