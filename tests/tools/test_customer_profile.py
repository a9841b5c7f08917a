"""One customer's profile against his own rows of the canonical tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from governance.errors import ToolRetry
from governance.principal import Principal
from governance.settings import Settings
from tools.toolbox import Toolbox


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


def rows_of(toolbox: Toolbox, sql: str) -> list[dict[str, Any]]:
    return toolbox.workspace.query(toolbox.principal, sql).dicts()


@pytest.fixture(scope="module")
def people(toolbox: Toolbox) -> dict[str, str]:
    """A customer of each kind the profile has to do with."""
    kinds = {
        "scored": "SELECT customer_id FROM books.scores.latest WHERE model = 'credit' ORDER BY rank LIMIT 1",
        "npa": "SELECT customer_id FROM books.core.loan_status WHERE sma_class = 'NPA' "
        "AND as_of = (SELECT max(as_of) FROM books.core.loan_status) ORDER BY loan_id LIMIT 1",
        "without a loan": "SELECT customer_id FROM books.core.customers ANTI JOIN books.core.loans USING (customer_id) "
        "ORDER BY customer_id LIMIT 1",
        "gone": "SELECT customer_id FROM books.core.customers WHERE closed_on IS NOT NULL ORDER BY closed_on LIMIT 1",
    }
    return {kind: rows_of(toolbox, sql)[0]["customer_id"] for kind, sql in kinds.items()}


KINDS = ("scored", "npa", "without a loan", "gone")


@pytest.mark.parametrize("kind", KINDS)
def test_loans_and_accounts_are_all_there_with_their_newest_status(
    toolbox: Toolbox, people: dict[str, str], kind: str
) -> None:
    customer = people[kind]
    result = toolbox.customer_profile(customer_id=customer)
    loans = rows_of(toolbox, f"SELECT * FROM books.core.loans WHERE customer_id = '{customer}'")
    newest = "(SELECT max(as_of) FROM books.core.loan_status)"
    status = {row["loan_id"]: row for row in rows_of(toolbox, f"FROM books.core.loan_status WHERE as_of = {newest}")}
    expected = [
        (
            loan["loan_id"], loan["product"], loan["principal"], loan["annual_rate"], loan["emi_amount"],
            loan["disbursed_on"],
            *(status.get(loan["loan_id"], {}).get(name) for name in ("outstanding", "days_past_due", "sma_class")),
        )
        for loan in sorted(loans, key=lambda loan: (loan["disbursed_on"], loan["loan_id"]))
    ]  # fmt: skip
    assert list(result.table.rows) == expected
    accounts = rows_of(toolbox, f"SELECT account_id FROM books.core.accounts WHERE customer_id = '{customer}'")
    assert {row[0] for row in result.tables[0].rows} == {account["account_id"] for account in accounts}
    assert (result.facts["loans"].value, result.facts["accounts"].value) == (len(loans), len(accounts))
    kept = f"SELECT recurring_kind, hits FROM books.core.recurring_payments WHERE customer_id = '{customer}'"
    shown = sorted((row[0], row[5]) for row in result.tables[2].rows)
    assert shown == sorted((each["recurring_kind"], each["hits"]) for each in rows_of(toolbox, kept))
    assert {row[1] for row in result.tables[2].rows} <= {"•••"}, "with whom is personal"


@pytest.mark.parametrize("kind", KINDS)
def test_money_in_and_out_is_that_of_the_last_twelve_months(
    toolbox: Toolbox, people: dict[str, str], kind: str
) -> None:
    result = toolbox.customer_profile(customer_id=people[kind])
    clock = toolbox.workspace.data_clock(toolbox.principal)
    first = dt.date(clock.year - 1, clock.month % 12 + 1, 1) if clock.month < 12 else dt.date(clock.year, 1, 1)
    postings = rows_of(
        toolbox,
        f"SELECT posted_at, amount FROM books.core.transactions WHERE customer_id = '{people[kind]}' "
        f"AND NOT is_own_transfer AND posted_at >= '{first}'",
    )
    months: dict[dt.date, list[Decimal]] = {}
    for posting in postings:
        months.setdefault(posting["posted_at"].date().replace(day=1), []).append(posting["amount"])
    expected = [
        (month, sum(a for a in amounts if a > 0) or None, -sum(a for a in amounts if a < 0) or None, len(amounts))
        for month, amounts in sorted(months.items())
    ]
    assert list(result.tables[1].rows) == expected
    assert result.facts["inflow_12_months"].value == sum(row[1] or 0 for row in expected)
    assert result.facts["outflow_12_months"].value == sum(row[2] or 0 for row in expected)


def test_a_borrower_is_shown_with_his_score_and_reasons(toolbox: Toolbox, people: dict[str, str]) -> None:
    score = rows_of(toolbox, f"FROM books.scores.latest WHERE model = 'credit' AND customer_id = '{people['scored']}'")[
        0
    ]
    facts = {name: fact.value for name, fact in toolbox.customer_profile(customer_id=people["scored"]).facts.items()}
    assert facts["probability_of_default"] == score["probability"]
    assert [facts[name] for name in ("score", "band", "rank", "exposure", "expected_loss")] == [
        score[name] for name in ("score", "band", "rank", "exposure", "expected_loss")
    ]
    reasons = [facts[f"reason_{place}"] for place in range(1, len(score["reasons"]) + 1)]
    assert reasons == [reason["text"] for reason in score["reasons"]]


@pytest.mark.parametrize("kind", ["npa", "without a loan"])
def test_who_has_no_score_is_shown_without_one(toolbox: Toolbox, people: dict[str, str], kind: str) -> None:
    result = toolbox.customer_profile(customer_id=people[kind])
    assert "score" not in result.facts
    assert not result.model_versions


def test_a_viewer_sees_the_customer_without_the_score(toolbox: Toolbox, people: dict[str, str]) -> None:
    viewer = Toolbox(toolbox.workspace, Principal("vic", "demo", "viewer"))
    result = viewer.customer_profile(customer_id=people["scored"])
    assert "score" not in result.facts
    assert result.table == toolbox.customer_profile(customer_id=people["scored"]).table


def test_an_unknown_customer_is_told_with_the_nearest(toolbox: Toolbox, people: dict[str, str]) -> None:
    total = rows_of(toolbox, "SELECT count(*) AS n FROM books.core.customers")[0]["n"]
    with pytest.raises(ToolRetry) as raised:
        toolbox.customer_profile(customer_id=people["scored"] + "X")
    assert f"There is no customer '{people['scored']}X' among the {total} you may see." in str(raised.value)
    assert people["scored"] in str(raised.value).split("Nearest: ")[1]


@pytest.mark.parametrize("customer", ["", "C' OR '1'='1", "x" * 65, "C_%", None, 7])
def test_what_is_no_customer_finds_none(toolbox: Toolbox, customer: Any) -> None:
    with pytest.raises(ToolRetry):
        toolbox.customer_profile(customer_id=customer)
