"""The gate between a challenger and serving: a list of checks, each a small judgement with its figures.

A check passes, fails, or cannot say: a report without the figures it needs is neither good nor bad. Limits are those of
the model policy; where few went bad, a figure fails only when its interval lies beyond the limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

Status = Literal["passed", "failed", "cannot say"]
Card = Mapping[str, Any]

SLOPE = (0.9, 1.1)
GINI_DROP = 0.10
FOUR_FIFTHS = 0.8
FEWEST_BADS = 20
#: Checks that say a version does not rank. A first version that fails one does not serve; too little history,
#: probabilities to be read as a ranking and a ratio between groups are told with its answers and left to people.
WANTING = ("discrimination", "gini", "deciles", "additivity")
ADDITIVITY = 1e-5
#: One-sided normal quantile of 0.05 shared by nine pairs of neighbouring tenths.
INVERSION = 2.54
Z = 1.959964


@dataclass(frozen=True)
class Judgement:
    """What a check found, in figures and words."""

    code: str
    title: str
    status: Status
    said: str


@dataclass(frozen=True)
class Check:
    """One check: ``judge`` is given the challenger's card and the champion's, None where none serves."""

    code: str
    title: str
    judge: Callable[[Card, Card | None], tuple[Status, str]]


def judged(challenger: Card, champion: Card | None) -> tuple[Judgement, ...]:
    """Return every check's judgement of a challenger beside the champion."""
    return tuple(Judgement(check.code, check.title, *check.judge(challenger, champion)) for check in CHECKS)


def passed(judgements: Sequence[Judgement]) -> bool:
    """Whether nothing failed and the validation that the rest stands on is there."""
    return not failures(judgements)


