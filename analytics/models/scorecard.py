"""The scorecard: a logistic regression on weights of evidence, told as points by bin."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analytics.models import scale
from analytics.models.binning import Binning, binned
from analytics.models.design import matrix
from analytics.models.logistic_fit import held_logistic

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

#: Information value under which a feature is left out (Siddiqi: under 0.02 it does not predict).
LEAST_VALUE = 0.02
#: Correlation with a better feature above which one is left out, and features looked at in all.
MOST_ALIKE = 0.9
MOST_FEATURES = 40
#: Strength of the ridge on weights of evidence.
PENALTY = 2.0


@dataclass(frozen=True)
class Scorecard:
    """Points for the bin each feature falls in; the weight on each feature's evidence is never negative.

    Attributes
    ----------
    names
        All features it was offered; those left out weigh nothing.
    bins
        One binning for each name.
    weights
        Coefficients on the weights of evidence, 0 for those left out.
    base
        Log-odds where no evidence weighs either way.
    """

    kind: ClassVar[str] = "scorecard of weights of evidence"
    names: tuple[str, ...]
    bins: tuple[Binning, ...]
    weights: Floats
    base: float

    @classmethod
    def fit(cls, frame: pd.DataFrame, bad: Floats, names: Sequence[str], directions: Sequence[int]) -> Scorecard:
        """Fit on rows labelled 0 or 1."""
        values = matrix(frame, names)
        bins = tuple(binned(column, bad, direction) for column, direction in zip(values.T, directions, strict=True))
        evidence = np.column_stack([made.apply(column) for made, column in zip(bins, values.T, strict=True)])
        chosen = _chosen(evidence, [made.value for made in bins])
        found, base = held_logistic(evidence[:, chosen], bad, [1] * len(chosen), penalty=PENALTY)
        weights = np.zeros(len(names))
        weights[chosen] = found
        return cls(tuple(names), bins, weights, base)

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Return the sum of the evidence that weighs."""
        values = matrix(frame, self.names)
        found = np.full(len(values), self.base)
        for at in np.flatnonzero(self.weights):
            found += self.weights[at] * self.bins[at].apply(values[:, at])
        return found

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Return weight × weight of evidence; the base is last."""
        values = matrix(frame, self.names)
        parts = np.zeros((len(values), len(self.names) + 1))
        for at in np.flatnonzero(self.weights):
            parts[:, at] = self.weights[at] * self.bins[at].apply(values[:, at])
        parts[:, -1] = self.base
        return parts

    def table(self, *, slope: float = 1.0, intercept: float = 0.0) -> dict[str, Any]:
        """Return the card to read: base points, and the points of every bin that counts.

        Parameters
        ----------
        slope, intercept
            The calibration that stands behind the learner.

        Returns
        -------
        dict
            ``base`` (points) and ``rows``: ``feature, bin, points``, unrounded points to two digits.
        """
        base = float(scale.points(np.array([intercept + slope * self.base]))[0])
        rows = [
            {"feature": self.names[at], "bin": span, "points": round(-scale.POINTS_PER_LOG_ODDS * slope * log_odds, 2)}
            for at in np.flatnonzero(self.weights)
            for span, log_odds in _spans(self.bins[at], float(self.weights[at]))
        ]
        return {"base": round(base, 2), "rows": rows}

    def dump(self) -> bytes:
        """Return bins and weights as JSON."""
        stored = {
            "bins": [made.as_dict() for made in self.bins],
            "weights": self.weights.tolist(),
            "base": self.base,
        }
        return json.dumps(stored).encode()

    @classmethod
    def load(cls, names: Sequence[str], stored: bytes) -> Scorecard:
        """Undo `dump`."""
        values: Mapping[str, Any] = json.loads(stored)
        bins = tuple(Binning.from_dict(each) for each in values["bins"])
        return cls(tuple(names), bins, np.array(values["weights"], dtype=float), float(values["base"]))


def _chosen(evidence: Floats, values: Sequence[float]) -> list[int]:
    """Return the features worth the most, none of them nearly another's twin."""
    told = (np.array(values) >= LEAST_VALUE) & (np.ptp(evidence, axis=0) > 0)
    order = [at for at in np.argsort(values)[::-1].tolist() if told[at]]
    if not order:
        return []
    alike = np.abs(np.atleast_2d(np.corrcoef(evidence[:, order], rowvar=False)))
    kept: list[int] = []
    for at in range(len(order)):
        if len(kept) < MOST_FEATURES and (alike[at, kept] <= MOST_ALIKE).all():
            kept.append(at)
    return [order[at] for at in kept]


def _spans(made: Binning, weight: float) -> list[tuple[str, float]]:
    """Return each bin in words with the log-odds it adds."""
    ends = [f"{end:.4g}" for end in made.edges]
    words = ["any"] if not ends else [f"under {ends[0]}"]
    words += [f"{low} to under {high}" for low, high in itertools.pairwise(ends)]
    words += [f"{ends[-1]} and over"] if ends else []
    told = list(zip(words, (weight * made.weights).tolist(), strict=True))
    return [*told, ("missing", weight * made.missing)]
