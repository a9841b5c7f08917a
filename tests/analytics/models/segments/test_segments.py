"""Segments: stable, large enough, named apart, the same after a refit, explained."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from customer_frames import KINDS, customers
from memory_books import MemoryWriter, customer, posting
from sklearn.metrics import adjusted_rand_score

from analytics.models.protocol import Fitted
from analytics.models.segments import run as runs
from analytics.models.segments.model import SMALLEST_SHARE, Method, SegmentModel, carry, fit
from analytics.models.segments.traits import TRAITS, columns, names
from governance.errors import ModelError

DAY = dt.date(2025, 6, 30)


@pytest.fixture(scope="module")
def model() -> SegmentModel:
    return fit(customers(), trained_as_of=DAY)


@pytest.mark.parametrize("method", ["k-means", "hdbscan"])
def test_the_kinds_come_back(method: Method) -> None:
    frame = customers(seed=3)
    fitted = fit(frame, trained_as_of=DAY, method=method)
    assert isinstance(fitted, Fitted)
    assert adjusted_rand_score(frame["kind"], fitted.score(frame)["segment"]) > 0.9
    assert min(each["share"] for each in fitted.card()["segments"]) >= SMALLEST_SHARE


def test_the_choice_is_on_the_card(model: SegmentModel) -> None:
    choice = model.card()["choice"]
    assert choice["groups"] == len(KINDS)
    assert choice["stable"]
    assert 0.8 <= choice["ari"]["low"] <= choice["ari"]["value"] <= choice["ari"]["high"] <= 1


def test_names_say_what_is_different_and_differ(model: SegmentModel) -> None:
    frame = customers()
    scored = model.score(frame).assign(kind=frame["kind"])
    by_kind = scored.groupby("kind")["name"].agg(lambda told: told.mode()[0])
    assert by_kind["earners"].startswith("High earners")
    assert by_kind["cash"] == "Small earners who use cash"
    assert len(set(model.names)) == len(model.names)


def test_centres_that_are_alike_still_get_names_of_their_own() -> None:
    told = names(np.zeros((3, len(TRAITS))))
    assert len(set(told)) == 3


def test_members_are_told_why(model: SegmentModel) -> None:
    frame = customers()
    scored = model.score(frame)
    cash = scored[frame["kind"] == "cash"]
    assert cash["traits"].map(lambda told: "takes out much cash" in told).mean() > 0.9
    assert scored["traits"].map(len).between(1, 3).all()
    assert scored["confidence"].between(0, 1).all()


def test_the_traits_of_the_spend_mix_sum_to_nothing() -> None:
    mix = columns(customers())[:, [trait.name in runs_mix for trait in TRAITS]]
    assert mix.shape[1] == 5
    assert np.abs(mix.sum(axis=1)).max() < 1e-9


runs_mix = {"essentials", "discretionary", "saving", "cash", "obligations"}


def test_numbers_and_names_outlive_a_refit(model: SegmentModel) -> None:
    """The same kinds drawn anew, in another order and size: each kind keeps its number."""
    later = customers(seed=8)
    later = pd.concat([later[later["kind"] == "cash"], later[later["kind"] != "cash"].iloc[:130]], ignore_index=True)
    again = fit(later, trained_as_of=dt.date(2025, 9, 30), before=model, seed=5)
    assert again.card()["carried_from"] == model.version
    assert dict(zip(again.numbers, again.names, strict=True)) == dict(zip(model.numbers, model.names, strict=True))
    assert (again.score(later)["segment"] == model.score(later)["segment"]).mean() > 0.97
    uncarried = fit(later, trained_as_of=dt.date(2025, 9, 30), seed=5)
    assert (uncarried.score(later)["segment"] == model.score(later)["segment"]).mean() < 0.9


def test_a_group_without_a_forerunner_gets_a_new_number(model: SegmentModel) -> None:
    frame = customers()
    centres = np.stack([model.centres[0], np.full(len(TRAITS), 9.0)])
    old = SegmentModel("old", DAY, model.middle, model.spread, centres, (3, 7), ("Everyone", "Nobody"))
    assert min(carry(model, old, frame).numbers) > 7


def test_bytes_there_and_back_and_the_same_seed(model: SegmentModel) -> None:
    again = fit(customers(), trained_as_of=DAY)
    assert again.to_bytes() == model.to_bytes() == SegmentModel.from_bytes(model.to_bytes()).to_bytes()
    pd.testing.assert_frame_equal(
        SegmentModel.from_bytes(model.to_bytes()).score(customers()), model.score(customers())
    )
    stored = bytearray(model.to_bytes())
    stored[len(stored) // 2] ^= 255
    with pytest.raises(ModelError):
        SegmentModel.from_bytes(bytes(stored))


def test_missing_and_constant_features_are_borne() -> None:
    frame = customers()
    storm = frame.mask(np.random.default_rng(0).random(frame.shape) < 0.4)
    storm[["customer_id", "as_of"]] = frame[["customer_id", "as_of"]]
    storm["cash_share_3m"], storm["postings_3m"] = np.nan, 5.0
    fitted = fit(storm, trained_as_of=DAY)
    assert np.isfinite(fitted.score(storm)["distance"]).all()


def test_customers_who_are_all_alike_are_no_segments() -> None:
    frame = customers()
    frame[list(runs.READ)] = 1.0
    frame["days_since_posting"] = 1.0
    with pytest.raises(ModelError, match=r"240 customers .* too much alike"):
        fit(frame, trained_as_of=DAY)
    with pytest.raises(ModelError, match=r"30 active customers .* need 100"):
        fit(frame.iloc[:30], trained_as_of=DAY)


def test_migration_counts_everyone_once() -> None:
    first, second = customers(as_of="2025-05-31").iloc[:200], customers(as_of="2025-06-30").iloc[20:]
    placed = fit(customers(), trained_as_of=DAY).score(pd.concat([first, second], ignore_index=True))
    counts = runs.migration(placed, dt.date(2025, 5, 31), DAY)
    assert int(counts.to_numpy().sum()) == 240
    assert int(counts.loc["none"].sum()) == 40
    assert int(counts["none"].sum()) == 20
    (facts,) = runs.migration_facts(placed)
    assert facts == {"as_of": "2025-06-30", "customers": 180, "stayed": 1.0}


@pytest.fixture(scope="module")
def books() -> MemoryWriter:
    """Two month ends of features; each customer posted shortly before both, but the first, who stopped long ago."""
    import pyarrow as pa

    writer = MemoryWriter()
    frame = pd.concat([customers(as_of=day) for day in ("2025-05-31", "2025-06-30")], ignore_index=True)
    features = frame.drop(columns=["kind", "days_since_posting"])
    features["as_of"] = features["as_of"].dt.date
    writer.connection.register("arriving", features)
    writer.connection.execute("CREATE OR REPLACE TABLE books.features.customer_monthly AS FROM arriving")
    who = frame["customer_id"].unique()
    days = ["2024-06-01T10:00:00" if name == who[0] else "2025-05-29T10:00:00" for name in who]
    rows = [posting(name, day, -10) for name, day in zip(who, days, strict=True)]
    writer.append("core.transactions", pa.table({name: [row[name] for row in rows] for name in rows[0]}))
    customer(writer, "C0000")
    return writer


def build(writer: MemoryWriter, **more: Any) -> Any:
    ends = [dt.date(2025, 5, 31), DAY]
    return runs.run(writer, writer.books, ends, DAY, progress=lambda *_: None, **more)


def test_a_build_writes_every_month_end_and_a_second_keeps_the_numbers(books: MemoryWriter) -> None:
    outcome = build(books)
    assert outcome.scored == 239
    there = books.rows("SELECT customer_id, as_of, segment, name FROM books.scores.segments ORDER BY ALL")
    assert len(there) == 2 * 239
    assert books.rows("SELECT as_of, any_value(backcast) FROM books.scores.segments GROUP BY 1 ORDER BY 1") == [
        (dt.date(2025, 5, 31), True), (DAY, False),
    ]  # fmt: skip
    assert build(books, seed=4).champion == "2025-06-30-4"
    assert books.rows("SELECT customer_id, as_of, segment, name FROM books.scores.segments ORDER BY ALL") == there
    assert books.rows("SELECT count(*) FROM books.models.registry WHERE model = 'segments'") == [(2,)], (
        "one before is kept"
    )


def test_a_spoilt_forerunner_is_said_and_not_carried(books: MemoryWriter) -> None:
    books.connection.execute("DELETE FROM books.models.registry")
    books.connection.execute(
        "INSERT INTO books.models.registry (model, version, trained_at_as_of, alias, payload, card) "
        "VALUES ('segments', 'x', '2025-05-31', 'champion', 'spoilt'::BLOB, '{}')"
    )
    assert "not a segment model" in build(books).metrics["not_carried"]


def test_empty_books_are_refused_in_words() -> None:
    writer = MemoryWriter()
    assert "no whole month" in runs.run(writer, writer.books, [], DAY, progress=lambda *_: None).refusal
