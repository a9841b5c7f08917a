"""What the balance paths need of the books: daily flows, what is expected and when, balances, the next instalment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast.cash_flow import LEAST_DAYS, PAST_DAYS, PATHS, CashFlow, Due, cash_flow
from analytics.models.forecast.history import EXACT, MANDATED, known_by
from analytics.pipeline.engine_functions import last_told
from analytics.pipeline.recurring import LEAST_HITS, party_of
from governance.errors import ModelError

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import Books, BooksWriter

Floats = NDArray[np.float64]

#: Accounts an instalment is drawn from.
KINDS = ("savings", "current")
_DUE = ("customer_id", "due_on", "amount")
#: Days a mandate may be late before it is no longer expected.
GRACE = 10


@dataclass(frozen=True)
class Instalment:
    """The next instalment of a customer: all that falls due on that day."""

    due_on: dt.date
    amount: float


@dataclass(frozen=True)
class CashBooks:
    """Everything at one as-of, by customer."""

    as_of: dt.date
    flows: Mapping[str, Floats]
    expected: Mapping[str, list[Due]]
    balances: Mapping[str, float]
    instalments: Mapping[str, Instalment]

    def ask(self, customer_id: str, *, paths: int = PATHS, seed: int = 0) -> CashFlow:
        """Draw the paths of one customer until his next instalment.

        Raises
        ------
        ModelError
            He has no instalment ahead, no balance, or too few days.
        """
        due, balance = self.instalments.get(customer_id), self.balances.get(customer_id)
        if due is None:
            raise ModelError(f"Customer {customer_id} has no instalment ahead: there is nothing to run short for.")
        if balance is None or customer_id not in self.flows:
            raise ModelError(f"Customer {customer_id} has no account with a balance that instalments are drawn from.")
        instalment = Due((due.due_on - self.as_of).days, -due.amount)
        ahead = [each for each in self.expected.get(customer_id, []) if each.amount > 0 or each.amount != -due.amount]
        return cash_flow(balance, self.flows[customer_id], ahead, instalment, self.as_of, paths=paths, seed=seed)


def read_cash_books(writer: BooksWriter, books: Books, as_of: dt.date, customer_id: str | None = None) -> CashBooks:
    """Read what was known at the end of ``as_of``, of one customer or of all."""
    rows = _account_rows(books, as_of, customer_id)
    first = as_of - dt.timedelta(days=PAST_DAYS - 1)
    daily = writer.frame(_daily(rows, first))
    instalments = writer.frame(_next_instalments(books, as_of, customer_id))
    return CashBooks(
        as_of=as_of,
        flows=_flows(daily[daily["kind"] == ""], as_of),
        expected=_expected(daily[daily["kind"] != ""], as_of),
        balances=_by_customer(writer.frame(_balances(rows)), "balance"),
        instalments={
            str(customer): Instalment(_day(due_on), float(amount))
            for customer, due_on, amount in zip(*(instalments[name] for name in _DUE), strict=True)
        },
    )  # fmt: skip


def _account_rows(books: Books, as_of: dt.date, customer_id: str | None) -> ibis.Table:
    rows = known_by(books, as_of)
    if customer_id is not None:
        rows = rows.filter(rows.customer_id == customer_id)
    accounts = books.accounts.filter(books.accounts.kind.isin(KINDS)).select("account_id")
    return rows.semi_join(accounts, "account_id")


def _daily(rows: ibis.Table, first: dt.date) -> ibis.Table:
    """Return net flows by customer, day and mandate; those of no mandate under an empty kind."""
    import ibis

    rows = rows.filter(rows.posted_at >= ibis.literal(dt.datetime.combine(first, dt.time())))
    kind = rows.recurring_kind.fill_null("")
    kind = ibis.ifelse(kind.isin(MANDATED) & rows.reversal_of.isnull(), kind, "")
    exact = ibis.ifelse(kind == EXACT, rows.amount.round(0), 0).cast("string")
    label = party_of(rows).fill_null("").concat("|", exact)
    rows = rows.select(
        "customer_id", "amount", day=rows.posted_at.date(), kind=kind, label=ibis.ifelse(kind == "", "", label)
    )
    summed = rows.group_by(["customer_id", "kind", "label", "day"]).aggregate(amount=rows.amount.sum().cast("float64"))
    return summed.order_by(["customer_id", "kind", "label", "day"])


def _balances(rows: ibis.Table) -> ibis.Table:
    last = rows.group_by(["customer_id", "account_id"]).aggregate(closing=last_told(rows.balance_after, rows.posted_at))
    last = last.filter(last.closing.notnull())
    return last.group_by("customer_id").aggregate(balance=last.closing.sum().cast("float64"))


def _next_instalments(books: Books, as_of: dt.date, customer_id: str | None) -> ibis.Table:
    """Return the next day on which instalments of open loans fall due, and their sum."""
    import ibis

    day = ibis.literal(as_of)
    loans = books.loans.filter(books.loans.disbursed_on <= day)
    gone = ibis.least(loans.closed_on.fill_null(loans.written_off_on), loans.written_off_on.fill_null(loans.closed_on))
    loans = loans.filter(gone.isnull() | (gone > day)).select("loan_id", "customer_id")
    if customer_id is not None:
        loans = loans.filter(loans.customer_id == customer_id)
    ahead = books.instalments.filter(books.instalments.due_on > day).inner_join(loans, "loan_id")
    by_day = ahead.group_by(["customer_id", "due_on"]).aggregate(amount=ahead.amount_due.sum().cast("float64"))
    first = by_day.group_by("customer_id").aggregate(due_on=by_day.due_on.min())
    return by_day.inner_join(first, ["customer_id", "due_on"])


def _flows(daily: pd.DataFrame, as_of: dt.date) -> dict[str, Floats]:
    """Return each customer's net flow of every day, from his first within the window."""
    place = _place(daily, as_of)
    out: dict[str, Floats] = {}
    amounts = daily["amount"].to_numpy(dtype=np.float64)
    for customer, rows in daily.groupby("customer_id", sort=True).indices.items():
        days = np.zeros(PAST_DAYS)
        np.add.at(days, place[rows], amounts[rows])
        if PAST_DAYS - place[rows].min() >= LEAST_DAYS:
            out[str(customer)] = days[int(place[rows].min()) :]
    return out


