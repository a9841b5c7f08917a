"""Whatever a source or a query brings, the screen draws it and the file holds it."""

import csv
import datetime as dt
import io
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import facts

from assistant.answer import Answer
from tools.result import Column, Table
from ui.csv_file import csv_text
from ui.evidence import evidence_html
from ui.session import Session
from ui.table_page import View, table_page

UNITS = get_args(Column.model_fields["unit"].annotation)
TYPES = get_args(Column.model_fields["type"].annotation)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(max_size=30), st.dates(),
    st.datetimes(timezones=st.sampled_from([None, dt.UTC])), st.sampled_from(["=1+1", "nan", "1.5", "2026-06-30"]),
)  # fmt: skip
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.dictionaries(st.text(max_size=3), SCALARS, max_size=2))
COLUMNS = st.builds(
    Column,
    name=st.sampled_from(["customer_id", "month", "band", "reasons", "concept", "reason", "points", "loan_no"]),
    label=st.text(max_size=12),
    unit=st.sampled_from(UNITS),
    type=st.sampled_from(TYPES),
)


@st.composite
def tables(draw):
    columns = draw(st.lists(COLUMNS, min_size=1, max_size=4))
    rows = draw(st.lists(st.tuples(*[VALUES] * len(columns)), max_size=5))
    return Table(title=draw(st.text(max_size=12)), columns=tuple(columns), rows=tuple(rows))


@settings(max_examples=150, deadline=None)
@given(table=tables(), descending=st.booleans())
def test_any_table_is_drawn_sorted_and_written(table, descending):
    session = Session()
    session.add(Answer(receipt_id="r", question="?", text="!", table=table))
    evidence_html(session, facts())
    for column in table.columns:
        page = table_page(table, View(column.name, descending))
        assert page.total == len(table.rows)
        assert all(cell.text for row in page.rows for cell in row)
    lines = list(csv.reader(io.StringIO(csv_text(table).removeprefix("\ufeff"), newline="")))
    assert len(lines) == 1 + len(table.rows)
