"""A large file is cut into columns and glanced at: the same postings and the same rejected rows as line by line."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.ingest import tables
from analytics.ingest.mapping import ColumnMapping
from analytics.ingest.reading import read_file

HEADING = ("Account No", "Customer No", "Txn Date", "Narration", "Ref No", "Withdrawal", "Deposit", "Balance")
ROLES = ("account", "customer", "date", "narration", "reference", "debit", "credit", "balance")
MAPPING = ColumnMapping(columns=dict(zip(ROLES, HEADING, strict=True)), dates=("DD/MM/YYYY",), currency="INR")
CELLS = {
    "date": ("05/01/2024", "05/01/2024 10:22:00", "5/1/2024", "31/02/2024", "05-01-2024", "05/01/24", ""),
    "narration": ("UPI-TEA", "a, b, c", "  spaced ", "₹ 5", "Opening balance", "Café", 'say "hi"', ""),
    "debit": ("", "100.00", "1,000.50", "0", "0.00", "-5", "abc", "1e5", "(50)", "50 Dr", "-"),
    "credit": ("", "20", "0", "", "-3", "7.999"),
    "balance": ("100", "-5.5", "", "x", "1,00,000.00", "5 Cr"),
}
ODD_LINES = (
    "",
    "****",
    ",,,goes on,,,,",
    ",".join(HEADING),
    "Page 1 of 3",
    "A1,C1,05/01/2024,a,b,c,d,1,1,9",
    "short,x",
)


def rows(seed: int, count: int) -> list[list[str]]:
    dice = random.Random(seed)
    return [["A1", "C1", *(dice.choice(CELLS[role]) if role in CELLS else "R1" for role in ROLES[2:])]
            for _ in range(count)]  # fmt: skip


def text(seed: int, count: int) -> str:
    dice = random.Random(seed)

    def cell(value: str) -> str:
        quoted = '"' + value.replace('"', '""') + '"'
        return quoted if '"' in value or (value and dice.random() < (0.9 if "," in value else 0.3)) else value

    lines = ["Statement of account", "", ",".join(HEADING)]
    for row in rows(seed, count):
        lines += [",".join(cell(value) for value in row), *([dice.choice(ODD_LINES)] if dice.random() < 0.1 else [])]
    return "\r\n".join(lines)


def both_ways(path: Path, backend: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    found = []
    for limit in (1 << 40, 0):
        monkeypatch.setattr(tables, "WORTH_IT", limit)
        parsed = read_file(path, backend, mapping=MAPPING)
        found.append(
            (
                parsed.postings.order_by("line").to_pyarrow().to_pylist(),
                parsed.rejected.order_by("line").to_pyarrow().to_pylist(),
                parsed.notes,
            )
        )
    return found[0], found[1]


@pytest.mark.parametrize("seed", [1, 2])
def test_cutting_and_judging_agree(seed: int, backend: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.csv"
    path.write_text(text(seed, 1_500), "utf-8", newline="")
    judged, cut = both_ways(path, backend, monkeypatch)
    assert cut == judged
    assert len(cut[0]) > 100
    assert len(cut[1]) > 500


def test_a_parquet_file_too(backend: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.parquet"
    columns = dict(zip(HEADING, zip(*rows(3, 800), strict=True), strict=True))
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), path)
    judged, cut = both_ways(path, backend, monkeypatch)
    assert cut == judged
    assert len(cut[0]) > 50


def test_lines_keep_their_numbers_over_blocks(backend: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.ingest.columns.BLOCK", 4_096)
    monkeypatch.setattr(tables, "WORTH_IT", 0)
    lines = [f"A1,C1,05/01/2024,row {number},R,1.00,,{-number}" for number in range(1, 3_001)]
    for place in (10, 11, 700, 2_500):
        lines[place] = "A1,C1,99/99/2024,cut short"
    path = tmp_path / "large.csv"
    path.write_text("\n".join([",".join(HEADING), *lines]), "utf-8")
    parsed = read_file(path, backend, mapping=MAPPING)
    told = parsed.postings.select("line", "narration").to_pyarrow().to_pylist()
    assert len(told) == 2_996
    assert all(row["narration"] == f"row {row['line'] - 1}" for row in told)
    assert sorted(parsed.rejected.line.to_pyarrow().to_pylist()) == [12, 13, 702, 2_502]
