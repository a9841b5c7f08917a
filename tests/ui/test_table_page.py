from decimal import Decimal

import pytest
from scripted import flagship, huge

from tools.result import Column, Table
from ui.table_page import View, sorted_rows, table_page

AMOUNT = Column(name="amount", label="Amount", unit="currency", type="decimal")
CITY = Column(name="city", label="City")
MIXED = Table(
    title="Mixed",
    columns=(CITY, AMOUNT),
    rows=(("surat", Decimal(9)), ("Pune", None), (None, Decimal(100)), ("agra", Decimal(-20)), ("Pune", "11.5")),
)


@pytest.mark.parametrize(
    ("view", "amounts"),
    [
        (View("amount", descending=True), [Decimal(100), "11.5", Decimal(9), Decimal(-20), None]),
        (View("amount", descending=False), [Decimal(-20), Decimal(9), "11.5", Decimal(100), None]),
        (View("nothing of that name"), [Decimal(9), None, Decimal(100), Decimal(-20), "11.5"]),
        (View(), [Decimal(9), None, Decimal(100), Decimal(-20), "11.5"]),
    ],
)
def test_sorted_by_value_with_the_missing_last(view, amounts):
    assert [row[1] for row in sorted_rows(MIXED, view)] == amounts


def test_text_is_sorted_as_people_do():
    assert [row[0] for row in sorted_rows(MIXED, View("city", descending=False))] == [
        "agra",
        "Pune",
        "Pune",
        "surat",
        None,
    ]


def test_equal_rows_keep_their_order():
    assert [row[1] for row in sorted_rows(MIXED, View("city", descending=False))][1:3] == [None, "11.5"]


def test_a_heading_goes_one_way_the_other_way_and_back():
    seen, view = [], View()
    for _ in range(4):
        view = view.sorted_by(AMOUNT)
        seen.append((view.sort, view.descending))
    assert seen == [("amount", True), ("amount", False), (None, True), ("amount", True)]
    assert View().sorted_by(CITY) == View("city", descending=False)


def test_a_list_column_is_left_to_the_why_panel():
    page = table_page(flagship("c").table, View())
    assert len(page.headings) == 11
    assert all(len(row) == 11 for row in page.rows)
    assert (page.total, page.first, page.last, page.pages) == (100, 1, 100, 1)


def test_a_large_table_is_shown_by_windows_and_sorted_whole():
    table = huge("c").table
    first = table_page(table, View("balance"))
    assert (first.total, first.first, first.last, first.pages) == (100_000, 1, 500, 200)
    assert first.rows[0][1].text == "1,00,002"
    last = table_page(table, View("balance", page=10_000))
    assert (last.first, last.last) == (99_501, 100_000)


def test_an_empty_table_has_an_empty_page():
    page = table_page(Table(columns=(CITY,), rows=()), View("city"))
    assert (page.total, page.first, page.rows) == (0, 0, ())


def test_a_customer_opens_and_a_band_has_its_colour():
    row = table_page(flagship("c").table, View()).rows[0]
    assert row[1].question == "Tell me about C_4F21"
    assert (row[4].text, row[4].tone) == ("high", "bad")
    assert (row[9].text, row[9].missing) == ("–", True)
