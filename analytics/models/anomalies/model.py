"""The anomaly model: signals → forest and rules → one score with its place among the postings learnt from.

What a row is scored. There is no label: nobody told which postings are wrong. A row's evidence is the rarity of the
rules that fire on it (minus the decimal logarithm of the share of postings each fires on: the strongest whole, the
others in part) and the rarity of its isolation score, in the same unit. The score is the share of the postings learnt
from with less evidence, 0 to 100: a place, not a probability of fraud.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from analytics.models.anomalies.autoencoder import Autoencoder
from analytics.models.anomalies.forest import Forest
from analytics.models.anomalies.postings import Bools, Floats, Keys
from analytics.models.anomalies.profile import found as found_in
from analytics.models.anomalies.rules import ABOVE_USUAL, RULES, UNUSUAL, firing, in_words
from analytics.models.anomalies.signals import SIGNALS, Signals, matrix
from analytics.models.array_bundle import packed, unpacked
from governance.errors import ModelError

NAME = "anomalies"
Method = Literal["isolation forest", "autoencoder"]
DETECTORS: Mapping[str, type[Forest] | type[Autoencoder]] = MappingProxyType(
    {Forest.kind: Forest, Autoencoder.kind: Autoencoder}
)
#: Rows below which nothing is fitted.
FEWEST = 500
#: How much rules beside the strongest, and the detector, count.
OTHERS, DETECTOR = 0.25, 0.5
#: Postings for a purpose below which all purposes together say how rare an amount is; shares a rarity is kept at.
FEWEST_OF_A_PURPOSE = 200
TAIL = np.r_[0.0, 1 - np.logspace(0, -6, 61), 1.0]
#: Points a place is kept by, the upper ones thicker: shares of rows below.
GRID = np.unique(np.r_[np.linspace(0, 0.99, 100), 1 - np.logspace(-2, -7, 101), 1.0])


@dataclass(frozen=True)
class Judged:
    """What the model says of rows: evidence, place from 0 to 100, and (rows, rules) the points of those that fire."""

    evidence: Floats
    score: Floats
    points: Floats


@dataclass(frozen=True)
class AmountRarity:
    """How rare a robust z is among the lender's postings for one purpose.

    Attributes
    ----------
    group
        Sorted keys of purpose and direction; the last row of ``grid`` is that of all together.
    grid
        (groups + 1, `TAIL`): z at the shares of a group's rows.
    rows
        Rows of each group.
    """

    group: Keys
    grid: Floats
    rows: Floats

    @classmethod
    def fit(cls, group: Keys, z: Floats) -> AmountRarity:
        """Keep the upper tail of each group that is large enough."""
        names, place, counts = np.unique(group, return_inverse=True, return_counts=True)
        kept = np.flatnonzero(counts >= FEWEST_OF_A_PURPOSE)
        grids = [np.quantile(z[place == at], TAIL) for at in kept] + [np.quantile(z, TAIL)]
        return cls(names[kept], np.stack(grids), np.r_[counts[kept], len(z)].astype(float))

    def points(self, group: Keys, z: Floats) -> Floats:
        """Return minus the decimal logarithm of the share of the group with a z as high."""
        at, there = found_in(self.group, group)
        place = np.where(there, at, len(self.group))
        out = np.zeros(len(z))
        for group_at in np.unique(place):
            mine = place == group_at
            level, last = np.unique(self.grid[group_at][::-1], return_index=True)
            share = TAIL[::-1][last]
            above = np.maximum(1.0 - np.interp(z[mine], level, share), 0.5 / (self.rows[group_at] + 1.0))
            out[mine] = -np.log10(above)
        return out


@dataclass(frozen=True)
class AnomalyModel:
    """A fitted model.

    Attributes
    ----------
    rule_points
        Weight of each of `RULES`.
    detector_grid, evidence_grid
        Values at the shares `GRID` of the rows learnt from.
    threshold
        Amount above which cash must be declared, in the books' currency.
    """

    version: str
    trained_as_of: dt.date
    detector: Forest | Autoencoder
    rule_points: Floats
    amounts: AmountRarity
    detector_grid: Floats
    evidence_grid: Floats
    threshold: float | None
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def judge(self, found: Signals) -> Judged:
        """Score rows by their signals."""
        fired = firing(found)
        points = weighed(fired, self.rule_points, self.amounts, found)
        evidence = _evidence(points, rarity(self.detector.score(matrix(found)), self.detector_grid))
        return Judged(evidence, 100.0 * share_below(evidence, self.evidence_grid), points)

    def explain(self, found: Signals, judged: Judged, row: int, purpose: str) -> tuple[str, list[str]]:
        """Return the kind of a row and its reasons in words; a pattern gives the kind before a mere amount does."""
        points = judged.points[row]
        order = sorted(np.flatnonzero(points > 0), key=lambda at: (RULES[at].name == ABOVE_USUAL, -points[at]))
        fired = [RULES[at] for at in order]
        return (fired[0].kind if fired else UNUSUAL), in_words(found, row, purpose, fired)

    def card(self) -> Mapping[str, Any]:
        """Return what is to be known before use, as plain JSON values."""
        return self.facts

    def with_facts(self, **facts: Any) -> AnomalyModel:
        """Return the model with more on its card."""
        merged = MappingProxyType({**self.facts, **facts})
        kept = {name: value for name, value in vars(self).items() if name != "facts"}
        return AnomalyModel(**kept, facts=merged)

    def to_bytes(self) -> bytes:
        """Return a zip of arrays and a JSON description with their digest: data only, nothing executable."""
        arrays = {f"detector_{name}": value for name, value in self.detector.arrays().items()}
        arrays |= {f"amounts_{name}": value for name, value in vars(self.amounts).items()}
        arrays |= {name: getattr(self, name) for name in ("rule_points", "detector_grid", "evidence_grid")}
        described = {
            "version": self.version, "trained_as_of": self.trained_as_of.isoformat(), "kind": self.detector.kind,
            "threshold": self.threshold, "facts": dict(self.facts), "signals": list(SIGNALS),
            "rules": [rule.name for rule in RULES],
        }  # fmt: skip
        return packed(described, arrays)

    @classmethod
    def from_bytes(cls, stored: bytes) -> AnomalyModel:
        """Undo `to_bytes`.

        Raises
        ------
        ModelError
            The bytes are not an anomaly model, were changed, or belong to other signals or rules.
        """
        described, arrays = unpacked(stored, "an anomaly model")
        if described.get("signals") != list(SIGNALS) or described.get("rules") != [rule.name for rule in RULES]:
            raise ModelError(
                f"The anomaly model {described.get('version')} knows other signals or rules. Build the workspace again."
            )
        mine = {name.removeprefix("detector_"): a for name, a in arrays.items() if name.startswith("detector_")}
        grid = mine.pop("grid")
        return cls(
            described["version"], dt.date.fromisoformat(described["trained_as_of"]),
            DETECTORS[described["kind"]].of_arrays(mine), arrays["rule_points"],
            AmountRarity(*(arrays[f"amounts_{name}"] for name in ("group", "grid", "rows"))), grid,
            arrays["evidence_grid"],
            described["threshold"], MappingProxyType(described["facts"]),
        )  # fmt: skip


def fit(
    found: Signals,
    *,
    trained_as_of: dt.date,
    threshold: float | None,
    method: Method = "isolation forest",
    seed: int = 0,
) -> AnomalyModel:
    """Fit on the signals of postings known by ``trained_as_of``.

    Raises
    ------
    ModelError
        Too few postings; the message says how many there are and how many are needed.
    """
    columns = matrix(found)
    if len(columns) < FEWEST:
        raise ModelError(
            f"{len(columns)} postings before {trained_as_of:%d %b %Y}; an anomaly model needs {FEWEST}. Add history."
        )
    detector = DETECTORS[method].fit(columns, seed=seed)
    fired = firing(found)
    rare = -np.log10((fired.sum(axis=0) + 0.5) / (len(columns) + 1.0))
    points = rare * [rule.weight for rule in RULES]
    scores = detector.score(columns)
    grid = np.quantile(scores, GRID)
    amounts = AmountRarity.fit(found["group"], found["amount_z"])
    evidence = _evidence(weighed(fired, points, amounts, found), rarity(scores, grid))
    return AnomalyModel(
        f"{trained_as_of:%Y-%m-%d}{'-autoencoder' if method == 'autoencoder' else ''}{f'-{seed}' if seed else ''}",
        trained_as_of, detector, points, amounts, grid, np.quantile(evidence, GRID), threshold,
        MappingProxyType(_facts(len(columns), fired, points, detector.kind, trained_as_of)),
    )  # fmt: skip


def weighed(fired: Bools, rule_points: Floats, amounts: AmountRarity, found: Signals) -> Floats:
    """Return the points of each rule on each row: 0 where it does not fire, the amount's own where that is the rule."""
    points = np.where(fired, rule_points, 0.0)
    at = next(place for place, rule in enumerate(RULES) if rule.name == ABOVE_USUAL)
    rows = np.flatnonzero(fired[:, at])
    points[rows, at] = amounts.points(found["group"][rows], found["amount_z"][rows])
    return points


