"""Small pieces of SQL as sqlglot trees. Declared text is parsed once; every caller gets a tree of its own."""

from __future__ import annotations

import datetime as dt
from functools import cache

import sqlglot
from sqlglot import exp

from knowledge.vocabulary import Grain

_INTERVALS: dict[Grain, str] = {
    "day": "INTERVAL 1 DAY", "week": "INTERVAL 7 DAY", "month": "INTERVAL 1 MONTH", "quarter": "INTERVAL 3 MONTH",
    "year": "INTERVAL 1 YEAR",
}  # fmt: skip


@cache
def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, read="duckdb")


def parsed(sql: str) -> exp.Expr:
    """Return a declared piece of SQL."""
    return _parsed(sql).copy()


def bound(sql: str, view: str) -> exp.Expr:
    """Return a declared expression with its columns bound to ``view``, unless they say where they are from."""
    expression = parsed(sql)
    for found in list(expression.find_all(exp.Column)):
        if not found.table:
            found.set("table", exp.to_identifier(view))
    return expression


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a column, quoted where its name needs it."""
    return exp.column(name, table=table)


def aliased(expression: exp.Expr, name: str) -> exp.Expr:
    """Return ``expression AS name``."""
    return exp.Alias(this=expression, alias=exp.to_identifier(name))


def from_view(name: str) -> exp.Expr:
    """Return a semantic view under its own name."""
    return exp.alias_(exp.to_table(f"semantic.{name}"), name, table=True, copy=False)


def date_literal(date: dt.date) -> exp.Expr:
    """Return a date."""
    return exp.cast(exp.Literal.string(date.isoformat()), "DATE")


def truncated(grain: Grain, time: exp.Expr) -> exp.Expr:
    """Return the first day of the bucket that ``time`` lies in."""
    return exp.cast(exp.func("date_trunc", exp.Literal.string(grain), time, dialect="duckdb", copy=False), "DATE")


def interval(grain: Grain) -> exp.Expr:
    """Return the length of one bucket."""
    return parsed(_INTERVALS[grain])
