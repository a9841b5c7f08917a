"""Charts become SVG with the values of their spec; what comes from data stays text."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tools import charts
from ui.paper.drawing import chart_svg
from ui.paper.scales import month_marks, ticks


def words(svg: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg).iter() if each.tag.endswith("text")]


def test_bars_are_as_long_as_their_values_and_say_them():
    svg = chart_svg(charts.ranking(["home_loan", "<b>x"], [40, 10], label="", unit="currency", title=""))
    first, second = (float(each) for each in re.findall(r'<rect [^>]*? width="([\d.]+)"', svg))
    assert first == pytest.approx(4 * second, rel=0.01)
    assert {"home loan", "<b>x", "₹40", "₹10"} <= set(words(svg))


def test_a_forecast_has_its_band_its_dashes_and_the_last_value():
    past = [(dt.date(2026, month, 1), 100.0 * month) for month in range(1, 6)]
    ahead = [(dt.date(2026, month, 1), 600.0, 500.0, 700.0) for month in (6, 7)]
    svg = chart_svg(charts.forecast(past, ahead, label="spend", title=""))
    assert svg.count("<polygon") == 1
    assert svg.count("stroke-dasharray") == 1
    assert "expected ₹600" in words(svg)


def test_a_table_of_shares_writes_each_and_leaves_gaps_empty():
    chart = charts.heat(["a", "b"], ["a"], [[0.25, None]], label="", title="", from_="from", to="to")
    svg = chart_svg(chart)
    assert svg.count("<rect") == 1
    assert "25.0%" in words(svg)


@pytest.mark.parametrize(
    "chart",
    [
        charts.grouped(["a", "b"], {"x": [1, 2], "y": [3, 4]}, label="n", unit="count", title=""),
        charts.distribution([0, 5], [3, 9], width=5, label="n", unit="count", across="pd", title="", suffix="%"),
        charts.waterfall([("Income", -12.0)], base=600, title=""),
        charts.reliability([0.3, 0.1], [0.28, 0.12], [50, 50], title=""),
        charts.curves({"a": [(0, 0), (1, 0.5), (2, 0.9)]}, label="", unit="percent", across="months", title=""),
        charts.trend(["2026-01-31", "2026-02-28"], {"PD": [0.0, 0.0]}, label="", unit="percent", title=""),
    ],
)
def test_every_chart_of_ours_is_drawn_within_its_sheet(chart):
    root = ElementTree.fromstring(chart_svg(chart, width=400, height=200))
    marks = [each for each in root.iter() if each.tag.endswith(("rect", "polyline", "polygon"))]
    assert marks
    for each in root.iter():
        for name, most in (("x", 400), ("y", 200)):
            assert 0 <= float(each.get(name, 0)) <= most, ElementTree.tostring(each)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 8.9), (0, 12345), (0.02, 0.021), (5, 5), (0, 0)])
def test_ticks_are_even_and_reach_around_the_values(low: float, high: float):
    values = ticks(low, high)
    steps = {round(b - a, 9) for a, b in pairwise(values)}
    assert len(steps) <= 1
    assert values[0] <= low
    assert values[-1] >= high or high == low
    assert len(values) < 9


def test_months_are_named_once_with_the_year_where_it_begins():
    low, high = dt.date(2025, 8, 31).toordinal(), dt.date(2026, 6, 30).toordinal()
    names = [name for _, name in month_marks(low, high)]
    assert names == ["Sep 2025", "Nov", "Jan 2026", "Mar", "May"]
    assert len(names) == len(set(names))


def test_a_line_that_ends_early_is_named_at_its_own_end():
    curves = {"long": [(0, 0.0), (10, 0.5), (40, 0.5)], "short": [(0, 0.0), (5, 0.2), (10, 0.5)]}
    svg = chart_svg(charts.curves(curves, label="", unit="percent", across="months", title=""), width=400, height=200)
    places = {each.text: each for each in ElementTree.fromstring(svg).iter() if each.text in curves}
    assert places["long"].get("y") == places["short"].get("y")
    assert float(places["short"].get("x", 0)) < float(places["long"].get("x", 0))


def test_lines_that_end_at_one_place_are_named_one_above_the_other():
    curves = {"a": [(0, 0.0), (9, 0.2), (40, 0.5)], "b": [(0, 0.1), (9, 0.1), (40, 0.5)]}
    svg = chart_svg(charts.curves(curves, label="", unit="percent", across="months", title=""), width=400, height=200)
    above, below = sorted(float(each.get("y", 0)) for each in ElementTree.fromstring(svg).iter() if each.text in curves)
    assert below - above >= 14
