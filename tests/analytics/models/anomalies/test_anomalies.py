"""Postings that stand out: found by kind, in words without names, alike in batch and one by one, never from later."""

from __future__ import annotations

import datetime as dt
import zipfile
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from memory_books import MemoryWriter, customer, posting
from sklearn.ensemble import IsolationForest
from spending_books import CUSTOMERS, EMPLOYER, ENDS, LAST, PERSON, PLANTED, spending_books

from analytics.models.anomalies import run as runs
from analytics.models.anomalies.autoencoder import Autoencoder
from analytics.models.anomalies.forest import Forest
from analytics.models.anomalies.model import AnomalyModel, Method, fit
from analytics.models.anomalies.profile import Profile
from analytics.models.anomalies.realtime import Posting, score_one
from analytics.models.anomalies.rules import KINDS, RULES
from analytics.models.anomalies.signals import SIGNALS, matrix
from analytics.models.protocol import Fitted
from governance.errors import ModelError


def build(writer: MemoryWriter, **more: Any) -> Any:
    return runs.run(writer, writer.books, ENDS, LAST, progress=lambda *_: None, **more)


@pytest.fixture(scope="module")
def books() -> MemoryWriter:
    writer = spending_books()
    assert build(writer).champion == "2025-05-31"
    return writer


@pytest.fixture(scope="module")
def history(books: MemoryWriter) -> runs.History:
    return runs.history_of(books, books.books, LAST, LAST)


@pytest.fixture(scope="module")
def model(books: MemoryWriter) -> AnomalyModel:
    ((payload,),) = books.rows("SELECT payload FROM books.models.registry WHERE model = 'anomalies'")
    return AnomalyModel.from_bytes(payload)


@pytest.mark.parametrize("kind", list(PLANTED))
def test_what_was_planted_is_told_by_its_kind(history: runs.History, model: AnomalyModel, kind: str) -> None:
    may = runs.window(history, ENDS[-2])
    judged = model.judge(may.signals)
    row = int(np.flatnonzero(may.rows["transaction_id"] == PLANTED[kind][-1]["transaction_id"])[0])
    told, reasons = model.explain(may.signals, judged, row, may.rows["purpose"].iloc[row])
    assert told == kind
    assert 1 <= len(reasons) <= 3
    assert judged.score[row] > 98


def test_reasons_say_how_much_and_when(books: MemoryWriter) -> None:
    stand_out = {
        row[0]: row[1:] for row in books.rows("SELECT transaction_id, kind, reasons, score FROM books.scores.anomalies")
    }
    takeover = stand_out[PLANTED["account_takeover"][-1]["transaction_id"]]
    assert "another transfer to the same payee within the hour, at night" in takeover[1]
    _, reasons, score = stand_out[PLANTED["card_testing"][-1]["transaction_id"]]
    assert reasons[0] == "after 3 tiny payments within half an hour"
    assert 99 < score <= 100


def test_no_name_leaves_the_postings(books: MemoryWriter, model: AnomalyModel) -> None:
    told = str(books.rows("SELECT * FROM books.scores.anomalies")) + str(dict(model.card()))
    profiles = str(books.rows("SELECT * FROM books.features.anomaly_profiles"))
    for name in (PERSON, EMPLOYER, "kavya@okicici", "Aslam"):
        assert name not in told
        assert name not in profiles


def test_kinds_are_those_of_the_table() -> None:
    assert {rule.kind for rule in RULES} <= set(KINDS)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_deleting_the_future_changes_nothing(history: runs.History) -> None:
    """A planted leak would show: the month is computed again without a row after its middle."""
    whole = runs.window(history, ENDS[-2])
    middle = np.datetime64("2025-05-15T23:59:59")
    kept = history.rows[history.rows["posted_at"].to_numpy() <= middle]
    again = runs.window(runs.History.of(kept, "INR"), ENDS[-2])
    earlier = (whole.rows["posted_at"].to_numpy() <= middle).nonzero()[0]
    assert len(again.rows) == len(earlier) > 100
    assert (whole.rows["transaction_id"].iloc[earlier].to_numpy() == again.rows["transaction_id"].to_numpy()).all()
    np.testing.assert_array_equal(matrix(whole.signals)[earlier], matrix(again.signals))


def test_a_row_known_late_is_not_in_the_profile() -> None:
    writer = MemoryWriter()
    customer(writer, "C0")
    late = posting("C0", "2025-03-05T10:00:00", -50, merchant="Late Shop", known_at=dt.datetime(2025, 4, 2))
    writer.insert("transactions", [late, posting("C0", "2025-03-06T10:00:00", -50, merchant="Shop")])
    history = runs.history_of(writer, writer.books, dt.date(2025, 3, 31), dt.date(2025, 4, 30))
    assert runs.stored_profiles(history, dt.date(2025, 3, 31)).column("postings").to_pylist() == [1]
    assert runs.stored_profiles(history, dt.date(2025, 4, 30)).column("postings").to_pylist() == [2]


def _of(row: Any) -> Posting:
    def text(value: Any) -> str | None:
        return value if isinstance(value, str) else None

    party = text(row.merchant) or text(row.counterparty) or text(row.vpa)
    return Posting(row.account_id, row.posted_at.to_pydatetime(), float(row.amount), float(row.balance_after),
                   text(row.mode), text(row.category), text(row.subcategory), text(row.city), party)  # fmt: skip


def test_one_by_one_as_in_the_batch(books: MemoryWriter, history: runs.History, model: AnomalyModel) -> None:
    april = runs.stored_profiles(history, ENDS[-2]).to_pylist()
    profile = Profile.of_row(next(row for row in april if row["customer_id"] == "C0"))
    rows = books.connection.sql(
        "SELECT * FROM books.core.transactions WHERE customer_id = 'C0' ORDER BY posted_at, transaction_id"
    ).df()
    postings = [_of(row) for row in rows.itertuples()]
    may = runs.window(history, ENDS[-2])
    batch = model.judge(may.signals)
    mine = np.flatnonzero(may.rows["customer_id"] == "C0")
    places = rows.reset_index().set_index("transaction_id")["index"]
    for at in mine:
        place = int(places[may.rows["transaction_id"].iloc[at]])
        verdict = score_one(model, profile, postings[place], postings[:place])
        kind, reasons = model.explain(may.signals, batch, int(at), may.rows["purpose"].iloc[at])
        assert verdict.score == pytest.approx(batch.score[at], abs=1e-9)
        assert (verdict.kind, list(verdict.reasons)) == (kind, reasons)
        assert verdict.reason == ", ".join(reasons)


def test_a_customer_nobody_knows_yet(model: AnomalyModel) -> None:
    first = Posting("A", dt.datetime(2025, 6, 2, 12), -400.0, None, None, None, None, None, None)
    verdict = score_one(model, Profile.empty("C99", LAST), first)
    assert 0 <= verdict.score <= 100
    assert verdict.reasons


@pytest.mark.parametrize("method", ["isolation forest", "autoencoder"])
def test_bytes_there_and_back_and_the_same_seed(history: runs.History, method: Method) -> None:
    signals = runs.together([runs.window(history, as_of).signals for as_of in ENDS[1:-1]])
    one, again, other = (
        fit(signals, trained_as_of=LAST, threshold=5e4, method=method, seed=seed) for seed in (0, 0, 1)
    )
    assert isinstance(one, Fitted)
    assert one.to_bytes() == again.to_bytes() == AnomalyModel.from_bytes(one.to_bytes()).to_bytes()
    assert one.to_bytes() != other.to_bytes()
    back = AnomalyModel.from_bytes(one.to_bytes())
    np.testing.assert_array_equal(back.judge(signals).evidence, one.judge(signals).evidence)
    assert back.detector.kind == method


