"""The sandbox's screen in a process of its own, and a browser on it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.place import ROOT, environment
from benchmarks.processes import MeasurementError
from governance.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 180
SERVE = "import sys; from ui.server import serve; serve('demo', port=int(sys.argv[1]))"
#: A page of gradio with nothing on it, served as ours is.
EMPTY = """
import sys, uvicorn
from fastapi import FastAPI
from ui.gradio_door import gr
with gr.Blocks(analytics_enabled=False) as screen:
    pass
app = FastAPI()
app.add_api_route("/healthz", lambda: {})
gr.mount_gradio_app(app, screen, path="/", ssr_mode=False)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""


@contextmanager
def served(place: Settings, script: str = SERVE) -> Iterator[str]:
    """Run a server on a free port of this machine; yield its address once it answers.

    Raises
    ------
    MeasurementError
        It ended, or did not answer in time.
    """
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", script, str(port)], cwd=ROOT, env=environment(place))
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    try:
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > until:
                raise MeasurementError(f"The server at {address} did not answer within {PATIENCE} s.")
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of this machine, driven without a window.

    Raises
    ------
    MeasurementError
        There is none.
    """
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise MeasurementError(f"There is no browser on this machine: none of {', '.join(names)}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def settled(page: Page) -> None:
    """Wait until a page is there whole, what is fetched later included, with its charts drawn."""
    page.wait_for_selector("#munshi-page h1")
    page.wait_for_function(
        """() => !document.querySelector('#munshi-page [aria-busy]')
            && [...document.querySelectorAll('#munshi-page .plot')].every(plot => plot.querySelector('.main-svg'))"""
    )


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False
