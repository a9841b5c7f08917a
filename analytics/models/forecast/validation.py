"""The book's forecast out of time: each fold forecast by the model trained at its origin, beside what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast.accuracy import Tested, naive_scale
from analytics.models.forecast.book import MONTHS_PER_VINTAGE, ForecastModel, Interval
from analytics.models.forecast.lags import RECENT, YEAR
from analytics.models.forecast.panel import Panel
from analytics.models.forecast.points import HORIZONS, Points
from analytics.models.metrics import Replicates
from analytics.pipeline.periods import add_months

Floats = NDArray[np.float64]

FOLDS = 3
#: Customers beyond which the intervals of metrics come of a share of them.
MOST_MEASURED = 5_000
OURS, NAIVE, MEAN = "model", "seasonal naive", "mean of three months"


def fold_dates(as_of: dt.date, count: int = FOLDS) -> list[dt.date]:
    """Return the origins of the folds, newest first: all their months lie before ``as_of``."""
    return [add_months(as_of, -HORIZONS[-1] - MONTHS_PER_VINTAGE * back) for back in range(count)]


def fold(panel: Panel, model: ForecastModel, found: Points, after: Panel) -> Mapping[str, Tested]:
    """Return spend, inflow and every category of one fold, customers whose MASE unit is known.

    Parameters
    ----------
    panel
        What was known when the model was trained.
    found
        What it expected.
    after
        The panel that knows what came.
    """
    measured = {
        "spend": _tested(panel.total, after.total, panel, model.spend(found), found.enough),
        "inflow": _tested(panel.inflow, after.inflow, panel, model.inflow(found), found.inflow_enough),
    }
    parts = [
        _tested(panel.spend[:, place], after.spend[:, place], panel, model.category(found, name, place), found.enough)
        for place, name in enumerate(panel.categories)
    ]
    return {**measured, "category": Tested.joined(parts)}


def _tested(before: Floats, after: Floats, panel: Panel, forecast: Interval, enough: NDArray[np.bool_]) -> Tested:
    """Return customer × horizon rows of one series."""
    months = before.shape[1]
    unit = naive_scale(before, YEAR, panel.start)
    rows = enough & np.isfinite(unit)
    ahead = slice(months, months + len(HORIZONS))

    def flat(values: Floats) -> Floats:
        return np.asarray(np.broadcast_to(values, forecast.expected.shape)[rows].ravel())

    year_ago = before[:, [months + horizon - 1 - YEAR for horizon in HORIZONS]]
    return Tested(
        who=np.repeat(panel.customers[rows], len(HORIZONS)),
        horizon=np.tile(np.array(HORIZONS, dtype=np.int64), int(rows.sum())),
        actual=flat(after[:, ahead]),
        unit=flat(unit[:, None]),
        forecasts={
            OURS: flat(forecast.expected),
            NAIVE: flat(year_ago),
            MEAN: flat(before[:, -RECENT:].mean(axis=1)[:, None]),
        },
        low=flat(forecast.low),
        high=flat(forecast.high),
    )


def sampled(tested: Tested, *, seed: int = 0) -> Tested:
    """Return the rows of at most `MOST_MEASURED` customers, drawn with the seed."""
    who = np.unique(tested.who.astype(str))
    if len(who) <= MOST_MEASURED:
        return tested
    drawn = np.random.default_rng(seed).choice(who, MOST_MEASURED, replace=False)
    return tested.where(np.isin(tested.who.astype(str), drawn))


def report(folds: Sequence[Mapping[str, Tested]], dates: Sequence[dt.date]) -> dict[str, Any]:
    """Return every metric of the pooled folds with its interval, baselines beside it, and counts."""
    metrics: dict[str, Any] = {}
    for measure in ("spend", "inflow", "category"):
        tested = sampled(Tested.joined([each[measure] for each in folds]))
        if not len(tested.actual):
            metrics[measure] = {"refused": "No customer's months differ from those a year before: there is no unit."}
            continue
        draws = Replicates.by_customer(tested.who, count=200)
        metrics[measure] = {
            "mase": {name: each.as_dict() for name, each in tested.mase(draws).items()},
            "mase_minus_seasonal_naive": tested.gap(OURS, NAIVE, draws).as_dict(),
            "smape": {name: each.as_dict() for name, each in tested.smape(draws).items()},
            "sum_forecast_to_sum": tested.bias(OURS, draws).as_dict(),
            "coverage_80": tested.coverage(draws).as_dict(),
            "rows": len(tested.actual),
            "customers": len(np.unique(tested.who.astype(str))),
        }
    return {"folds": [day.isoformat() for day in dates], "metrics": metrics}
