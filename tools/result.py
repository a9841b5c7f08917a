"""What every tool returns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema, field_serializer

Unit = Literal["currency", "percent", "count", "days", "score", "points", "ratio", "date", "months", "number", "text"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Column(_Frozen):
    """One column of a table. ``unit`` tells the screen how to show it; percent values are fractions (0.12 is 12 %)."""

    name: str
    label: str
    unit: Unit = "text"
    type: Literal["text", "integer", "decimal", "float", "date", "datetime", "boolean", "list"] = "text"


def _in_json(value: Any) -> Any:
    """Decimals in plain digits, bytes in hex, also within lists and structs; pydantic writes the rest."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [_in_json(each) for each in value]
    return {name: _in_json(each) for name, each in value.items()} if isinstance(value, dict) else value


#: Money, written in JSON as a string of plain digits.
Plain = Annotated[Decimal, PlainSerializer(_in_json, return_type=str, when_used="json")]


#: A moment of the books, in the workspace's own time and therefore without a zone; `date-time` would promise one.
LocalMoment = Annotated[
    dt.datetime,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$",
            "description": "in the books' time zone",
        },
        mode="serialization",
    ),
]


class Table(_Frozen):
    """Columns and rows; rows are lists in column order."""

    columns: tuple[Column, ...]
    rows: Annotated[
        tuple[tuple[Any, ...], ...],
        WithJsonSchema({"type": "array", "items": {"type": "array", "items": {}}}, mode="serialization"),
    ]
    title: str = ""

    @field_serializer("rows", when_used="json")
    def _rows_in_json(self, rows: tuple[tuple[Any, ...], ...]) -> Any:
        return _in_json(rows)


class Fact(_Frozen):
    """One figure an answer may lean on."""

    value: Decimal | int | float | str | dt.date | bool | None
    unit: Unit = "text"

    @field_serializer("value", when_used="json")
    def _value_in_json(self, value: Any) -> Any:
        return _in_json(value)


class Source(_Frozen):
    """A passage an answer may cite."""

    id: str
    title: str
    section: str
    status: str
    quote: str
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None


class ToolResult(_Frozen):
    """The answer of a tool: everything a screen, a model or a receipt needs, and nothing of how it was made.

    Attributes
    ----------
    title
        What the result is, in one line.
    table
        The rows, complete; they never pass through a model.
    facts
        Name → figure: what the prose may say.
    chart
        A plotly figure as JSON (``data`` and ``layout``), or None.
    sql
        Every statement that was run.
    model_versions
        Model → version that the figures lean on.
    as_of
        Date the figures are of.
    """

    title: str
    table: Table | None = None
    tables: tuple[Table, ...] = ()
    facts: Mapping[str, Fact] = Field(default_factory=dict)
    chart: Mapping[str, Any] | None = None
    sql: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    model_versions: Mapping[str, str] = Field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    as_of: dt.date | None = None
