"""The ranked list against plain SQL over the scores and the canonical tables, sorted and counted in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from governance.errors import ToolRetry
from governance.settings import Settings
from tools.result import ToolResult
from tools.toolbox import Toolbox

DEFINITIONS = ("probability_of_default", "expected_loss", "days_past_due")
#: Loss given default as the model's documentation states it.
SECURED = ("home_loan", "two_wheeler", "gold_loan")

BORROWERS = f"""
WITH moment AS (SELECT max(as_of) AS day FROM books.scores.latest WHERE model = 'credit'),
running AS (
  SELECT l.* FROM books.core.loans AS l, moment
  WHERE l.disbursed_on <= day AND coalesce(l.closed_on > day, TRUE) AND coalesce(l.written_off_on > day, TRUE)
),
late AS (
  SELECT r.customer_id, max(date_diff('day', i.due_on, day)) + 1 AS days
  FROM running AS r JOIN books.core.instalments AS i USING (loan_id), moment
  WHERE i.due_on <= day AND coalesce(i.paid_on > day, TRUE) GROUP BY r.customer_id
),
owed AS (
  SELECT s.customer_id, s.loan_id, s.outstanding, r.product
  FROM books.core.loan_status AS s JOIN running AS r USING (loan_id), moment WHERE s.as_of = day AND s.outstanding > 0
),
largest AS (SELECT DISTINCT ON (customer_id) * FROM owed ORDER BY customer_id, outstanding DESC, loan_id DESC),
total AS (
  SELECT customer_id, sum(outstanding) AS exposure,
         sum(outstanding * CASE WHEN product IN {SECURED} THEN 0.35 ELSE 0.65 END) AS at_loss
  FROM owed GROUP BY customer_id
)
SELECT s.customer_id, s.probability AS probability_of_default, s.score, s.band, t.exposure,
       s.probability * t.at_loss::DOUBLE AS expected_loss, coalesce(late.days, 0)::INTEGER AS days_past_due,
       c.city, c.state, c.region, g.product, [r.text FOR r IN s.reasons] AS reasons
FROM books.scores.latest AS s
JOIN books.core.customers AS c USING (customer_id) JOIN total AS t USING (customer_id)
JOIN largest AS g USING (customer_id) LEFT JOIN late USING (customer_id)
WHERE s.model = 'credit'
"""

LEFT_OUT = """
SELECT s.customer_id, s.sma_class, s.outstanding, s.loan_id, l.product, c.city, c.state, c.region
FROM books.core.loan_status AS s JOIN books.core.loans AS l USING (loan_id)
JOIN books.core.customers AS c ON c.customer_id = s.customer_id
WHERE s.as_of = (SELECT max(as_of) FROM books.scores.latest WHERE model = 'credit')
  AND s.customer_id NOT IN (SELECT customer_id FROM books.scores.latest WHERE model = 'credit')
