"""Lines that are postings by one match of the whole line: they need no look at each cell, so a large file reads fast.

The match is narrow on purpose: a date that exists, one side's amount other than 0, plain figures, no quotes. What does
not match is judged cell by cell, with the same result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from analytics.ingest.amounts import MONEY_TYPE
from analytics.ingest.shape import Shape

if TYPE_CHECKING:
    import ibis

#: Below this size a file is judged cell by cell at once.
WORTH_IT = 4 << 20
#: So many rows below the heading are looked at.
LOOKED_AT = 60

_SOME = r"(?:[1-9][0-9]{0,13}(?:\.[0-9][0-9]?)?|0\.(?:[1-9][0-9]?|0[1-9]))"
_NONE = r"(?:0(?:\.00?)?)?"
_ANY = r"(?:-?[0-9]{1,14}(?:\.[0-9][0-9]?)?)?"
#: A text without spaces around it.
_TEXT = r'(?:[^"{delimiter}\s](?:[^"{delimiter}]*[^"{delimiter}\s])?)?'
_DAY_MONTH = r"(?:(?:0[1-9]|1[0-9]|2[0-8])/(?:0[1-9]|1[0-2])|(?:29|30)/(?:0[13-9]|1[0-2])|31/(?:0[13578]|1[02]))/"
_MONTH_DAY = r"-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
#: Roles that this way of reading knows.
KNOWN = {
    "date", "value_date", "narration", "reference", "debit", "credit", "amount", "balance", "account", "customer",
    "posting_id", "counterparty", "vpa", "mcc", "merchant", "category", "subcategory", "city", "mode",
}  # fmt: skip


@dataclass(frozen=True)
class UsualDate:
    """A way to write a date that needs no second look: its pattern, and how the engine calls it."""

    pattern: str
    directive: str


#: Name of a format → its usual ways.
DATES: Mapping[str, tuple[UsualDate, ...]] = MappingProxyType(
    {
        "DD/MM/YYYY": (
            UsualDate(_DAY_MONTH + "[12][0-9]{3}", "%d/%m/%Y"),
            UsualDate(_DAY_MONTH.replace("/", "-") + "[12][0-9]{3}", "%d-%m-%Y"),
        ),
        "DD/MM/YY": (
            UsualDate(_DAY_MONTH + "[0-6][0-9]", "%d/%m/%y"),
            UsualDate(_DAY_MONTH.replace("/", "-") + "[0-6][0-9]", "%d-%m-%y"),
        ),
        "YYYY-MM-DD": (UsualDate("[12][0-9]{3}" + _MONTH_DAY, "%Y-%m-%d"),),
    }
)


def usual_date(shape: Shape, below: Sequence[Sequence[str]]) -> UsualDate | None:
    """Return how the first rows write their dates, where they do it at fixed places and nothing else is unusual."""
    if not shape.delimiter or not set(shape.columns) <= KNOWN or shape.layout.sign_in in shape.columns:
        return None
    place = shape.columns["date"]
    written = [row[place] for row in below[:LOOKED_AT] if len(row) > place]
    forms = (form for name in shape.layout.dates for form in DATES.get(name, ()))
    return next((form for form in forms if any(re.fullmatch(form.pattern, text) for text in written)), None)


def usual_line(shape: Shape, date: UsualDate) -> str:
    """Return the pattern of a line that is a posting beyond doubt."""
    delimiter = re.escape(shape.delimiter)
    cells = dict.fromkeys(range(shape.width), _TEXT.replace("{delimiter}", delimiter))
    cells |= {shape.columns[role]: _ANY for role in ("balance",) if role in shape.columns}
    cells |= {shape.columns[role]: f"(?:{date.pattern})?" for role in ("value_date",) if role in shape.columns}
    cells[shape.columns["date"]] = date.pattern
    if "debit" not in shape.columns:
        sides = [{shape.columns["amount"]: f"-?{_SOME}"}]
    else:
        debit, credit = shape.columns["debit"], shape.columns["credit"]
        sides = [{debit: _SOME, credit: _NONE}, {debit: _NONE, credit: _SOME}]
    lines = (delimiter.join((cells | side)[place] for place in range(shape.width)) for side in sides)
    return f"^(?:{'|'.join(lines)}){delimiter}?$"


def usual_postings(lines: ibis.Table, shape: Shape, date: UsualDate) -> ibis.Table:
    """Return the postings of lines that match `usual_line`, under the names that `posting_columns` takes."""
    import ibis

    row = lines.mutate(cells=lines.text.split(shape.delimiter))
    row = row.mutate(**{f"{role}_cell": row.cells[place] for role, place in shape.columns.items()})
    found = {"posted_at": row.date_cell.as_date(date.directive).cast("timestamp")}
    if "value_date" in shape.columns:
        found["value_date"] = row.value_date_cell.nullif("").as_date(date.directive)
    for role in ("debit", "credit", "amount", "balance"):
        if role in shape.columns:
            found[role] = row[f"{role}_cell"].nullif("").cast(MONEY_TYPE)
    row = row.mutate(**found)
    if "debit" in shape.columns:
        zero = ibis.literal(0).cast(MONEY_TYPE)
        row = row.mutate(amount=(row.credit.fill_null(zero) - row.debit.fill_null(zero)).cast(MONEY_TYPE))
    nothing = ibis.null("string")
    return row.mutate(kind=ibis.literal("posting"), reason=nothing, content=nothing)
