"""Tables as a workbook: every row, figures as figures, and no cell that a spreadsheet would run."""

from __future__ import annotations

import base64
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tools.result import Column, Table
from ui.csv_file import exact, guarded
from ui.language import say
from ui.theme.figures import is_missing, typed

#: Letters a sheet's name may have, and those it may not.
LONGEST_NAME, NEVER = 31, re.compile(r"[\[\]:*?/\\']")
#: Figures beyond which a spreadsheet rounds: longer ones stay text.
EXACT_DIGITS = 15
_FORMS = {"percent": "0.0%", "currency": "#,##0.00", "count": "#,##0", "date": "d mmm yyyy"}


def workbook(told: Mapping[str, Any], tables: Sequence[tuple[str, Table]]) -> bytes:
    """Write a workbook.

    Parameters
    ----------
    told
        A paper's: whose it is, definitions, statements.
    tables
        Title and rows; a sheet each.

    Returns
    -------
    bytes
        An XLSX file: the first sheet says whose it is, as of when, what the figures mean and how they were read.

    """
    import xlsxwriter

    held = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(held, never) as book:
        bold = book.add_format({"bold": True})
        forms = {unit: book.add_format({"num_format": form}) for unit, form in _FORMS.items()}
        taken: set[str] = set()
        about = book.add_worksheet(_free(say("About"), taken))
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 110)
        for place, (name, text) in enumerate(_about(told)):
            about.write_string(place, 0, guarded(name), bold)
            about.write_string(place, 1, guarded(text))
        _placed(about, told.get("logo", ""))
        for title, table in tables:
            sheet = book.add_worksheet(_free(title, taken))
            sheet.set_header(f"&L{told['tenant']}&R{say('CONFIDENTIAL')}")
            sheet.set_footer(f"&L{told['made']} {told['by']}&R&P / &N")
            sheet.freeze_panes(1, 0)
            for across, column in enumerate(table.columns):
                sheet.write_string(0, across, guarded(say(column.label or column.name)), bold)
                sheet.set_column(across, across, 18)
            for down, row in enumerate(table.rows, start=1):
                for across, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                    _write(sheet, down, across, typed(value, column), column, forms)
    return held.getvalue()


def _placed(sheet: Any, logo: str) -> None:
    """The client's logo beside what the workbook says of itself; a drawing is none that a spreadsheet takes."""
    if logo.startswith("data:image/png"):
        picture = io.BytesIO(base64.b64decode(logo.partition(",")[2]))
        sheet.insert_image(0, 2, "logo.png", {"image_data": picture, "x_scale": 0.25, "y_scale": 0.25})


def _write(sheet: Any, down: int, across: int, value: Any, column: Column, forms: Mapping[str, Any]) -> None:
    """One cell: a figure as a figure, a date as a date, all else as text that nothing runs."""
    form = forms.get(column.unit)
    if is_missing(value):
        sheet.write_blank(down, across, None)
    elif isinstance(value, bool):
        sheet.write_boolean(down, across, value)
    elif isinstance(value, int | float) or (
        isinstance(value, Decimal) and len(value.as_tuple().digits) <= EXACT_DIGITS
    ):
        sheet.write_number(down, across, float(value), form)
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        sheet.write_datetime(down, across, dt.datetime(value.year, value.month, value.day), forms["date"])
    else:
        sheet.write_string(down, across, guarded(exact(value)))


def _about(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    lines = [
        (say("Title"), told["title"]), (say("Tenant"), told["tenant"]), (say("As of"), told["as_of"]),
        (say("Made"), told["made"]), (say("For"), told["by"]), (say("Scope"), told["scope"]),
        (say("Personal data"), told["personal"]), (say("Books"), told["snapshot"]),
        (say("Marked"), say("CONFIDENTIAL")),
    ]  # fmt: skip
    lines += [(say(name.capitalize()), told[name]) for name in ("receipt", "answer") if told.get(name)]
    lines += [(say("Note"), text) for text in told.get("warnings", ())]
    lines += [(say("Model"), f"{model} {version}") for model, version in told["versions"]]
    lines += [(say("Definition: {label}", label=label), text) for label, text in told["definitions"]]
    return lines + [(say("Statement"), statement) for statement in told["sql"]]


def _free(title: str, taken: set[str]) -> str:
    """A name for a sheet that no other has."""
    stem = NEVER.sub(" ", title).strip()[: LONGEST_NAME - 3] or "Table"
    name, number = stem, 1
    while name.lower() in taken:
        number += 1
        name = f"{stem} {number}"
    taken.add(name.lower())
    return name
