"""Rows of ``scores.forecasts``: to the paisa, categories that sum to the total."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast.book import TOTAL, ForecastModel, Interval
from analytics.models.forecast.coherent import to_paisa
from analytics.models.forecast.history import OBLIGATIONS, RECEIVED, SPEND
from analytics.models.forecast.panel import Panel
from analytics.models.forecast.points import HORIZONS, Points
from analytics.pipeline.periods import add_months

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float64]
Paise = NDArray[np.int64]


def forecast_rows(model: ForecastModel, panel: Panel, open_customers: NDArray[np.bool_]) -> pa.Table:
    """Return the forecasts of every customer who can be forecast, as `analytics.schema.FORECASTS`.

    A category has a row where something is expected of it; its points and those of the others sum to the total's.
    """
    import pyarrow as pa

    found = model.points(panel)
    tables = [*_spend(model, panel, found, open_customers), *_others(model, panel, found, open_customers)]
    return pa.concat_tables(tables)


def _spend(model: ForecastModel, panel: Panel, found: Points, is_open: NDArray[np.bool_]) -> Iterator[pa.Table]:
    who = found.enough & is_open
    total, known = model.spend(found), _paise(found.parts_known)
    intervals = [model.category(found, name, place) for place, name in enumerate(panel.categories)]
    for place, horizon in enumerate(HORIZONS):
        parts = to_paisa(found.parts[:, :, place])
        known_parts = np.minimum(known[:, :, place], parts)
        row = _Row(model, panel, horizon)
        whole = parts.sum(axis=1)
        yield row.table(SPEND, TOTAL, who, whole, known_parts.sum(axis=1), total, place)
        for number, name in enumerate(panel.categories):
            mine = who & (parts[:, number] > 0)
            yield row.table(SPEND, name, mine, parts[:, number], known_parts[:, number], intervals[number], place)


def _others(model: ForecastModel, panel: Panel, found: Points, is_open: NDArray[np.bool_]) -> Iterator[pa.Table]:
    """Yield inflow, and obligations, which are known throughout."""
    inflow = model.inflow(found)
    owed = Interval(found.obligations, found.obligations, found.obligations)
    for place, horizon in enumerate(HORIZONS):
        row = _Row(model, panel, horizon)
        came, known = _paise(found.inflow[:, place]), _paise(found.inflow_known[:, place])
        yield row.table(RECEIVED, TOTAL, found.inflow_enough & is_open, came, known, inflow, place)
        due = _paise(found.obligations[:, place])
        yield row.table(OBLIGATIONS, TOTAL, (due > 0) & is_open, due, due, owed, place)


class _Row:
    """What the rows of one horizon share."""

    def __init__(self, model: ForecastModel, panel: Panel, horizon: int) -> None:
        self.model, self.panel, self.horizon = model, panel, horizon
        self.as_of = panel.as_of

    def table(
        self, measure: str, category: str, who: NDArray[np.bool_], expected: Paise, known: Paise,
        band: Interval, place: int,
    ) -> pa.Table:  # fmt: skip
        """Return the rows of one measure and category."""
        import pyarrow as pa

        count = int(who.sum())
        low, high = np.minimum(_paise(band.low[:, place]), expected), np.maximum(_paise(band.high[:, place]), expected)
        columns: dict[str, Any] = {
            "customer_id": pa.array(self.panel.customers[who].tolist(), pa.string()),
            "as_of": pa.array([self.as_of] * count, pa.date32()),
            "measure": pa.array([measure] * count, pa.string()),
            "category": pa.array([category] * count, pa.string()),
            "month": pa.array([add_months(self.as_of, self.horizon)] * count, pa.date32()),
            "horizon": pa.array([self.horizon] * count, pa.int32()),
            "expected": money(expected[who]),
            "low": money(low[who]),
            "high": money(high[who]),
            "known": money(known[who]),
            "version": pa.array([self.model.version] * count, pa.string()),
        }
        return pa.table(columns)


def _paise(amounts: Floats) -> Paise:
    return np.asarray(np.rint(amounts * 100).astype(np.int64))


def money(paise: Paise) -> pa.Array:
    """Return whole paise as DECIMAL(18,2), exactly."""
    import pyarrow as pa

    words = np.stack([paise, np.where(paise < 0, -1, 0)], axis=1)  # 128 bits: the low word, then the sign's
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(paise), [None, pa.py_buffer(words.tobytes())])
