"""The figures on any model's card: each with its interval and, where there is one, its baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Metric on a card → how it is called; others go by their own name.
LABELS: Mapping[str, str] = {
    "auc": "AUC",
    "gini": "Gini",
    "ks": "KS",
    "pr_auc": "PR-AUC",
    "lift_at_10": "Lift at 10 %",
    "brier_skill": "Brier skill",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
    "mase": "MASE",
    "smape": "sMAPE",
    "coverage_80": "Coverage of 80 % intervals",
}
#: What was counted in training, as a card may call it → the word for it.
COUNTED: Mapping[str, str] = {
    "training_rows": "rows",
    "training_customers": "customers",
    "training_bad_customers": "customers with the event",
    "training_postings": "postings",
    "training_months": "months",
}


@dataclass(frozen=True)
class Figure:
    """One figure: its path on the card, its label, value and 95 % interval, and the baseline's value."""

    path: str
    label: str
    value: float
    low: float | None
    high: float | None
    baseline: float | None


def figures(validation: Mapping[str, Any]) -> list[Figure]:
    """Return every figure among the metrics of a validation report."""
    return list(_within(validation.get("metrics", {}), validation.get("baseline", {}), ()))


def _within(node: Any, baseline: Any, path: tuple[str, ...]) -> Iterator[Figure]:
    if not isinstance(node, Mapping):
        return
    beside = baseline if isinstance(baseline, Mapping) else {}
    if isinstance(node.get("value"), int | float):
        words = ", ".join(LABELS.get(part, part.replace("_", " ")) for part in path)
        yield Figure("_".join(path), words, node["value"], node.get("low"), node.get("high"), beside.get("value"))
        return
    for name, each in node.items():
        yield from _within(each, beside.get(name), (*path, name))


def learner(card: Mapping[str, Any]) -> str:
    """Return what kind of model a card is of."""
    return str(card.get("learner") or card.get("method") or card.get("detector") or "set of declared rules")


def counted(card: Mapping[str, Any]) -> str:
    """Return what it was trained on in words: ``1,200 rows, 600 customers``; empty where the card counts nothing."""
    return ", ".join(f"{card[name]:,} {word}" for name, word in COUNTED.items() if card.get(name))
