"""The goals model: detectors with the confidence that their findings earned on simulated events.

What counts as true. ``job_change``: the customer has another employer than four months ago. ``salary_step``: his income
is at least two per cent above what it was six months ago. ``purchase_saving``: balance and investments grew by half a
month's income or more in six months. ``loan_need``: in the three months around the as-of he owes a loan app, has a
payment returned, or earns less than he cannot do without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from analytics.models.array_bundle import packed, unpacked
from analytics.models.goals.detect import DETECTORS, SENSITIVE, Finding, Known
from governance.errors import ModelError

NAME = "goals"


@dataclass(frozen=True)
class GoalModel:
    """Which goals are looked for, and how much findings are trusted.

    Attributes
    ----------
    confidence
        Goal → confidence by strength, 1 to 3.
    least
        Confidence below which a finding is not told.
    """

    version: str
    trained_as_of: dt.date
    confidence: Mapping[str, tuple[float, ...]]
    least: float
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def goals(self) -> tuple[str, ...]:
        """Goals that are looked for."""
        return tuple(goal for goal in DETECTORS if goal in self.confidence)

    def find(self, known: Known) -> Iterator[tuple[Finding, float]]:
        """Yield findings with their confidence, those that are too uncertain left out."""
        for goal in self.goals:
            for finding in DETECTORS[goal](known):
                confidence = self.confidence[goal][finding.strength - 1]
                if confidence >= self.least:
                    yield finding, confidence

    def card(self) -> Mapping[str, Any]:
        """Return what is to be known before use, as plain JSON values."""
        return self.facts

    def with_facts(self, **facts: Any) -> GoalModel:
        """Return the model with more on its card."""
        merged = MappingProxyType({**self.facts, **facts})
        return GoalModel(self.version, self.trained_as_of, self.confidence, self.least, merged)

    def to_bytes(self) -> bytes:
        """Return a zip of a JSON description with its digest: data only, nothing executable."""
        described = {
            "version": self.version, "trained_as_of": self.trained_as_of.isoformat(), "least": self.least,
            "confidence": {goal: list(shares) for goal, shares in self.confidence.items()}, "facts": dict(self.facts),
        }  # fmt: skip
        return packed(described, {})

    @classmethod
    def from_bytes(cls, stored: bytes) -> GoalModel:
        """Undo `to_bytes`.

        Raises
        ------
        ModelError
            The bytes are not a goals model, were changed, or look for goals that are unknown.
        """
        described, _ = unpacked(stored, "a goals model")
        try:
            confidence = {goal: tuple(shares) for goal, shares in described["confidence"].items()}
            as_of = dt.date.fromisoformat(described["trained_as_of"])
            model = cls(
                described["version"], as_of, confidence, described["least"], MappingProxyType(described["facts"])
            )
        except (KeyError, ValueError, AttributeError) as error:
            raise ModelError("The stored bytes are not a goals model. Build the workspace again.") from error
        if unknown := set(confidence) - set(DETECTORS):
            raise ModelError(f"The goals model looks for {', '.join(sorted(unknown))}, which is unknown. Build again.")
        return model


def calibrated(as_of: dt.date, switched_on: Sequence[str] = ()) -> GoalModel:
    """Return the model with the confidence counted on simulated events.

    Parameters
    ----------
    switched_on
        Goals of `SENSITIVE` that the workspace wants looked for; none unless it says so.

    Raises
    ------
    ModelError
        One of them is not among those that can be switched on.
    """
    if strange := sorted(set(switched_on) - SENSITIVE):
        raise ModelError(f"{', '.join(strange)} cannot be switched on. There is {', '.join(sorted(SENSITIVE))}.")
    found = _calibration()
    wanted = [goal for goal in DETECTORS if goal not in SENSITIVE or goal in switched_on]
    confidence = {goal: tuple(float(share) for share in found["confidence"][goal]) for goal in wanted}
    facts = {
        "model": NAME,
        "label": " ".join((__doc__ or "").split("What counts as true. ")[1].split()),
        "goals": wanted,
        "confidence_by_strength": {goal: list(shares) for goal, shares in confidence.items()},
        "least_confidence": found["least_confidence"],
        "limits": [
            "Confidence was counted on simulated customers; on others it is a guess until outcomes are compared.",
            "Health, religion and pregnancy are never inferred; school fees only where switched on.",
            "A suggestion is for a person to make: nothing is granted, no limit is raised.",
        ],
    }
    return GoalModel(f"{as_of:%Y-%m-%d}", as_of, MappingProxyType(confidence), float(found["least_confidence"]), facts)


@cache
def _calibration() -> Mapping[str, Any]:
    import yaml

    text = resources.files("analytics.models.goals").joinpath("calibration.yaml").read_text("utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found
