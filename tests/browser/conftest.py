"""The scripted screen in a process of its own, and a browser that tells on every fault and every foreign request."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from serving import served_by

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
#: A busy machine is slow, not wrong.
PATIENCE = 60_000
SERVE = "import sys; from ui.server import serve; serve('demo', port=int(sys.argv[1]))"
OWN = ("http://127.0.0.1:", "data:", "blob:")


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with served_by(str(Path(__file__).with_name("scripted.py"))) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the screen is not tried in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open pages; afterwards none may have had a fault, a dialog, or have asked another server for anything."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(url: str = address, **options: object) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: faults.append(f"console: {said.text}") if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: faults.append(f"page: {error}"))
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda asked: None if asked.url.startswith(OWN) else faults.append(f"request: {asked.url}"))
        page.goto(url)
        page.wait_for_selector(".example")
        page.wait_for_function("window.munshi?.language")  # what is pressed is heard from now on
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(opened: Callable[..., Page]) -> Page:
    return opened()


@pytest.fixture(scope="session")
def demo_home(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the served copy of the sandbox lies."""
    home = tmp_path_factory.mktemp("served")
    shutil.copytree(shared_home, home, dirs_exist_ok=True)
    return home


@pytest.fixture(scope="session")
def demo_address(demo_home: Path) -> Iterator[str]:
    """The whole of Munshi over a copy of the sandbox; its caller was shown round before."""
    places = {"MUNSHI_HOME": str(demo_home / "munshi"), "MUNSHI_KEY_FILE": str(demo_home / "config" / "master.key")}
    with served_by("-c", SERVE, seconds=300, MUNSHI_MODEL="embedded", **places) as found:
        assert httpx.post(f"{found}/tour", timeout=60).status_code == 204
        yield found


@pytest.fixture
def demo(opened: Callable[..., Page], demo_address: str) -> Page:
    return opened(demo_address)