def _expected(daily: pd.DataFrame, as_of: dt.date) -> dict[str, list[Due]]:
    """Return what each monthly mandate seen often enough will bring or take, a month after its last day."""
    place = _place(daily, as_of)
    amounts = daily["amount"].to_numpy(dtype=np.float64)
    out: dict[str, list[Due]] = {}
    customers = daily["customer_id"].to_numpy(dtype=object)
    for rows in daily.groupby(["customer_id", "kind", "label"], sort=True).indices.values():
        if len(rows) < LEAST_HITS or not 24 <= np.median(np.diff(place[rows])) <= 34:
            continue
        last_on = as_of - dt.timedelta(days=int(PAST_DAYS - 1 - place[rows[-1]]))
        days = (_month_later(last_on) - as_of).days
        if days > -GRACE:
            out.setdefault(str(customers[rows[0]]), []).append(Due(max(days, 1), float(np.median(amounts[rows[-3:]]))))
    return out


def _month_later(day: dt.date) -> dt.date:
    from analytics.pipeline.periods import add_months

    end = add_months(day, 1)
    return end.replace(day=min(day.day, end.day))


def _place(daily: pd.DataFrame, as_of: dt.date) -> NDArray[np.int64]:
    """Return the day's place in the window, its last that of the as-of."""
    days = daily["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.asarray(days - np.datetime64(as_of, "D").astype(np.int64) + PAST_DAYS - 1)


def _by_customer(frame: pd.DataFrame, name: str) -> dict[str, float]:
    return dict(zip(frame["customer_id"].astype(str), frame[name].astype(float), strict=True))


def _day(moment: Any) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment
