"""Rows beside other rows of the same customer: reversals with what they reverse, transfers between own accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.pipeline.books import Keep, as_it_is

if TYPE_CHECKING:
    import ibis

#: Days after a posting in which it may be reversed.
REVERSAL_DAYS = 30
#: Days between the two sides of an own transfer: with one reference, and without.
TRANSFER_DAYS_BY_REFERENCE = 7
TRANSFER_DAYS = 2
#: Days before and after a new row within which relations of other rows may change because of it.
REACH_DAYS = 2 * REVERSAL_DAYS
#: Passes of pairing: each row takes its nearest, then those left over theirs.
ROUNDS = 2

#: Words of a row that takes another back, and those of a charge for it.
REVERSES = r"(^|[^A-Z])(REV|REVERSAL|REVERSED|REVSL|RTN|RETURN|RETURNED)([^A-Z]|$)"
CHARGES = r"(CHG|CHARGE|CHRG|FEE|PENALTY|GST)"
#: Categories a transfer without a reference may have; '' is none.
TRANSFERS = ("", "transfer")


def relations(transactions: ibis.Table, keep: Keep = as_it_is) -> ibis.Table:
    """Return what relates to another row.

    Parameters
    ----------
    transactions
        Columns of `analytics.schema.TRANSACTIONS`; all rows of a customer within `REACH_DAYS` of what is asked for.
    keep
        Computes a step once; each is read several times over.

    Returns
    -------
    ibis.Table
        ``transaction_id``, ``reversal_of`` and ``is_own_transfer``, a row for each posting that reverses one or is one
        side of an own transfer.
    """
    import ibis

    reversing = keep("reversals", reversals(transactions, keep))
    sides = keep("own_transfers", own_transfers(transactions, reversing, keep))
    joined = reversing.outer_join(sides, "transaction_id", rname="{name}_side")
    return joined.select(
        transaction_id=ibis.coalesce(joined.transaction_id, joined.transaction_id_side),
        reversal_of=joined.reversal_of,
        is_own_transfer=joined.transaction_id_side.notnull(),
    )


def reversals(transactions: ibis.Table, keep: Keep = as_it_is) -> ibis.Table:
    """Pair each reversing row with the nearest earlier one of the account with the opposite amount.

    Both carry one reference, or the later says that it takes something back. Each row stands in one pair at the most.

    Returns
    -------
    ibis.Table
        ``transaction_id`` and the ``reversal_of`` it reverses.
    """
    import ibis

    text = transactions.narration.fill_null("").upper()
    rows = transactions.select(
        "transaction_id",
        "account_id",
        "posted_at",
        "amount",
        reference_key=transactions.reference.nullif(""),
        reverses=_reverses(text),
    )
    later, earlier = rows.filter(rows.reverses | rows.reference_key.notnull()), rows.filter(~rows.reverses).view()
    pairs = later.inner_join(
        earlier,
        [
            later.account_id == earlier.account_id,
            later.amount == -earlier.amount,
            later.reverses | (later.reference_key == earlier.reference_key),
            later.posted_at >= earlier.posted_at,
            later.posted_at <= earlier.posted_at + ibis.interval(days=REVERSAL_DAYS),
            later.reverses | (later.posted_at > earlier.posted_at) | (later.amount > 0),
        ],
    )
    pairs = pairs.select(
        left=later.transaction_id,
        right=earlier.transaction_id,
        weaker=(later.reference_key != earlier.reference_key).fill_null(True),
        gap=later.posted_at.delta(earlier.posted_at, unit="second"),
    )
    return _nearest(keep("reversal_pairs", pairs)).rename(transaction_id="left", reversal_of="right")


def _reverses(text: Any) -> Any:
    """Whether a narration in capitals says that it takes something back; the few that could are searched."""
    import ibis

    could = text.contains("REV") | text.contains("RTN") | text.contains("RETURN")
    return ibis.ifelse(could, text.re_search(REVERSES) & ~text.re_search(CHARGES), False)


def own_transfers(transactions: ibis.Table, reversing: ibis.Table, keep: Keep = as_it_is) -> ibis.Table:
    """Pair a debit in one account of a customer with the credit of it in another of the same customer.

    Returns
    -------
    ibis.Table
        ``transaction_id`` of both sides of each pair.
    """
    undone = reversing.select("transaction_id").union(reversing.select(transaction_id="reversal_of"))
    rows = transactions.anti_join(undone, "transaction_id")
    plain = rows.merchant.fill_null("") == ""
    rows = rows.select(
        "transaction_id",
        "account_id",
        "customer_id",
        "posted_at",
        "amount",
        reference_key=rows.reference.nullif(""),
        plain=plain & rows.category.fill_null("").isin(TRANSFERS),
    )
    debits, credits_ = rows.filter(rows.amount < 0), rows.filter(rows.amount > 0).view()
    same = (debits.reference_key == credits_.reference_key).fill_null(False)
    pairs = debits.inner_join(
        credits_,
        [
            debits.customer_id == credits_.customer_id,
            debits.account_id != credits_.account_id,
            -debits.amount == credits_.amount,
            _within(debits, credits_, TRANSFER_DAYS_BY_REFERENCE),
            same | (debits.plain & credits_.plain & _within(debits, credits_, TRANSFER_DAYS)),
        ],
    )
    pairs = pairs.select(
        left=debits.transaction_id,
        right=credits_.transaction_id,
        weaker=~(debits.reference_key == credits_.reference_key).fill_null(False),
        gap=debits.posted_at.delta(credits_.posted_at, unit="second").abs(),
    )
    paired = _nearest(keep("transfer_pairs", pairs))
    return paired.select(transaction_id="left").union(paired.select(transaction_id="right"))


def _within(one: ibis.Table, other: ibis.Table, days: int) -> Any:
    import ibis

    reach = ibis.interval(days=days)
    return (one.posted_at <= other.posted_at + reach) & (other.posted_at <= one.posted_at + reach)


def _nearest(pairs: ibis.Table) -> ibis.Table:
    """Choose pairs in which each is the other's best, ``ROUNDS`` times over; columns ``left`` and ``right``."""
    chosen = _mutual(pairs)
    for _ in range(ROUNDS - 1):
        left = pairs.anti_join(chosen, "left").anti_join(chosen, "right")
        chosen = chosen.union(_mutual(left))
    return chosen


def _mutual(pairs: ibis.Table) -> ibis.Table:
    import ibis

    best_first = [pairs.weaker, pairs.gap, pairs.right, pairs.left]
    ranked = pairs.mutate(
        of_left=ibis.row_number().over(ibis.window(group_by="left", order_by=best_first)),
        of_right=ibis.row_number().over(ibis.window(group_by="right", order_by=best_first)),
    )
    return ranked.filter(ranked.of_left == 0, ranked.of_right == 0).select("left", "right")
