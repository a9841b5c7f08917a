"""The checks: each counts what is wrong, as rows or as a share of rows, and says from where it warns and fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from analytics.schema import CHECKS, arrow_schema

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from analytics.writer import Writer

Status = Literal["pass", "warn", "fail", "not applicable"]
Severity = Literal["warn", "fail"]
Tables = Callable[[str], "ibis.Table"]
Rows = Callable[[Tables], "ibis.Table"]
#: The one row of an expression.
Numbers = Callable[["ibis.Table"], Sequence[Any]]
#: No posting of a statement is older.
EARLIEST_DAY = dt.date(1950, 1, 1)


@dataclass(frozen=True)
class Marked:
    """The rows of one table that a predicate marks; all of them where there is none. One scan counts many of these."""

    table: str
    mark: Callable[[ibis.Table], Any] | None = None

    def __call__(self, tables: Tables) -> ibis.Table:
        """Return the rows."""
        rows = tables(self.table)
        return rows if self.mark is None else rows.filter(self.mark(rows))


@dataclass(frozen=True)
class Check:
    """One thing that is checked.

    Attributes
    ----------
    name, title
        Its key, and what is checked in words.
    wrong, among
        Tables by their qualified name → rows that are wrong, and the rows they are a part of. Without rows to be a
        part of, the check is not applicable.
    limit
        Above this it is found: a count, or a share where ``is_share``.
    severity
        What it is then.
    """

    name: str
    title: str
    wrong: Rows
    among: Rows
    severity: Severity = "fail"
    limit: float = 0.0
    is_share: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a check found."""

    check: Check
    status: Status
    wrong: int
    among: int

    @property
    def found(self) -> float:
        """The count or share that is held against the limit."""
        return self.wrong / self.among if self.check.is_share and self.among else float(self.wrong)

    @property
    def sentence(self) -> str:
        """The finding in words."""
        if self.status == "not applicable":
            return "There is nothing to check."
        if not self.wrong:
            return f"None of {self.among:,}."
        return f"{self.wrong:,} of {self.among:,} ({self.wrong / self.among:.1%})."


TRANSACTIONS = "core.transactions"
of_transactions = partial(Marked, TRANSACTIONS)
_transactions = of_transactions()


def _raw(tables: Tables) -> ibis.Table:
    return tables("raw.postings")


@of_transactions
def _incomplete(rows: ibis.Table) -> Any:
    import ibis

    keys = ("transaction_id", "account_id", "customer_id", "posted_at", "amount", "currency")
    return ibis.or_(*[rows[key].isnull() for key in keys])


def _repeated(tables: Tables) -> ibis.Table:
    """Return the ids that stand twice; only those whose digests do are compared, since numbers are cheaper to group."""
    import ibis

    ids = _transactions(tables).select("transaction_id", digest=ibis._.transaction_id.hash())
    twice = ids.group_by("digest").aggregate(rows=ids.count()).filter(ibis._.rows > 1)
    rows = ids.semi_join(twice, "digest")
    return rows.group_by("transaction_id").aggregate(rows=rows.count()).filter(ibis._.rows > 1)


@of_transactions
def _unreasonable(rows: ibis.Table) -> Any:
    import ibis

    early = rows.posted_at < ibis.literal(EARLIEST_DAY)
    return early | (rows.posted_at.date() > rows.known_at.date())


@of_transactions
def _wrong_sign(rows: ibis.Table) -> Any:
    credit = rows.direction == "credit"
    return (credit & (rows.amount < 0)) | (~credit & (rows.amount > 0))


def _orphans(tables: Tables) -> ibis.Table:
    return _transactions(tables).anti_join(tables("core.accounts"), "account_id")


def _ownerless(tables: Tables) -> ibis.Table:
    return tables("core.accounts").anti_join(tables("core.customers"), "customer_id")


@of_transactions
def _unknown_currency(rows: ibis.Table) -> Any:
    return ~rows.currency.re_search("^[A-Z]{3}$").fill_null(False)


def _other_currency(tables: Tables) -> ibis.Table:
    rows = _transactions(tables)
    accounts = tables("core.accounts").select("account_id", held="currency")
    return rows.inner_join(accounts, "account_id").filter(lambda row: row.currency != row.held)


@of_transactions
def _uncategorised(rows: ibis.Table) -> Any:
    return rows.category.fill_null("") == ""


def _found(*kinds: str) -> Callable[[Tables], ibis.Table]:
    def rows(tables: Tables) -> ibis.Table:
        found = tables("quality.findings")
        return found.filter(found.kind.isin(kinds))

    return rows


@of_transactions
def _has_balance(rows: ibis.Table) -> Any:
    return rows.balance_after.notnull()


def _files(tables: Tables) -> ibis.Table:
    return tables("raw.files")


def _waiting(tables: Tables) -> ibis.Table:
    rows = tables("quality.quarantine")
    return rows.filter(rows.state == "open")


def _came(tables: Tables) -> ibis.Table:
    return _raw(tables).select("file_id", "line").union(tables("quality.quarantine").select("file_id", "line"))