def failures(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Return what failed; a missing validation counts, since nothing unvalidated may replace what serves."""
    return tuple(each for each in judgements if each.status == "failed")


def found_wanting(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Return what validation found wrong with a version, as against what it could not judge or sets before people."""
    return tuple(each for each in failures(judgements) if each.code in WANTING)


def told(judgements: Sequence[Judgement]) -> str:
    """Return judgements in words, one after the other."""
    return "; ".join(f"{each.title.lower()} ({each.said})" for each in judgements)


def as_rows(judgements: Sequence[Judgement]) -> list[dict[str, str]]:
    """Return the judgements as plain data."""
    return [asdict(each) for each in judgements]


def _metrics(card: Card | None) -> Mapping[str, Mapping[str, float]]:
    return dict((card or {}).get("validation", {}).get("metrics", {}))


def _error(metric: Mapping[str, float]) -> float:
    return (metric["high"] - metric["low"]) / (2 * Z)


def _validated(challenger: Card, _: Card | None) -> tuple[Status, str]:
    report = challenger.get("validation", {})
    if not report.get("metrics"):
        return "failed", str(report.get("refused", "There is no validation out of time."))
    return "passed", f"{len(report.get('folds', ()))} folds out of time, {report.get('n', 0)} rows"


def _enough(challenger: Card, _: Card | None) -> tuple[Status, str]:
    report = challenger.get("validation", {})
    bads = report.get("bad_customers", report.get("bads"))
    if bads is None:
        return "cannot say", "The report does not count events."
    return ("passed" if bads >= FEWEST_BADS else "failed"), f"{bads} customers with the event, {FEWEST_BADS} needed"


def _discriminates(challenger: Card, champion: Card | None) -> tuple[Status, str]:
    ours, theirs = _metrics(challenger).get("auc"), _metrics(champion).get("auc")
    if ours is None:
        return "cannot say", "There is no AUC."
    if theirs is None:
        status: Status = "passed" if ours["value"] > 0.5 else "failed"
        return status, f"AUC {ours['value']:.3f} ({ours['low']:.3f} to {ours['high']:.3f}); no champion to beat"
    loss = theirs["value"] - ours["value"]
    allowed = Z * math.hypot(_error(ours), _error(theirs))
    return ("passed" if loss <= allowed else "failed"), (
        f"AUC {ours['value']:.3f} beside {theirs['value']:.3f}; a loss up to {allowed:.3f} is within the intervals"
    )


def _gini(challenger: Card, champion: Card | None) -> tuple[Status, str]:
    own = challenger.get("validation", {}).get("gini_drop")
    if own and own["low"] >= GINI_DROP:
        return "failed", f"out of time the Gini falls by {own['value']:.1%} ({own['low']:.1%} to {own['high']:.1%})"
    ours, theirs = _metrics(challenger).get("gini"), _metrics(champion).get("gini")
    if ours is None or theirs is None or theirs["value"] <= 0:
        return "cannot say", "There are not two Ginis to compare."
    drop = 1 - ours["value"] / theirs["value"]
    spread = Z * math.hypot(_error(ours), _error(theirs)) / theirs["value"]
    return ("passed" if drop - spread < GINI_DROP else "failed"), (
        f"Gini {ours['value']:.3f} beside {theirs['value']:.3f}: a drop of {drop:.1%} ± {spread:.1%}, "
        f"{GINI_DROP:.0%} allowed"
    )


def _calibrated(challenger: Card, _: Card | None) -> tuple[Status, str]:
    slope = _metrics(challenger).get("calibration_slope")
    if slope is None:
        return "cannot say", "There is no calibration slope."
    low, high = SLOPE
    beyond = slope["high"] < low or slope["low"] > high
    return ("failed" if beyond else "passed"), (
        f"slope {slope['value']:.2f} ({slope['low']:.2f} to {slope['high']:.2f}), {low} to {high} wanted"
    )


def _monotone(challenger: Card, _: Card | None) -> tuple[Status, str]:
    rows = challenger.get("validation", {}).get("deciles", {}).get("rows", ())
    if len(rows) < 2:
        return "cannot say", "There are no deciles."
    worst = max(_inversion(riskier, safer) for riskier, safer in pairwise(rows))
    order = "fall" if worst <= 0 else "do not fall everywhere"
    return ("failed" if worst > INVERSION else "passed"), (
        f"bad rates by tenth {order}; the largest rise is {max(worst, 0.0):.1f} standard errors, {INVERSION} allowed"
    )


def _inversion(riskier: Mapping[str, float], safer: Mapping[str, float]) -> float:
    """Return by how many standard errors a safer tenth went bad more often than the riskier one before it."""
    both = (riskier["bads"] + safer["bads"]) / (riskier["n"] + safer["n"])
    error = math.sqrt(both * (1 - both) * (1 / riskier["n"] + 1 / safer["n"]))
    return (safer["bads"] / safer["n"] - riskier["bads"] / riskier["n"]) / error if error else 0.0


def _fair(challenger: Card, champion: Card | None) -> tuple[Status, str]:
    ours, theirs = _lowest_ratio(challenger), _lowest_ratio(champion)
    if ours is None:
        return "cannot say", "The card has no adverse impact ratios by group."
    floor = min(FOUR_FIFTHS, theirs) if theirs is not None else FOUR_FIFTHS
    beside = f", the champion's {theirs:.2f}" if theirs is not None else ""
    return (
        "passed" if ours >= floor else "failed"
    ), f"lowest adverse impact ratio {ours:.2f}{beside}; {floor:.2f} wanted"


def _lowest_ratio(card: Card | None) -> float | None:
    """Return the lowest adverse impact ratio on a card, wherever under ``fairness`` it stands."""
    fairness = (card or {}).get("fairness") or (card or {}).get("validation", {}).get("fairness")
    found = list(_ratios(fairness))
    return min(found) if found else None


def _ratios(node: Any) -> list[float]:
    if isinstance(node, Mapping):
        own = [_upper(node[name]) for name in RATIOS if name in node]
        return own + [each for value in node.values() for each in _ratios(value)]
    if isinstance(node, list | tuple):
        return [each for value in node for each in _ratios(value)]
    return []


def _upper(ratio: Any) -> float:
    """Return a ratio, or the upper end of its interval where it has one: what chance may have lowered is no finding."""
    return float(ratio["high"] if isinstance(ratio, Mapping) else ratio)


#: What a ratio of approval rates is called on a card.
RATIOS = ("approval_ratio", "adverse_impact_ratio")


def _adds_up(challenger: Card, _: Card | None) -> tuple[Status, str]:
    gap = challenger.get("additivity")
    if gap is None:
        return "cannot say", "The card does not say whether contributions add up."
    return ("passed" if gap <= ADDITIVITY else "failed"), f"largest gap {gap:.1e}, {ADDITIVITY:.0e} allowed"


CHECKS: tuple[Check, ...] = (
    Check("validated", "Validated out of time", _validated),
    Check("enough", "Enough events to judge by", _enough),
    Check("discrimination", "Ranks no worse than the champion", _discriminates),
    Check("gini", "Gini drop", _gini),
    Check("calibration", "Calibration slope", _calibrated),
    Check("deciles", "Bad rates fall by tenth", _monotone),
    Check("fairness", "Four-fifths rule", _fair),
    Check("additivity", "Contributions add up", _adds_up),
)
