"""A person's traces in the books: which rows are his, what names him elsewhere, and the lake without both.

Which rows are his follows from the tables as they lie in the lake: those with a ``customer_id``, and those reached by
an account, a loan or a posting of his. What the law has a lender keep of a loan stays, under tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.writer import Rows, Writer

#: Runs a statement and returns its rows: of a writer or of a reader.
Query = Callable[[str], "Rows"]

#: Columns by which a row is somebody's, the nearest first, and the table that says whose.
OWNED_BY: Mapping[str, str] = {
    "customer_id": "core.customers",
    "account_id": "core.accounts",
    "loan_id": "core.loans",
    "transaction_id": "core.transactions",
}
#: Loan records that accounting and prudential law have a lender keep (GDPR Article 17(3)(b)): they stay, under tokens.
KEPT = ("core.loans", "core.instalments", "core.loan_status", "core.loan_outcomes", "core.loan_histories")
#: Of an account that a loan is drawn from these columns stay, since the loan's currency stands there.
ACCOUNTS, ACCOUNT_KEPT = "core.accounts", ("account_id", "customer_id", "kind", "currency", "opened_on", "closed_on")
#: Shorter values stand in random bytes and in other words: they are looked for as whole cells alone.
SHORTEST = 6
_TEXT = ("VARCHAR", "VARCHAR[]")
#: Lists of ids.
_LISTS = ("account_ids",)


@dataclass(frozen=True)
class Identifiers:
    """What a person is known by, kind → values. Printed nowhere."""

    values: Mapping[str, tuple[str, ...]]

    @property
    def all(self) -> tuple[str, ...]:
        """Every value, the longest first."""
        return tuple(sorted({value for some in self.values.values() for value in some}, key=lambda v: (-len(v), v)))

    @cached_property
    def searched(self) -> tuple[str, ...]:
        """The values long enough to be searched for among bytes, in lower case."""
        return tuple(value.lower() for value in self.all if len(value) >= SHORTEST)

    @property
    def short(self) -> tuple[str, ...]:
        """The others."""
        return tuple(value for value in self.all if len(value) < SHORTEST)

    @property
    def counts(self) -> dict[str, int]:
        """Kind → how many."""
        return {kind: len(some) for kind, some in self.values.items() if some}

    @cached_property
    def pattern(self) -> str:
        """A regular expression that finds any of them as a word of its own, whatever the case (RE2, Python)."""
        return f"(^|[^0-9A-Za-z])({self.loose})($|[^0-9A-Za-z])"

    @property
    def loose(self) -> str:
        """The same without regard to what stands beside: for bytes written out, where that may be an escape."""
        return "|".join(re.escape(value) for value in self.searched) or "[^\\s\\S]"

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    @cached_property
    def _bytes(self) -> tuple[bytes, ...]:
        return tuple(value.encode() for value in self.searched)

    def named_in(self, text: str) -> bool:
        """Whether a text names the person."""
        return bool(self.searched) and self._expression.search(text) is not None

    def redacted(self, text: str, token: str) -> str:
        """A text with the token in the person's place; twice, since two values may share the sign between them."""
        for _ in range(2):
            text = self._expression.sub(lambda found: f"{found[1]}{token}{found[3]}", text)
        return text

    def in_bytes(self, content: bytes) -> bool:
        """Whether bytes name the person: any value as a word of its own."""
        folded = content.lower()
        return any(_whole(folded, value) for value in self._bytes)


def _whole(content: bytes, value: bytes) -> bool:
    at = content.find(value)
    while at >= 0:
        before, after = content[at - 1 : at] if at else b"", content[at + len(value) : at + len(value) + 1]
        if not (before.isalnum() or after.isalnum()):
            return True
        at = content.find(value, at + 1)
    return False


@dataclass(frozen=True)
class Erased:
    """What an erasure did to one table."""

    table: str
    deleted: int
    kept_under_token: int
    redacted: int


