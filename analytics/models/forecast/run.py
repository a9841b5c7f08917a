"""One build of the forecast: trainings, folds out of time, card, rows of every customer at the newest month end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast import book, validation
from analytics.models.forecast.book import NAME, ForecastModel, Vintage
from analytics.models.forecast.card import completed
from analytics.models.forecast.history import read_cells
from analytics.models.forecast.panel import Codes, Panel
from analytics.models.forecast.rows import forecast_rows
from analytics.models.outcome import Outcome
from analytics.monitor.life_cycle import refit
from analytics.schema import FORECASTS
from governance.errors import ModelError

if TYPE_CHECKING:
    from analytics.pipeline.books import Books, BooksWriter


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,  # noqa: ARG001 - of every model's run; the last whole month is the last of ``month_ends``
    *,
    progress: Callable[[str, float], None],
) -> Outcome:
    """Train, validate and forecast the whole book at the last month end, write registry and ``scores.forecasts``."""
    if not month_ends:
        return Outcome(refusal="There is no whole month of postings.")
    as_of = month_ends[-1]
    progress("Reading what was spent, month by month", 0.1)
    codes = Codes.of(read_cells(writer, books, as_of))
    try:
        progress("Training the forecast", 0.3)
        model, folds = trained(codes, as_of)
    except ModelError as refusal:
        return Outcome(as_of=as_of, refusal=str(refusal))
    progress("Forecasting every customer", 0.8)
    panel = codes.panel(as_of)
    is_open = open_customers(writer, books, panel, as_of)
    model = completed(model, panel, is_open, folds)
    rows = forecast_rows(model, panel, is_open)
    writer.replace(FORECASTS.qualified, writer.table("scores", "forecasts").limit(0))
    writer.append(FORECASTS.qualified, rows)
    refit(writer, NAME, model)
    scored = len(set(rows["customer_id"].to_pylist()))
    return Outcome(as_of, model.version, scored, metrics=model.card()["validation"].get("metrics", {}))


def trained(codes: Codes, as_of: dt.date, *, seed: int = 0) -> tuple[ForecastModel, dict[str, Any]]:
    """Return the model of ``as_of`` and its validation: folds a quarter apart, each with its own calibration."""
    tested = validation.fold_dates(as_of)
    days = {day for fold in (as_of, *tested) for day in book.vintage_dates(fold)}
    vintages = book.train(codes, days, seed=seed)
    model = book.fit(codes, as_of, vintages=vintages, seed=seed)
    return model, _validated(codes, as_of, tested, vintages, seed)


def _validated(
    codes: Codes, as_of: dt.date, tested: Sequence[dt.date], vintages: Mapping[dt.date, Vintage], seed: int
) -> dict[str, Any]:
    after, folds, dates = codes.panel(as_of), [], []
    for day in tested:
        if day not in vintages or book.vintage_dates(day)[1] not in vintages:
            continue
        model = book.fit(codes, day, vintages=vintages, seed=seed)
        folds.append(validation.fold(codes.panel(day), model, vintages[day].points, after))
        dates.append(day)
    if not folds:
        return {"refused": "Too little history for a fold out of time."}
    return validation.report(folds, dates)


def open_customers(writer: BooksWriter, books: Books, panel: Panel, as_of: dt.date) -> NDArray[np.bool_]:
    """Return which of the panel's customers had not closed their relationship by ``as_of``."""
    gone = books.customers.filter(books.customers.closed_on <= as_of).select("customer_id")
    closed = writer.frame(gone)["customer_id"].to_numpy(dtype=object)
    return np.asarray(~np.isin(panel.customers.astype(str), closed.astype(str)))
