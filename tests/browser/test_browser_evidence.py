"""Tables, files, charts, statements, sources, receipts."""

import csv
import io
from decimal import Decimal
from pathlib import Path

from asking import ask, rows, sort_by
from playwright.sync_api import Page, expect
from scripted import FLAGSHIP, HUGE, TREND, WHY, risky_row


def amounts(page: Page) -> list[int]:
    return [int(row[5].replace(",", "")) for row in rows(page)]


def test_a_heading_sorts_all_rows_by_value_and_back(page: Page):
    ask(page, FLAGSHIP)
    as_given = amounts(page)
    sort_by(page, "Exposure", "descending")
    assert amounts(page) == sorted(as_given, reverse=True)
    sort_by(page, "Exposure", "ascending")
    assert amounts(page) == sorted(as_given)
    sort_by(page, "Exposure", "none")
    assert amounts(page) == as_given


def test_a_heading_sorts_from_the_keyboard_and_keeps_the_focus(page: Page):
    ask(page, FLAGSHIP)
    heading = page.locator("th", has_text="Score").get_by_role("button")
    heading.focus()
    page.keyboard.press("Enter")
    expect(page.locator("th", has_text="Score")).to_have_attribute("aria-sort", "descending")
    expect(heading).to_be_focused()


def test_the_file_holds_every_row_exactly(page: Page):
    ask(page, FLAGSHIP)
    for _ in range(2):
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV: download").click()
        assert download.value.suggested_filename == "riskiest-borrowers-2026-06-30.csv"
        text = Path(download.value.path()).read_text("utf-8-sig")
        head, *lines = csv.reader(io.StringIO(text))
        assert head[:3] == ["#", "Customer", "PD, 12 months"]
        assert len(lines) == 100
        assert [Decimal(line[5]) for line in lines] == [risky_row(place)[5] for place in range(100)]


def test_a_hundred_thousand_rows_come_by_windows_and_are_sorted_whole(page: Page):
    ask(page, HUGE)
    head = page.locator(".sheet-head")
    expect(head).to_contain_text("rows 1–500 of 1,00,000")
    page.get_by_role("button", name="Next rows").click()
    expect(head).to_contain_text("rows 501–1,000 of 1,00,000")
    assert rows(page)[0][0] == "C_000500"
    sort_by(page, "Balance", "descending")
    expect(head).to_contain_text("rows 1–500 of 1,00,000")
    assert rows(page)[0][1] == "1,00,002"


def test_every_tab_opens_and_arrow_keys_walk_along_them(page: Page):
    ask(page, WHY)
    tabs = page.get_by_role("tab")
    assert tabs.all_inner_texts() == ["Table", "Chart", "Why", "SQL 1", "Sources 2", "Receipt"]
    tabs.first.focus()
    for place in range(1, 6):
        page.keyboard.press("ArrowRight")
        expect(tabs.nth(place)).to_be_focused()
        expect(tabs.nth(place)).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel")).to_have_count(1)
    expect(page.get_by_role("tabpanel")).to_contain_text("munshi replay r_2b77e1a0")
    page.keyboard.press("Home")
    expect(page.get_by_role("tabpanel")).to_contain_text("Reasons for C_4F21")


def test_the_chart_is_drawn_and_says_its_values(page: Page):
    ask(page, FLAGSHIP)
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator(".plot .bars .point")).to_have_count(20)
    expect(page.locator(".plot")).to_contain_text("63.0%")
    expect(page.locator(".chart h3")).to_have_text("The 20 riskiest borrowers, by probability of default")
    ask(page, TREND)
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator(".plot .scatterlayer .trace")).to_have_count(2)
    expect(page.locator(".plot .annotation-text").first).to_have_text("₹5.99 Cr")


def test_two_tables_stand_one_under_the_other_each_with_its_file(page: Page):
    ask(page, TREND)
    assert page.locator(".sheet h3").all_inner_texts() == ["Inflow and outflow by month", "By city"]
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV: download By city, all 5 rows").click()
    assert download.value.suggested_filename == "by-city-2026-06-30.csv"


def test_sources_have_status_and_dates(page: Page):
    ask(page, WHY)
    page.get_by_role("tab", name="Sources").click()
    sources = page.locator(".source")
    expect(sources.first).to_contain_text("in force")
    expect(sources.first).to_contain_text("from 1 Apr 2025")
    expect(sources.last).to_contain_text("superseded")


def test_a_statement_is_copied(page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, WHY)
    page.get_by_role("tab", name="SQL").click()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("SELECT\n  reasons\nFROM semantic.borrowers")


def test_the_chosen_tab_is_kept_while_earlier_answers_are_compared(page: Page):
    ask(page, FLAGSHIP)
    ask(page, WHY)
    page.get_by_role("tab", name="Receipt").click()
    page.locator(".turn").first.locator(".text").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("munshi replay r_8d1f0c52")
