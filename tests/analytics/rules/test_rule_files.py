"""What is wrong with a file of rules is said with its place, all of it at once; whether two conditions can meet."""

from __future__ import annotations

import itertools
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.rules.conditions import Condition, ConditionFault, condition
from analytics.rules.declaration import read_rules
from governance.errors import ToolRetry

STARTS = {
    "credit": {"low": 0.01, "medium": 0.03, "high": 0.08, "very high": 0.2},
    "churn": {"low": 0.04, "medium": 0.08, "high": 0.16, "very high": 0.32},
}
RULE = '  - {{id: {id}, model: {model}, when: "{when}", then: {then}, text: because, precedence: {precedence}}}\n'


def file_of(*rules: dict[str, object]) -> str:
    usual = {"id": "A", "model": "credit", "when": "probability > 0.1", "then": "{band: high}", "precedence": 0}
    return "rules:\n" + "".join(RULE.format(**{**usual, **rule}) for rule in rules)


def test_a_file_is_read_and_the_higher_precedence_prevails() -> None:
    found = read_rules(
        file_of({"id": "A"}, {"id": "B", "then": "{band: low}", "precedence": 5}, {"id": "C", "model": "churn"}), STARTS
    )
    assert [rule.id for rule in found.of("credit")] == ["B", "A"]
    assert [rule.id for rule in found.of("churn")] == ["C"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"when": "probabilty > 0.1"}, "A.when: looks at 'probabilty', which is no field. Did you mean 'probability'?"),
        ({"when": "gender = 'F'"}, "A.when: looks at gender: no rule may"),
        ({"when": "birth_date > '2000-01-01'"}, "A.when: looks at birth_date: no rule may"),
        ({"when": "region > 'A'"}, "A.when: orders region, which is a text"),
        ({"when": "probability = 'high'"}, "A.when: compares probability, which is a number, with 'high'."),
        ({"when": "band = 'hgih'"}, "A.when: compares band with 'hgih'. Did you mean 'high'?"),
        ({"when": "probability > score"}, "texts stand in single quotes"),
        ({"when": "probability BETWEEN 0.2 AND 0.1"}, "the first is the larger"),
        ({"when": "probability < 0.1 AND probability > 0.2"}, "A.when: can never hold"),
        ({"when": "region IN ('A', 'B') AND region <> 'A' AND region <> 'B'"}, "A.when: can never hold"),
        ({"when": "NOT (band IN ('very low', 'low', 'high', 'very high') OR band = 'medium')"}, "A.when: can never"),
        ({"when": "1 = 1; DROP TABLE x"}, "A.when: is no condition"),
        ({"when": "probability >"}, "A.when: is no condition (column"),
        ({"when": "length(region) = 3"}, "A.when: cannot contain"),
        ({"when": "(SELECT 1) = 1"}, "A.when: cannot contain"),
        ({"model": "churn", "when": "product = 'x'"}, "A.when: looks at product, which a churn score has not."),
        ({"then": "{}"}, "A.then: does nothing"),
        ({"then": "{band: hgih}"}, "A.then.band: cannot be 'hgih'. Did you mean 'high'?"),
        ({"then": "{bnad: high}"}, "A.then.bnad: is no key here. Did you mean 'band'?"),
        ({"then": "{band: high, thresholds: {high: 0.1}}"}, "A.then: sets band and thresholds"),
        ({"then": "{thresholds: {high: 0.02}}"}, "high of credit would begin at 0.02, not above medium at 0.03."),
        ({"then": "{thresholds: {very low: 0.02}}"}, "very low begins at 0"),
        ({"then": "{thresholds: {high: 1.5}}"}, "A.then.thresholds.high: input should be less than 1."),
        ({"then": "{reasons: {incme_level: lower}}"}, "'incme_level' is no concept. Did you mean 'income_level'?"),
        ({"model": "churn", "then": "{decision: decline}"}, "A.then.decision: is about credit"),
    ],
)
def test_each_fault_is_named_with_its_place(rule: dict[str, object], said: str) -> None:
    with pytest.raises(ToolRetry) as raised:
        read_rules(file_of(rule), STARTS)
    assert said in str(raised.value)


def test_the_example_of_the_page_is_a_file_of_rules() -> None:
    page = (Path(__file__).parents[3] / "docs" / "rules.md").read_text("utf-8")
    found = read_rules(page.split("```yaml\n")[1].split("```")[0], STARTS)
    assert [rule.id for rule in found.rules] == ["R12", "N1", "W1"]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    with pytest.raises(ToolRetry) as raised:
        read_rules(file_of({"when": "x > 1"}, {"id": "B", "then": "{}"}, {"id": "B", "when": "score > 'a'"}), STARTS)
    said = str(raised.value).splitlines()
    assert said[0] == "The rules are wrong in 4 places:"
    assert [line.split(":")[0].strip() for line in said[1:]] == ["A.when", "B.then", "B.when", "B"]


