"""XLSX into rows of text cells: sizes looked at before anything is unpacked, formulas as their values."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.errors import SourceError

#: What a workbook may unpack to, and how many times its parts may swell.
LARGEST_UNPACKED = 200 << 20
MOST_SWELLING = 150
#: Below this size a part may swell as it likes.
SMALL_PART = 8 << 20
#: Cells between the first and the last one used, the empty ones counted.
MOST_CELLS = 4_000_000
_REFERENCE = re.compile(rb'<(?:\w+:)?c\b[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"')
_PIECE = 1 << 20


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, and its rows of text cells from the first row on."""

    name: str
    rows: list[list[str]]


def sheets(path: Path) -> list[Sheet]:
    """Return the visible sheets of an XLSX file.

    Raises
    ------
    SourceError
        It is no readable workbook, is locked by a password, or would unpack to more than Munshi reads.
    """
    _look_before_unpacking(path)
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_path(path)
        shown = [
            each.name
            for each in workbook.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
        ]
        return [Sheet(name, _rows(workbook.get_sheet_by_name(name))) for name in shown]
    except (CalamineError, ValueError, OSError) as error:
        raise SourceError(
            f"{path.name} is not a readable XLSX workbook ({type(error).__name__}): save it again."
        ) from None
    except BaseException as error:  # the reader's own breakdown is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise SourceError(f"{path.name} is damaged: the workbook cannot be read. Save it again.") from None


def _rows(sheet: Any) -> list[list[str]]:
    blank_rows = sheet.start[0] if sheet.start else 0
    rows = [[_text(cell) for cell in row] for row in sheet.iter_rows()]
    return [[] for _ in range(blank_rows)] + rows if len(rows) <= sheet.height else rows


def _text(cell: Any) -> str:
    """Write a cell as text: numbers without a trailing .0, moments in ISO form; text stays as it is."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "seconds") if cell.time() != dt.time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, (dt.date, dt.time)) else str(cell)


def _number(cell: float) -> str:
    """Write a number as a person reads it; what floating point adds beyond 15 digits is dropped."""
    if cell != cell or abs(cell) >= 1e17:
        return repr(cell)
    text = f"{cell:.15g}"
    return f"{cell:.2f}" if "e" in text else text


def _look_before_unpacking(path: Path) -> None:
    """Refuse a workbook whose parts swell or whose cells lie too far apart to be a statement's."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_declared(path, parts)
            unpacked = 0
            for part in parts:
                unpacked += _unpack(path, archive, part, LARGEST_UNPACKED - unpacked)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise SourceError(
            f"{path.name} is not a readable XLSX workbook ({type(error).__name__}): save it again."
        ) from None
    except zlib.error:
        raise SourceError(f"{path.name} is damaged: a part of the workbook cannot be unpacked.") from None


def _check_declared(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _bomb(path)
    for part in parts:
        if part.file_size > max(SMALL_PART, MOST_SWELLING * part.compress_size):
            raise _bomb(path)


def _unpack(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> int:
    """Unpack one part piece by piece to see its true size and, of a sheet, how far its cells reach."""
    size, tail, last_column, last_row = 0, b"", 0, 0
    is_sheet = "worksheets/" in part.filename
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > room:
                raise _bomb(path)
            if b"<!DOCTYPE" in tail + piece or b"<!ENTITY" in tail + piece:
                raise SourceError(f"{path.name} declares XML entities, which no statement needs: it is not read.")
            for column, row in _REFERENCE.findall(tail + piece) if is_sheet else ():
                last_column, last_row = max(last_column, _column_number(column)), max(last_row, int(row))
            tail = piece[-256:]
    if last_column * last_row > MOST_CELLS:
        raise SourceError(
            f"{path.name} has cells as far as row {last_row:,}, column {last_column:,}: more than {MOST_CELLS:,}. "
            "Delete what lies outside the table, or save it as CSV."
        )
    return size


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _bomb(path: Path) -> SourceError:
    return SourceError(
        f"{path.name} would unpack to more than {LARGEST_UNPACKED >> 20} MiB or {MOST_SWELLING} times its size: "
        "it is not read. Save a large table as CSV."
    )
