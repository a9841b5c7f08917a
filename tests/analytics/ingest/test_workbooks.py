"""Workbooks and Parquet: dates as cells, blank columns, formulas; and files that would do harm."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from statement_reader import Reader
from workbooks import PARTS, sheet, write_workbook

from analytics.ingest.mapping import ColumnMapping
from governance.errors import SourceError

HEADING = ["Date", "Narration", "Chq./Ref.No.", "Value Dt", "Withdrawal Amt.", "Deposit Amt.", "Closing Balance"]
#: 2024-04-01 as a workbook counts days.
FIRST = 45383


def test_dates_numbers_and_formulas_are_read_as_values_and_text_stays_text(read: Reader, tmp_path: Path) -> None:
    rows = [
        ["HDFC BANK Ltd."],
        ["Account No : 50100123456789"],
        HEADING,
        [("date", FIRST), "=1+1", "R1", ("date", FIRST), 100, None, 900],
        [("date", FIRST + 1), "@SUM(A1)", "R2", ("date", FIRST + 1), None, ("formula", "25*2", 50), 950.0],
        ["03/04/24", "+CMD", "R3", "03/04/24", "25.10", None, ("formula", "G5-E6", 924.9)],
    ]
    found = read(write_workbook(tmp_path / "a.xlsx", sheet(rows)), account=None, customer=None)
    assert found.parsed.source == "hdfc"
    assert found.column("posted_at") == [dt.datetime(2024, 4, day) for day in (1, 2, 3)]
    assert found.column("amount") == [Decimal(-100), Decimal(50), Decimal("-25.10")]
    assert found.column("narration") == ["=1+1", "@SUM(A1)", "+CMD"]
    assert found.continuous


def test_a_table_that_starts_far_in_is_found(read: Reader, tmp_path: Path) -> None:
    rows = [HEADING, [("date", FIRST), "UPI", "R1", ("date", FIRST), 100, None, 900]]
    found = read(write_workbook(tmp_path / "a.xlsx", sheet(rows, first_row=20, first_column=4)))
    assert found.column("amount") == [Decimal(-100)]
    assert found.column("line") == [21]


def bomb(path: Path) -> Path:
    """Zeros that unpack a thousandfold."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    return path


def lying_bomb(path: Path) -> Path:
    """A bomb whose directory says that it is small."""
    bomb(path)
    size = (64 << 20).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (5000).to_bytes(4, "little")))
    return path


def far_cells(path: Path) -> Path:
    """Two cells that span the whole sheet."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return write_workbook(path, f'<worksheet xmlns="x"><sheetData>{rows}</sheetData></worksheet>')


def entities(path: Path) -> Path:
    return write_workbook(path, '<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>')


def cut_short(path: Path) -> Path:
    write_workbook(path, sheet([HEADING]))
    path.write_bytes(path.read_bytes()[:-300])
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (bomb, "would unpack to more"),
        (lying_bomb, "not a readable XLSX|would unpack to more|damaged"),
        (far_cells, "has cells as far as row 1,048,576"),
        (entities, "declares XML entities"),
        (cut_short, "not a readable XLSX"),
    ],
)
def test_a_harmful_or_damaged_workbook_is_refused_before_it_is_read(
    read: Reader, tmp_path: Path, make: object, words: str
) -> None:
    with pytest.raises(SourceError, match=words):
        read(make(tmp_path / "a.xlsx"))


def test_a_parquet_file_is_read_by_a_mapping_and_a_damaged_one_refused(read: Reader, tmp_path: Path) -> None:
    table = pa.table(
        {
            "when": pa.array([dt.datetime(2024, 4, 1, 9, 30), dt.datetime(2024, 4, 2)]),
            "amount": pa.array([Decimal("-10.50"), Decimal("20.00")]),
            "text": ["TEA", None],
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    mapping = ColumnMapping({"date": "when", "amount": "amount", "narration": "text"}, ("YYYY-MM-DD",))
    found = read(tmp_path / "a.parquet", mapping=mapping)
    assert found.column("amount") == [Decimal("-10.50"), Decimal(20)]
    assert found.column("posted_at")[0] == dt.datetime(2024, 4, 1, 9, 30)
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:200])
    with pytest.raises(SourceError, match="not a readable Parquet file"):
        read(tmp_path / "b.parquet", mapping=mapping)
