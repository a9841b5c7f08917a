"""Books in memory for the tests of pipeline, features and models: the writer's port over a plain DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import ibis

from analytics.build import open_books
from analytics.engine import steps_apart
from analytics.pipeline.books import Books
from analytics.schema import TABLES

EMPTY: Mapping[str, Any] = {}


class MemoryWriter:
    """Mirrors `analytics.pipeline.books.StepWriter`."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": "1"})
        self.connection.execute("ATTACH ':memory:' AS books")
        for schema in sorted({table.schema for table in TABLES}):
            self.connection.execute(f"CREATE SCHEMA books.{schema}")
        for table in TABLES:
            self.connection.execute(f"CREATE TABLE books.{table.qualified} ({table.ddl})")
        self.backend = ibis.duckdb.from_connection(self.connection)

    def table(self, schema: str, name: str) -> Any:
        return self.backend.table(name, database=("books", schema))

    def replace(self, qualified: str, expression: Any, sort_by: Sequence[str] = ()) -> None:
        select = expression if isinstance(expression, str) else self.backend.compile(expression)
        order = f" ORDER BY {', '.join(sort_by)}" if sort_by else ""
        self.connection.execute(f"CREATE OR REPLACE TABLE books.{qualified} AS SELECT * FROM ({select}){order}")

    def append(self, qualified: str, rows: Any) -> None:
        self.connection.register("arriving", rows)
        self.connection.execute(f"INSERT INTO books.{qualified} BY NAME SELECT * FROM arriving")
        self.connection.unregister("arriving")

    def keep(self, name: str, expression: Any) -> Any:
        with steps_apart():
            select = self.backend.compile(expression)
        self.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {select}')
        return self.backend.table(name, database=("temp", "main"))

    def hold(self, name: str, rows: Any) -> Any:
        self.connection.register("arriving", rows)
        self.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM arriving')
        self.connection.unregister("arriving")
        return self.backend.table(name, database=("temp", "main"))

    def arrow(self, expression: Any) -> Any:
        return self.connection.sql(self.backend.compile(expression)).to_arrow_table()

    def frame(self, expression: Any) -> Any:
        return self.connection.sql(self.backend.compile(expression)).df()

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows into ``core.<table>``; columns not given are NULL."""
        for row in rows:
            names = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            self.connection.execute(f"INSERT INTO books.core.{table} ({names}) VALUES ({marks})", list(row.values()))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    @property
    def books(self) -> Books:
        return open_books(self)


_NUMBERS = iter(range(1, 10**9))


def posting(customer: str, at: str, amount: float, **more: Any) -> dict[str, Any]:
    """A posting on the customer's savings account, known when posted, unless told otherwise."""
    moment = dt.datetime.fromisoformat(at)
    return {
        "transaction_id": f"T{next(_NUMBERS):06d}",
        "account_id": f"{customer}-S",
        "customer_id": customer,
        "posted_at": moment,
        "known_at": moment,
        "amount": amount,
        "currency": "INR",
        "direction": "credit" if amount > 0 else "debit",
        "is_own_transfer": False,
        **more,
    }


def customer(writer: MemoryWriter, name: str, joined: str = "2024-01-01", currency: str = "INR") -> None:
    """A customer with one savings account."""
    writer.insert("customers", [{"customer_id": name, "joined_on": joined}])
    writer.insert(
        "accounts",
        [
            {
                "account_id": f"{name}-S",
                "customer_id": name,
                "kind": "savings",
                "currency": currency,
                "opened_on": joined,
            }
        ],
    )


def loan(
    writer: MemoryWriter,
    name: str,
    of: str,
    disbursed: str,
    paid: Sequence[str | None],
    tenor: int = 12,
    principal: float = 120_000,
    rate: float = 0.12,
    product: str = "personal_loan",
    **more: Any,
) -> None:
    """A loan whose instalments fall due monthly; ``paid`` are the dates of the first ones, None while unpaid."""
    monthly = rate / 12
    emi = round(principal * monthly / (1 - (1 + monthly) ** -tenor), 2) if rate else round(principal / tenor, 2)
    terms = {"loan_id": name, "customer_id": of, "account_id": f"{of}-S", "product": product, "principal": principal}
    terms |= {"annual_rate": rate, "tenor_months": tenor, "disbursed_on": disbursed, "emi_amount": emi, **more}
    writer.insert("loans", [terms])
    for number in range(1, tenor + 1):
        settled = paid[number - 1] if number <= len(paid) else None
        due = f"CAST(DATE '{disbursed}' + INTERVAL {number} MONTH AS DATE)"
        writer.connection.execute(
            f"INSERT INTO books.core.instalments VALUES (?, ?, {due}, ?, ?, ?)",
            [name, number, emi, settled, emi if settled else 0],
        )
