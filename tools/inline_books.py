"""Rows sent along as books of their own in memory, with the features of the books: the same code, nothing stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRetry
from tools.inline_rows import ONLY_ACCOUNT, InlinePosting, Subject, unused_warnings

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics.pipeline.books import Books
    from analytics.writer import Writer

#: Under this id the rows' owner stands in the books in memory.
OWNER = "inline"
_CENT = Decimal("0.01")
#: Columns that a read narration fills.
_FILLED = ("category", "subcategory", "category_rule", "merchant")


@dataclass(frozen=True)
class InlineBooks:
    """Books in memory with everything derived that models read.

    Attributes
    ----------
    as_of
        Month end that is scored.
    clock
        Day of the newest posting.
    read
        Postings whose category the narration told.
    unused
        What is to be said of members that nothing reads.
    """

    writer: Writer
    books: Books
    as_of: dt.date
    clock: dt.date
    read: int
    unused: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an answer out of these rows has to say."""
        told = ("The rows were scored as sent and kept nowhere.", *self.unused)
        if not self.read:
            return told
        return (*told, f"The category of {self.read} postings was read out of the narration.")


@contextmanager
def inline_books(sent: Subject) -> Iterator[InlineBooks]:
    """Open what was sent as books, with loan status, months and features up to the as-of.

    Raises
    ------
    ToolRetry
        The postings hold no whole month, or begin after the as-of.
    """
    from analytics.build import open_books
    from analytics.features.one_as_of import feature_statements
    from analytics.passing_books import passing_books

    postings = sent.transactions or []
    clock = max(each.posted_at for each in postings).date()
    as_of = sent.as_of or _last_month_end(clock)
    if min(each.posted_at for each in postings).date() > as_of:
        raise ToolRetry(f"The postings begin after {as_of}, the month end to score at. Send a whole month at least.")
    with passing_books(_tables(sent)) as writer:
        read = _filled_in(writer, postings)
        books = open_books(writer)
        for qualified, select in feature_statements(as_of, books.currency):
            writer.replace(qualified, select)
        yield InlineBooks(writer, books, as_of, clock, read, _unused(sent))


def _unused(sent: Subject) -> tuple[str, ...]:
    return unused_warnings(
        transactions=sent.transactions or [], accounts=sent.accounts, loans=sent.loans, instalments=sent.instalments,
        sessions=sent.sessions,
    )  # fmt: skip


def _last_month_end(clock: dt.date) -> dt.date:
    from analytics.pipeline.periods import add_months, month_end

    return clock if clock == month_end(clock) else add_months(clock, -1)


def _tables(sent: Subject) -> dict[str, pa.Table]:
    """The rows as canonical tables, all of one owner."""
    from analytics.schema import ACCOUNTS, CUSTOMERS, INSTALMENTS, LOANS, SESSIONS, TRANSACTIONS

    accounts = [each.told() for each in sent.accounts]
    only = accounts[0]["account_id"] if accounts else ONLY_ACCOUNT
    postings = [_posting(at, each, only) for at, each in enumerate(sent.transactions or [])]
    if not accounts:
        named = {row["account_id"]: row["currency"] for row in postings}
        accounts = [{"account_id": name, "kind": "savings", "currency": currency} for name, currency in named.items()]
    rows: dict[Any, list[dict[str, Any]]] = {
        CUSTOMERS: [{"customer_id": OWNER, "contact_flags": []}],
        ACCOUNTS: [{**row, "customer_id": OWNER} for row in accounts],
        TRANSACTIONS: postings,
        LOANS: [{"account_id": only, **_told(each), "customer_id": OWNER} for each in sent.loans],
        INSTALMENTS: [each.told() for each in sent.instalments],
        SESSIONS: [{**each.told(), "customer_id": OWNER} for each in sent.sessions],
    }
    return {table.qualified: _arrow(table, held) for table, held in rows.items()}


def _posting(at: int, posting: InlinePosting, only: str) -> dict[str, Any]:
    row = posting.told()
    return {
        **row,
        "transaction_id": posting.transaction_id or f"row-{at:06d}",
        "account_id": posting.account_id or only,
        "customer_id": OWNER,
        "known_at": posting.known_at or posting.posted_at,
        "value_date": posting.value_date or posting.posted_at.date(),
        "direction": "credit" if posting.amount > 0 else "debit",
        "source": OWNER,
    }


def _told(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.told().items() if value is not None}


def _arrow(table: Any, rows: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    from analytics.schema import arrow_schema

    schema = arrow_schema(table)
    money = [field.name for field in schema if pa.types.is_decimal(field.type)]
    for row in rows:
        row.update({name: row[name].quantize(_CENT) for name in money if row.get(name) is not None})
    return pa.Table.from_pylist(rows, schema=schema)


def _filled_in(writer: Writer, postings: list[InlinePosting]) -> int:
    """Read the narrations of postings without a category, relate rows and find what recurs where no row tells it."""
    from analytics.pipeline.recurring import recurring
    from analytics.pipeline.relate import relations

    untold = sum(each.category is None for each in postings)
    if untold:
        _categorise(writer)
    if all(each.reversal_of is None and each.is_own_transfer is None for each in postings):
        rows = writer.table("core", "transactions")
        _mark(writer, relations(rows, writer.keep), "reversal_of = m.reversal_of, is_own_transfer = m.is_own_transfer")
    if all(each.recurring_kind is None for each in postings):
        marks, _ = recurring(writer.table("core", "transactions"), writer.keep)
        _mark(writer, marks, "recurring_kind = m.recurring_kind")
    return untold


def _categorise(writer: Writer) -> None:
    from analytics.pipeline.enrich import TOLD, enriched

    rows = writer.table("core", "transactions")
    rows = rows.filter(rows.category.isnull())
    found = enriched(rows.select("transaction_id", "amount", "narration", *TOLD, "mcc", "merchant"))
    texts = (*_FILLED, *TOLD)
    kept = {name: found[name].nullif("") for name in texts}
    values = ", ".join(f'"{name}" = m."{name}"' for name in (*texts, "category_confidence"))
    told = found.select("transaction_id", category_confidence=found.category_confidence, **kept)
    _mark(writer, told, values)


def _mark(writer: Writer, marks: Any, values: str) -> None:
    writer.keep("marks", marks)
    writer.execute(f"UPDATE books.core.transactions AS t SET {values} FROM temp.main.marks AS m "
                   "WHERE m.transaction_id = t.transaction_id")  # fmt: skip
    writer.settle()
