"""A second opinion in the manner of LIME (Ribeiro et al., 2016): a weighted line through the score around one customer.

How well the line follows the score there (fidelity) and how little its weightiest features change from draw to draw
(stability) are part of the answer; without them it is not to be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.models.design import matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analytics.models.protocol import Scorer

Floats = NDArray[np.float64]

SAMPLES = 1_000
SEEDS = (0, 1, 2, 3, 4)
TOP = 5
#: Width of the kernel in standardised units per root of the number of features, as in the lime package.
WIDTH = 0.75


@dataclass(frozen=True)
class Surrogate:
    """The line around one customer.

    Attributes
    ----------
    weights
        Feature → log-odds for one standard deviation, the weightiest first, mean over the draws.
    fidelity
        Weighted R² of the line, mean over the draws.
    stability
        Mean Jaccard similarity of the `TOP` weightiest features over pairs of draws.
    """

    weights: dict[str, float]
    fidelity: float
    stability: float

    @property
    def reliable(self) -> bool:
        """Whether the line may be shown as an opinion."""
        return self.fidelity >= 0.6 and self.stability >= 0.6


def surrogate(model: Scorer, row: pd.DataFrame, population: pd.DataFrame, *, seeds: Sequence[int] = SEEDS) -> Surrogate:
    """Fit the line.

    Parameters
    ----------
    row
        One customer's features.
    population
        Borrowers whose spread says how far a perturbation goes.
    seeds
        One draw of perturbed copies each.
    """
    spread = np.nanstd(matrix(population, model.features), axis=0)
    centre = np.nanmedian(matrix(population, model.features), axis=0)
    here = matrix(row, model.features)[0]
    here = np.where(np.isnan(here), centre, here)
    varied = np.flatnonzero(spread > 0)
    drawn = [_line(model, row, here, spread, varied, seed) for seed in seeds]
    weights = np.mean([line for line, _ in drawn], axis=0)
    tops = [frozenset(np.argsort(-np.abs(line), kind="stable")[:TOP]) for line, _ in drawn]
    alike = [len(a & b) / len(a | b) for a, b in combinations(tops, 2)]
    order = np.argsort(-np.abs(weights), kind="stable")
    return Surrogate(
        {model.features[varied[place]]: float(weights[place]) for place in order},
        float(np.mean([fidelity for _, fidelity in drawn])),
        float(np.mean(alike)) if alike else 1.0,
    )


def _line(
    model: Scorer, row: pd.DataFrame, here: Floats, spread: Floats, varied: NDArray[np.int64], seed: int
) -> tuple[Floats, float]:
    import pandas as pd
    from sklearn.linear_model import Ridge

    moved = np.random.default_rng(seed).normal(scale=0.5, size=(SAMPLES, len(varied)))
    moved[0] = 0.0
    values = np.tile(here, (SAMPLES, 1))
    values[:, varied] += moved * spread[varied]
    frame = pd.DataFrame(values, columns=list(model.features)).assign(
        customer_id=row["customer_id"].iloc[0], as_of=row["as_of"].iloc[0]
    )
    wanted = model.score(frame)["log_odds"].to_numpy(dtype=float)
    width = WIDTH * np.sqrt(len(varied))
    weight = np.exp(-(moved**2).sum(axis=1) / width**2)
    line = Ridge(alpha=1.0).fit(moved, wanted, sample_weight=weight)
    return np.asarray(line.coef_, dtype=float), float(line.score(moved, wanted, sample_weight=weight))
