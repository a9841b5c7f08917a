"""Work, driven: an alert taken on and given back, an item seen to through its forms, a wrong entry told in place."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from test_browser_pages import PHONE, TEXT, cut_off, shown


@pytest.fixture(scope="module")
def work_address(demo_address: str) -> Iterator[str]:
    """The served sandbox with an alert that is open and borrowers to see to."""
    with httpx.Client(base_url=demo_address, timeout=60) as client:
        rule = {"name": "browser", "title": "Customers there are", "metric": "customers", "above": "1"}
        assert client.post("/api/v1/alert-rules", json=rule).status_code in (201, 422)
        assert client.post("/api/v1/alerts/check").status_code == 200
        fill = {"kind": "risky_borrowers", "limit": 8, "hold_out": 0}
        assert client.post("/api/v1/worklist/fill", json=fill).status_code == 200
    return demo_address


def test_an_alert_is_acknowledged_and_that_is_taken_back(demo: Page, work_address: str):
    demo.goto(f"{work_address}/#/work")
    shown(demo, "Work")
    expect(demo.locator('[data-nav="work"] .count')).to_have_text("1")
    row = demo.locator('[data-block="alerts"] tbody tr').first
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_contain_text("acknowledged by local")
    expect(demo.locator('[data-nav="work"] .count')).to_have_count(0)
    demo.locator("[data-toast]").get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("reopened by local")
    expect(demo.locator('[data-nav="work"] .count')).to_have_text("1")
    demo.go_back()


def test_an_item_is_assigned_seen_to_and_opened(demo: Page, work_address: str):
    demo.goto(f"{work_address}/#/work?list=risky_borrowers")
    shown(demo, "Work")
    rows = demo.locator('[data-block="items"] tbody tr')
    before = rows.count()
    rows.first.get_by_role("button", name="Assign").click()
    demo.get_by_role("dialog").get_by_role("button", name="Assign").click()
    expect(rows.first).to_contain_text("local")
    rows.first.get_by_role("button", name="Outcome").click()
    dialog = demo.get_by_role("dialog")
    dialog.get_by_label("What came of it").select_option("promised")
    dialog.get_by_role("button", name="Outcome").click()
    expect(rows).to_have_count(before - 1)
    rows.first.locator("td").first.click()
    shown(demo, "Item")
    expect(demo.locator('[data-block="deeds"]')).to_contain_text("listed")
    expect(demo.get_by_role("link", name=re.compile("Work"))).to_have_attribute("aria-current", "page")


def test_a_wrong_entry_is_told_where_it_was_made(chromium: Browser, work_address: str):
    context = chromium.new_context()
    demo = context.new_page()  # the browser itself notes an answer of 422: that is no fault here
    demo.goto(f"{work_address}/#/work")
    shown(demo, "Work")
    demo.get_by_role("button", name="New rule").click()
    dialog = demo.get_by_role("dialog")
    for label, value in (("Name", "mine"), ("Figure", "many")):
        dialog.get_by_label(label, exact=True).fill(value)
    dialog.get_by_label("Watches").select_option("npa_ratio")
    with demo.expect_response("**/act/work") as told:
        dialog.get_by_role("button", name="New rule").click()
    assert told.value.status == 422
    expect(dialog.get_by_role("alert")).to_contain_text("is no figure")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_every_word_can_be_read_and_pressed(opened, work_address: str, theme: str):
    page = opened(work_address, color_scheme=theme, **PHONE)
    page.goto(f"{work_address}/#/work")
    shown(page, "Work")
    assert page.evaluate(TEXT) == []
    assert cut_off(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.get_by_role("button", name="Acknowledge").first).to_be_in_viewport()
