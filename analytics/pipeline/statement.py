"""What statement analysts read besides the monthly table: balances on fixed days, patterns of amounts and parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from analytics.pipeline.aggregate import joined
from analytics.pipeline.day_ends import PER_MONTH, day_ends, fixed_day_balances
from analytics.pipeline.measures import SCOPES
from analytics.pipeline.vocabulary import MANDATED

if TYPE_CHECKING:
    from analytics.pipeline.books import Books
    from analytics.pipeline.timeline import Timeline

#: An amount is round from here on when it is a whole multiple of it.
ROUND = 1000
#: Amounts below pair up by chance.
PAIRED_FROM = 500
EPOCH = ibis.date("1970-01-01")


def with_statement(months: ibis.Table, books: Books, timeline: Timeline) -> ibis.Table:
    """Add what analysts read of a statement to the monthly table.

    Returns
    -------
    ibis.Table
        ``months`` with ``balance_on_1`` … ``balance_on_7`` (the seventh is the month's end), ``fixed_balance`` (their
        mean), ``lowest_day_end``, ``highest_day_end``, ``round_count``, ``paired_amounts``, ``circular_parties``,
        ``cash_deposited``, ``bounce_day`` (days since 1970), over deposit accounts; all DOUBLE.
    """
    keys = [*timeline.keys, "period"]
    ends = day_ends(books)
    rows = timeline.place(_rows(books), "known")
    for part in (
        _fixed(fixed_day_balances(ends), timeline),
        _extremes(ends, timeline),
        _amounts(rows, keys),
        _pairs(rows, keys, ["account_id", "size"], "paired_amounts"),
        _pairs(rows.filter(rows.counterparty != ""), keys, ["counterparty"], "circular_parties"),
    ):
        months = joined(months, part, keys)
    return months


def _rows(books: Books) -> ibis.Table:
    rows = books.transactions.filter(books.transactions.currency == books.currency)
    accounts = books.accounts.filter(books.accounts.kind.isin(SCOPES["deposit"])).select("account_id")
    rows = rows.filter(~rows.is_own_transfer.fill_null(False)).semi_join(accounts, "account_id")
    return rows.select(
        "customer_id",
        "account_id",
        "amount",
        known=ibis.greatest(rows.posted_at, rows.known_at.fill_null(rows.posted_at)),
        size=rows.amount.abs(),
        category=rows.category.fill_null(""),
        counterparty=rows.counterparty.fill_null("").upper(),
        reversal=rows.reversal_of.notnull(),
    )


def _fixed(balances: ibis.Table, timeline: Timeline) -> ibis.Table:
    rows = timeline.place(balances, "on")
    keys = [*timeline.keys, "period"]
    days = rows.group_by([*keys, "number", "on"]).aggregate(balance=rows.balance.sum().cast("float64"))
    columns = {
        f"balance_on_{number}": days.balance.max(where=days.number == number) for number in range(1, PER_MONTH + 1)
    }
    return days.group_by(keys).aggregate(**columns, fixed_balance=days.balance.mean())


def _extremes(ends: ibis.Table, timeline: Timeline) -> ibis.Table:
    rows = timeline.place(ends, "day")
    return rows.group_by([*timeline.keys, "period"]).aggregate(
        lowest_day_end=rows.balance.min().cast("float64"), highest_day_end=rows.balance.max().cast("float64")
    )


def _amounts(rows: ibis.Table, keys: list[str]) -> ibis.Table:
    is_round = (rows.size >= ROUND) & (rows.size % ROUND == 0)
    bounced = (rows.amount > 0) & rows.reversal & rows.category.isin(MANDATED)
    cash = (rows.amount > 0) & (rows.category == "cash")
    return rows.group_by(keys).aggregate(
        round_count=is_round.cast("float64").sum(),
        cash_deposited=ibis.ifelse(cash, rows.amount, 0).sum().cast("float64"),
        bounce_day=rows.known.date().delta(EPOCH, unit="day").max(where=bounced).cast("float64"),
    )


def _pairs(rows: ibis.Table, keys: list[str], alike: list[str], name: str) -> ibis.Table:
    """Count what has both a credit and a debit in the month, of sizes that do not pair up by chance."""
    sized = rows.filter(rows.size >= PAIRED_FROM, ~rows.reversal)
    groups = sized.group_by([*keys, *alike]).aggregate(most=sized.amount.max(), least=sized.amount.min())
    both = (groups.most > 0) & (groups.least < 0)
    return groups.group_by(keys).aggregate(**{name: both.cast("float64").sum()})
