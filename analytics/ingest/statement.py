"""A statement's rows into postings: judged once by the engine, then counted, joined and put in order of time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from analytics.ingest.judging import judged
from analytics.ingest.keeping import kept
from analytics.ingest.record_batch import Refused
from analytics.ingest.shape import Shape

if TYPE_CHECKING:
    import ibis

#: Kinds of rows that are part of the table: each becomes a posting or is rejected.
ROWS = ("posting", "rejected")
ABOVE_NOTHING = "Text without a date and an amount, and no posting above that it could continue."
ABOVE_REJECTED = "Continues a row that was rejected."


@dataclass(frozen=True)
class Statement:
    """What one table of a file holds.

    Attributes
    ----------
    postings
        Kept rows: the columns of a posting, ``line``, ``ordinal``, ``account_cell``, ``customer_cell``.
    rejected
        ``line``, ``reason``, ``content``.
    counts
        Rows of each kind; ``rows`` is what the file has of them below the heading.
    newest_first
        The file runs against time.
    """

    postings: ibis.Table
    rejected: ibis.Table
    counts: Mapping[str, int] = field(default_factory=dict)
    newest_first: bool = False

    @property
    def kept(self) -> int:
        """Rows that became postings."""
        return self.counts["posting"]


def with_refused(statement: Statement, refused: Sequence[Refused], backend: Any) -> Statement:
    """Add records that could not even be read as rows to the rejected ones."""
    import ibis
    import pyarrow as pa

    if not refused:
        return statement
    columns = {
        "line": pa.array([each.line for each in refused], pa.int64()),
        "reason": pa.array([each.reason for each in refused], pa.string()),
        "content": pa.array([json.dumps([each.content], ensure_ascii=False) for each in refused], pa.string()),
    }
    more = kept(ibis.memtable(pa.table(columns)), backend)
    counts = {**statement.counts, "rejected": statement.counts["rejected"] + len(refused)}
    return replace(statement, rejected=statement.rejected.union(more), counts=counts)


def read_rows(rows: ibis.Table, shape: Shape, backend: Any, usual: ibis.Table | None = None) -> Statement:
    """Judge the rows below the heading and part them.

    Parameters
    ----------
    rows
        ``(line, cells)``.
    backend
        The Ibis backend that holds them; the judged rows are kept in a temporary table of it.
    usual
        Judged rows that are postings beyond doubt and not among ``rows``, from `analytics.ingest.usual`.
    """
    table = kept(judged(rows, shape), backend)
    if usual is not None:
        table = usual.select(*table.columns).union(table)
    end = table.filter(table.kind == "end").line.min().to_pyarrow().as_py()
    if end is not None:
        table = table.mutate(kind=_after_the_end(table, end))
    counts = _counts(table)
    if counts.get("wrapped"):
        table = _unwrapped(table, backend)
        counts = _counts(table)
    postings = table.filter(table.kind == "posting")
    newest_first = _runs_backwards(postings)
    last = table.line.max()
    ordinal = (last.as_scalar() - table.line + 1) if newest_first else table.line
    posted = table.mutate(ordinal=ordinal).filter(table.kind == "posting").drop("kind", "reason", "content")
    rejected = table.filter(table.kind == "rejected").select("line", "reason", "content")
    return Statement(posted, rejected, counts, newest_first)


def _after_the_end(table: Any, end: int) -> Any:
    import ibis

    undated = table.posted_at.isnull() & table.kind.isin(("rejected", "wrapped"))
    return ibis.ifelse((table.line > end) & undated, "footer", table.kind)


def _counts(table: Any) -> dict[str, int]:
    found = table.group_by("kind").agg(n=table.count()).to_pyarrow().to_pydict()
    counts = dict.fromkeys(("posting", "rejected", "wrapped", "footer", "heading", "end", "blank"), 0)
    counts |= dict(zip(found["kind"], found["n"], strict=True))
    return counts | {"rows": sum(counts.values())}


def _unwrapped(table: Any, backend: Any) -> Any:
    """Put wrapped text behind the narration above it; reject it where no posting is above."""
    import ibis

    anchor = ibis.ifelse(table.kind.isin(ROWS), table.line, ibis.null("int64"))
    above = table.select(
        "line", "kind", "narration", anchor=anchor.max().over(order_by=table.line, rows=(None, 0))
    ).filter(lambda row: row.kind == "wrapped")
    text = above.narration.group_concat(" ", order_by=above.line)
    joined = above.group_by("anchor").agg(more=text, lines=above.count())
    owners = table.filter(table.kind == "posting").select(owner="line")
    fate = above.left_join(owners, above.anchor == owners.owner).select("line", "anchor", "owner", wrapped=above.kind)
    fate = fate.rename(at="line")
    mended = table.left_join(joined, table.line == joined.anchor).drop("anchor")
    mended = mended.left_join(fate, mended.line == fate.at)
    orphan = mended.wrapped.notnull() & mended.owner.isnull()
    whole = ibis.ifelse(
        (mended.kind == "posting") & mended.more.notnull(),
        _put_together(mended.narration, mended.more),
        mended.narration,
    )
    return kept(
        mended.mutate(
            narration=whole,
            kind=ibis.ifelse(orphan, "rejected", mended.kind),
            reason=ibis.ifelse(
                orphan, ibis.ifelse(mended.anchor.isnull(), ABOVE_NOTHING, ABOVE_REJECTED), mended.reason
            ),
        ).select(table.columns),
        backend,
    )  # fmt: skip


def _put_together(above: Any, below: Any) -> Any:
    """Join two lines of text; a virtual payment address broken by the line end is made whole."""
    import ibis

    broken = above.re_search(r"@[a-z]*$") & below.re_search(r"^[a-z]") | below.re_search("^@[a-z]")
    return ibis.coalesce(ibis.ifelse(broken, above + below, above + " " + below), below)


def _runs_backwards(postings: Any) -> bool:
    """Whether the first row is later than the last; within one day, whether balances add up from below."""
    first, last, days = (
        postings.agg(
            first=postings.posted_at.argmin(postings.line),
            last=postings.posted_at.argmax(postings.line),
            rows=postings.count(),
        )
        .to_pyarrow()
        .to_pylist()[0]
        .values()
    )
    if first is None or days < 2 or first != last:
        return first is not None and first > last
    return _balances_from_below(postings)


def _balances_from_below(postings: Any) -> bool:
    before = postings.balance_after.lag().over(order_by=postings.line)
    after = postings.balance_after.lead().over(order_by=postings.line)
    down = (before + postings.amount == postings.balance_after).fill_null(False)
    up = (after + postings.amount == postings.balance_after).fill_null(False)
    steps = postings.select(down=down.cast("int64"), up=up.cast("int64"))
    found = steps.agg(down=steps.down.sum(), up=steps.up.sum()).to_pyarrow().to_pylist()[0]
    return (found["up"] or 0) > (found["down"] or 0)