def quoted(text: str) -> str:
    """Text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def columns_of(query: Query) -> dict[str, dict[str, str]]:
    """Table of the lake → column → type."""
    rows = query(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_catalog = 'books' ORDER BY ALL"
    ).rows
    found: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in rows:
        found.setdefault(f"{schema}.{table}", {})[column] = kind
    return found


def owner(columns: Iterable[str]) -> str | None:
    """The column by which rows with these columns are somebody's; None where they are nobody's."""
    there = set(columns)
    return next((name for name in OWNED_BY if name in there), None)


def his(columns: Iterable[str], customer_id: str) -> str | None:
    """The condition that finds the rows of a table with these columns that are a customer's; None where none can be."""
    column, who = owner(columns), quoted(customer_id)
    if column is None:
        return None
    if column == "customer_id":
        return f"customer_id IS NOT DISTINCT FROM {who}"
    return f"{column} IN (SELECT {column} FROM books.{OWNED_BY[column]} WHERE customer_id = {who})"


def identifiers(query: Query, customer_id: str) -> Identifiers:
    """What a customer is known by; left out what other customers are known by too.

    An address he pays from is his own where a transfer between his own accounts shows it.
    """
    who = quoted(customer_id)

    def own(table: str, column: str, more: str = "") -> tuple[str, ...]:
        sql = (
            f"SELECT {column} FROM books.core.{table} WHERE customer_id = {who} AND {column} IS NOT NULL {more} "
            f"EXCEPT SELECT {column} FROM books.core.{table} WHERE customer_id <> {who}"
        )
        return tuple(sorted(str(row[0]) for row in query(sql).rows if str(row[0]).strip()))

    phones = own("customers", "phone")
    local = tuple(phone[-10:] for phone in phones if len(phone) > 10)
    return Identifiers({
        "customer id": (customer_id,), "name": own("customers", "full_name"), "phone": (*phones, *local),
        "email": own("customers", "email"), "tax number": own("customers", "tax_pan"),
        "account": own("accounts", "account_id"), "card": own("accounts", "card_number"),
        "loan": own("loans", "loan_id"), "payment address": own("transactions", "vpa", "AND is_own_transfer"),
    })  # fmt: skip


def erase(writer: Writer, customer_id: str, known: Identifiers, token: str) -> list[Erased]:
    """Take a customer out of every table of the lake, in the writer's transaction; return what became of each.

    Parameters
    ----------
    token
        Stands in his place; it tells nothing of him.
    """
    loans, accounts = (_of_loans(writer, column, customer_id) for column in ("loan_id", "account_id"))
    pseudonyms = {value: f"{token}_{at}" for at, value in enumerate(sorted({customer_id, *loans, *accounts}))}
    done = []
    for table, columns in _owners_last(columns_of(writer.execute)):
        rows = his(columns, customer_id)
        keeps = rows is not None and loans and (table in KEPT or table == ACCOUNTS)
        parts = _kept(table, columns, rows, pseudonyms, accounts) if keeps and rows else None
        found = _erase(writer, table, columns, rows, parts, known, token)
        if found is not None:
            done.append(found)
    return done


