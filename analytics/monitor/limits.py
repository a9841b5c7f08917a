"""How old a model may be before its answers warn, by model, in days of the data clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

#: Labels take a year to come, so a credit model of a year and a month has seen no newer truth.
STALE_DAYS: Mapping[str, int] = MappingProxyType(
    {"credit": 400, "churn": 200, "forecast": 100, "segments": 200, "anomalies": 100, "goals": 400}
)
OTHERWISE = 400
#: A model this many times as old as its limit is not leant on at all.
REFUSED_AT = 2


def stale_after(model: str) -> dt.timedelta:
    """Return the age beyond which a model warns."""
    return dt.timedelta(days=STALE_DAYS.get(model, OTHERWISE))


def refused_after(model: str) -> dt.timedelta:
    """Return the age beyond which a model is not leant on."""
    return REFUSED_AT * stale_after(model)
