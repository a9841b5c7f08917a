"""The book's model: no leak, coherent, portable, tamper-proof, the same every time; mandates; intervals that cover."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from forecast_frames import AS_OF, FIRST, cells

from analytics.models.forecast import validation
from analytics.models.forecast.book import ForecastModel, fit, train, vintage_dates
from analytics.models.forecast.panel import Codes
from analytics.models.forecast.rows import forecast_rows
from analytics.models.protocol import Fitted
from analytics.pipeline.periods import add_months, period_number
from governance.errors import ModelError

EARLIER = add_months(AS_OF, -3)


@pytest.fixture(scope="module")
def codes() -> Codes:
    return Codes.of(cells())


@pytest.fixture(scope="module")
def model(codes: Codes) -> ForecastModel:
    return fit(codes, AS_OF)


def rows_of(model: ForecastModel, codes: Codes, as_of: dt.date = AS_OF) -> pd.DataFrame:
    panel = codes.panel(as_of)
    return forecast_rows(model, panel, np.ones(len(panel.customers), dtype=bool)).to_pandas()


def test_it_is_a_fitted_model(model: ForecastModel) -> None:
    assert isinstance(model, Fitted)
    assert model.card()["label"].startswith("Spend of a calendar month")
    assert model.version == "2025-12-31"


def test_the_future_changes_nothing() -> None:
    """What was posted after the as-of, and what was posted before it and known after, is deleted: all stays.

    A row that was known in time does change the forecast: the comparison can fail.
    """
    frame = cells()
    late = frame.iloc[[5]].assign(amount=9e6, period=period_number(EARLIER), known=period_number(EARLIER) + 1)
    with_future = Codes.of(pd.concat([frame, late], ignore_index=True))
    known = frame[frame.known <= period_number(EARLIER)]
    without = Codes.of(known.reset_index(drop=True))
    first, second = (fit(each, EARLIER) for each in (with_future, without))
    assert first.to_bytes() == second.to_bytes()
    pd.testing.assert_frame_equal(rows_of(first, with_future, EARLIER), rows_of(second, without, EARLIER))
    in_time = Codes.of(pd.concat([frame, late.assign(known=late.period)], ignore_index=True))
    assert fit(in_time, EARLIER).to_bytes() != first.to_bytes()


def test_the_categories_sum_to_the_total_to_the_paisa(model: ForecastModel, codes: Codes) -> None:
    rows = rows_of(model, codes)
    spend = rows[rows.measure == "spend"]
    whole = spend[spend.category == "total"].set_index(["customer_id", "horizon"])
    parts = spend[spend.category != "total"].groupby(["customer_id", "horizon"])
    for column in ("expected", "known"):
        assert (parts[column].sum() == whole[column].sort_index()).all(), column
    assert (rows.low <= rows.expected).all()
    assert (rows.expected <= rows.high).all()
    assert (rows.known <= rows.expected).all()
    assert (rows[["low", "known"]] >= 0).all(axis=None)
    assert not rows.duplicated(["customer_id", "measure", "category", "horizon"]).any()
    assert sorted(rows.month.unique()) == [add_months(AS_OF, ahead) for ahead in (1, 2, 3)]


def test_mandates_are_forecast_from_the_mandate(model: ForecastModel, codes: Codes) -> None:
    rows = rows_of(model, codes).set_index(["customer_id", "measure", "category", "horizon"])
    assert (rows.xs("rent", level="category").known == 12_000).all()
    owed = rows.xs("obligations", level="measure")
    assert (owed.expected == 5_000).all()
    assert (owed.known == owed.expected).all()
    assert set(owed.index.get_level_values("customer_id")) == {f"C{number:04d}" for number in range(0, 80, 3)}


def test_better_than_the_seasonal_naive_and_the_interval_covers(codes: Codes) -> None:
    folds = validation.fold_dates(AS_OF, 2)
    vintages = train(codes, {day for fold in folds for day in vintage_dates(fold)})
    after = codes.panel(AS_OF)
    tested = [
        validation.fold(codes.panel(day), fit(codes, day, vintages=vintages), vintages[day].points, after)
        for day in folds
    ]  # fmt: skip
    metrics = validation.report(tested, folds)["metrics"]["spend"]
    assert metrics["mase_minus_seasonal_naive"]["high"] < 0
    assert 0.7 < metrics["coverage_80"]["value"] < 0.9


def test_bytes_there_and_back(model: ForecastModel, codes: Codes) -> None:
    packed = model.to_bytes()
    again = ForecastModel.from_bytes(packed)
    assert packed == again.to_bytes()
    assert again.card() == json.loads(json.dumps(dict(model.card())))
    pd.testing.assert_frame_equal(rows_of(again, codes), rows_of(model, codes))


def test_a_tampered_model_is_refused(model: ForecastModel) -> None:
    packed = model.to_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["model.json"] = content["model.json"].replace(b"2025-12-31", b"2026-12-31")
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, each in content.items():
            archive.writestr(name, each)
    with pytest.raises(ModelError, match="SHA-256 differs"):
        ForecastModel.from_bytes(changed.getvalue())
    with pytest.raises(ModelError, match="not a forecast model"):
        ForecastModel.from_bytes(b"nonsense")


def test_the_seed_decides(model: ForecastModel, codes: Codes) -> None:
    other = fit(codes, AS_OF, seed=1)
    assert (other.version, other.boosters.spend != model.boosters.spend) == ("2025-12-31-1", True)


def test_too_short_a_book_is_refused_with_both_numbers() -> None:
    with pytest.raises(ModelError, match=r"hold 10 whole months.*needs 15"):
        fit(Codes.of(cells(customers=4)), add_months(dt.date(2022, 12, 31), 10))


def test_who_is_new_or_silent_is_not_forecast() -> None:
    frame = cells(customers=20)
    last = frame.period.max()
    frame = frame[~((frame.customer_id == "C0001") & (frame.period < last - 5))]
    frame = frame[~((frame.customer_id == "C0002") & (frame.period > last - 3))]
    codes = Codes.of(frame.reset_index(drop=True))
    rows = rows_of(fit(codes, AS_OF), codes)
    assert set(rows[rows.measure == "spend"].customer_id) == set(codes.customers) - {"C0001", "C0002"}


def test_the_first_month_of_somebody_who_joins_is_no_whole_month(codes: Codes) -> None:
    panel = codes.panel(AS_OF)
    assert panel.first_period == FIRST
    assert panel.start[:6].tolist() == [13, 0, 0, 0, 0, 13]
    assert panel.as_of == AS_OF
