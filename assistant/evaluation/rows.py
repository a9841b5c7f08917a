"""Whether a table holds the rows of another: every true column among its own, row by row."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from assistant.evaluation.golden import Rows
from tools.result import Table

#: What money may differ by: it is shown to the paisa.
PAISA = 0.011
#: What small money may differ by from a figure that is not rounded.
HALF_PAISA = 0.00501
#: A key in whole numbers, which is told as a name.
KEY = re.compile(r"[0-9]{1,15}")


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class _Money(float):
    """A figure that is rounded to the paisa."""


def stacked(tables: Sequence[Table]) -> list[Rows]:
    """Return tables of the same columns as one; as they are where the columns differ."""
    names = {tuple(column.name for column in table.columns) for table in tables}
    if len(names) > 1:
        return [table.rows for table in tables]
    return [[row for table in tables for row in table.rows]]


def holds_rows(rows: Rows, wanted: Rows, *, ordered: bool, tolerance: float) -> str:
    """Return what ``rows`` lack of ``wanted``, or nothing.

    Columns beside the wanted ones may stand in ``rows``; rows beside them may not. Without ``ordered`` the rows may
    stand in any order.
    """
    if len(rows) == 1 < len(wanted) and all(len(row) == 1 for row in wanted):
        return _side_by_side(rows[0], [row[0] for row in wanted], tolerance)
    if len(rows) != len(wanted):
        return f"{len(rows)} rows, not {len(wanted)}"
    if not wanted:
        return ""
    shown, true = (_months_alike([_plain(row) for row in table]) for table in (rows, wanted))
    for columns in _assignments(shown, true, tolerance):
        picked = [tuple(row[column] for column in columns) for row in shown]
        if _same(picked, true, ordered=ordered, tolerance=tolerance):
            return ""
    return f"rows such as {true[0]} are not those shown, such as {shown[0]}"


def _months_alike(rows: Rows) -> Rows:
    """Return rows with the months of a column that holds nothing but first or last days of them: either labels one."""
    columns = [[_month(value) for value in column] for column in zip(*rows, strict=True)]
    told = [months if all(months) else values for months, values in zip(columns, zip(*rows, strict=True), strict=True)]
    return list(zip(*told, strict=True))


def _month(value: Any) -> str:
    """Return "2026-06" for the first or the last day of June; nothing for anything else."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return ""
    day = dt.date.fromisoformat(value)
    return value[:7] if 1 in (day.day, (day + dt.timedelta(days=1)).day) else ""


def _side_by_side(row: Sequence[Any], wanted: Sequence[Any], tolerance: float) -> str:
    """Return what one row lacks of figures that are wanted one under the other: two periods beside each other."""
    shown = list(_plain(row))
    for value in _plain(wanted):
        place = next((at for at, own in enumerate(shown) if _alike(own, value, tolerance)), None)
        if place is None:
            return f"{value} is not in {tuple(_plain(row))}"
        del shown[place]
    return ""


def _plain(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(_value(value) for value in row)


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return _Money(value)
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if isinstance(value, str) and KEY.fullmatch(value):
        return float(value)
    return value


def _assignments(shown: Rows, true: Rows, tolerance: float) -> Iterator[tuple[int, ...]]:
    """Yield, for every true column, a column of its own that holds the same values."""
    candidates = [
        [
            column
            for column in range(len(shown[0]))
            if _same_column([row[column] for row in shown], [row[place] for row in true], tolerance)
        ]
        for place in range(len(true[0]))
    ]
    yield from _chosen(candidates, ())


def _chosen(candidates: Sequence[Sequence[int]], before: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if not candidates:
        yield before
        return
    for column in candidates[0]:
        if column not in before:
            yield from _chosen(candidates[1:], (*before, column))


def _same_column(ours: Sequence[Any], theirs: Sequence[Any], tolerance: float) -> bool:
    pairs = zip(sorted(ours, key=_order), sorted(theirs, key=_order), strict=True)
    return all(_alike(one, other, tolerance) for one, other in pairs)


def _same(ours: Rows, theirs: Rows, *, ordered: bool, tolerance: float) -> bool:
    if not ordered:
        ours, theirs = (sorted(rows, key=_row_order) for rows in (ours, theirs))
    return all(
        all(_alike(one, other, tolerance) for one, other in zip(mine, yours, strict=True))
        for mine, yours in zip(ours, theirs, strict=True)
    )


def _order(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, "")
    return (1, value) if isinstance(value, float) else (2, str(value))


def _row_order(row: tuple[Any, ...]) -> list[tuple[int, Any]]:
    """Order by the words first: figures that differ in their last digits do not change it."""
    return [_order(value) for value in sorted(row, key=lambda value: isinstance(value, float))]


def _alike(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        small = HALF_PAISA if isinstance(one, _Money) else 1e-6
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=PAISA if max(abs(one), abs(other)) > 10 else small)
    return bool(one == other)
