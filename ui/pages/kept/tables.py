"""Rows that people keep, as the result of a listing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from tools.result import Column, Fact, Table, ToolResult


def words(name: str, label: str) -> Column:
    """A column of text."""
    return Column(name=name, label=label)


def count(name: str, label: str) -> Column:
    """A column of whole numbers."""
    return Column(name=name, label=label, unit="count", type="integer")


def share(name: str, label: str) -> Column:
    """A column of shares."""
    return Column(name=name, label=label, unit="percent", type="float")


def date(name: str, label: str) -> Column:
    """A column of days."""
    return Column(name=name, label=label, unit="date", type="date")


def moment(name: str, label: str) -> Column:
    """A column of moments."""
    return Column(name=name, label=label, unit="date", type="datetime")


def listing(
    title: str, columns: Iterable[Column], rows: Iterable[Mapping[str, Any]], facts: Mapping[str, Any] | None = None
) -> ToolResult:
    """Rows by the names of their columns; moments in whole minutes, lists as one text.

    Parameters
    ----------
    facts
        Name → value, for what stands beside the rows.
    """
    named = tuple(columns)
    told = tuple(tuple(_cell(row.get(column.name), column) for column in named) for row in rows)
    kept = {
        name: Fact(value=value, unit="count" if isinstance(value, int) else "text")
        for name, value in (facts or {}).items()
    }
    return ToolResult(title=title, table=Table(title=title, columns=named, rows=told), facts=kept)


def _cell(value: Any, column: Column) -> Any:
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_cell(each, column)}" for name, each in value.items())
    if column.type == "datetime":
        return _moment(value)
    return value


def _moment(value: Any) -> dt.datetime | None:
    """Seconds, or a text, or a moment: as a moment in UTC."""
    if value is None or value == "":
        return None
    if isinstance(value, int | float):
        value = dt.datetime.fromtimestamp(value, dt.UTC)
    elif isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    found: dt.datetime = value
    return found.replace(tzinfo=None, microsecond=0, second=0)
