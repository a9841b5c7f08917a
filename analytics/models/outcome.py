"""What a run of a model made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What a run made.

    Attributes
    ----------
    as_of
        Newest as-of scored.
    champion
        Version that serves; None where none could be fitted, and ``refusal`` says why.
    scored
        Customers with a score at the newest as-of.
    metrics
        Pooled out-of-time metrics, of the challenger where there is one.
    people
        Whom it scores, in the plural.
    challenger
        Version that was trained and waits for a decision.
    """

    as_of: dt.date | None = None
    champion: str | None = None
    scored: int = 0
    refusal: str | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    people: str = "customers"
    challenger: str | None = None
