"""From raw postings to ``core.transactions`` and what is doubted: everything, or only what new files touch.

Which rows are new to the books is a difference of two sets: the raw rows that stay now, and those that stayed before
(all but the ones with a finding that they are a copy). The rows that came are enriched; rows beside them are related
again; a row of the books changes only where a relation of it did. It is done customer by customer, so the books are cut
into parts of them and memory holds one part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.intake import relating
from analytics.intake.parts import parts, show_days
from analytics.intake.statements import Statements
from analytics.intake.steps import Steps, transactions
from analytics.intake.summaries import SUMMARY_MISMATCH, reconcile_summaries
from analytics.pipeline import clean
from analytics.pipeline.clean import PLACE
from analytics.pipeline.reconcile import MISSING_DAYS, reconciled
from analytics.schema import FINDINGS, RECURRING_PAYMENTS, TRANSACTIONS

if TYPE_CHECKING:
    import ibis

    from analytics.intake.build_log import BuildLog
    from analytics.writer import Writer

#: Days around new rows in which copies are looked for, and in which balances are added up again.
COPY_DAYS = 10 * clean.REACH_DAYS
BALANCE_DAYS = 4 * MISSING_DAYS
#: Days around new rows that are looked at for it.
CONTEXT_DAYS = 2 * BALANCE_DAYS
#: A condition on raw postings.
Arrived = Callable[["ibis.Table"], Any]
COPIES = ("duplicate", "corrected", "near_duplicate")


@dataclass(frozen=True)
class Derived:
    """What a derivation changed in ``core.transactions``."""

    added: int = 0
    removed: int = 0
    related_again: int = 0
    left_out: int = 0


def derive(
    writer: Writer,
    steps: Steps,
    arrived: Arrived | None = None,
    *,
    gone: ibis.Table | None = None,
    log: BuildLog,
    progress: Callable[[str, float], None],
) -> Derived:
    """Bring ``core.transactions`` and ``quality.findings`` up to date with ``raw.postings``.

    Parameters
    ----------
    writer
        Open books.
    steps
        How rows are enriched, and recurring payments found.
    arrived
        Which raw postings are new; None derives everything again.
    gone
        Raw postings that were taken out, beside those that are new.
    log
        Where each step says what it did.
    progress
        Called with what is being done and the share that is behind.

    Notes
    -----
    Leaves the temporary table ``touched_months`` (``customer_id``, ``period``): the months whose sums changed.
    """
    if arrived is None:
        _forget(writer)
    progress("Looking at what came", 0.0)
    fresh = arrived is None or (gone is None and _nothing_older(writer, arrived))
    _spans(writer, None if fresh else arrived, gone)
    writer.execute("CREATE OR REPLACE TEMP TABLE touched_months (customer_id VARCHAR, period INTEGER)")
    cut = parts(writer)
    derivation, counted = _Derivation(writer, steps, None if fresh else arrived, gone, log), Counter[str]()
    for number, part in enumerate(cut):
        part.show(writer)
        counted.update(derivation.run(lambda what, share, at=number: progress(what, (at + share) / len(cut))))  # type: ignore[misc]
    return Derived(**{name: counted[name] for name in ("added", "removed", "related_again", "left_out")})


def _forget(writer: Writer) -> None:
    """Take out what was derived of raw postings, and what was found in them."""
    raw = writer.table("raw", "postings")
    writer.delete(TRANSACTIONS.qualified, raw.select(transaction_id="posting_id").distinct())
    found = writer.table("quality", "findings")
    accounts = raw.select("account_id").distinct()
    writer.delete(FINDINGS.qualified, found.semi_join(accounts, "account_id").select("account_id").distinct())
    writer.delete(RECURRING_PAYMENTS.qualified, raw.select("customer_id").distinct())


def _nothing_older(writer: Writer, arrived: Arrived) -> bool:
    raw = writer.table("raw", "postings")
    return writer.count(raw.filter(~arrived(raw)).limit(1)) == 0


def _spans(writer: Writer, arrived: Arrived | None, gone: ibis.Table | None) -> None:
    """Keep the days that change, by account: of new rows, of older ones with the same id, of rows that are gone."""
    raw = writer.table("raw", "postings")
    if arrived is not None:
        raw = raw.semi_join(raw.filter(arrived(raw)), ["account_id", "posting_id"])
    raw = raw if gone is None else raw.union(gone)
    day = raw.posted_at.date()
    spans = raw.group_by(["account_id", "customer_id"]).aggregate(first=day.min(), last=day.max(), rows=raw.count())
    writer.keep("spans", spans)


class _Derivation:
    """One derivation, run part by part.

    Parameters
    ----------
    arrived
        Which raw postings are new; None where all are.
    gone
        Those that were taken out.
    """

    def __init__(
        self, writer: Writer, steps: Steps, arrived: Arrived | None, gone: ibis.Table | None, log: BuildLog
    ) -> None:
        self._writer = writer
        self._steps = steps
        self._arrived = arrived
        self._gone = gone
        self._log = log
        self._sql = Statements(writer)
        corrections = writer.table("quality", "corrections")
        self._corrections = corrections if writer.count(corrections) else None
        if steps.enrichment is not None:
            self._known_parties(steps.enrichment.look_up)

    def run(self, progress: Callable[[str, float], None]) -> dict[str, int]:
        """Derive the part that the views show."""
        log, sql = self._log, self._sql
        progress("Looking for copies", 0.0)
        with log.step("clean") as step:
            left_out = self._cleaned(step)
        progress("Reading the narrations", 0.2)
        with log.step("enrich", sql.rows("added")) as step:
            step["rows_out"] = self._enriched()
        progress("Relating rows to one another", 0.6)
        with log.step("relate", sql.rows("coming")) as step:
            counted = relating.written(self._writer, sql, self._steps.recurrence, beside=self._arrived is not None)
            step["rows_out"] = counted["added"] + counted["related_again"]
        progress("Adding up the balances", 0.8)
        with log.step("reconcile", sql.rows("touched")) as step:
            step["rows_out"] = self._reconciled()
        return {**counted, "left_out": left_out}

    def _cleaned(self, step: dict[str, Any]) -> int:
        """Find copies among what is touched; make ``touched``, ``added`` and ``removed``, and write the findings."""
        import ibis

        sql, arrived, found = self._sql, self._arrived, self._writer.table("quality", "findings")
        copies_known = found.filter(found.kind.isin(COPIES)).select(*PLACE)
        spans = sql.named("part_spans")
        if arrived is None:
            touched = sql.keep("touched", lambda: sql.named("part_raw"))
        else:
            show_days(self._writer, "near_raw", of="part_raw", around="part_spans", reach=CONTEXT_DAYS)
            touched = sql.keep("touched", lambda: around(sql.named("near_raw"), spans, "account_id", CONTEXT_DAYS))
        compared = touched if arrived is None else around(touched, spans, "account_id", 2 * COPY_DAYS)
        left_out = sql.keep("left_out", lambda: clean.copies(compared))
        if arrived is None:
            sql.show("added", lambda: touched.anti_join(left_out, list(PLACE)))
            sql.keep("removed", lambda: touched.filter(ibis.literal(False)).select(transaction_id="posting_id"))
        else:
            judged = sql.show("judged", lambda: around(touched, spans, "account_id", COPY_DAYS))
            before = judged.filter(~arrived(judged))
            before = before if self._gone is None else before.union(self._gone)
            before = before.anti_join(copies_known, list(PLACE))
            kept = judged.anti_join(left_out, list(PLACE))
            sql.keep("added", lambda: kept.anti_join(before, list(PLACE)))
            sql.keep("removed", lambda: before.anti_join(kept, list(PLACE)).select(transaction_id="posting_id"))
            told = found.filter(found.kind.isin(COPIES))
            sql.delete("told", FINDINGS.qualified, lambda: told.semi_join(judged, list(PLACE)).select("kind", *PLACE))
            left_out = left_out.semi_join(judged, list(PLACE))
        step |= {"rows_in": sql.rows("touched"), "rows_out": sql.rows("added")}
        return sql.insert("copies", FINDINGS.qualified, lambda: clean.copy_findings(touched, left_out))

    def _enriched(self) -> int:
        """Make ``coming``: the added rows as rows of the books."""
        sql, enrichment = self._sql, self._steps.enrichment
        rows = sql.named("added")
        if enrichment is None:
            sql.keep("coming", lambda: transactions(rows))
            return sql.rows("coming")
        said = sql.keep("said", lambda: enrichment.read(rows))
        parties = sql.named("parties")
        unmet = sql.keep("unmet", lambda: enrichment.keys(said).anti_join(parties, ["counterparty", "vpa"]))
        if sql.rows("unmet"):
            self._meet(enrichment.look_up(self._writer.arrow(unmet)))
        corrections = self._corrections
        sql.keep("coming", lambda: transactions(enrichment.finish(said, parties, corrections)))
        return sql.rows("coming")

    def _known_parties(self, look_up: Callable[[Any], Any]) -> None:
        """Begin the table of who the names are; it grows from part to part."""
        import pyarrow as pa

        nobody = pa.table({name: pa.array([], pa.string()) for name in ("counterparty", "vpa")})
        with self._writer.registered(look_up(nobody)):
            self._writer.execute("CREATE OR REPLACE TEMP TABLE parties AS SELECT * FROM arriving")

    def _meet(self, parties: Any) -> None:
        with self._writer.registered(parties):
            self._writer.execute("INSERT INTO temp.main.parties BY NAME SELECT * FROM arriving")

    def _reconciled(self) -> int:
        """Add up the balances of touched accounts again, from a while before what is new on."""
        sql, found = self._sql, self._writer.table("quality", "findings")
        spans, accounts = sql.named("part_spans"), sql.named("part_accounts")
        touched, left_out = sql.named("touched"), sql.named("left_out")
        if self._arrived is None:
            rows = touched.anti_join(left_out, list(PLACE)).rename(transaction_id="posting_id")
            doubts = sql.insert("doubts", FINDINGS.qualified, lambda: reconciled(rows, accounts))
            return doubts + reconcile_summaries(self._writer, spans)
        copies = found.filter(found.kind.isin(COPIES)).select(*PLACE)
        rows = touched.anti_join(copies, list(PLACE)).rename(transaction_id="posting_id")
        doubts = sql.keep("doubts", lambda: around(reconciled(rows, accounts), spans, "account_id", BALANCE_DAYS))
        others = found.filter(~found.kind.isin((*COPIES, SUMMARY_MISMATCH)))
        judged = around(others, spans, "account_id", BALANCE_DAYS)
        sql.delete("doubted", FINDINGS.qualified, lambda: judged.select("kind", "account_id", "day").distinct())
        return sql.insert("doubting", FINDINGS.qualified, lambda: doubts) + reconcile_summaries(self._writer, spans)


def around(rows: ibis.Table, spans: ibis.Table, by: str, days: int) -> ibis.Table:
    """Return the rows within some days of what is touched of the same account or customer."""
    import ibis

    touched = spans.group_by(by).aggregate(first=spans["first"].min(), last=spans["last"].max())
    joined = rows.inner_join(touched, by)
    reach = ibis.interval(days=days)
    day = joined.day if "day" in rows.columns else joined.posted_at.date()
    near = joined.filter(day >= (joined["first"] - reach).cast("date"), day <= (joined["last"] + reach).cast("date"))
    return near.select(*rows.columns)
