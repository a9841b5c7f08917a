import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from scripted import HOSTILE, flagship

from tools.result import Column, Table
from ui.csv_file import csv_text, file_name


def rows_of(table: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_text(table).removeprefix("\ufeff"))))


def test_every_row_is_there_exactly():
    answer = flagship("c")
    head, *rows = rows_of(answer.table)
    assert head[:4] == ["#", "Customer", "PD, 12 months", "Score"]
    assert len(rows) == 100
    for written, row in zip(rows, answer.table.rows, strict=True):
        assert Decimal(written[5]) == row[5]
        assert float(written[2]) == row[2]
        assert written[11] == "; ".join(row[11])
    assert rows[3][8] == HOSTILE


@pytest.mark.parametrize("text", ["=1+1", "+91 98200", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
@pytest.mark.parametrize("kind", ["text", "integer", "decimal", "list"])
def test_no_cell_is_a_formula(text, kind):
    value = [text] if kind == "list" else text
    table = Table(columns=(Column(name="merchant", label=text, type=kind),), rows=((value,),))
    head, row = rows_of(table)
    assert (head, row) == ([f"'{text}"], [f"'{text}"])


def test_a_negative_figure_stays_a_figure():
    columns = (
        Column(name="amount", label="Amount", unit="currency", type="decimal"),
        Column(name="change", label="Change", type="float"),
    )
    table = Table(columns=columns, rows=((Decimal("-1234.50"), -1.5e-07), ("-1234.50", None)))
    assert rows_of(table)[1:] == [["-1234.50", "-1.5e-07"], ["-1234.50", ""]]


def test_dates_are_iso_and_what_is_missing_is_empty():
    columns = (Column(name="a", label="A", type="date"), Column(name="b", label="B", type="datetime"),
               Column(name="c", label="C", type="float"), Column(name="d", label="D", type="boolean"))  # fmt: skip
    table = Table(columns=columns, rows=((dt.date(2026, 6, 30), dt.datetime(2026, 6, 30, 14), float("nan"), True),))
    assert rows_of(table)[1] == ["2026-06-30", "2026-06-30T14:00:00", "", "yes"]


def test_excel_reads_names_outside_ascii():
    assert csv_text(Table(columns=(Column(name="a", label="नाम"),), rows=())).startswith("\ufeffनाम")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Riskiest borrowers in Pune", "riskiest-borrowers-in-pune-2026-06-30.csv"),
        ("../../x", "x-2026-06-30.csv"),
        ("", "table-2026-06-30.csv"),
    ],
)
def test_the_file_is_named_for_what_it_holds(title, name):
    assert file_name(title, dt.date(2026, 6, 30)) == name
