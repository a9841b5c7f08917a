"""One gradient booster for every customer's series: months ahead as a column, money in units of the customer's level.

Squared error, so that it aims at the mean and sums of customers are forecasts of sums; the few targets beyond eight
levels are cut, which keeps one wedding from moving everyone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast.lags import COLUMNS, LEAST_MONTHS, columns, window
from analytics.models.forecast.mandates import Mandates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BOOSTING: Mapping[str, Any] = MappingProxyType(
    {
        "objective": "reg:squarederror", "tree_method": "hist", "max_depth": 4, "eta": 0.08, "min_child_weight": 30,
        "subsample": 0.7, "colsample_bytree": 0.7, "lambda": 5.0, "max_bin": 64, "nthread": 1, "verbosity": 0,
    }
)  # fmt: skip
ROUNDS = 100
#: Rows beyond which training takes a share of them, drawn with the seed.
MOST_ROWS = 50_000
MOST_LEVELS = 8.0


@dataclass(frozen=True)
class Series:
    """One measure of every customer: what the booster sees of a panel.

    Attributes
    ----------
    values
        (customers, months).
    share
        (customers, months): share of the largest category over the six months to each.
    """

    values: Floats
    start: Ints
    first_period: int
    mandates: Mandates
    measure: str
    share: Floats

    def known(self, origin: int, horizons: Sequence[int]) -> Floats:
        """Return what mandates take in the months ahead, (customers, horizons)."""
        return self.mandates.known(origin, np.asarray(horizons), self.measure, (len(self.values),))


@dataclass(frozen=True)
class Boosted:
    """A fitted booster; ``document`` is xgboost's own, UBJSON."""

    document: bytes

    @classmethod
    def fit(cls, series: Series, horizons: Sequence[int], *, seed: int) -> Boosted | None:
        """Fit on every origin whose target is known; None where nobody has enough history."""
        import xgboost

        rows, targets = training_rows(series, horizons)
        if not len(rows):
            return None
        if len(rows) > MOST_ROWS:
            drawn = np.sort(np.random.default_rng(seed).choice(len(rows), MOST_ROWS, replace=False))
            rows, targets = rows[drawn], targets[drawn]
        matrix = xgboost.DMatrix(rows, targets, nthread=1)
        booster = xgboost.train({**BOOSTING, "seed": seed}, matrix, num_boost_round=ROUNDS)
        return cls(bytes(booster.save_raw("ubj")))

    @cached_property
    def _booster(self) -> Any:
        import xgboost

        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(bytearray(self.document))
        return booster

    def expected(self, series: Series, origin: int, horizons: Sequence[int]) -> Floats:
        """Return (customers, horizons) money a month, what is known at least."""
        known, level = series.known(origin, horizons), window(series.values, series.start, origin).level
        ahead = [
            self._booster.inplace_predict(columns_of(series, origin, horizon, known[:, place]))
            for place, horizon in enumerate(horizons)
        ]
        rest = np.stack(ahead, axis=1).astype(np.float64) * level[:, None]
        return np.asarray(known + np.maximum(rest, 0.0))


def columns_of(series: Series, origin: int, horizon: int, known: Floats) -> Floats:
    """Return the columns of one origin and horizon; ``known`` is what mandates take in the target month."""
    return columns(
        series.values, series.start, origin, horizon, known, series.share[:, origin], series.first_period
    )  # fmt: skip


def training_rows(series: Series, horizons: Sequence[int]) -> tuple[Floats, Floats]:
    """Return columns and targets (what is spent beyond the known, in levels) over origins and horizons."""
    rows, targets = [np.empty((0, len(COLUMNS)))], [np.empty(0)]
    months = series.values.shape[1]
    for origin in range(LEAST_MONTHS - 1, months - 1):
        at = window(series.values, series.start, origin)
        known = series.known(origin, horizons)
        for place, horizon in enumerate(horizons):
            if origin + horizon >= months or not at.enough.any():
                continue
            rest = (series.values[:, origin + horizon] - known[:, place]) / at.level
            rows.append(columns_of(series, origin, horizon, known[:, place])[at.enough])
            targets.append(np.clip(rest[at.enough], 0.0, MOST_LEVELS))
    return np.concatenate(rows), np.concatenate(targets)
