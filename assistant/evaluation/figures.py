"""Counts of verdicts as shares with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evaluation.golden import FOLLOW_UP
from assistant.evaluation.judge import Judged

#: Standard normal quantile of a two-sided 95 % interval.
_Z = 1.959964


@dataclass(frozen=True)
class Share:
    """``hits`` of ``count``."""

    hits: int
    count: int

    @property
    def value(self) -> float:
        """The share; 1 of nothing."""
        return self.hits / self.count if self.count else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval (Wilson, 1927)."""
        if not self.count:
            return (0.0, 1.0)
        n, p = self.count, self.value
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return (max(middle - half, 0.0), min(middle + half, 1.0))

    def text(self) -> str:
        """Return share, count and interval: ``0.942 (130/138; 0.890–0.971)``."""
        low, high = self.interval
        return f"{self.value:.3f} ({self.hits}/{self.count}; {low:.3f}–{high:.3f})"


@dataclass(frozen=True)
class Figures:
    """What a set of judged questions comes to.

    Attributes
    ----------
    accuracy
        Right answers among the questions that have one; follow-ups included.
    precision
        Right answers among all answers given, those to questions without one included.
    declined
        Declined among the questions without an answer.
    follow_ups
        Right among the questions that go on from an answer, declines included.
    answered
        Answered, rightly or not, among the questions that have an answer; the others were declined.
    grounded
        Answers of which no sentence had to be left out.
    """

    accuracy: Share
    precision: Share
    declined: Share
    follow_ups: Share
    answered: Share
    grounded: Share


def figures(judged: Sequence[Judged]) -> Figures:
    """Count verdicts."""
    answerable = [each for each in judged if not each.golden.decline]
    traps = [each for each in judged if each.golden.decline]
    answered = [each for each in judged if each.answered]
    return Figures(
        accuracy=_right(answerable),
        precision=_right(answered),
        declined=_right(traps),
        follow_ups=_right([each for each in judged if each.golden.kind == FOLLOW_UP]),
        answered=Share(sum(each.answered for each in answerable), len(answerable)),
        grounded=Share(sum(each.grounded for each in answered), len(answered)),
    )


def by_kind(judged: Sequence[Judged]) -> dict[str, tuple[Share, int, int]]:
    """Kind → share right, how many were answered wrongly, how many declined."""
    kinds = dict.fromkeys(each.golden.kind for each in judged)
    found = {kind: [each for each in judged if each.golden.kind == kind] for kind in kinds}
    return {kind: (_right(those), _count(those, "wrong"), _count(those, "declined")) for kind, those in found.items()}


def _right(judged: Sequence[Judged]) -> Share:
    return Share(_count(judged, "right"), len(judged))


def _count(judged: Sequence[Judged], verdict: str) -> int:
    return sum(each.verdict == verdict for each in judged)