def _erase(
    writer: Writer, table: str, columns: Mapping[str, str], rows: str | None, kept: tuple[str, str] | None,
    known: Identifiers, token: str,
) -> Erased | None:  # fmt: skip
    """Write one table anew where a row of it is the customer's or names him.

    Parameters
    ----------
    rows
        The condition that finds the customer's rows.
    kept
        Of these: the condition that finds those that stay, and what is selected of them.
    """
    mine = f"({rows}) IS TRUE" if rows else "FALSE"
    texts = [name for name, kind in columns.items() if kind in _TEXT]
    joined = ", ".join(f'"{name}"::VARCHAR' for name in texts)
    names = f"regexp_matches(concat_ws(chr(31), {joined}), {quoted(known.pattern)}, 'i')" if texts else "FALSE"
    names = " OR ".join([names, *short_in(columns, known)])
    stays, selected = kept or ("FALSE", "*")
    counted = ", ".join(f"count(*) FILTER (WHERE {each})" for each in (
        f"{mine} AND NOT ({stays})", f"{mine} AND ({stays})", f"NOT ({mine}) AND ({names})"))  # fmt: skip
    deleted, pseudonymous, redacted = writer.execute(f"SELECT {counted} FROM books.{table}").rows[0]
    if not deleted + pseudonymous + redacted:
        return None
    others = f"SELECT {_redacting(columns, known, token) if redacted else '*'} FROM books.{table} WHERE NOT ({mine})"
    also = f" UNION ALL SELECT {selected} FROM books.{table} WHERE {mine} AND ({stays})" if pseudonymous else ""
    writer.execute(f"CREATE OR REPLACE TABLE books.{table} AS {others}{also}")
    return Erased(table, int(deleted), int(pseudonymous), int(redacted))


def short_in(columns: Mapping[str, str], known: Identifiers) -> list[str]:
    """Conditions that find an id too short for a search where it is a whole cell, or an entry of a list of ids."""
    ids = ", ".join(map(quoted, known.short))
    cells = [f'coalesce("{name}"::VARCHAR IN ({ids}), FALSE)' for name in OWNED_BY if name in columns]
    lists = [f'coalesce(list_has_any("{name}", [{ids}]), FALSE)' for name in _LISTS if name in columns]
    return [*cells, *lists] if ids else []


def _redacting(columns: Mapping[str, str], known: Identifiers, token: str) -> str:
    """A selection of every column, the token in the place of whoever a text names."""
    pattern, put = quoted(known.pattern), quoted(rf"\1{token}\3")

    def once(value: str) -> str:
        return f"regexp_replace({value}, {pattern}, {put}, 'gi')"

    changed = []
    for name, kind in columns.items():
        column = f'"{name}"'
        if kind == "VARCHAR":
            changed.append(f"{once(once(column))} AS {column}")
        elif kind == "VARCHAR[]":
            short = ", ".join(map(quoted, known.short)) if name in _LISTS and known.short else "NULL"
            put_in = f"CASE WHEN each IN ({short}) THEN {quoted(token)} ELSE {once(once('each'))} END"
            changed.append(f"list_transform({column}, lambda each: {put_in}) AS {column}")
    return f"* REPLACE ({', '.join(changed)})" if changed else "*"


def _kept(
    table: str, columns: Mapping[str, str], rows: str, pseudonyms: Mapping[str, str], accounts: Sequence[str]
) -> tuple[str, str]:
    """Which of the customer's rows of a table stay, and what is selected of them: tokens in the place of ids."""
    cases = " ".join(f"WHEN {quoted(value)} THEN {quoted(token)}" for value, token in pseudonyms.items())
    changed = [f'CASE "{name}" {cases} END AS "{name}"' for name in columns if name in OWNED_BY]
    if table != ACCOUNTS:
        return rows, f"* REPLACE ({', '.join(changed)})"
    changed += [f'NULL AS "{name}"' for name in columns if name not in ACCOUNT_KEPT]
    listed = ", ".join(map(quoted, accounts)) or "NULL"
    return f"account_id IN ({listed})", f"* REPLACE ({', '.join(changed)})"


def _owners_last(tables: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The tables that say whose a row is after those that ask them."""
    asked = tuple(reversed(tuple(OWNED_BY.values())))
    yield from ((table, columns) for table, columns in tables.items() if table not in asked)
    yield from ((table, tables[table]) for table in asked if table in tables)


def _of_loans(writer: Writer, column: str, customer_id: str) -> list[str]:
    who = f"customer_id = {quoted(customer_id)} AND {column} IS NOT NULL"
    return [str(row[0]) for row in writer.execute(f"SELECT DISTINCT {column} FROM books.core.loans WHERE {who}").rows]
