"""Every page held to axe's rules, in light, in the dark and in Hindi; nothing serious, nothing critical."""

from collections.abc import Callable
from importlib import resources

import pytest
from playwright.sync_api import Page, expect
from test_browser_pages import shown

from governance.principal import local_principal
from ui.pages.registry import pages_of

pytest.importorskip("axe_playwright_python", reason="axe is not installed: `pip install axe-playwright-python`")
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
SEEN = [page.key for page in pages_of(local_principal("demo"))]
LOOKS = [("light", "en"), ("dark", "en"), pytest.param("light", "hi", marks=pytest.mark.soak)]
HEADINGS = {"hi": {"overview": "सारांश", "admin": "प्रशासन"}}


def faults(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['impact']} {each['id']}: {node['html'][:120]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_nothing_keeps_people_out(opened: Callable[..., Page], demo_address: str, scheme: str, language: str):
    page = opened(demo_address, color_scheme=scheme)
    page.context.add_cookies([{"name": "munshi-language", "value": language, "url": demo_address}])
    page.reload()
    page.wait_for_selector(".example")
    expect(page.locator("html")).to_have_attribute("lang", language)
    told = {"ask": faults(page)}
    for key in SEEN:
        page.evaluate("key => { location.hash = `#/${key}` }", key)
        shown(page, HEADINGS.get(language, {}).get(key, ""))
        told[key] = faults(page)
    assert {key: each for key, each in told.items() if each} == {}


def test_a_person_changes_the_language_and_it_is_remembered(opened: Callable[..., Page], demo_address: str):
    page = opened(demo_address)
    page.get_by_role("button", name="हिन्दी").click()
    expect(page.get_by_role("link", name="सारांश")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    expect(page.get_by_placeholder("अपने ग्राहकों के बारे में कुछ भी पूछें …")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="सारांश").click()
    shown(page, "सारांश")
    assert page.title() == "सारांश · Munshi"
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Overview")).to_be_visible()


def test_an_action_is_reached_and_left_by_the_keyboard(demo: Page, demo_address: str):
    demo.goto(f"{demo_address}/#/admin")
    shown(demo, "Admin")
    button = demo.get_by_role("button", name="Set the look")
    button.focus()
    demo.keyboard.press("Enter")
    dialog = demo.get_by_role("dialog", name="Set the look")
    expect(dialog).to_be_visible()
    assert faults(demo) == []
    demo.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    ring = button.evaluate("each => getComputedStyle(each).outlineStyle")
    assert ring != "none"


def test_a_look_is_set_seen_and_taken_back(demo: Page, demo_address: str):
    demo.goto(f"{demo_address}/#/admin")
    shown(demo, "Admin")
    demo.get_by_role("button", name="Set the look").click()
    dialog = demo.get_by_role("dialog")
    dialog.get_by_label("Look").fill('name: Sahyadri Finance\ncolours: {accent: "#0b6e4f"}')
    dialog.get_by_role("button", name="Set the look").click()
    expect(demo.locator("[data-toast-text]")).to_contain_text("The look is set")
    undo = demo.locator("[data-undo]").get_attribute("data-undo")
    demo.reload()
    expect(demo.locator(".mast h1")).to_have_text("Sahyadri Finance")
    accent = demo.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")
    assert accent == "#0b6e4f"
    told = demo.request.post(f"{demo_address}/act/admin", data={"undo": undo})
    assert told.ok
    demo.reload()
    expect(demo.locator(".mast h1")).to_have_text("Munshi")
