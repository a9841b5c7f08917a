"""Which of two models serves: the simpler one, unless the other is better by more than chance and a hair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analytics.models.metrics import Estimate

#: Difference in AUC under which two models are a tie, whatever its interval.
LEAST_GAP = 0.005


@dataclass(frozen=True)
class Choice:
    """What serves, and why."""

    chosen: str
    other: str
    reason: str
    gap: Estimate | None

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        return {
            "chosen": self.chosen,
            "other": self.other,
            "reason": self.reason,
            "auc_gap": self.gap.as_dict() if self.gap else None,
            "least_gap": LEAST_GAP,
        }


def choose(simple: str, other: str, gap: Estimate | None) -> Choice:
    """Choose between a simple model and another.

    Parameters
    ----------
    simple, other
        Their names.
    gap
        Paired difference in out-of-time AUC, other less simple; None where nothing could be tested.

    Returns
    -------
    Choice
        ``other`` only where its lead is at least `LEAST_GAP` and its 95 % interval lies above 0.
    """
    if gap is None:
        why = f"Nothing could be tested out of time: the {simple} serves, being the simpler."
        return Choice(simple, other, why, None)
    told = f"AUC {gap.value:+.4f} ({gap.low:+.4f} to {gap.high:+.4f}) for the {other} against the {simple}, out of time"
    if gap.value >= LEAST_GAP and gap.low > 0:
        return Choice(other, simple, f"{told}: more than {LEAST_GAP} and more than chance. The {other} serves.", gap)
    why = f"less than {LEAST_GAP}" if gap.value < LEAST_GAP else "its interval includes 0"
    return Choice(simple, other, f"{told}: a tie, {why}. A tie goes to the {simple}.", gap)
