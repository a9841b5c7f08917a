"""Reasons as a person reads them: per customer, in the order of their weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Answer
from tools.result import Table
from ui.session import tables_of
from ui.theme.figures import column_style, is_missing

#: Customers whose reasons are drawn; the file has them all.
SHOWN = 500
_FIGURES = ("probability_of_default", "score", "band")


@dataclass(frozen=True)
class Reason:
    """One reason, and the points it moved the score by where they are known."""

    text: str
    points: str = ""


@dataclass(frozen=True)
class Reasoned:
    """One customer, the figures beside his name, and why."""

    name: str
    figures: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]


def reasons_of(answer: Answer, currency: str = "INR") -> list[Reasoned]:
    """The reasons in the answer's tables: a list of reasons per row, or one customer's concepts with their reasons."""
    for table in tables_of(answer):
        places = {column.name: place for place, column in enumerate(table.columns)}
        if "reasons" in places and table.columns[places["reasons"]].type == "list":
            return _per_row(table, places, currency)
        if {"concept", "reason"} <= places.keys():
            return [_one_customer(table, places, _asked_about(answer) or table.title)]
    return []


def _per_row(table: Table, places: Mapping[str, int], currency: str) -> list[Reasoned]:
    named = places.get("customer_id", next((at for at, column in enumerate(table.columns) if column.type == "text"), 0))
    figures = [places[name] for name in _FIGURES if name in places]
    rows = table.rows[:SHOWN]
    styles = {at: column_style(table.columns[at], (row[at] for row in rows), currency) for at in (*figures, named)}
    return [
        Reasoned(
            name=styles[named].write(row[named]),
            figures=tuple((styles[at].heading, styles[at].write(row[at])) for at in figures),
            reasons=tuple(Reason(_text(reason)) for reason in _listed(row[places["reasons"]])),
        )
        for row in rows
    ]


def _one_customer(table: Table, places: Mapping[str, int], name: str) -> Reasoned:
    told = [row for row in table.rows if not is_missing(row[places["reason"]])]
    at = places.get("points")
    style = column_style(table.columns[at], (row[at] for row in told)) if at is not None else None
    return Reasoned(
        name=name,
        figures=(),
        reasons=tuple(
            Reason(_text(row[places["reason"]]), f"{style.write(row[at])} points" if style and at is not None else "")
            for row in told
        ),
    )


def _asked_about(answer: Answer) -> str:
    """The customer of the answer's last step that was about one."""
    named = [step.args["customer_id"] for step in answer.steps if step.args.get("customer_id")]
    return str(named[-1]) if named else ""


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _text(reason: Any) -> str:
    return str(reason.get("text", "")) if isinstance(reason, Mapping) else str(reason)
