"""A first visit is led once, by mouse or keyboard; it blocks nothing, speaks Hindi, and can be had again."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from asking import ask
from playwright.sync_api import Page, expect
from test_browser_access import faults


def test_a_first_visit_is_led_once_and_blocks_nothing(opened: Callable[..., Page], demo_address: str, demo_home: Path):
    with sqlite3.connect(demo_home / "munshi" / "workspaces" / "demo" / "control.sqlite") as kept:
        kept.execute("DELETE FROM tours")
    page = opened(demo_address)
    card = page.locator(".tour")
    expect(card).to_contain_text("1 of 5")
    assert faults(page) == []
    expect(page.get_by_label("Question", exact=True)).to_be_focused()
    ask(page, "How many customers do we have?")
    with page.expect_response("**/tour") as told:
        page.keyboard.press("Escape")
    assert told.value.status == 204
    expect(card).to_have_count(0)
    again = opened(demo_address)
    again.get_by_role("button", name="Show me round").focus()
    again.keyboard.press("Enter")
    card = again.locator(".tour")
    expect(card.get_by_role("button", name="Next")).to_be_focused()
    expect(again.locator("#munshi-composer.toured")).to_be_visible()
    for place in range(2, 6):
        again.keyboard.press("ArrowRight")
        expect(card).to_contain_text(f"{place} of 5")
    again.keyboard.press("ArrowLeft")
    expect(card).to_contain_text("Pages show the same figures")
    again.keyboard.press("ArrowRight")
    card.get_by_role("button", name="Done").click()
    expect(card).to_have_count(0)
    expect(again.locator(".toured")).to_have_count(0)
    again.context.add_cookies([{"name": "munshi-language", "value": "hi", "url": demo_address}])
    again.reload()
    again.get_by_role("button", name="परिचय कराएँ").click()
    expect(card).to_contain_text("अपने शब्दों में पूछें")
    assert again.evaluate("document.documentElement.scrollWidth") == 1440
