"""How long a page takes: from the press to its content, first and again, narrowed, and from nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.browsing import EMPTY, chromium, served, settled
from benchmarks.place import demo_workspace, settings
from benchmarks.report import Report, Target
from ui.pages.registry import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROUNDS = 5
#: Milliseconds from an address to its content: measured within the browser, until the frame after.
SWITCH = """address => new Promise(done => {
    const began = performance.now();
    location.hash = address;
    const look = () => {
        const body = document.querySelector('[data-page-body]');
        if (body.dataset.shown !== address || body.hasAttribute('aria-busy')) return requestAnimationFrame(look);
        requestAnimationFrame(() => done(performance.now() - began));
    };
    requestAnimationFrame(look);
})"""
OPEN = """() => {
    const [page] = performance.getEntriesByType('navigation');
    return performance.now() - page.startTime;
}"""
FILTERS = ("region=West", "region=South", "region=North", "region=East", "region=Central")


def run() -> Report:
    """Measure the pages of the sandbox in a browser, an empty page of gradio beside them."""
    place = settings()
    demo_workspace(place)
    with served(place) as address, served(place, EMPTY) as empty, chromium() as browser:
        keys = [page.key for page in PAGES if page.listed]
        rows = _switches(browser, address, keys)
        ours = [_opened(browser, f"{address}/#/overview", settled_overview) for _ in range(ROUNDS)]
        bare = [
            _opened(browser, empty, lambda page: page.wait_for_selector(".gradio-container")) for _ in range(ROUNDS)
        ]
    again = [row[2] for row in rows]
    narrowed = [row[3] for row in rows]
    return Report(
        name="pages",
        title="pages of the sandbox in a browser, milliseconds",
        columns=("page", "first", "again", "narrowed, first"),
        rows=[
            *rows,
            ("opened from nothing", median(ours), None, None),
            ("an empty page of gradio", median(bare), None, None),
        ],
        targets=(
            Target("switch between pages, the slowest first visit", max(row[1] for row in rows), 800, "ms"),
            Target("switch between pages, the slowest again", max(again), 800, "ms"),
            Target("narrowed, the slowest", max(narrowed), 400, "ms"),
            Target("opened from nothing", median(ours), 2_500, "ms"),
        ),
        notes=("What a page fetches later by itself (below the first figures) is not waited for.",),
    )


def _switches(browser: Browser, address: str, keys: Sequence[str]) -> list[tuple[str, float, float, float]]:
    """Each page's first visit after the books were opened, the median of visits again, the median of first filters."""
    page = _page(browser, address)
    first = {key: _switch(page, f"#/{key}") for key in keys}
    again: dict[str, list[float]] = {key: [] for key in keys}
    for _ in range(ROUNDS):
        for key in keys:
            again[key].append(_switch(page, f"#/{key}"))
    narrowed = {key: [_switch(page, f"#/{key}?{chosen}") for chosen in FILTERS] for key in keys}
    page.context.close()
    return [(key, first[key], median(again[key]), median(narrowed[key])) for key in keys]


def settled_overview(page: Page) -> None:
    """Wait until the overview has its content."""
    page.wait_for_selector("#munshi-page h1[tabindex]")


def _opened(browser: Browser, address: str, there: Callable[[Page], object]) -> float:
    context = browser.new_context()
    context.set_default_timeout(180_000)
    page = context.new_page()
    page.goto(address)
    there(page)
    took = float(page.evaluate(OPEN))
    context.close()
    return took


def _page(browser: Browser, address: str) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(180_000)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".example")
    return page


def _switch(page: Page, address: str) -> float:
    took = float(page.evaluate(SWITCH, address))
    settled(page)
    return took
