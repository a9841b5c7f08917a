"""``python -m benchmarks.screens [PAGE …]``: every page as a picture, light, dark and on a phone: ``docs/screens/``."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from benchmarks.browsing import chromium, served, settled
from benchmarks.place import ROOT, demo_workspace, settings
from tools.operations import alerts, pins, schedules, worklist
from tools.toolbox import Toolbox
from ui.pages.registry import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = ROOT / "docs" / "screens"
#: How a page is looked at → what the browser is told.
LOOKS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
        "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    }
)
#: What stands on the page of pinned answers.
PINNED = ("Gross NPA ratio by region", "Total spend by month in the last six months", "Open loans by product")
#: Pixels of a page below which its picture ends.
HIGHEST = 3_200
COLOURS = 256
QUESTION = "Who are my top 100 risky borrowers?"


def main(wanted: Sequence[str]) -> None:
    """Draw the pages named, or all."""
    place = settings()
    demo_workspace(place)
    toolbox = Toolbox.open("demo", settings=place)
    with toolbox.workspace:
        borrower = toolbox.top_risky_borrowers(limit=1).table
        _pinned(toolbox)
        of = {"customer": str(borrower.rows[0][1]) if borrower else "", "item": _work(toolbox)}
    FOLDER.mkdir(exist_ok=True)
    with served(place) as address, chromium() as browser:
        for look, options in LOOKS.items():
            _drawn(browser, address, look, options, [key for key in _keys() if not wanted or key in wanted], of)


def _work(toolbox: Toolbox) -> str:
    """Put something on the page Work, once; return an item of it."""
    workspace, by = toolbox.workspace, toolbox.principal
    if not alerts.rules(workspace, by):
        for rule in ({"name": "overdue-loans", "metric": "overdue_loans", "above": "50"},
                     {"name": "outflow-up", "metric": "outflow", "rises": "0.05"},
                     {"name": "gross-npa", "metric": "npa_ratio", "above": "0.05"}):  # fmt: skip
            alerts.add_rule(workspace, by, rule)
        alerts.check(workspace, by)
        worklist.fill(workspace, by, "risky_borrowers", limit=20)
        worklist.fill(workspace, by, "likely_leavers", limit=20)
        schedules.add(workspace, by, "every Monday 09:00", question=QUESTION)
    return str(worklist.listed(workspace, by)["items"][0]["item_id"])


def _pinned(toolbox: Toolbox) -> None:
    """Pin some answers, once."""
    from assistant.munshi import Munshi

    workspace, by = toolbox.workspace, toolbox.principal
    if pins.listed(workspace, by):
        return
    with Munshi.open(workspace.name, settings=workspace.settings) as munshi:
        for question in PINNED:
            pins.add(workspace, by, munshi.ask(question).receipt_id)


def _keys() -> list[str]:
    return ["ask", *(page.key for page in PAGES if page.key != "shared")]  # which a link alone opens


def _drawn(
    browser: Browser, address: str, look: str, options: Mapping[str, Any], keys: Sequence[str], of: Mapping[str, str]
) -> None:
    context = browser.new_context(**options)
    context.set_default_timeout(180_000)
    page = context.new_page()
    page.request.post(f"{address}/tour")  # whoever looks was shown round
    page.goto(address)
    page.wait_for_selector(".example")
    for key in keys:
        _shown(page, key, of.get(key, ""))
        name = FOLDER / f"{key}{'' if look == 'light' else f'-{look}'}.png"
        name.write_bytes(_picture(page, key, options["viewport"]))
        print(f"{name.relative_to(ROOT)}  {name.stat().st_size / 1000:.0f} kB", file=sys.stderr)
    context.close()


def _shown(page: Page, key: str, of: str) -> None:
    page.evaluate("address => { location.hash = address }", f"#/{key}{f'/{of}' if of else ''}")
    if key != "ask":
        settled(page)
        return
    page.get_by_label("Question", exact=True).fill(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn[aria-current] .text")
    page.wait_for_function("() => !document.querySelector('[data-pending]')")


def _picture(page: Page, key: str, view: Mapping[str, int]) -> bytes:
    """The window, made as high as the page is, up to a limit; in few colours, so that it stays small."""
    inner = 0 if key == "ask" else page.evaluate("document.querySelector('.page').scrollHeight + 96")
    page.set_viewport_size({"width": view["width"], "height": min(max(view["height"], inner), HIGHEST)})
    page.wait_for_timeout(600)
    taken = page.screenshot()
    page.set_viewport_size({"width": view["width"], "height": view["height"]})
    return _small(taken)


def _small(picture: bytes) -> bytes:
    """The same picture in as many colours as a screen of ours needs."""
    from PIL import Image

    held = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).save(
        held, "PNG", optimize=True
    )
    return held.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
