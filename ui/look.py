"""The screen's own files: styles, scripts, the mark, the client's own face, and the plotly that is installed."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from functools import cache
from pathlib import Path

from governance.look.colours import SCHEMES, Colours, house
from governance.look.store import KeptTheme
from governance.look.theme import Language
from ui.language import words

PAGE_STYLES = ("tokens.css", "gradio.css")
PART_STYLES = ("frame.css", "conversation.css", "evidence.css", "pages.css", "acts.css", "tour.css")
SCRIPTS = ("munshi.js", "chart.js", "pages.js", "acts.js", "intake.js", "tour.js")
MARK = Path(__file__).parent / "theme" / "munshi.svg"
#: Where each scheme's colours hold.
_ROOTS = {"light": ":root", "dark": ':root[data-theme="dark"]'}


@cache
def style_sheet() -> str:
    """All styles in one sheet; those of the parts nested, so that they outweigh gradio's resets of every tag."""
    page = "\n".join(_read(name) for name in PAGE_STYLES)
    parts = "\n".join(_read(name) for name in PART_STYLES)
    colours = "\n".join(_coloured(_ROOTS[scheme], house(scheme)) for scheme in SCHEMES)
    return f"{colours}\n{page}\n.gradio-container.gradio-container {{\n{parts}\n}}\n"


@cache
def script() -> str:
    """All scripts in one file."""
    return "\n".join(_read(name) for name in SCRIPTS)


def tenant_style_sheet(kept: KeptTheme) -> str:
    """What the client's colours and fonts change; empty where it has none."""
    theme = kept.theme
    told = [
        _coloured(_ROOTS[scheme], {name: colour for name, colour in found.items() if house(scheme)[name] != colour})
        for scheme in SCHEMES
        if (found := theme.colours.of(scheme)) != house(scheme)
    ]
    if theme.fonts:
        named = ", ".join(f'"{name}"' for name in theme.fonts)
        told.append(f":root {{ --sans: {named}, sans-serif; }}")
    return "\n".join(told)


def tenant_script(kept: KeptTheme, language: Language) -> str:
    """The reader's language with its sentences, and the client's name, for what the browser writes by itself."""
    told = {"language": language, "words": dict(words(language)), "name": kept.theme.name}
    return f"munshi.tenant({json.dumps(told, ensure_ascii=False)});\n"


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
        '<link rel="stylesheet" href="/look/tenant.css"><script src="/look/tenant.js"></script>'
    )


def _coloured(where: str, colours: Colours) -> str:
    return where + " {" + " ".join(f"--{name}: {colour};" for name, colour in colours.items()) + "}"


def _read(name: str) -> str:
    return (Path(__file__).parent / "theme" / name).read_text("utf-8")
