"""Payments that come back: salary, rent, instalments, plans, premiums, subscriptions, bills; and when next.

A recurring payment is at least three postings of one customer with one party, in one direction, of about one amount, a
week, month, quarter or year apart. All of it is grouped aggregates and windows over the postings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.pipeline.books import Keep, as_it_is

if TYPE_CHECKING:
    import ibis

LEAST_HITS = 3
#: Days that the usual gap may miss its cadence by.
SLACK = 3
#: Share of the gaps that lie within so many days of the usual one.
LOOSE_DAYS, LEAST_IN_TIME = 7, 0.5
#: Letters of a name that are compared; statements cut the rest.
NAME_LETTERS = 15
#: Amounts belong together when they lie within a half of one another, and then spread little.
BAND = 1.5
LARGEST_SPREAD = 0.2
ALIKE, LEAST_ALIKE = 0.05, 0.6
#: A steady transfer to a person is taken for rent from this many and this much on.
RENT_HITS, LEAST_RENT, RENT_SPREAD = 4, 2_500.0, 0.1
#: Days within which a payment that was sent back comes back.
BOUNCE_DAYS = 7


@dataclass(frozen=True)
class Cadence:
    """How often: the usual gap in days, and the step to the next date."""

    days: float
    step: Mapping[str, int]


CADENCES: Mapping[str, Cadence] = MappingProxyType(
    {
        "weekly": Cadence(7, {"days": 7}),
        "monthly": Cadence(30.4, {"months": 1}),
        "quarterly": Cadence(91.3, {"months": 3}),
        "yearly": Cadence(365.25, {"years": 1}),
    }
)
#: Recurring kind by direction and category; people are judged by amount and note.
KINDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("credit", "salary"): "salary",
        ("debit", "loan_payment"): "emi",
        ("debit", "investment"): "sip",
        ("debit", "insurance"): "insurance",
        ("debit", "subscriptions"): "subscription",
        ("debit", "utilities"): "utility",
        ("debit", "person"): "rent",
    }
)
#: Families whose amount is agreed to the rupee, so that several of one lender are told apart, and that are tried again
#: when they fail: their gap is that between the first tries of each month.
EXACT = ("loan_payment",)
#: What rows must share to be looked at together, and to belong to one payment.
GROUP = ("customer_id", "party")
PAYMENT = (*GROUP, "direction", "family", "band")
#: Kinds whose amount may vary as bills do.
METERED = ("utility", "salary")
LARGEST_METERED_SPREAD = 0.45


def recurring(transactions: ibis.Table, keep: Keep = as_it_is) -> tuple[ibis.Table, ibis.Table]:
    """Find what comes back.

    Parameters
    ----------
    transactions
        Rows like `analytics.schema.TRANSACTIONS`, categories given.
    keep
        Computes a step once, under a name; both results are made of it.

    Returns
    -------
    tuple
        Marks: ``transaction_id``, ``recurring_kind``, of the rows that belong to a recurring payment. And the payments:
        ``customer_id``, ``party``, ``direction``, ``recurring_kind``, ``cadence``, ``hits``, ``amount`` (the usual one,
        positive), ``spread`` (coefficient of variation), ``first_on``, ``last_on``, ``next_expected_on`` and
        ``bounces`` (how many of them came back).
    """
    rows = keep("recurring_rows", banded(transactions))
    found = keep("recurring_found", payments_in(rows))
    return marks_of(rows, found), payments_of(transactions, rows, found)


def banded(transactions: ibis.Table) -> ibis.Table:
    """Return the rows that could belong to a recurring payment, with the band of amounts each is in."""
    return _banded(_candidates(transactions))


def payments_in(rows: ibis.Table) -> ibis.Table:
    """Return the payments that `banded` rows make up, by `PAYMENT`."""
    return _payments(rows)


def marks_of(rows: ibis.Table, found: ibis.Table) -> ibis.Table:
    """Return which rows belong to a payment, and of which kind."""
    return rows.inner_join(found, list(PAYMENT)).select("transaction_id", "recurring_kind").distinct()


def payments_of(transactions: ibis.Table, rows: ibis.Table, found: ibis.Table) -> ibis.Table:
    """Return the payments as they are shown, with what of them was sent back."""
    return _shown(found.left_join(_bounces(transactions, rows, found), list(PAYMENT)))


def groups_of(transactions: ibis.Table) -> ibis.Table:
    """Return the customers and parties whose payments rows bear on: what comes back is judged within one of these."""
    rows = _bearing(transactions)
    return rows.select(*GROUP).filter(rows.party.notnull()).distinct()


def members_of(transactions: ibis.Table, groups: ibis.Table) -> ibis.Table:
    """Return the rows that bear on the payments of some groups."""
    return _bearing(transactions).semi_join(groups, list(GROUP)).select(*transactions.columns)


def _bearing(transactions: ibis.Table) -> ibis.Table:
    """Return the rows, with their ``party``, that could belong to a payment or send one back."""
    import ibis

    wanted = [
        (transactions.amount < 0) & (_family(transactions) == family) for side, family in KINDS if side == "debit"
    ]
    rows = transactions.filter(ibis.or_(transactions.amount > 0, *wanted))
    return rows.mutate(party=party_of(rows))


def party_of(rows: ibis.Table) -> Any:
    """Return how the other party of a row is called when rows are compared: the merchant, else the name's beginning."""
    import ibis

    name = ibis.coalesce(rows.merchant.nullif(""), rows.counterparty.nullif(""), rows.vpa)
    return ibis.ifelse(rows.merchant.nullif("").notnull(), rows.merchant, name.substr(0, NAME_LETTERS)).upper()