def _evidence(points: Floats, detector: Floats) -> Floats:
    """Return the strongest rule's points, part of the others', and part of the detector's."""
    best = points.max(axis=1)
    return np.asarray(best + OTHERS * (points.sum(axis=1) - best) + DETECTOR * detector)


def rarity(values: Floats, grid: Floats) -> Floats:
    """Return minus the decimal logarithm of the share of rows learnt from that lie above."""
    return np.asarray(-np.log10(np.maximum(1.0 - share_below(values, grid), 1e-5)))


def share_below(values: Floats, grid: Floats) -> Floats:
    """Return the share of rows learnt from that lie below each value, between the grid's points by interpolation."""
    level, first = np.unique(grid, return_index=True)
    return np.asarray(np.interp(values, level, GRID[first]))


def _facts(rows: int, fired: Bools, points: Floats, kind: str, as_of: dt.date) -> dict[str, Any]:
    return {
        "model": NAME,
        "label": " ".join((__doc__ or "").split("What a row is scored. ")[1].split()),
        "detector": kind,
        "trained_as_of": as_of.isoformat(),
        "training_postings": rows,
        "signals": list(SIGNALS),
        "rules": [
            {
                "rule": rule.name,
                "kind": rule.kind,
                "fired": int(fired[:, at].sum()),
                "points": round(float(points[at]), 3),
            }
            for at, rule in enumerate(RULES)
        ],
        "limits": [
            "The score is a place among the lender's postings, not a probability of fraud.",
            "Rules name patterns that are known; a new kind of fraud shows in the detector alone.",
            "A posting's profile is that of the last month end; a habit taken up since counts as new.",
        ],
    }
