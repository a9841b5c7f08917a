import datetime as dt
from decimal import Decimal

import pytest

from tools.result import Column
from ui.theme.figures import age, column_style, duration, grouped, is_missing, measured

MONEY = Column(name="exposure", label="Exposure", unit="currency", type="decimal")
SHARE = Column(name="probability_of_default", label="PD, 12 months", unit="percent", type="float")
SCORE = Column(name="score", label="Score", unit="score", type="integer")
DAYS = Column(name="days_past_due", label="Days past due", unit="days", type="integer")
POINTS = Column(name="points", label="Points", unit="points", type="float")
DAY = Column(name="due_on", label="Due", unit="date", type="date")
MONTH = Column(name="month", label="Month", unit="date", type="date")
WHEN = Column(name="posted_at", label="Posted", type="datetime")
TEXT = Column(name="city", label="City")
LIST = Column(name="reasons", label="Reasons", type="list")
FLAG = Column(name="is_own_transfer", label="Own transfer", type="boolean")
FREE = Column(name="average", label="Average", type="float")
CUSTOMER_NO = Column(name="customer_id", label="Customer", type="integer")


@pytest.mark.parametrize(
    ("number", "places", "indian", "text"),
    [
        (0, 0, True, "0"), (999, 0, True, "999"), (1_000, 0, True, "1,000"), (123_456, 0, True, "1,23,456"),
        (1_23_45_678, 0, True, "1,23,45,678"), (Decimal("-123456.789"), 2, True, "−1,23,456.79"),
        (123_456, 0, False, "123,456"), (Decimal("-0.001"), 2, True, "0.00"), (-5, 0, True, "−5"),
    ],
)  # fmt: skip
def test_grouping(number, places, indian, text):
    assert grouped(number, places, indian=indian) == text


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (MONEY, Decimal("123456.70"), "1,23,457"), (MONEY, "123456.70", "1,23,457"), (SHARE, 0.6301, "63.0%"),
        (SHARE, 1.0, "100.0%"), (SHARE, 0.0004, "<0.1%"), (SHARE, 0.0, "0.0%"), (SCORE, 612.0, "612"), (DAYS, 41, "41"),
        (DAY, dt.date(2026, 6, 30), "30 Jun 2026"), (DAY, "2026-06-30", "30 Jun 2026"),
        (DAY, "2026-06-30T00:00:00", "30 Jun 2026"),
        (MONTH, dt.date(2026, 6, 1), "Jun 2026"), (WHEN, dt.datetime(2026, 6, 30, 14, 5), "30 Jun 2026, 14:05"),
        (WHEN, "2026-06-30T00:00:00", "30 Jun 2026"), (TEXT, "Pune", "Pune"), (TEXT, "personal_loan", "personal loan"),
        (TEXT, "C_4F21", "C_4F21"), (LIST, ["one", "two"], "one; two"), (LIST, [], "–"), (FLAG, True, "yes"),
        (FLAG, False, "no"),
        (FREE, 0.123456789, "0.123"), (FREE, 2.5, "2.50"), (FREE, 1_234_567.891, "12,34,568"),
        (CUSTOMER_NO, 14_959, "14959"),
        (POINTS, 12.0, "+12"), (POINTS, -12.0, "−12"), (TEXT, "not a figure", "not a figure"),
        (MONEY, "unknown", "unknown"),
    ],
)  # fmt: skip
def test_a_value_is_written_by_its_unit(column, value, text):
    assert column_style(column, [value]).write(value) == text


@pytest.mark.parametrize(
    "value",
    [None, float("nan"), float("inf"), Decimal("NaN"), "nan", "NaN", "NaT", "<NA>", "None", ""],
)
@pytest.mark.parametrize("column", [MONEY, SHARE, SCORE, DAY, TEXT])
def test_what_is_not_there_is_a_dash(column, value):
    assert is_missing(value)
    assert column_style(column, [value]).write(value) == "–"


def test_a_column_of_small_money_keeps_its_smallest_unit():
    small, large = [Decimal("12.50"), Decimal("7.00")], [Decimal("12.50"), Decimal("70000.00")]
    assert [column_style(MONEY, small).write(value) for value in small] == ["12.50", "7.00"]
    assert [column_style(MONEY, large).write(value) for value in large] == ["12", "70,000"]


def test_figures_of_one_column_have_the_same_decimals():
    style = column_style(POINTS, [-64.0, 12.5])
    assert [style.write(-64.0), style.write(12.5)] == ["−64.0", "+12.5"]


def test_bare_figures_of_one_magnitude_are_aligned():
    style = column_style(FREE, [0.84181, 0.511, 1.24])
    assert [style.write(value) for value in (0.84181, 0.511, 1.24)] == ["0.84", "0.51", "1.24"]
    style = column_style(FREE, [0.84181, 0.511])
    assert [style.write(value) for value in (0.84181, 0.511)] == ["0.842", "0.511"]


def test_bare_figures_of_many_magnitudes_each_keep_their_own():
    style = column_style(FREE, [0.03, 31_250.4])
    assert [style.write(value) for value in (0.03, 31_250.4)] == ["0.03", "31,250"]


def test_the_unit_stands_in_the_heading():
    assert column_style(MONEY, []).heading == "Exposure (₹)"
    assert column_style(MONEY, [], "CZK").heading == "Exposure (CZK)"
    assert column_style(DAYS, []).heading == "Days past due"
    assert (
        column_style(Column(name="tenor", label="Tenor", unit="months", type="integer"), []).heading == "Tenor (months)"
    )
    assert column_style(Column(name="main_product", label=""), []).heading == "Main product"


def test_other_money_is_grouped_in_thousands():
    assert column_style(MONEY, [Decimal(1_234_567)], "CZK").write(Decimal(1_234_567)) == "1,234,567"


@pytest.mark.parametrize("column", [MONEY, SHARE, SCORE, DAYS, FREE])
def test_figures_lie_right(column):
    assert column_style(column, []).numeric


@pytest.mark.parametrize("column", [TEXT, DAY, LIST, CUSTOMER_NO])
def test_names_and_dates_lie_left(column):
    assert not column_style(column, []).numeric


@pytest.mark.parametrize(
    ("days", "text"), [(1, "1 day"), (30, "30 days"), (91, "3 months"), (400, "13 months"), (900, "2.5 years")]
)
def test_age(days, text):
    assert age(dt.date(2026, 6, 30) - dt.timedelta(days), dt.date(2026, 6, 30)) == text


def test_small_matters():
    assert (duration(84.4), duration(1_240)) == ("84 ms", "1.2 s")
    assert (measured(Decimal("123.456")), measured(7)) == ("123.46", "7")
