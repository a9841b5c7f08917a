"""One run over simulated books: rows, registry, card, and a second run in the place of the first."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from memory_books import MemoryWriter, customer, posting

from analytics.models.forecast.book import NAME, ForecastModel
from analytics.models.forecast.cash_books import read_cash_books
from analytics.models.forecast.run import run
from analytics.pipeline.periods import add_months, month_ends
from analytics.sandbox import SandboxProfile, simulate
from analytics.schema import CORE
from governance.errors import ModelError

PROFILE = SandboxProfile(customers=60, months=24, seed=3)
CLOCK = PROFILE.last_month
ENDS = month_ends(add_months(CLOCK, 1 - PROFILE.months), CLOCK)


@pytest.fixture(scope="module")
def lender() -> MemoryWriter:
    writer = MemoryWriter()
    for chunk in simulate(PROFILE):
        for table in CORE:
            if table.name in chunk.tables:
                writer.append(table.qualified, chunk.tables[table.name])
    return writer


def test_a_run_and_another(lender: MemoryWriter) -> None:
    told: list[str] = []
    first = run(lender, lender.books, ENDS, CLOCK, progress=lambda what, _: told.append(what))
    rows = lender.rows("SELECT * FROM books.scores.forecasts ORDER BY ALL")
    again = run(lender, lender.books, ENDS, CLOCK, progress=lambda *_: None)
    assert first == again
    assert rows == lender.rows("SELECT * FROM books.scores.forecasts ORDER BY ALL")
    assert told[0].startswith("Reading")
    assert first.as_of == CLOCK
    assert first.champion == CLOCK.isoformat()
    assert first.scored == lender.rows("SELECT count(DISTINCT customer_id) FROM books.scores.forecasts")[0][0] > 30
    closed = "SELECT customer_id FROM books.core.customers WHERE closed_on IS NOT NULL"
    assert lender.rows(f"SELECT count(*) FROM books.scores.forecasts WHERE customer_id IN ({closed})") == [(0,)]
    apart = """
        SELECT count(*) FROM (SELECT sum(CASE WHEN category = 'total' THEN expected ELSE -expected END) AS gap
        FROM books.scores.forecasts WHERE measure = 'spend' GROUP BY customer_id, horizon) WHERE gap <> 0
    """
    assert lender.rows(apart) == [(0,)]
    ((version, alias, payload, card),) = lender.rows(
        f"SELECT version, alias, payload, card FROM books.models.registry WHERE model = '{NAME}'"
    )
    assert (version, alias) == (first.champion, "champion")
    model, told_card = ForecastModel.from_bytes(payload), json.loads(card)
    assert model.card() == told_card
    assert {"label", "methods", "validation", "customers", "limits", "interval"} <= set(told_card)
    assert told_card["customers"]["forecast"] > 30
    assert told_card["customers"]["refused_closed"] >= 0


def test_no_whole_month_and_too_few_are_outcomes(writer: MemoryWriter) -> None:
    assert "no whole month" in str(run(writer, writer.books, [], CLOCK, progress=lambda *_: None).refusal)
    customer(writer, "A")
    writer.insert("transactions", [posting("A", "2026-06-05", -10.0, category="groceries")])
    outcome = run(writer, writer.books, [CLOCK], CLOCK, progress=lambda *_: None)
    assert "1 whole months" in str(outcome.refusal)
    assert writer.rows("SELECT count(*) FROM books.scores.forecasts") == [(0,)]


def test_balances_until_the_next_instalment(lender: MemoryWriter) -> None:
    day = add_months(CLOCK, -2)
    known = read_cash_books(lender, lender.books, day)
    asked = [name for name in sorted(known.instalments) if name in known.flows]
    assert asked
    found = known.ask(asked[0], paths=200)
    due = known.instalments[asked[0]]
    ((first_due,),) = lender.rows(
        "SELECT min(i.due_on) FROM books.core.instalments i JOIN books.core.loans l USING (loan_id) WHERE "
        f"l.customer_id = '{asked[0]}' AND i.due_on > '{day}' AND l.disbursed_on <= '{day}' "
        f"AND coalesce(l.closed_on, DATE '9999-01-01') > '{day}' "
        f"AND coalesce(l.written_off_on, DATE '9999-01-01') > '{day}'"
    )
    assert due.due_on == first_due == found.days[-1]
    assert 0 <= found.chance_negative <= found.chance_short <= 1
    alone = read_cash_books(lender, lender.books, day, asked[0])
    assert (alone.ask(asked[0], paths=200).median == found.median).all()
    with pytest.raises(ModelError, match="no instalment ahead"):
        known.ask("nobody")


def test_what_comes_after_the_as_of_changes_no_balance_path(lender: MemoryWriter) -> None:
    day = add_months(CLOCK, -2)
    name = next(iter(sorted(read_cash_books(lender, lender.books, day).instalments)))
    before = read_cash_books(lender, lender.books, day, name)
    lender.connection.execute("BEGIN")
    lender.connection.execute(f"DELETE FROM books.core.transactions WHERE posted_at > '{day + dt.timedelta(days=1)}'")
    after = read_cash_books(lender, lender.books, day, name)
    lender.connection.execute("ROLLBACK")
    assert before.balances == after.balances
    assert before.expected == after.expected
    assert (before.flows[name] == after.flows[name]).all()