def _candidates(transactions: ibis.Table) -> ibis.Table:
    """Return the rows that could belong to something: those with a party, in a family of categories that recurs."""
    import ibis

    direction = ibis.ifelse(transactions.amount < 0, "debit", "credit")
    rows = transactions.select(
        "transaction_id", "customer_id", party=party_of(transactions), direction=direction,
        family=_family(transactions), day=transactions.posted_at.date(),
        size=transactions.amount.cast("float64").abs(),
        for_rent=(ibis.coalesce(transactions.category, "") == "rent").cast("int64"),
    )  # fmt: skip
    wanted = [(rows.direction == direction) & (rows.family == family) for direction, family in KINDS]
    return rows.filter(ibis.or_(*wanted), rows.party.notnull(), rows.size > 0)


def _family(transactions: ibis.Table) -> Any:
    """Return the categories that are one kind of payment, by one name."""
    import ibis

    category, subcategory = ibis.coalesce(transactions.category, ""), ibis.coalesce(transactions.subcategory, "")
    return ibis.cases(
        (subcategory.isin(("salary", "pension")), "salary"),
        ((category == "subscriptions") | (subcategory == "subscription"), "subscriptions"),
        (category.isin(("rent", "transfer")) & (transactions.merchant.nullif("").isnull()), "person"),
        else_=category,
    )


def _banded(rows: ibis.Table) -> ibis.Table:
    """Put amounts into bands around the usual amount of party and direction, so one payment falls into one band."""
    import ibis

    keys = ["customer_id", "party", "direction", "family"]
    usual = rows.group_by(keys).aggregate(usual=rows.size.median())
    both = rows.inner_join(usual, keys)
    around = ((both["size"] / both.usual).ln() / (2 * log(BAND)) + 0.5).floor().cast("int64")
    return both.mutate(band=ibis.ifelse(both.family.isin(EXACT), both["size"].round().cast("int64"), around))


def _payments(rows: ibis.Table) -> ibis.Table:
    """Return the groups that keep time and amount."""
    keys = list(PAYMENT)
    timed = _timed(rows, keys)
    usual = timed.group_by(keys).aggregate(
        hits=timed.count(), gap=timed.gap.median(), amount=timed["size"].median(),
        mean=timed["size"].mean(), deviation=timed["size"].std(how="pop"), first_on=timed.day.min(),
        last_on=timed.day.max(), for_rent=timed.for_rent.mean(),
    )  # fmt: skip
    near = timed.inner_join(usual.select(*keys, "amount", usual_gap=usual.gap), keys)
    near = near.mutate(
        alike=((near["size"] / near.amount - 1).abs() <= ALIKE).cast("float64"),
        in_time=((near.gap - near.usual_gap).abs() <= LOOSE_DAYS).cast("float64"),
    )
    shares = near.group_by(keys).aggregate(alike=near.alike.mean(), in_time=near.in_time.mean())
    found = usual.inner_join(shares, keys).mutate(spread=usual.deviation / usual["mean"])
    found = found.mutate(cadence=_cadence(found.gap), recurring_kind=_kind(found))
    return found.filter(
        found.hits >= LEAST_HITS, found.cadence.notnull(), found.in_time >= LEAST_IN_TIME, _steady(found)
    )


