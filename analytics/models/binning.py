"""Monotone binning of one feature, and the weight of evidence of each bin.

Weight of evidence (Siddiqi, Credit Risk Scorecards, ch. 5), signed so that more is riskier:
``ln((bads in the bin / all bads) / (goods in the bin / all goods))``, half a bad and half a good added to each bin.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Bins begun with, and the share of the known rows, the bads and the goods a bin holds at the least.
BEGUN_WITH = 24
LEAST_SHARE = 0.04
LEAST_EVENTS = 4
#: 95 % quantile of χ² with one degree of freedom.
CHI_SQUARE = 3.841


@dataclass(frozen=True)
class Binning:
    """One feature's bins.

    Attributes
    ----------
    edges
        Ascending; a value belongs to the first bin whose edge is above it, the last bin is open.
    weights
        Weight of evidence of each bin, one more than there are edges.
    missing
        Weight of evidence of a missing value; 0 where training had too few of them.
    value
        Information value: ``Σ (bads' share − goods' share) · weight``.
    """

    edges: Floats
    weights: Floats
    missing: float
    value: float

    def place(self, values: Floats) -> NDArray[np.int64]:
        """Return the bin of each value, the number of bins for a missing one."""
        found = np.searchsorted(self.edges, values, side="right")
        return np.where(np.isnan(values), len(self.weights), found).astype(np.int64)

    def apply(self, values: Floats) -> Floats:
        """Return the weight of evidence of each value."""
        return np.asarray(np.append(self.weights, self.missing)[self.place(values)])

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        return {
            "edges": self.edges.tolist(),
            "weights": self.weights.tolist(),
            "missing": self.missing,
            "value": self.value,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Binning:
        """Undo `as_dict`."""
        edges, weights = (np.array(stored[name], dtype=float) for name in ("edges", "weights"))
        return cls(edges, weights, float(stored["missing"]), float(stored["value"]))


def binned(values: Floats, bad: Floats, direction: int) -> Binning:
    """Bin a feature so that the weight of evidence never runs against its direction.

    Quantile bins are merged by pooling adjacent violators, then those with too few rows, bads or goods with the
    neighbour nearer in bad rate. A feature of direction 0 may bend: its bins are merged only where they are too small
    or not told apart by more than chance (χ² at 5 %).

    Parameters
    ----------
    values
        NaN where missing.
    bad
        0 or 1 for each value.
    direction
        +1, −1 or 0.
    """
    known = ~np.isnan(values)
    edges = _quantile_edges(values[known])
    place = np.searchsorted(edges, values[known], side="right")
    counts = [np.bincount(place, weights=one, minlength=len(edges) + 1) for one in (bad[known], 1.0 - bad[known])]
    merge = _monotone if direction else _apart
    bads, goods = (np.asarray(one, dtype=np.float64) for one in counts)
    kept, bads, goods = merge(*_large_enough(*merge(edges, bads, goods, direction)), direction)
    lost = np.array([bad[~known].sum(), (~known).sum() - bad[~known].sum()])
    return _weighted(kept, bads, goods, lost)


def _quantile_edges(known: Floats) -> Floats:
    if not len(known):
        return np.empty(0)
    found = np.unique(np.quantile(known, np.linspace(0, 1, BEGUN_WITH + 1)[1:-1], method="higher"))
    return np.asarray(found[found > known.min()])


def _monotone(edges: Floats, bads: Floats, goods: Floats, direction: int) -> tuple[Floats, Floats, Floats]:
    """Pool adjacent bins whose bad rates run against the direction."""
    blocks: list[list[float]] = []
    ends = [*edges.tolist(), np.inf]
    for end, b, g in zip(ends, bads.tolist(), goods.tolist(), strict=True):
        blocks.append([end, b, g])
        while len(blocks) > 1 and (_rate(blocks[-1]) - _rate(blocks[-2])) * direction <= 0:
            end_, b_, g_ = blocks.pop()
            blocks[-1] = [end_, blocks[-1][1] + b_, blocks[-1][2] + g_]
    return _as_arrays(blocks)


def _apart(edges: Floats, bads: Floats, goods: Floats, _direction: int) -> tuple[Floats, Floats, Floats]:
    """Merge the two neighbours least told apart until all are by more than chance."""
    blocks = [[end, b, g] for end, b, g in zip([*edges.tolist(), np.inf], bads, goods, strict=True)]
    while len(blocks) > 1:
        statistics = [_chi_square(one, other) for one, other in itertools.pairwise(blocks)]
        at = int(np.argmin(statistics))
        if statistics[at] >= CHI_SQUARE:
            break
        blocks[at : at + 2] = [_joined(blocks[at], blocks[at + 1])]
    return _as_arrays(blocks)


def _chi_square(one: list[float], other: list[float]) -> float:
    """Return Pearson's statistic of a two by two table; 0 where it has an empty margin."""
    (_, a, b), (_, c, d) = one, other
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    return (a + b + c + d) * (a * d - b * c) ** 2 / margins if margins else 0.0


def _joined(one: list[float], other: list[float]) -> list[float]:
    return [other[0], one[1] + other[1], one[2] + other[2]]


def _large_enough(edges: Floats, bads: Floats, goods: Floats) -> tuple[Floats, Floats, Floats]:
    """Merge bins that are too small to trust with the neighbour nearer in bad rate; order is kept."""
    blocks = [[end, b, g] for end, b, g in zip([*edges.tolist(), np.inf], bads, goods, strict=True)]
    least = LEAST_SHARE * float(bads.sum() + goods.sum())
    while len(blocks) > 1:
        small = [at for at, (_, b, g) in enumerate(blocks) if b + g < least or min(b, g) < LEAST_EVENTS]
        if not small:
            break
        at = min(small, key=lambda at: blocks[at][1] + blocks[at][2])
        sides = [side for side in (at - 1, at + 1) if 0 <= side < len(blocks)]
        other = min(sides, key=lambda side: abs(_rate(blocks[side]) - _rate(blocks[at])))
        low, high = sorted((at, other))
        blocks[low : high + 1] = [_joined(blocks[low], blocks[high])]
    return _as_arrays(blocks)


def _rate(block: list[float]) -> float:
    """Return the bad rate with half a bad and half a good added, which rises as the weight of evidence does."""
    return (block[1] + 0.5) / (block[1] + block[2] + 1)


def _as_arrays(blocks: list[list[float]]) -> tuple[Floats, Floats, Floats]:
    edges, bads, goods = np.array(blocks, dtype=float).T
    return edges[:-1], bads, goods


def _weighted(edges: Floats, bads: Floats, goods: Floats, lost: Floats) -> Binning:
    """Return the binning; missing values weigh only where they are enough to tell."""
    told = lost.sum() >= LEAST_SHARE * (bads.sum() + goods.sum() + lost.sum()) and lost.min() >= LEAST_EVENTS
    every = np.column_stack([np.append(bads, lost[0]), np.append(goods, lost[1])]) if told else np.column_stack(
        [bads, goods]
    )  # fmt: skip
    shares = (every + 0.5) / (every.sum(axis=0) + 0.5 * len(every))
    weights = np.log(shares[:, 0] / shares[:, 1])
    value = float(((shares[:, 0] - shares[:, 1]) * weights).sum())
    return Binning(edges, weights[: len(bads)], float(weights[-1]) if told else 0.0, value)
