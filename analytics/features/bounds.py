"""How far a feature can go, and which ones a customer can move: what a what-if and a counterfactual may try.

Features over windows of different length that measure the same thing move together: nobody has fewer bounces in six
months than he has in three.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from analytics.features.application import EVERY
from analytics.features.feature import Feature

#: Range of a unit's values where a feature has none of its own.
OF_UNIT: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "currency": (-math.inf, math.inf),
        "ratio": (-20.0, 20.0),
        "percent": (-5.0, 5.0),
        "count": (0.0, math.inf),
        "days": (0.0, math.inf),
        "months": (0.0, math.inf),
    }
)
#: Shares of a whole.
_SHARES = frozenset(
    {"salary_share_6m", "from_persons_share_3m", "cash_share_3m", "repaid_share", "gambling_to_inflow_6m"}
)
#: Counts of months cannot exceed their window.
_MONTHS_OF_WINDOW = re.compile(r"(overdue|deficit)_months|months_since")
_WINDOW = re.compile(r"_\d+m$")


def bounds(name: str) -> tuple[float, float]:
    """Return the lowest and highest value a feature can have.

    Raises
    ------
    KeyError
        There is no such feature.
    """
    feature = EVERY[name]
    if name in _SHARES:
        return 0.0, 1.0
    if _MONTHS_OF_WINDOW.search(name):
        return 0.0, float(feature.window)
    if feature.unit == "days" and name.startswith(("low_balance_days", "negative_days", "active_days")):
        return 0.0, 31.0 * feature.window
    if feature.unit == "percent" and name == "card_utilisation":
        return 0.0, 2.0
    return OF_UNIT[feature.unit]


def measure(name: str) -> str:
    """Return what a feature measures without its window."""
    return _WINDOW.sub("", name)


def movable(names: Iterable[str], features: Mapping[str, Feature] = EVERY) -> Mapping[str, tuple[Feature, ...]]:
    """Return the features a customer can move in a direction the model is held to, by what they measure.

    Parameters
    ----------
    features
        Name → feature with the model's own direction.
    """
    found: dict[str, list[Feature]] = {}
    for name in names:
        feature = features[name]
        if feature.mutable and feature.direction:
            found.setdefault(measure(name), []).append(feature)
    return {name: tuple(each) for name, each in found.items()}
