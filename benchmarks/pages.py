"""How long a page takes: from the press to its content, first and again, narrowed, and from nothing at all."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.browsing import EMPTY, chromium, served, settled
from benchmarks.place import demo_workspace, settings
from benchmarks.processes import MeasurementError
from benchmarks.report import Cell, Report, Target
from governance.settings import Settings
from ui.pages.registry import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROUNDS, BOARD_MS = 5, 3_000
#: Seconds until a server has loaded what it loads beside serving.
LOADED = 15
COLUMNS = ("page", "first", "again", "narrowed, first")
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


@dataclass(frozen=True)
class Visits:
    """Milliseconds of a page: its first visit after the books were opened, visits again, each first filter."""

    page: str
    first: float
    again: tuple[float, ...]
    narrowed: tuple[float, ...]

    @property
    def row(self) -> tuple[Cell, ...]:
        """The cells of its line."""
        return (self.page, self.first, median(self.again), median(self.narrowed))


def run() -> Report:
    """Measure the pages of the sandbox in a browser, an empty page of gradio beside them; and the board pack."""
    place = settings()
    demo_workspace(place)
    visits, ours, bare = measured(place)
    first, again = board_pack(place)
    return Report(
        name="pages",
        title="pages of the sandbox in a browser, milliseconds",
        columns=COLUMNS,
        rows=rows(visits, ours, bare, (first, again)),
        targets=(
            Target("switch between pages, the slowest first visit", max(each.first for each in visits), 800, "ms"),
            Target("switch between pages, the slowest again", max(median(each.again) for each in visits), 800, "ms"),
            Target("narrowed, the slowest", max(median(each.narrowed) for each in visits), 400, "ms"),
            Target("opened from nothing", ours, 2_500, "ms"),
            Target("the board pack, asked of a server that had shown nothing", first, BOARD_MS, "ms"),
            Target("the board pack, again", again, BOARD_MS, "ms"),
        ),
        notes=("What a page fetches later by itself (below the first figures) is not waited for.",),
    )


def rows(visits: Sequence[Visits], ours: float, bare: float, pack: tuple[float, float]) -> list[tuple[Cell, ...]]:
    """The table: each page, ours and an empty one opened from nothing, and the board pack, first and again."""
    return [
        *(each.row for each in visits),
        ("opened from nothing", ours, None, None),
        ("an empty page of gradio", bare, None, None),
        ("the board pack as a PDF", *pack, None),
    ]


def measured(place: Settings) -> tuple[list[Visits], float, float]:
    """Every listed page's visits, and the medians of opening our page, and an empty one of gradio, from nothing."""
    with served(place) as address, served(place, EMPTY) as empty, chromium() as browser:
        visits = _switches(browser, address, [page.key for page in PAGES if page.listed])
        ours = [_opened(browser, f"{address}/#/overview", settled_overview) for _ in range(ROUNDS)]
        bare = [
            _opened(browser, empty, lambda page: page.wait_for_selector(".gradio-container")) for _ in range(ROUNDS)
        ]
    return visits, median(ours), median(bare)


def board_pack(place: Settings) -> tuple[float, float]:
    """Milliseconds of a board pack asked of a server that had shown nothing yet, and the median of asking again."""
    with served(place) as address:
        time.sleep(LOADED)
        first, *again = (_fetched(f"{address}/api/v1/reports/board") for _ in range(1 + ROUNDS))
    return first, median(again)


def _fetched(address: str) -> float:
    began = time.perf_counter()
    with urllib.request.urlopen(address, timeout=180) as response:
        content = response.read()
    if not content.startswith(b"%PDF"):
        raise MeasurementError(f"{address} sent no PDF.")
    return (time.perf_counter() - began) * 1e3


def _switches(browser: Browser, address: str, keys: Sequence[str]) -> list[Visits]:
    page = _page(browser, address)
    first = {key: _switch(page, f"#/{key}") for key in keys}
    again: dict[str, list[float]] = {key: [] for key in keys}
    for _ in range(ROUNDS):
        for key in keys:
            again[key].append(_switch(page, f"#/{key}"))
    narrowed = {key: [_switch(page, f"#/{key}?{chosen}") for chosen in FILTERS] for key in keys}
    page.context.close()
    return [Visits(key, first[key], tuple(again[key]), tuple(narrowed[key])) for key in keys]


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
