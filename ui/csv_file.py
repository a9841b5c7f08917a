"""A table as a CSV file: every row, exact values, header labels, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import Any

from tools.result import Table
from ui.theme.figures import is_missing

#: A spreadsheet takes text that begins with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel misreads every name outside ASCII


def csv_text(table: Table) -> str:
    """The whole table, RFC 4180; figures as plain digits, dates ISO, missing values empty."""
    sheet = io.StringIO()
    sheet.write(_BYTE_ORDER_MARK)
    writer = csv.writer(sheet)
    writer.writerow([guarded(column.label or column.name) for column in table.columns])
    writer.writerows(_cells(row, table) for row in table.rows)
    return sheet.getvalue()


def file_name(title: str, as_of: dt.date | None) -> str:
    """A name for the file, from the table's title and its date."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "table"
    return f"{words}-{as_of.isoformat()}.csv" if as_of else f"{words}.csv"


def _cells(row: Sequence[Any], table: Table) -> list[str]:
    numeric = ("integer", "decimal", "float")
    return [
        exact(value) if column.type in numeric and not _is_formula_text(value) else guarded(exact(value))
        for value, column in zip(row, table.columns, strict=True)
    ]


def _is_formula_text(value: Any) -> bool:
    """Whether text stands where a figure was declared; only plain digits pass as a figure."""
    return isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", value) is None


def exact(value: Any) -> str:
    """A value to its last digit: plain digits, ISO dates, nothing for what is missing."""
    if is_missing(value):
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(exact(each) for each in value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, "f") if hasattr(value, "as_tuple") else str(value)


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