def _stale(tables: Tables) -> ibis.Table:
    """Accounts without a posting in the three months before the newest of all."""
    import ibis

    rows = _transactions(tables)
    last = rows.group_by("account_id").aggregate(last=rows.posted_at.max())
    held = last.cross_join(rows.aggregate(newest=rows.posted_at.max()))
    return held.filter(held.last + ibis.interval(days=92) < held.newest)


def _accounts_used(tables: Tables) -> ibis.Table:
    return _transactions(tables).select("account_id").distinct()


CHECKED: tuple[Check, ...] = (
    Check("complete_keys", "Postings have id, account, customer, time, amount, currency", _incomplete, _transactions),
    Check("unique_ids", "No two postings share an id", _repeated, _transactions),
    Check("accounts_known", "Every posting belongs to a known account", _orphans, _transactions),
    Check("owners_known", "Every account belongs to a known customer", _ownerless, lambda get: get("core.accounts")),
    Check("currency_known", "Every currency is a code of three letters", _unknown_currency, _transactions),
    Check("currency_agrees", "Postings are in the currency of their account", _other_currency, _transactions, "warn"),
    Check("dates_reasonable", "Dates are after 1950 and not after they were known", _unreasonable, _transactions),
    Check("signs_agree", "Credits are positive, debits negative", _wrong_sign, _transactions),
    Check("categorised", "Postings have a category", _uncategorised, _transactions, "warn", 0.2, is_share=True),
    Check("balances_add_up", "Balances follow from the rows before", _found("balance_break"), _has_balance, "warn",
          0.001, is_share=True),
    Check("summaries_agree", "Statements add up to what they say", _found("summary_mismatch"), _files, "warn"),
    Check("nothing_missing", "No stretch of postings is missing", _found("missing_period"), _accounts_used, "warn"),
    Check("months_whole", "First and last months are whole", _found("incomplete_month"), _accounts_used, "warn", 0.5,
          is_share=True),
    Check("untampered", "No sign of tampering", _found("tampering", "impossible_date"), _transactions, "warn"),
    Check("copies_few", "Few rows came more than once", _found("duplicate", "near_duplicate", "corrected"), _raw,
          "warn", 0.5, is_share=True),
    Check("quarantine_small", "Few rows could not be read", _waiting, _came, "warn", 0.01, is_share=True),
    Check("fresh", "Accounts have postings up to the end", _stale, _accounts_used, "warn", 0.3, is_share=True),
)  # fmt: skip


def run(
    tables: Tables, numbers: Callable[[ibis.Table], Sequence[int | None]], checks: Sequence[Check] = CHECKED
) -> list[Outcome]:
    """Run the checks.

    Parameters
    ----------
    tables
        Qualified name → table.
    numbers
        The one row of an expression.
    """
    marked = _counts(tables, numbers, {each for check in checks for each in (check.wrong, check.among)})

    def count(rows: Rows) -> int:
        return marked[rows] if isinstance(rows, Marked) else int(numbers(_counted(rows(tables)))[0] or 0)

    outcomes = []
    for check in checks:
        among = count(check.among)
        wrong = count(check.wrong) if among else 0
        outcomes.append(Outcome(check, _status(check, wrong, among), wrong, among))
    return outcomes


def _counts(tables: Tables, numbers: Numbers, asked: Iterable[Rows]) -> dict[Marked, int]:
    """Count what is marked, each table read once."""
    marked = sorted((each for each in asked if isinstance(each, Marked)), key=lambda each: each.table)
    counts: dict[Marked, int] = {}
    for table, group in groupby(marked, key=lambda each: each.table):
        rows, each_of = tables(table), list(group)
        sums = {
            f"n{at}": rows.count() if each.mark is None else each.mark(rows).fill_null(False).cast("int64").sum()
            for at, each in enumerate(each_of)
        }
        found = numbers(rows.aggregate(**sums))
        counts |= {each: int(number or 0) for each, number in zip(each_of, found, strict=True)}
    return counts


def _counted(rows: ibis.Table) -> ibis.Table:
    return rows.aggregate(rows=rows.count())


def _status(check: Check, wrong: int, among: int) -> Status:
    if not among:
        return "not applicable"
    return check.severity if (wrong / among if check.is_share else wrong) > check.limit else "pass"


def write(writer: Writer, build_id: str) -> list[Outcome]:
    """Run the checks on open books and keep what they found under a build's id."""
    import pyarrow as pa

    outcomes = run(lambda name: writer.table(*name.split(".")), lambda one: writer.execute(writer.select(one)).rows[0])
    rows = [row(outcome, build_id) for outcome in outcomes]
    kept: pa.Table = pa.Table.from_pylist(rows, schema=arrow_schema(CHECKS))
    writer.append(CHECKS.qualified, kept)
    return outcomes


def row(outcome: Outcome, build_id: str) -> dict[str, Any]:
    """Return an outcome as a row of `analytics.schema.CHECKS`."""
    return {
        "build_id": build_id,
        "name": outcome.check.name,
        "title": outcome.check.title,
        "status": outcome.status,
        "found": outcome.found,
        "limit_at": outcome.check.limit,
        "sentence": outcome.sentence,
    }