@pytest.mark.parametrize("content", ["rules: 5", "- 1", "a: [", "", "rules: []", "rules: [1]"])
def test_what_is_no_file_of_rules_is_turned_away(content: str) -> None:
    with pytest.raises(ToolRetry, match="rules are"):
        read_rules(content, STARTS)


def test_two_rules_that_set_one_thing_to_two_values_for_one_customer_contradict() -> None:
    first, second = {"when": "probability > 0.1 AND region <> 'South'"}, {"id": "B", "then": "{band: low}"}
    with pytest.raises(ToolRetry, match="A and B: set band to two values for the same customer at precedence 0"):
        read_rules(file_of(first, {**second, "when": "region = 'East' AND probability BETWEEN 0.1 AND 0.2"}), STARTS)
    read_rules(file_of(first, {**second, "when": "region = 'South'"}), STARTS)
    read_rules(file_of(first, {**second, "when": "probability <= 0.1"}), STARTS)
    read_rules(file_of(first, {**second, "when": "region = 'East'", "precedence": 1}), STARTS)
    read_rules(file_of(first, {**second, "when": "region = 'East'", "then": "{decision: refer}"}), STARTS)


def test_rules_of_different_times_do_not_contradict() -> None:
    valid = "valid: {from: 2026-01-01, until: 2026-06-30}, "
    first = file_of({}).replace("text:", f"{valid}text:")
    second = file_of({"id": "B", "then": "{band: low}"}).replace("text:", "valid: {from: 2026-07-01}, text:")
    read_rules(first + second.removeprefix("rules:\n"), STARTS)


def test_a_condition_of_too_many_parts_is_taken_to_meet_every_other() -> None:
    wide = condition(" AND ".join(f"(score <> {number} OR exposure <> {number})" for number in range(12)))
    assert wide.boxes is None
    assert wide.meets(condition("score = 700"))


NUMBERS, REGIONS = (0.1, 0.2), ("East", "West")
LEAVES = st.one_of(
    st.builds("probability {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]), st.sampled_from(NUMBERS)),
    st.builds("region {} '{}'".format, st.sampled_from(["=", "<>"]), st.sampled_from(REGIONS)),
    st.sampled_from(["region IN ('East', 'West')", "region NOT IN ('East')", "probability BETWEEN 0.1 AND 0.2",
                     "probability NOT IN (0.1)", "thin_file", "NOT thin_file", "region IS NULL", "thin_file = FALSE",
                     "thin_file <> TRUE", "probability IS NOT NULL", "TRUE"]),
)  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.builds("({} AND {})".format, part, part), st.builds("({} OR {})".format, part, part),
        st.builds("NOT ({})".format, part),
    ),
    max_leaves=5,
)  # fmt: skip
#: Every value that tells the conditions above apart.
GRID = list(itertools.product((None, 0.05, 0.1, 0.15, 0.2, 0.25), (None, "East", "West", "South"), (None, True, False)))


@pytest.fixture(scope="module")
def grid() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE grid (probability DOUBLE, region VARCHAR, thin_file BOOLEAN)")
    connection.executemany("INSERT INTO grid VALUES (?, ?, ?)", GRID)
    return connection


@settings(max_examples=150, deadline=None)
@example("region <> 'West'", "(region IN ('East', 'West') AND region <> 'East')")
@example("region NOT IN ('East')", "(region <> 'West' AND region = 'East') OR (region IS NULL AND region <> 'East')")
@example("thin_file <> TRUE", "thin_file <> FALSE")
@given(first=CONDITIONS, second=CONDITIONS)
def test_conditions_meet_where_the_engine_finds_a_row_of_both(grid, first: str, second: str) -> None:
    one, other = or_none(first), or_none(second)
    together = grid.execute(f"SELECT count(*) FROM grid WHERE ({first}) AND ({second})").fetchone()[0]
    if one is None or other is None:
        assert together == 0
    else:
        assert one.meets(other) is bool(together)
        assert grid.execute(f"SELECT count(*) FROM grid WHERE {one.sql} AND {other.sql}").fetchone()[0] == together


def or_none(text: str) -> Condition | None:
    """The condition; None where it can never hold."""
    try:
        return condition(text)
    except ConditionFault:
        return None
