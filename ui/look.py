"""The screen's own files: styles, scripts, the mark, and the plotly that is installed beside them."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

PAGE_STYLES = ("tokens.css", "gradio.css")
PART_STYLES = ("frame.css", "conversation.css", "evidence.css", "pages.css", "acts.css")
SCRIPTS = ("munshi.js", "chart.js", "pages.js", "acts.js")
MARK = Path(__file__).parent / "theme" / "munshi.svg"


@cache
def style_sheet() -> str:
    """All styles in one sheet; those of the parts nested, so that they outweigh gradio's resets of every tag."""
    page = "\n".join(_read(name) for name in PAGE_STYLES)
    parts = "\n".join(_read(name) for name in PART_STYLES)
    return f"{page}\n.gradio-container.gradio-container {{\n{parts}\n}}\n"


@cache
def script() -> str:
    """All scripts in one file."""
    return "\n".join(_read(name) for name in SCRIPTS)


@cache
def plotly_script() -> Path:
    """The file of the chart library that came with the Python package.

    Raises
    ------
    FileNotFoundError
        The package is not installed.
    """
    found = importlib.util.find_spec("plotly")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("plotly is not installed, and charts are drawn with the script it brings.")
    return Path(found.submodule_search_locations[0]) / "package_data" / "plotly.min.js"


@cache
def head() -> str:
    """What the page loads first. The digest makes a browser fetch again after an upgrade."""
    digest = hashlib.sha256((style_sheet() + script()).encode()).hexdigest()[:12]
    return (
        f'<link rel="stylesheet" href="/look/munshi.css?v={digest}"><script src="/look/munshi.js?v={digest}"></script>'
    )


def _read(name: str) -> str:
    return (Path(__file__).parent / "theme" / name).read_text("utf-8")