def _timed(rows: ibis.Table, keys: list[str]) -> ibis.Table:
    """Add the days since the row before, NULL on the same day; where payments are tried again, since last month's."""
    import ibis

    by_day = ibis.window(group_by=keys, order_by=["day", "transaction_id"])
    timed = rows.mutate(before=rows.day.lag().over(by_day), month=rows.day.truncate("M"))
    gap = timed.day.delta(timed.before, unit="day").cast("float64").nullif(0.0)
    again = timed.family.isin(EXACT) & (timed.before >= timed.month)
    first = timed.mutate(gap=gap, again=ibis.coalesce(again, False))
    by_month = ibis.window(group_by=[*keys, "again"], order_by=["day", "transaction_id"])
    firsts = first.mutate(first_before=first.day.lag().over(by_month))
    since = firsts.day.delta(firsts.first_before, unit="day").cast("float64")
    exact = ibis.ifelse(firsts.again, None, since)
    return firsts.mutate(gap=ibis.ifelse(firsts.family.isin(EXACT), exact, firsts.gap))


def _cadence(gap: Any) -> Any:
    import ibis

    return ibis.cases(
        *[(gap.between(each.days - SLACK, each.days + SLACK), name) for name, each in CADENCES.items()], else_=None
    )


def _kind(rows: ibis.Table) -> Any:
    import ibis

    return ibis.cases(
        *[
            ((rows.direction == direction) & (rows.family == family), kind)
            for (direction, family), kind in KINDS.items()
        ]
    )


def _steady(rows: ibis.Table) -> Any:
    """Say whether the amounts keep: to a person more strictly, unless the notes speak of rent."""
    import ibis

    even = (rows.spread < LARGEST_SPREAD) | (rows.alike >= LEAST_ALIKE)
    metered = rows.recurring_kind.isin(METERED) & (rows.spread < LARGEST_METERED_SPREAD)
    as_rent = (rows.hits >= RENT_HITS) & (rows.amount >= LEAST_RENT) & (rows.spread < RENT_SPREAD)
    noted = (rows.for_rent >= 0.5) & even
    rent = (rows.cadence == "monthly") & (as_rent | noted)
    return ibis.ifelse(rows.recurring_kind == "rent", rent, even | metered)


def _bounces(transactions: ibis.Table, rows: ibis.Table, payments: ibis.Table) -> ibis.Table:
    """Count the debits of each payment that came back: the same amount from the same party within days."""
    keys = list(PAYMENT)
    debits = rows.filter(rows.direction == "debit").inner_join(payments.select(*keys), keys)
    back = transactions.filter(transactions.amount > 0)
    back = back.select(
        came_to="customer_id", came_from=party_of(back), came_on=back.posted_at.date(),
        returned=back.amount.cast("float64"),
    )  # fmt: skip
    pairs = debits.inner_join(
        back,
        [debits.customer_id == back.came_to, debits.party == back.came_from, debits["size"] == back.returned],
    )
    later = pairs.came_on.delta(pairs.day, unit="day")
    sent_back = pairs.filter(later.between(0, BOUNCE_DAYS))
    return sent_back.group_by(keys).aggregate(bounces=sent_back.transaction_id.nunique())


def _shown(payments: ibis.Table) -> ibis.Table:
    import ibis

    steps = [
        (payments.cadence == name, payments.last_on + ibis.interval(**each.step)) for name, each in CADENCES.items()
    ]
    due = ibis.cases(*steps).cast("date")
    dated = payments.mutate(due=due, bounces=ibis.coalesce(payments.bounces, 0))
    after_friday = dated.due.day_of_week.index() - 4
    early = (dated.recurring_kind == "salary") & (after_friday > 0)
    moved = ibis.cases(
        (early & (after_friday == 1), dated.due - ibis.interval(days=1)),
        (early, dated.due - ibis.interval(days=2)),
        else_=dated.due.cast("timestamp"),
    ).cast("date")
    return dated.select(
        "customer_id", "party", "direction", "recurring_kind", "cadence", "hits", "amount", "spread", "first_on",
        "last_on", next_expected_on=moved, bounces=dated.bounces,
    )  # fmt: skip


class Recurrence:
    """The step in pieces, for one who keeps what comes between and asks again only about groups that changed."""

    groups = staticmethod(groups_of)
    members = staticmethod(members_of)
    banded = staticmethod(banded)
    found = staticmethod(payments_in)
    marks = staticmethod(marks_of)
    payments = staticmethod(payments_of)
