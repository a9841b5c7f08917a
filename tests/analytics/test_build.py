"""Every declared model is run; one that cannot be fitted says why and keeps none of the others back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from memory_books import MemoryWriter

from analytics import build
from analytics.features.tables import FeatureTables
from analytics.models.catalogue import MODELS
from analytics.models.outcome import Outcome
from governance.errors import ModelError
from tools.operations.fill import TRAINABLE

CLOCK = dt.date(2026, 3, 31)
MADE = FeatureTables((CLOCK,), 7, {})


@dataclass(frozen=True)
class Kind:
    """A model whose training is a function here."""

    name: str
    run: Callable[..., Outcome]
    is_refitted: bool = False
    leans_on: tuple[str, ...] = ()


def serves(*_: Any, **__: Any) -> Outcome:
    return Outcome(CLOCK, "2026-03-31", 5, metrics={"auc": {"value": 0.8, "low": 0.7, "high": 0.9}})


def refuses(*_: Any, **__: Any) -> Outcome:
    raise ModelError("3 customers left; a churn model needs 10.")


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {name: Kind(name, run) for name, run in (("churn", refuses), ("credit", serves))}
    monkeypatch.setattr(build, "MODELS", kinds)
    monkeypatch.setattr("analytics.features.tables.written_features", lambda *_: MADE)


def test_every_model_is_declared_once_and_can_be_loaded() -> None:
    assert set(TRAINABLE) == set(MODELS) >= {"credit", "churn"}
    for name, kind in MODELS.items():
        assert (kind.name, callable(kind.run)) == (name, True)
        assert kind.is_refitted or callable(kind.score)
        assert kind.answers.endswith("?")
        assert set(kind.leans_on) <= set(list(MODELS)[: list(MODELS).index(name)]), (
            "what it leans on is scored before it"
        )


@pytest.mark.usefixtures("two")
def test_one_that_cannot_be_fitted_keeps_none_back(writer: MemoryWriter) -> None:
    told: list[float] = []
    report = build.train(writer, CLOCK, progress=lambda _, share: told.append(share))
    assert report.models["churn"].refusal == "3 customers left; a churn model needs 10."
    assert report.models["churn"].champion is None
    assert (report.champion, report.scored, report.refusal) == ("2026-03-31", 5, None)
    assert report.metrics["auc"]["value"] == 0.8
    assert told[-1] == 1.0


@pytest.mark.usefixtures("two")
def test_one_alone(writer: MemoryWriter) -> None:
    report = build.train(writer, CLOCK, progress=lambda *_: None, model="churn")
    assert set(report.models) == {"churn"}
    assert report.refusal == "3 customers left; a churn model needs 10."


@pytest.mark.usefixtures("two")
def test_one_that_nobody_knows(writer: MemoryWriter) -> None:
    with pytest.raises(ModelError, match=r"no model 'chrun'.*churn"):
        build.train(writer, CLOCK, progress=lambda *_: None, model="chrun")
    with pytest.raises(ModelError, match=r"no model 'chrun' to score.*churn"):
        build.score(writer, CLOCK, progress=lambda *_: None, model="chrun")


@pytest.mark.usefixtures("two")
def test_what_leans_on_a_model_is_scored_with_it(writer: MemoryWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    goals = Kind("goals", serves, is_refitted=True, leans_on=("credit",))
    monkeypatch.setattr(build, "MODELS", {**build.MODELS, "goals": goals})
    monkeypatch.setattr(build, "_scored", lambda kind, *_: kind.run())
    for model, scored in (("credit", ["credit", "goals"]), ("churn", ["churn"]), (None, ["churn", "credit", "goals"])):
        assert list(build.score(writer, CLOCK, progress=lambda *_: None, model=model).models) == scored
