"""Borrowers at random, with labels that follow a few features, for fitting without books."""

from __future__ import annotations

import numpy as np
import pandas as pd

DIRECTIONS = {
    "days_past_due": 1,
    "bounces_6m": 1,
    "obligations_to_income_6m": 1,
    "income_6m": -1,
    "closing_balance": -1,
    "active_days_3m": 0,
    "highest_rate": 1,
}


def borrowers(customers: int = 600, months: int = 4, seed: int = 0, shift: float = -3.2) -> pd.DataFrame:
    """Rows of a customer are alike from month to month; some values are missing."""
    draw = np.random.default_rng(seed)
    count = customers * months
    who = np.repeat(np.arange(customers), months)
    base = draw.normal(size=customers)[who] + 0.3 * draw.normal(size=count)
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{number:05d}" for number in who],
            "as_of": np.tile(pd.date_range("2024-01-31", periods=months, freq="ME"), customers),
            "days_past_due": np.maximum(0, np.round(20 * base + 10 * draw.normal(size=count))),
            "bounces_6m": draw.poisson(np.exp(base - 1)),
            "obligations_to_income_6m": np.clip(0.4 + 0.15 * draw.normal(size=count), 0, 3),
            "income_6m": np.exp(10.5 + 0.4 * draw.normal(size=count)),
            "closing_balance": np.exp(9 + draw.normal(size=count)),
            "active_days_3m": draw.integers(1, 30, count).astype(float),
            "highest_rate": draw.choice([0.11, 0.16, 0.24], count),
        }
    )
    risk = shift + 1.2 * base + 3 * (frame.obligations_to_income_6m - 0.4) - 0.8 * (np.log(frame.income_6m) - 10.5)
    chance = draw.random(customers)[who]
    frame["bad"] = chance < 1 / (1 + np.exp(-risk))
    frame["indeterminate"] = ~frame.bad & (chance < 1.6 / (1 + np.exp(-risk)))
    frame.loc[draw.random(count) < 0.1, "obligations_to_income_6m"] = np.nan
    return frame
