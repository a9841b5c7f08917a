"""What rules make of rows: precedence, thresholds, validity, decisions, words; of one row and of many alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from analytics.rules.declaration import read_rules
from analytics.rules.outcome import Active, literal_row, outcomes, told
from analytics.rules.rows import row_ruler

AS_OF = dt.date(2026, 6, 30)
STARTS = {"credit": {"low": 0.01, "medium": 0.03, "high": 0.08, "very high": 0.2}}
RULES = """
rules:
  - id: R1
    model: credit
    when: probability >= 0.05 AND region = 'South'
    then: {band: very high, decision: decline, reasons: {income_level: it's too low}}
    text: The South.
    precedence: 1
  - {id: R2, model: credit, then: {thresholds: {high: 0.06}}, text: Stricter., valid: {until: 2026-06-30}}
  - {id: R3, model: credit, when: thin_file, then: {decision: refer}, text: A person looks.}
"""
OWN = [{"concept": "Income level", "text": "income of 9,000 a month", "points": -9.0, "direction": "adverse"},
       {"concept": "Balances", "text": "low", "points": -2.0, "direction": "adverse"}]  # fmt: skip


@pytest.fixture(scope="module")
def active() -> Active:
    return Active(4, read_rules(RULES, STARTS), STARTS)


@pytest.fixture(scope="module")
def ask(active: Active) -> Iterator[Any]:
    connection = duckdb.connect()

    def of(as_of: dt.date = AS_OF, **fields: Any) -> dict[str, Any]:
        row = literal_row("credit", "v1", as_of, {"reasons": OWN, **fields}, sorted(active.fields("credit")))
        found = connection.execute(outcomes(active, "credit", row))
        return dict(zip([each[0] for each in found.description], found.fetchall()[0], strict=True))

    yield of
    connection.close()


def test_the_rule_of_higher_precedence_sets_band_decision_and_words(ask) -> None:
    found = ask(probability=0.07, band="medium", region="South", thin_file=True)
    assert (found["model_band"], found["band"], found["decision"]) == ("medium", "very high", "decline")
    assert (found["rule"], found["rule_text"], found["rules_version"]) == ("R1", "The South.", 4)
    assert found["rules"] == ["R1", "R2", "R3"]
    assert [each["text"] for each in found["reasons"]] == ["it's too low", "low"]


def test_a_threshold_moves_where_a_band_begins(ask) -> None:
    assert ask(probability=0.06, band="medium", region="East")["band"] == "high"
    assert ask(probability=0.0599, band="medium", region="East")["band"] == "medium"
    assert ask(probability=0.21, band="very high", region="East")["rule"] is None
    assert ask(probability=0.005, band="very low", region="East")["band"] == "very low"


def test_a_rule_acts_within_its_validity_alone(ask) -> None:
    assert ask(dt.date(2026, 7, 31), probability=0.06, band="medium", region="East")["band"] == "medium"


def test_what_is_not_known_meets_no_condition(ask) -> None:
    found = ask(probability=0.3, band="very high")
    assert (found["rule"], found["decision"], found["rules"]) == (None, None, ["R2"])
    assert [each["text"] for each in found["reasons"]] == [each["text"] for each in OWN]


def test_a_decision_alone_leaves_the_band(ask) -> None:
    found = ask(probability=0.02, band="low", region="East", thin_file=True)
    assert (found["band"], found["decision"], found["rule"]) == ("low", "refer", "R3")


def test_it_is_told_with_the_models_own_figure() -> None:
    said = told(0.31, "medium", "high", "refer", "R12", "Since the floods.", 3)
    assert said == "model 0.31 (medium) → high → refer because rule R12 (Since the floods, version 3)"
    assert told(0.31, "high", "high", "decline", "R12", "x", 3).startswith("model 0.31 (high) → decline because")


def test_many_rows_are_ruled_as_one_is(active: Active, ask) -> None:
    probabilities, bands = [0.07, None, 0.005, 0.06], ["medium", None, "very low", "medium"]
    scored = pa.table(
        {"row": [1, 2, 3, 4], "customer_id": list("abcd"), "probability": probabilities,
         "score": pa.array([560, None, 640, 570], pa.int32()), "band": bands, "error": [None, "no number", None, None]}
    )  # fmt: skip
    figures = pa.table({"score": [1.0] * 4, "emi_bounces_3m": [0.0] * 4})
    with row_ruler(active, "credit", AS_OF) as ruled:
        found = ruled(scored, figures)
        assert ruled(scored, figures).equals(found)
    assert found.column_names == [*scored.column_names, "model_band", "decision", "rule"]
    one = [ask(probability=p, band=b) for p, b in zip(probabilities, bands, strict=True) if b]
    rows = [row for row in found.to_pylist() if row["error"] is None]
    keys = ("band", "model_band", "decision", "rule")
    assert [[row[key] for key in keys] for row in rows] == [[row[key] for key in keys] for row in one]
    assert found.to_pylist()[1]["band"] is None
