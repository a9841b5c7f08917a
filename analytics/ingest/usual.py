"""Rows that are postings beyond doubt by a glance at their cells: they need no judging, so a large file reads fast.

The glance is narrow on purpose: a date written as the first rows write it, plain figures, one side's amount other than
0. What it does not know is judged cell by cell (`analytics.ingest.judging`), with the same result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.ingest.amounts import MONEY_TYPE, PLAIN
from analytics.ingest.shape import Shape

if TYPE_CHECKING:
    import ibis

#: Below this size a file is judged cell by cell at once.
WORTH_IT = 4 << 20
#: So many rows below the heading are looked at.
LOOKED_AT = 60
AMOUNTS = ("debit", "credit", "amount", "balance")
#: Roles that a glance knows.
KNOWN = {
    *AMOUNTS, "date", "value_date", "narration", "reference", "account", "customer", "posting_id", "counterparty",
    "vpa", "mcc", "merchant", "category", "subcategory", "city", "mode", "currency",
}  # fmt: skip
#: Groups of thousands or lakhs: the last has three figures.
GROUPED = r",[0-9]{3}(\.|$)"
#: What a currency is written as, or nothing.
CURRENCY = "^([A-Za-z]{3})?$"


@dataclass(frozen=True)
class UsualDate:
    """A way to write a date that needs no second look: its pattern, and how the engine calls it."""

    pattern: str
    directive: str


def _usual(*directives: str) -> tuple[UsualDate, ...]:
    digits = {"%d": "[0-9]{2}", "%m": "[0-9]{2}", "%Y": "[0-9]{4}", "%y": "[0-6][0-9]", "%b": "[A-Z][a-z]{2}",
              "%H": "[0-9]{2}", "%M": "[0-9]{2}", "%S": "[0-9]{2}", ".": "[.]"}  # fmt: skip
    parts = [re.findall(r"%.|[^%]", directive) for directive in directives]
    patterns = ["^" + "".join(digits.get(part, part) for part in each) + "$" for each in parts]
    return tuple(UsualDate(*pair) for pair in zip(patterns, directives, strict=True))


def _with_time(*days: str) -> tuple[UsualDate, ...]:
    return _usual(*days, *(f"{day} %H:%M:%S" for day in days))


#: Name of a format → its usual ways.
DATES: Mapping[str, tuple[UsualDate, ...]] = MappingProxyType(
    {
        "DD/MM/YYYY": _with_time("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"),
        "DD/MM/YY": _with_time("%d/%m/%y", "%d-%m-%y", "%d.%m.%y"),
        "DD-Mon-YYYY": _with_time("%d-%b-%Y", "%d %b %Y"),
        "YYYY-MM-DD": _with_time("%Y-%m-%d", "%Y/%m/%d"),
    }
)


def usual_date(shape: Shape, below: Sequence[Sequence[str]]) -> UsualDate | None:
    """Return how the first rows write their dates, where they do it at fixed places and nothing else is unusual."""
    if not set(shape.columns) <= KNOWN or shape.layout.sign_in in shape.columns:
        return None
    place = shape.columns["date"]
    written = [row[place] for row in below[:LOOKED_AT] if len(row) > place]
    forms = (form for name in shape.layout.dates for form in DATES.get(name, ()))
    return next((form for form in forms if any(re.search(form.pattern, text) for text in written)), None)


def glanced(rows: ibis.Table, width: int, shape: Shape, date: UsualDate) -> ibis.Table:
    """Look at rows cut into columns ``c0`` on.

    Returns
    -------
    ibis.Table
        The rows under the names that `analytics.ingest.judging.posting_columns` takes, and ``cells``: NULL where the
        row is a posting beyond doubt, else all cells of it for judging.
    """
    import ibis

    row = rows.mutate(**{f"{role}_cell": rows[f"c{place}"].strip() for role, place in shape.columns.items()})
    moments = [role for role in ("date", "value_date") if role in shape.columns]
    amounts = [role for role in AMOUNTS if role in shape.columns]
    read: dict[str, Any] = {f"{role}_read": _moment(row[f"{role}_cell"], date) for role in moments}
    row = row.mutate(**read, **{role: _plain(row[f"{role}_cell"]) for role in amounts})
    certain = [row.date_read.notnull()]
    certain += [row[f"{role}_read"].notnull() | (row[f"{role}_cell"] == "") for role in moments[1:]]
    certain += [row[role].notnull() | (row[f"{role}_cell"] == "") for role in amounts]
    if "currency" in shape.columns:
        certain.append(row.currency_cell.re_search(CURRENCY))
    amount, one_sided = _amount(row, shape)
    sure = reduce(and_, [*certain, one_sided])
    nothing = ibis.null("string")
    values = {
        "posted_at": row.date_read,
        "amount": amount,
        "kind": ibis.literal("posting"),
        "reason": nothing,
        "content": nothing,
        "cells": ibis.ifelse(sure, ibis.null("array<string>"), ibis.array([row[f"c{at}"] for at in range(width)])),
    }
    if "value_date" in shape.columns:
        values["value_date"] = row.value_date_read.cast("date")
    return row.mutate(**values)


def _moment(text: Any, date: UsualDate) -> Any:
    import ibis

    read = _try_strptime(text, date.directive)
    return ibis.ifelse(text.re_search(date.pattern), read, ibis.null("timestamp"))


def _try_strptime(text: Any, directive: str) -> Any:
    import ibis

    @ibis.udf.scalar.builtin(signature=((ibis.dtype("string"), ibis.dtype("string")), ibis.dtype("timestamp")))  # type: ignore[untyped-decorator]
    def try_strptime(text: Any, directive: Any) -> Any:
        """Timestamp that a text names in this format; NULL where it names none."""

    return try_strptime(text, directive)


def _plain(text: Any) -> Any:
    """Return the amount of a cell in plain figures, lakh commas allowed; NULL for any other cell."""
    import ibis

    grouped = text.contains(",") & text.re_search(GROUPED)
    bare = ibis.ifelse(grouped, text.replace(",", ""), text)
    return ibis.ifelse(bare.re_search(PLAIN), bare, ibis.null("string")).cast(MONEY_TYPE)


def _amount(row: Any, shape: Shape) -> tuple[Any, Any]:
    """Return the signed amount, and whether there is one beyond doubt."""
    import ibis

    zero = ibis.literal(0).cast(MONEY_TYPE)
    if "debit" not in shape.columns:
        return row.amount, (row.amount != 0).fill_null(False)
    out, into = row.debit.fill_null(zero), row.credit.fill_null(zero)
    one = ((out != 0) & (into == 0)) | ((out == 0) & (into > 0))
    return (into - out.abs()).cast(MONEY_TYPE), one
