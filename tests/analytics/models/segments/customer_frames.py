"""Customers of three kinds that differ in plain ways, for grouping without books."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.models.segments.run import READ

#: Kind → what its customers have; every other feature is alike for all.
KINDS = {
    "earners": {"inflow_12m": 300_000, "saving_rate_6m": 0.3, "salary_share_6m": 0.95},
    "traders": {"inflow_12m": 60_000, "inflow_variation_12m": 1.2, "salary_share_6m": 0.0},
    "cash": {"inflow_12m": 15_000, "cash_share_3m": 0.6, "salary_share_6m": 0.5},
}
ALIKE = {
    "postings_3m": 40.0, "inflow_12m": 50_000.0, "salary_share_6m": 0.5, "inflow_variation_12m": 0.2,
    "outflow_variation_6m": 0.3, "balance_to_outflow_3m": 1.0, "essentials_to_inflow_3m": 0.3,
    "discretionary_to_inflow_3m": 0.2, "saving_rate_6m": 0.02, "cash_share_3m": 0.05, "outflow_to_inflow_3m": 0.9,
    "obligations_to_income_6m": 0.2, "days_since_posting": 1.0,
}  # fmt: skip
assert set(READ) < set(ALIKE)


def customers(each: int = 80, *, seed: int = 0, as_of: str = "2025-06-30") -> pd.DataFrame:
    """So many customers of each kind; ``kind`` says which."""
    draw = np.random.default_rng(seed)
    kinds = np.repeat(list(KINDS), each)
    frame = pd.DataFrame({"customer_id": [f"C{at:04d}" for at in range(len(kinds))], "kind": kinds})
    frame["as_of"] = pd.Timestamp(as_of)
    for name, value in ALIKE.items():
        frame[name] = [KINDS[kind].get(name, value) for kind in kinds] * draw.lognormal(0, 0.12, len(kinds))
    return frame
