"""What was true of simulated customers, beside what segments, anomalies and goals found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.pipeline.periods import add_months

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
REPLICATES = 500


def customer_weights(customers: NDArray[Any], *, seed: int) -> Floats:
    """Return (replicates + 1, rows) how often each row's customer was drawn: Poisson, the first row all ones."""
    names, group = np.unique(customers.astype(str), return_inverse=True)
    drawn = np.random.default_rng(seed).poisson(1.0, (REPLICATES, len(names)))
    return np.vstack([np.ones((1, len(group))), drawn[:, group]]).astype(float)


def precision_at(score: Floats, bad: Bools, customers: NDArray[Any], count: int, *, seed: int) -> Floats:
    """Return the share of bad among the ``count`` highest, of the sample first and then of each replicate."""
    top = np.argsort(-score, kind="stable")[: 8 * count]
    weights = customer_weights(customers[top], seed=seed)
    before = np.cumsum(weights, axis=1) - weights
    taken = np.clip(count - before, 0, weights)
    return np.asarray((taken * bad[top]).sum(axis=1) / np.maximum(taken.sum(axis=1), 1))


def raw_columns(rows: pd.DataFrame) -> Floats:
    """Return what a plain isolation forest is given: amount, sign, time, mode, category, balance, as they are."""
    import pandas as pd

    moment = rows["posted_at"].dt
    codes = [pd.factorize(rows[name], sort=True)[0] for name in ("mode", "purpose")]
    columns = [
        np.log1p(rows["amount"].abs()), np.sign(rows["amount"]), moment.hour, moment.day_of_week, moment.day, *codes,
        np.log1p(rows["balance"].clip(lower=0).fillna(0)),
    ]  # fmt: skip
    return np.stack([np.asarray(column, dtype=float) for column in columns], axis=1)


Truth = Mapping[tuple[str, dt.date], Mapping[str, Any]]
Judge = Callable[[Callable[[int], Mapping[str, Any]]], bool]


def _owes_or_fails(at: Callable[[int], Mapping[str, Any]]) -> bool:
    """Whether in this month or the three after he owes an app, has a payment returned, or cannot make ends meet."""
    return any(
        row.get("loan_app_debt", 0) > 0 or row.get("bounces", 0) > 0 or row.get("needs", 0) > row.get("income_now", 0)
        for row in (at(month) for month in (0, 1, 2, 3))
        if row
    )


def _grew(at: Callable[[int], Mapping[str, Any]]) -> bool:
    now, then = at(0), at(-6)
    if not now or not then:
        return False
    return bool(now["balance"] + now["wealth"] - then["balance"] - then["wealth"] >= 0.5 * now["income"])


def _raised(at: Callable[[int], Mapping[str, Any]]) -> bool:
    now, then = at(0), at(-6)
    return bool(now and then and now["income"] >= 1.02 * then["income"])


#: Goal → whether it is true of a customer; the argument gives his truth so many months from the as-of.
TRUE: Mapping[str, Judge] = MappingProxyType(
    {
        "job_change": lambda at: bool(at(0)) and at(0)["months_since_job_change"] <= 4,
        "salary_step": _raised,
        "purchase_saving": _grew,
        "loan_need": _owes_or_fails,
        "school_fees": lambda at: bool(at(0)) and at(0)["children"] > 0,
    }
)
#: Goal → whether it should have been found: an event that shows in the books.
SHOULD: Mapping[str, Judge] = MappingProxyType(
    {
        "job_change": lambda at: _paid(at) and 1 <= at(0)["months_since_job_change"] <= 3,
        "salary_step": lambda at: _paid(at) and at(0)["income"] >= 1.04 * (at(-4) or at(0))["income"],
        "purchase_saving": lambda at: _grew(at),
        "loan_need": _owes_or_fails,
        "school_fees": lambda at: bool(at(0)) and at(0)["children"] > 0 and at(0)["months_since_child"] <= 12,
    }
)


def _paid(at: Callable[[int], Mapping[str, Any]]) -> bool:
    row = at(0)
    return bool(row and row["occupation"] == "salaried" and not row["income_shock"] and not row["churned"])


class TrueLives:
    """Ground truth by customer and month end."""

    def __init__(self, truth: pd.DataFrame) -> None:
        keys = zip(truth["customer_id"], (moment for moment in truth["as_of"]), strict=True)
        self._rows: dict[Any, Any] = dict(zip(keys, truth.to_dict("records"), strict=True))
        self.customers = sorted(truth["customer_id"].unique())

    def around(self, customer: str, as_of: dt.date) -> Callable[[int], Mapping[str, Any]]:
        """Return a customer's truth by months from an as-of; empty where there is none."""
        return lambda months: self._rows.get((customer, add_months(as_of, months)), {})


def wilson(hits: int, count: int) -> tuple[float, float, float]:
    """Return a share and its 95 % interval by E. B. Wilson's score method (1927)."""
    if not count:
        return float("nan"), float("nan"), float("nan")
    z, share = 1.959964, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return share, float(middle - half), float(middle + half)
