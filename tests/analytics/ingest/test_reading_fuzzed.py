"""Whatever the bytes: a file is read or refused in words, and every row is kept or rejected."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import sheet, write_workbook

from analytics.ingest.reading import GUESS, read_file
from governance.errors import SourceError

HEADING = "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance"
ROWS = [f"{day:02d}/04/24,UPI-{day},R{day},{day:02d}/04/24,{day}.00,,{1000 - day}.00" for day in range(1, 20)]
WHOLE = "\n".join([HEADING, *ROWS]) + "\n"
SLOW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
CELL = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r"), max_size=12) | st.sampled_from(
    ["", "01/04/24", "31/02/24", "1,00.00", "-", "(5)", '"', '"a,b"', "=1+1", "9" * 30, "1e9", "NaN", "₹5", "B/F",
     "\0", "\x1f"]
)  # fmt: skip


def read_or_refuse(backend: Any, content: bytes, name: str = "f.csv") -> tuple[int, int] | None:
    """Rows kept and rejected, or None where the file is refused; anything else is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            parsed = read_file(path, backend, source=GUESS, account="A", customer="C")
        except SourceError:
            return None
        kept = parsed.postings.count().to_pyarrow().as_py()
        rejected = parsed.rejected.count().to_pyarrow().as_py()
        assert kept + rejected == parsed.told["rows_read"]
        nulls = parsed.postings.filter(lambda row: row.amount.isnull() | row.posted_at.isnull()).count()
        assert nulls.to_pyarrow().as_py() == 0
        return kept, rejected


@SLOW
@given(st.binary(max_size=3000))
def test_any_bytes(backend: Any, content: bytes) -> None:
    read_or_refuse(backend, content)


@SLOW
@given(st.integers(0, len(WHOLE)), st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig"]))
def test_a_file_cut_short_loses_no_whole_row(backend: Any, at: int, encoding: str) -> None:
    found = read_or_refuse(backend, WHOLE[:at].encode(encoding))
    whole = max(WHOLE[:at].count("\n") - 1, 0)
    assert found is None or found[0] >= whole


@SLOW
@given(st.lists(CELL, min_size=1, max_size=9), st.integers(0, len(ROWS)))
def test_any_cells_in_a_row_leave_the_others_alone(backend: Any, cells: list[str], place: int) -> None:
    lines = [HEADING, *ROWS[:place], ",".join(cells), *ROWS[place:]]
    found = read_or_refuse(backend, ("\n".join(lines) + "\n").encode())
    assert found is not None
    assert found[0] >= len(ROWS) - 1  # an opened quote may take the next line into its cell


@SLOW
@given(st.lists(st.integers(0, 255), min_size=1, max_size=8), st.integers(0, 5000))
def test_a_workbook_with_changed_bytes(backend: Any, changes: list[int], start: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [line.split(",") for line in WHOLE.splitlines()]
        content = bytearray(write_workbook(Path(folder) / "a.xlsx", sheet(rows)).read_bytes())
    for step, value in enumerate(changes):
        content[(start + step * 37) % len(content)] = value
    read_or_refuse(backend, bytes(content), "a.xlsx")


@pytest.mark.parametrize("name", ["statement [1] {a}*?.csv", "ünï ' \" code.csv"])
def test_any_file_name(backend: Any, name: str) -> None:
    assert read_or_refuse(backend, WHOLE.encode(), name) == (len(ROWS), 0)
