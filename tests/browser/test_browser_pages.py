"""Pages beside Ask, driven: to a single transaction and back, narrowed, in the dark, on a phone, from the keyboard."""

import re
from collections.abc import Callable

import pytest
from asking import answered
from playwright.sync_api import Locator, Page, Route, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
#: Milliseconds within which a press is answered; three frames more where the machine is busy.
SIGN_WITHIN = 100 + 3 * 17
PAGES = ("overview", "portfolio", "customers")
TEXT = """() => [...document.querySelectorAll('#munshi-page :is(h1, h2, h3, p, td, th, dt, dd, a, button, label)')]
    .filter(each => each.offsetParent && each.innerText.trim()).map(each => {
        const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const lit = (colour) => parts(colour).slice(0, 3).map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
            .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
        let ground = each;
        while (ground && (parts(getComputedStyle(ground).backgroundColor)[3] ?? 1) === 0) ground = ground.parentElement;
        const [one, other] = [lit(getComputedStyle(each).color), lit(getComputedStyle(ground).backgroundColor)];
        return [(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), each.outerHTML.slice(0, 90)];
    }).filter(([ratio]) => ratio < 4.5)"""


def shown(page: Page, heading: str) -> None:
    """Wait until a page is there, whole."""
    expect(page.locator("#munshi-page h1")).to_contain_text(heading)
    expect(page.locator("[data-page-body]")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#munshi-page [aria-busy]")).to_have_count(0)


def chosen(page: Page) -> Locator:
    """The choice of a region."""
    return page.locator("[data-filters]").get_by_label("Region")


def cut_off(page: Page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll('#munshi-page .tile *, #munshi-page .card-head *, .nav a')]
            .filter(each => each.offsetParent && each.scrollWidth > each.clientWidth + 1
                && getComputedStyle(each).display !== 'inline' && !each.closest('.sr, [popover]'))
            .map(each => each.outerHTML.slice(0, 90))"""
    )


def test_from_the_overview_to_a_transaction_and_back(demo: Page):
    demo.get_by_role("link", name="Overview").click()
    shown(demo, "Overview")
    row = demo.locator('[data-block="unusual"] tbody tr').first
    transaction = row.locator("td").last.inner_text()
    row.get_by_role("link", name=transaction).click()
    shown(demo, "Customer")
    pointed = demo.locator('[data-block="timeline"] tr.pointed')
    expect(pointed).to_contain_text(transaction)
    expect(pointed).to_be_in_viewport()
    assert f"transaction={transaction}" in demo.url
    expect(demo.get_by_role("link", name="Customers")).to_have_attribute("aria-current", "page")
    demo.reload()
    shown(demo, "Customer")
    demo.go_back()
    shown(demo, "Overview")
    assert demo.title() == "Overview · Munshi"


def test_a_page_is_narrowed_and_its_tile_is_asked(demo: Page, demo_address: str):
    demo.goto(f"{demo_address}/#/overview")
    shown(demo, "Overview")
    everybody = demo.locator(".tile .value").first.inner_text()
    chosen(demo).focus()
    chosen(demo).select_option("West")
    expect(demo.locator(".tile .value").first).not_to_have_text(everybody)
    shown(demo, "Overview")
    assert demo.url.endswith("#/overview?region=West")
    expect(chosen(demo)).to_be_focused()
    western = demo.locator(".tile .value").first.inner_text()
    demo.locator('[data-block="headline"]').get_by_role("link", name="Customers").click()
    answered(demo, "How many customers do we have in the West region?")
    expect(demo.locator(".turn .text")).to_contain_text(f"{western} customers")
    demo.go_back()
    shown(demo, "Overview")
    expect(chosen(demo)).to_have_value("West")


def test_a_statement_opens_beside_its_figure(demo: Page, demo_address: str):
    demo.goto(f"{demo_address}/#/portfolio")
    shown(demo, "Portfolio")
    demo.locator('[data-block="bands"]').get_by_role("button", name="SQL").click()
    opened = demo.locator("#sql-bands")
    expect(opened).to_be_visible()
    expect(opened).to_contain_text("FROM semantic.scores_history")
    demo.keyboard.press("Escape")
    expect(opened).to_be_hidden()


def test_sliders_put_the_book_under_stress(demo: Page, demo_address: str):
    demo.goto(f"{demo_address}/#/portfolio")
    shown(demo, "Portfolio")
    outcome = demo.locator('[data-block="stress"] .outcomes dd').first
    before = outcome.inner_text()
    slider = demo.get_by_role("slider", name="Income")
    slider.focus()
    for _ in range(4):
        slider.press("ArrowLeft")
    expect(outcome).not_to_have_text(before)
    expect(slider).to_be_focused()
    expect(demo).to_have_url(re.compile("income=-30"))


def test_the_keyboard_walks_along_the_pages(demo: Page):
    demo.get_by_role("link", name="Ask", exact=True).focus()
    demo.keyboard.press("ArrowRight")
    expect(demo.get_by_role("link", name="Overview")).to_be_focused()
    demo.keyboard.press("Enter")
    shown(demo, "Overview")
    expect(demo.locator("#munshi-page h1")).to_be_focused()
    expect(demo.locator("[data-said]")).to_have_text("Overview is shown.")
    unnamed = demo.evaluate(
        """() => [...document.querySelectorAll('#munshi-page :is(button, a, select, input, [role=group])')]
            .filter(each => each.offsetParent && !(each.innerText?.trim() || each.ariaLabel || each.labels?.length))
            .map(each => each.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []


@pytest.mark.parametrize("dark", [False, True])
def test_every_word_can_be_read(opened: Callable[..., Page], demo_address: str, dark: bool):
    page = opened(demo_address, color_scheme="dark" if dark else "light")
    page.get_by_role("link", name="Portfolio").click()
    shown(page, "Portfolio")
    assert page.evaluate(TEXT) == []


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_cut_off(opened: Callable[..., Page], demo_address: str, width: int):
    page = opened(demo_address, **(PHONE if width == 390 else {}))
    for key in PAGES:
        page.locator(f'[data-nav="{key}"]').click()
        shown(page, {"overview": "Overview", "portfolio": "Portfolio", "customers": "Customers"}[key])
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert cut_off(page) == []


#: Presses a link and tells after how many milliseconds the page had its shape, waiting; and what was drawn then.
SIGN = """key => new Promise(done => {
    const begun = performance.now();
    const look = () => {
        const bones = [...document.querySelectorAll('[data-page-body] .bone')].filter(each => each.offsetParent);
        if (bones.length) done([performance.now() - begun, document.querySelector('[data-page-body] h1').innerText]);
        else requestAnimationFrame(look);
    };
    document.querySelector(`[data-nav="${key}"]`).click();
    requestAnimationFrame(look);
})"""


def test_a_slow_page_gives_a_sign_of_life_at_once(demo: Page):
    held: list[Route] = []
    demo.route(re.compile(r"/screen/\w+$"), lambda route: held.append(route))
    for key, label in (("portfolio", "Portfolio"), ("pinned", "Pinned")):
        waited, heading = demo.evaluate(SIGN, key)
        assert (heading.startswith(label), waited <= SIGN_WITHIN) == (True, True), waited
        expect(demo.locator("[data-loading]")).to_be_visible()
        expect(demo.locator("[data-page-body]")).to_have_attribute("aria-busy", "true")
    held[-1].continue_()  # the page before was left
    shown(demo, "Pinned")


def test_what_is_not_there_says_what_is(demo: Page, demo_address: str):
    demo.goto(f"{demo_address}/#/customers")
    shown(demo, "Customers")
    demo.get_by_role("searchbox", name="Customer number").fill("C_NOBODY")
    demo.keyboard.press("Enter")
    shown(demo, "Customer")
    expect(demo.locator('[data-block="who"]')).to_contain_text(re.compile("There is no customer 'C_NOBODY'"))
