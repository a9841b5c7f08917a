"""Do the balances add up, is a stretch missing, does a statement look tampered with: findings, row by row.

``balance before + amount = balance after``. The rows of an account are taken in order of time and, within it, of the
file. Banks do not always list a day in the order it happened, so a day that does not add up in that order is tried in
any: it does when each row's balance before is another's balance after, but for the one the day opens with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.pipeline.findings import findings

if TYPE_CHECKING:
    import ibis

#: Days without a posting from which a balance that moved tells of a missing stretch rather than of a wrong row.
MISSING_DAYS = 15
#: Days into a month before the first posting, or before its end after the last, from which the month is not whole.
EDGE_DAYS = 5
#: A reference that names one payment: twelve digits (RRN), or sixteen and more (UTR).
PAYMENT = r"^([0-9]{12}|[A-Z]{4}[A-Z0-9]{12,18})$"
#: Days within which one reference with two amounts is doubted.
REFERENCE_DAYS = 3
#: A balance that is off by less is rounded, not wrong.
ROUNDED_BELOW = 1
DAY = ("account_id", "day")
#: Days running that may each end where they began.
LEVEL_DAYS = 2

BREAK = "The balance before this row plus its amount is not the balance after it."
ROUNDED = "The balance is off by less than one unit of the currency: a rounding."
MISSING = "The balance moved over a stretch without postings: rows seem to be missing."
BEFORE_OPENING = "Posted before the account was opened."
BEFORE_KNOWN = "Posted after the source says it was known."
TWO_AMOUNTS = "One payment reference stands at two amounts."
INCOMPLETE = "Only a part of this month is there."


def reconciled(transactions: ibis.Table, accounts: ibis.Table) -> ibis.Table:
    """Return everything that does not add up.

    Parameters
    ----------
    transactions
        Columns of `analytics.schema.TRANSACTIONS`, whole accounts; with ``ordinal``, ``file_id`` and ``line`` where
        the rows came with files.
    accounts
        Canonical accounts.

    Returns
    -------
    ibis.Table
        Columns of `analytics.schema.FINDINGS`; kinds ``balance_break``, ``balance_rounding``,
        ``missing_period``, ``impossible_date``, ``tampering`` and ``incomplete_month``.
    """
    parts = [
        balance_breaks(transactions),
        impossible_dates(transactions, accounts),
        references_with_two_amounts(transactions),
        incomplete_months(transactions, accounts),
    ]
    found = parts[0]
    for part in parts[1:]:
        found = found.union(part)
    return found


def balance_breaks(transactions: ibis.Table) -> ibis.Table:
    """Return a finding for each row from which on the balance does not follow from the one before."""
    import ibis

    rows = _in_order(transactions)
    failing = rows.filter(rows.off)
    doubted = failing.select("account_id", "day").union(failing.select("account_id", day="day_before")).distinct()
    of_days = _numbered(rows.semi_join(doubted, list(DAY)))
    found = _unexplained(_unlinked(of_days, "before", "balance_after"), _days(of_days))
    in_file = {"group_by": list(DAY), "order_by": ["posted_at", "ordinal", "transaction_id"]}
    opening = found.before.first().over(ibis.window(**in_file))
    found = found.mutate(  # nothing is known before an account's first day: it opens with what it takes up first
        opening_found=found.opening_found | found.closed_before.isnull(),
        closed_before=found.closed_before.fill_null(opening),
    )
    found = found.filter(found.off, found.before != found.closed_before)
    found = found.mutate(off_by=(found.before - found.closed_before).abs())
    nearest = ibis.window(group_by=list(DAY), order_by=["off_by", *in_file["order_by"]])
    opens = (ibis.row_number().over(nearest) == 0) & ~found.opening_found
    from_before = ibis.ifelse(opens, found.closed_before, found.balance_before)
    found = found.mutate(expected=from_before + found.amount, gap=found.day.delta(found.day_before, unit="day"))
    rounded, missing = (found.balance_after - found.expected).abs() < ROUNDED_BELOW, found.gap >= MISSING_DAYS
    return findings(
        found,
        ibis.cases((rounded, "balance_rounding"), (missing, "missing_period"), else_="balance_break"),
        ibis.cases((rounded, ROUNDED), (missing, MISSING), else_=BREAK),
        found=found.balance_after,
    )


def _in_order(transactions: ibis.Table) -> ibis.Table:
    """Return the rows with a balance, each with what was before it; ``off`` where it does not add up in that order."""
    import ibis

    extra = {
        name: transactions[name] if name in transactions.columns else ibis.null().cast(kind)
        for name, kind in (("ordinal", "int64"), ("file_id", "string"), ("line", "int64"))
    }
    rows = transactions.select(
        "transaction_id", "account_id", "customer_id", "posted_at", "amount", "balance_after",
        day=transactions.posted_at.date(), **extra,
    )  # fmt: skip
    order = ["posted_at", "ordinal", "transaction_id"]
    window = ibis.window(group_by="account_id", order_by=order)
    holed = rows.filter(rows.balance_after.isnull()).select("account_id").distinct()
    whole = _beside_the_last(rows.anti_join(holed, "account_id"), window)
    whole = whole.mutate(off=whole.balance_before != whole.before)
    gaps = rows.semi_join(holed, "account_id")
    running = gaps.amount.sum().over(ibis.cumulative_window(group_by="account_id", order_by=order))
    gaps = gaps.mutate(drift=(gaps.balance_after - running).cast("decimal(18, 2)"))
    gaps = _beside_the_last(gaps.filter(gaps.balance_after.notnull()), window, drift_before=gaps.drift.lag())
    gaps = gaps.mutate(off=gaps.drift != gaps.drift_before)
    return whole.union(gaps.select(*whole.columns))


def _beside_the_last(rows: ibis.Table, window: Any, **more: Any) -> ibis.Table:
    """Add the balance each row takes up, and what the row before it left and when."""
    before = (rows.balance_after - rows.amount).cast("decimal(18, 2)")
    last = {"day_before": rows.day.lag(), "balance_before": rows.balance_after.lag(), **more}
    return rows.mutate(before=before, **{name: value.over(window) for name, value in last.items()})


def _numbered(rows: ibis.Table) -> ibis.Table:
    """Number the rows of a day with one balance before, or after: the n-th of these goes with the n-th of those."""
    import ibis

    def nth(value: str) -> Any:
        return ibis.row_number().over(ibis.window(group_by=[*DAY, value], order_by=["posted_at", "transaction_id"]))

    return rows.mutate(nth_before=nth("before"), nth_balance_after=nth("balance_after"))


def _unlinked(rows: ibis.Table, value: str, other: str) -> ibis.Table:
    """Return the rows whose ``value`` is no row's ``other`` on the same day; these are balance before and after.

    A day adds up in some order when each row's balance before was left by another row, but for the one it opens with.
    """
    others = rows.select(*DAY, balance=other, nth=f"nth_{other}").view()
    same = [rows.account_id == others.account_id, rows.day == others.day,
            rows[value] == others.balance, rows[f"nth_{value}"] == others.nth]  # fmt: skip
    return rows.anti_join(others, same)


def _days(rows: ibis.Table) -> ibis.Table:
    """Return for each doubted day the balance the day before closed with.

    A day's closing balance is the one that no row of the day takes up; of several, which do not add up, it is the last
    row's. A day that ends where it began has none, and closes as the day before it did.
    """
    loose = _unlinked(rows, "balance_after", "before")
    ends = loose.group_by(list(DAY)).aggregate(closes=loose.balance_after.max(), loose_ends=loose.count())
    ends = ends.filter(ends.loose_ends == 1).select(*DAY, "closes")
    first = rows.filter(rows.day_before.isnull() | (rows.day_before < rows.day))
    first = first.select(*DAY, "day_before", "balance_before")
    level = first.anti_join(loose, list(DAY))
    closings = ends
    for _ in range(LEVEL_DAYS):
        found = _closed_before(level, closings)
        closings = ends.union(found.select(*DAY, closes="closed_before"))
    return _closed_before(first, closings)


def _closed_before(first: ibis.Table, closings: ibis.Table) -> ibis.Table:
    """Return the days with what the day before closed with: as told, else as its last row in order left it."""
    import ibis

    told = closings.select("account_id", closes_on="day", closes="closes").view()
    before = first.left_join(
        told, [first.account_id == told.account_id, first.day_before == told.closes_on], rname="{name}_end"
    )
    return before.select(*DAY, closed_before=ibis.coalesce(before.closes, before.balance_before))


def _unexplained(unlinked: ibis.Table, days: ibis.Table) -> ibis.Table:
    """Return the rows that take up no balance of their day, of days where that is not the one row it opens with."""
    rows = unlinked.inner_join(days, list(DAY), rname="{name}_of_day")
    judged = rows.group_by(list(DAY)).aggregate(
        rows_unlinked=rows.count(), opening_found=(rows.before == rows.closed_before).any().fill_null(False)
    )
    judged = judged.filter((judged.rows_unlinked > 1) | ~judged.opening_found)
    return rows.inner_join(judged, list(DAY), rname="{name}_judged")


def impossible_dates(transactions: ibis.Table, accounts: ibis.Table) -> ibis.Table:
    """Return a finding for each row posted before its account was opened, or after it was known."""
    import ibis

    opened = accounts.select("account_id", "opened_on")
    rows = transactions.left_join(opened, "account_id", rname="{name}_account")
    day = rows.posted_at.date()
    early = (day < rows.opened_on).fill_null(False)
    late = (day > rows.known_at.date()).fill_null(False)
    rows = rows.mutate(day=day, early=early).filter(early | late)
    return findings(rows, "impossible_date", ibis.ifelse(rows.early, BEFORE_OPENING, BEFORE_KNOWN), found=rows.amount)


def references_with_two_amounts(transactions: ibis.Table) -> ibis.Table:
    """Return a finding for each row whose payment reference stands at another amount of the same sign nearby."""
    import ibis

    reference = transactions.reference.strip().upper()
    rows = transactions.mutate(payment=reference, credit=transactions.amount > 0, day=transactions.posted_at.date())
    rows = rows.filter(rows.payment.re_search(PAYMENT), ~rows.payment.re_search("^0+$"))
    window = ibis.window(group_by=["account_id", "payment", "credit"], order_by=["posted_at", "transaction_id"])
    rows = rows.mutate(amount_before=rows.amount.lag().over(window), seen=rows.day.lag().over(window))
    rows = rows.filter(rows.amount != rows.amount_before, rows.day.delta(rows.seen, unit="day") <= REFERENCE_DAYS)
    return findings(rows, "tampering", TWO_AMOUNTS, expected=rows.amount_before, found=rows.amount)


def incomplete_months(transactions: ibis.Table, accounts: ibis.Table) -> ibis.Table:
    """Return a finding for the first and the last month of an account where postings cover only a part of it.

    The month in which the account was opened, and the newest month of all, are not doubted.
    """
    import ibis

    day = transactions.posted_at.date()
    spans = transactions.group_by(["account_id", "customer_id"]).aggregate(first=day.min(), last=day.max())
    newest = transactions.aggregate(newest=day.max())
    spans = spans.left_join(accounts.select("account_id", "opened_on"), "account_id", rname="{name}_account")
    spans = spans.cross_join(newest)
    opening = (spans.first.truncate("M") == spans.opened_on.truncate("M")).fill_null(False)
    starts = spans.filter(~opening, spans.first.day() > EDGE_DAYS).mutate(day=ibis._.first)
    end = spans.last + ibis.interval(days=EDGE_DAYS)
    stops = spans.filter(
        spans.last.truncate("M") < spans.newest.truncate("M"),
        end.cast("date").truncate("M") == spans.last.truncate("M"),
    ).mutate(day=ibis._.last)
    parts = [
        findings(part, "incomplete_month", INCOMPLETE, day=ibis.date(part.day.year(), part.day.month(), 1))
        for part in (starts, stops)  # a date that is truncated is a timestamp to DuckDB
    ]
    return parts[0].union(parts[1])