ORDER BY s.outstanding, s.loan_id
"""

FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"city": "Pune"},
    {"city": ["Pune", "Delhi"], "band": ["medium", "high", "very high"]},
    {"state": "Maharashtra"},
    {"region": ["South", "West"]},
    {"product": "gold_loan"},
    {"band": "very high"},
    {"region": "West", "product": ["personal_loan", "home_loan"], "band": "low"},
)


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


@pytest.fixture(scope="module")
def borrowers(toolbox: Toolbox) -> list[dict[str, Any]]:
    return toolbox.workspace.query(toolbox.principal, BORROWERS).dicts()


@pytest.fixture(scope="module")
def listing(toolbox: Toolbox) -> Callable[..., ToolResult]:
    """Make a list of 25, each kind once."""
    made: dict[str, ToolResult] = {}

    def listed(by: str, filters: dict[str, Any]) -> ToolResult:
        key = f"{by} {filters}"
        made[key] = made.get(key) or toolbox.top_risky_borrowers(limit=25, by=by, **filters)
        return made[key]

    return listed


def among(rows: list[dict[str, Any]], filters: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = {name: [value] if isinstance(value, str) else value for name, value in filters.items()}
    return [row for row in rows if all(row[name] in values for name, values in wanted.items())]


def ranked(rows: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row[by], -row["exposure"], row["customer_id"]))


@pytest.mark.parametrize("filters", FILTERS, ids=lambda filters: "+".join(filters) or "everyone")
@pytest.mark.parametrize("by", DEFINITIONS)
def test_the_list_is_the_one_plain_sql_gives(
    listing: Callable[..., ToolResult], borrowers: list[dict[str, Any]], by: str, filters: dict[str, Any]
) -> None:
    expected = ranked(among(borrowers, filters), by)
    result = listing(by, filters)
    names = [column.name for column in result.table.columns]
    listed = [dict(zip(names, row, strict=True)) for row in result.table.rows]
    assert expected, "the filter selects nobody: the comparison would be empty"
    assert [row["position"] for row in listed] == list(range(1, min(25, len(expected)) + 1))
    assert [row["customer_id"] for row in listed] == [row["customer_id"] for row in expected[:25]]
    for row, oracle in zip(listed, expected, strict=False):
        same = ("probability_of_default", "score", "band", "exposure", "days_past_due", "city", "reasons")
        assert [row[name] for name in same] == [oracle[name] for name in same]
        assert row["main_product"] == oracle["product"]
        assert row["first_reason"] == (oracle["reasons"] or [None])[0]
        assert float(row["expected_loss"]) == pytest.approx(oracle["expected_loss"], abs=0.006)


@pytest.mark.parametrize("filters", FILTERS, ids=lambda filters: "+".join(filters) or "everyone")
@pytest.mark.parametrize("by", DEFINITIONS)
def test_cut_off_totals_and_overlaps_are_counted_on_the_same_list(
    listing: Callable[..., ToolResult], borrowers: list[dict[str, Any]], by: str, filters: dict[str, Any]
) -> None:
    eligible = among(borrowers, filters)
    lists = {each: ranked(eligible, each)[:25] for each in DEFINITIONS}
    ids = {each: {row["customer_id"] for row in rows} for each, rows in lists.items()}
    facts = {name: fact.value for name, fact in listing(by, filters).facts.items()}
    assert (facts["asked"], facts["returned"], facts["eligible"]) == (25, len(lists[by]), len(eligible))
    assert float(facts["cutoff"]) == pytest.approx(lists[by][-1][by], abs=0.006)
    assert float(facts["highest"]) == pytest.approx(lists[by][0][by], abs=0.006)
    assert facts["total_exposure"] == sum(row["exposure"] for row in lists[by])
    assert float(facts["total_expected_loss"]) == pytest.approx(sum(r["expected_loss"] for r in lists[by]), abs=0.1)
    overlaps = {name: value for name, value in facts.items() if name.startswith("overlap_")}
    assert overlaps == {f"overlap_{each}": len(ids[by] & ids[each]) for each in DEFINITIONS if each != by}


@pytest.mark.parametrize("filters", FILTERS, ids=lambda filters: "+".join(filters) or "everyone")
def test_those_left_out_are_counted_by_cause(
    toolbox: Toolbox, listing: Callable[..., ToolResult], filters: dict[str, Any]
) -> None:
    loans = toolbox.workspace.query(toolbox.principal, LEFT_OUT).dicts()
    classes = {row["customer_id"]: {each["sma_class"] for each in loans if each["customer_id"] == row["customer_id"]}
               for row in loans}  # fmt: skip
    largest = {row["customer_id"]: row for row in loans}  # the last of each customer has the largest outstanding
    people = among(list(largest.values()), {name: value for name, value in filters.items() if name != "band"})
    causes = Counter(
        "written_off" if "written_off" in classes[row["customer_id"]]
        else "npa" if "NPA" in classes[row["customer_id"]] else "not_eligible"
        for row in people
    )  # fmt: skip
    facts = listing("probability_of_default", filters).facts
    told = {cause: facts[f"excluded_{cause}"].value for cause in ("npa", "written_off", "not_eligible")}
    assert told == {cause: causes[cause] for cause in told}


def test_no_one_listed_is_npa_or_written_off(toolbox: Toolbox) -> None:
    fallen = toolbox.workspace.query(
        toolbox.principal,
        "SELECT DISTINCT customer_id FROM books.core.loan_status WHERE sma_class IN ('NPA', 'written_off') "
        "AND as_of = (SELECT max(as_of) FROM books.core.loan_status)",
    ).rows
    listed = {row[1] for row in toolbox.top_risky_borrowers(limit=100_000).table.rows}
    assert len(fallen) >= 5
    assert not listed & {row[0] for row in fallen}


def test_a_list_longer_than_the_book_is_the_whole_book(toolbox: Toolbox, borrowers: list[dict[str, Any]]) -> None:
    result = toolbox.top_risky_borrowers(limit=100_000)
    assert [row[1] for row in result.table.rows] == [
        row["customer_id"] for row in ranked(borrowers, "probability_of_default")
    ]
    assert {result.facts[name].value for name in ("returned", "eligible", "overlap_expected_loss")} == {len(borrowers)}


def test_equal_days_past_due_are_parted_by_exposure(toolbox: Toolbox) -> None:
    rows = toolbox.top_risky_borrowers(limit=100_000, by="days_past_due").table.rows
    not_late = [row[5] for row in rows if row[7] == 0]
    assert len(not_late) > 20
    assert not_late == sorted(not_late, reverse=True)


def test_the_statement_shown_gives_the_list_when_run_as_free_sql(toolbox: Toolbox) -> None:
    result = toolbox.top_risky_borrowers(limit=7, city="Pune")
    assert toolbox.run_sql(sql=result.sql[0]).table.rows == result.table.rows


def test_the_list_says_what_it_leans_on(toolbox: Toolbox) -> None:
    result = toolbox.top_risky_borrowers(limit=3)
    scores = "SELECT DISTINCT as_of, version FROM books.scores.latest WHERE model = 'credit'"
    scored = toolbox.workspace.query(toolbox.principal, scores).rows
    assert [(result.as_of, result.model_versions["credit"])] == scored
    assert result.facts["definition"].value == "probability of default within 12 months"
    assert result.facts["tie_break"].value == "exposure, then customer id"
    assert result.chart["data"][0]["y"] == [row[1] for row in result.table.rows]
    assert all(isinstance(row[5], Decimal) for row in result.table.rows)


REFUSED_ARGUMENTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"limit": 0}, "limit: Input should be greater than or equal to 1"),
    ({"limit": -1}, "limit: Input should be greater than or equal to 1"),
    ({"limit": 10**9}, "limit: Input should be less than or equal to 100000"),
    ({"limit": 2.5}, "limit: Input should be a valid integer"),
    ({"limit": None}, "limit: Input should be a valid integer"),
    ({"by": "gut_feeling"}, "'probability_of_default', 'expected_loss' or 'days_past_due'"),
    ({"city": "Punee"}, "No borrower has city 'Punee'. Did you mean 'Pune'?"),
    ({"city": "PUNE"}, "No borrower has city 'PUNE'. Did you mean 'Pune'?"),
    ({"city": ["Pune", "Atlantis"]}, "No borrower has city 'Atlantis'. There are: "),
    ({"city": "Pune' OR '1'='1"}, "No borrower has city"),
    ({"product": "golden_loan"}, "No borrower has product 'golden_loan'. Did you mean 'gold_loan'?"),
    ({"band": "highest"}, "Did you mean 'high'?"),
    ({"town": "Pune"}, "town: Extra inputs are not permitted."),
    ({"limit": 0, "by": "luck", "town": 1}, "Arguments: limit, by, city, state, region, product, band."),
)


@pytest.mark.parametrize(("arguments", "told"), REFUSED_ARGUMENTS, ids=lambda value: str(value)[:40])
def test_an_argument_that_cannot_be_is_told_with_what_can(
    toolbox: Toolbox, arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(ToolRetry) as raised:
        toolbox.top_risky_borrowers(**arguments)
    assert told in str(raised.value)


def test_every_fault_is_told_at_once(toolbox: Toolbox) -> None:
    with pytest.raises(ToolRetry) as raised:
        toolbox.top_risky_borrowers(limit=0, by="luck", town="Pune")
    assert all(f"{name}: " in str(raised.value) for name in ("limit", "by", "town"))