def test_a_changed_byte_is_refused(model: AnomalyModel) -> None:
    with zipfile.ZipFile(BytesIO(model.to_bytes())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["model.json"] = parts["model.json"].replace(b"2025-05-31", b"2025-06-30")
    changed = BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(ModelError, match="changed after it was written"):
        AnomalyModel.from_bytes(changed.getvalue())
    with pytest.raises(ModelError, match="not an anomaly model"):
        AnomalyModel.from_bytes(b"nonsense")


def test_the_forest_reads_as_scikit_learn_does() -> None:
    columns = np.random.default_rng(0).normal(size=(900, 5)).astype(np.float32).astype(float)
    grown = IsolationForest(n_estimators=30, max_samples=256, random_state=3).fit(columns)
    forest = Forest.of(grown, 256)
    np.testing.assert_allclose(forest.score(columns), -grown.score_samples(columns), atol=1e-9)
    assert all(forest.score(columns[at : at + 1])[0] == forest.score(columns)[at] for at in range(5))


def test_an_autoencoder_rebuilds_what_it_knows() -> None:
    draw = np.random.default_rng(1)
    known = draw.normal(size=(3000, 1)) @ np.array([[1.0, -1, 2, 0.5]]) + 0.05 * draw.normal(size=(3000, 4))
    strange = np.array([[3.0, 3, -3, 3]])
    fitted = Autoencoder.fit(known)
    assert fitted.score(strange)[0] > 10 * np.median(fitted.score(known))


def test_constant_and_absent_signals_are_borne() -> None:
    rows = 600
    flat: dict[str, Any] = dict.fromkeys(SIGNALS, np.zeros(rows))
    beside = ("card", "mandate", "night", "ratio", "known_amounts", "hour", "gap_minutes", "away_minutes", "deposits")
    flat |= dict.fromkeys(beside, np.zeros(rows)) | {"group": np.zeros(rows, np.uint64)}
    for method in ("isolation forest", "autoencoder"):
        model = fit(flat, trained_as_of=LAST, threshold=None, method=method)  # type: ignore[arg-type]
        assert np.isfinite(model.judge(flat).score).all()
    few = {name: values[:10] for name, values in flat.items()}
    with pytest.raises(ModelError, match=r"10 postings .* needs 500"):
        fit(few, trained_as_of=LAST, threshold=None)


@pytest.mark.parametrize(("customers", "why"), [(0, "no customer"), (1, "1 postings")])
def test_too_little_is_an_outcome_and_writes_nothing(customers: int, why: str) -> None:
    writer = MemoryWriter()
    if customers:
        customer(writer, "C0")
        writer.insert("transactions", [posting("C0", "2025-03-05T10:00:00", -50)])
    outcome = build(writer)
    assert outcome.champion is None
    assert why in (outcome.refusal or "")
    assert writer.rows("SELECT count(*) FROM books.scores.anomalies") == [(0,)]
    assert "two whole months" in (
        runs.run(writer, writer.books, ENDS[:1], LAST, progress=lambda *_: None).refusal or ""
    )


def test_a_second_build_replaces_the_first(books: MemoryWriter) -> None:
    there = books.rows("SELECT * FROM books.scores.anomalies ORDER BY ALL")
    outcome = build(books)
    assert books.rows("SELECT * FROM books.scores.anomalies ORDER BY ALL") == there
    assert books.rows("SELECT count(*), count(DISTINCT transaction_id) FROM books.scores.anomalies") == [
        (outcome.metrics["alerts"],) * 2
    ]
    assert books.rows("SELECT count(*) FROM books.features.anomaly_profiles") == [(CUSTOMERS,)]
    assert books.rows("SELECT DISTINCT backcast FROM books.scores.anomalies") == [(True,)]


def test_many_customers_are_taken_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = spending_books(6)
    monkeypatch.setattr(runs, "CUSTOMERS_AT_A_TIME", 4)
    outcome = build(writer)
    assert (outcome.metrics["customers"], outcome.metrics["months"]) == (6, 3)
    assert writer.rows("SELECT customer_id FROM books.features.anomaly_profiles ORDER BY 1") == [
        (f"C{number}",) for number in range(6)
    ]
    assert len(writer.rows("SELECT DISTINCT customer_id > 'C3' FROM books.scores.anomalies")) == 2
