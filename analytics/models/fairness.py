"""How a model treats groups of people: approval, true positives, calibration.

Groups are read from the books to look at what a model does; no model reads them.

The four-fifths ratio sets a group's approval rate against that of the group approved most (Uniform Guidelines on
Employee Selection Procedures, 29 CFR 1607.4 D); equal opportunity compares the share approved of those who turned out
good (Hardt et al., 2016).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.metrics import Floats, Replicates, interval

if TYPE_CHECKING:
    import pandas as pd

Texts = NDArray[np.object_]

#: Rows of a group under which nothing is said of it, and the ratio under which an approval rate is called adverse.
LEAST_ROWS = 100
FOUR_FIFTHS = 0.8
#: First year of age of each band after the youngest.
AGES: tuple[int, ...] = (25, 35, 45, 60)


def table(
    groups: Mapping[str, Texts], customers: Texts, bad: Floats, probability: Floats, *, cut_off: float, seed: int = 0
) -> dict[str, Any]:
    """Return the fairness table of tested customers.

    Parameters
    ----------
    groups
        Attribute → group of each row; an empty text is unknown and left out.
    customers, bad, probability
        Of each row, out of time.
    cut_off
        Probability from which on a customer is declined.

    Returns
    -------
    dict
        ``cut_off`` and, by attribute, ``rows`` (group, n, bads, approval and its ratio to the highest, share of the
        good approved, observed and predicted rate, each ratio and gap with its 95 % interval) and ``adverse``: the
        groups whose whole interval lies under four fifths.
    """
    told = {name: _attribute(group, customers, bad, probability, cut_off, seed) for name, group in groups.items()}
    return {"cut_off": round(cut_off, 6), "attributes": {name: found for name, found in told.items() if found["rows"]}}


def _attribute(
    group: Texts, customers: Texts, bad: Floats, probability: Floats, cut_off: float, seed: int
) -> dict[str, Any]:
    names, counts = np.unique(group.astype(str), return_counts=True)
    large = [str(name) for name, count in zip(names, counts, strict=True) if name and count >= LEAST_ROWS]
    small = [str(name) for name, count in zip(names, counts, strict=True) if name and count < LEAST_ROWS]
    if len(large) < 2:
        return {"rows": []}
    draws = Replicates.by_customer(customers, count=300, seed=seed).weights
    approved, good = (probability < cut_off).astype(float), 1.0 - bad
    inside = {name: draws * (group.astype(str) == name) for name in large}
    approval = {name: _share(weights, approved) for name, weights in inside.items()}
    opportunity = {name: _share(weights * good, approved) for name, weights in inside.items()}
    best = max(large, key=lambda name: approval[name][0])
    equal = max(large, key=lambda name: opportunity[name][0])
    rows: list[dict[str, Any]] = []
    for name in large:
        ratio = interval(approval[name] / np.maximum(approval[best], 1e-12))
        gap = interval(opportunity[name] - opportunity[equal])
        rows.append(
            {
                "group": name,
                "n": int((group == name).sum()),
                "bads": int(bad[group == name].sum()),
                "approval": round(float(approval[name][0]), 6),
                "approval_ratio": ratio.as_dict(),
                "good_approved": round(float(opportunity[name][0]), 6),
                "good_approved_gap": gap.as_dict(),
                "observed": round(float(bad[group == name].mean()), 6),
                "predicted": round(float(probability[group == name].mean()), 6),
                "observed_to_predicted": interval(
                    _share(inside[name], bad) / np.maximum(_share(inside[name], probability), 1e-12)
                ).as_dict(),
            }
        )
    adverse = [row["group"] for row in rows if row["approval_ratio"]["high"] < FOUR_FIFTHS]
    return {"rows": rows, "adverse": adverse, "too_few_to_tell": small}


def _share(weights: Floats, values: Floats) -> Floats:
    return np.asarray((weights @ values) / np.maximum(weights.sum(axis=1), 1e-12))


def age_band(birth: pd.Series[Any], as_of: pd.Series[Any]) -> Texts:
    """Return the age band at each as-of; empty where the date of birth is not known."""
    import pandas as pd

    then, born = pd.to_datetime(as_of), pd.to_datetime(birth)
    before = (then.dt.month * 100 + then.dt.day) < (born.dt.month * 100 + born.dt.day)
    years = (then.dt.year - born.dt.year - before).to_numpy(dtype=float)
    names = [f"under {AGES[0]}", *(f"{low} to {high - 1}" for low, high in itertools.pairwise(AGES)),
             f"{AGES[-1]} and over"]  # fmt: skip
    place = np.searchsorted(AGES, np.nan_to_num(years, nan=0.0), side="right")
    return np.where(np.isnan(years), "", np.array(names, dtype=object)[place]).astype(object)
