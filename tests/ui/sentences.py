"""Every sentence of the interface that can be shown in another language, found where it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, nodes

from ui.pages import declaration
from ui.pages.filters import NARROWINGS
from ui.pages.kept.data import STAGES
from ui.pages.registry import PAGES
from ui.tour import STEPS

UI = Path(declaration.__file__).parents[1]
#: What is called with a sentence → which of its arguments that is.
_PLACES = {
    "say": 0,
    "Trouble": 1,
    "Panel": 1,
    "TourStep": 0,
    "words": 1,
    "count": 1,
    "share": 1,
    "date": 1,
    "moment": 1,
}


def in_templates() -> Iterator[str]:
    """Sentences before ``| t``."""
    environment = Environment(autoescape=True)
    for path in sorted((UI / "templates").rglob("*.html")):
        for found in environment.parse(path.read_text("utf-8")).find_all(nodes.Filter):
            if found.name == "t" and isinstance(found.node, nodes.Const):
                yield found.node.value
            elif found.name == "t" and isinstance(found.node, nodes.TemplateData):
                yield found.node.data
    for path in (UI / "templates").rglob("*.html"):
        for name, args in re.findall(r"\{\{ (nothing)\((.*?)\) \}\}", path.read_text("utf-8")):
            assert name == "nothing"
            yield from ast.literal_eval(f"({args},)")


def in_static_templates() -> Iterator[str]:
    """Texts of what the browser itself puts into the reader's language."""
    for name in ("composer.html",):
        text = (UI / "templates" / name).read_text("utf-8")
        yield from (found.strip() for found in re.findall(r">([^<>{}]*[A-Za-z]{3}[^<>{}]*)<", text))
        yield from re.findall(r'(?:placeholder|aria-label)="([^"{]+)"', text)


def in_code() -> Iterator[str]:
    """Sentences given to `say`, and those kept to be shown through a template."""
    for path in sorted(UI.rglob("*.py")):
        for found in ast.walk(ast.parse(path.read_text("utf-8"))):
            place = (
                _PLACES.get(found.func.id) if isinstance(found, ast.Call) and isinstance(found.func, ast.Name) else None
            )
            if place is not None and len(found.args) > place and isinstance(found.args[place], ast.Constant):
                yield str(found.args[place].value)
    from ui.conversation import BANNERS, EXAMPLES
    from ui.desks import SANDBOX
    from ui.facts import ScreenFacts
    from ui.paper.words import _WORDS

    yield from (each.shows for each in EXAMPLES)
    yield from (*BANNERS.values(), SANDBOX, *_WORDS)
    yield from (ScreenFacts("x", mind=mind).reach for mind in ("embedded", "openai:x"))
    yield from (page.label for page in PAGES)
    yield from (each.label for each in NARROWINGS.values())
    yield from STAGES.values()
    yield from (step.text for step in STEPS)


def in_scripts() -> Iterator[str]:
    """Sentences given to ``t`` in the browser."""
    for path in sorted((UI / "theme").glob("*.js")):
        yield from re.findall(r'\bt\("([^"]+)"', path.read_text("utf-8"))


def in_declarations() -> Iterator[str]:
    """Sentences of pages and packs, and the labels of columns that they name."""
    heard: list[str] = []
    keep = declaration.say
    declaration.say = lambda text: heard.append(text) or text  # type: ignore[assignment]
    try:
        for path in (*sorted((UI / "pages").glob("*.yaml")), *sorted((UI / "paper").glob("*.yaml"))):
            told: Any = yaml.safe_load(path.read_text("utf-8"))
            declaration.told(told)
    finally:
        declaration.say = keep
    yield from heard


def sentences() -> set[str]:
    """All of them."""
    sources = (in_templates, in_static_templates, in_code, in_scripts, in_declarations)
    return {
        text for source in sources for text in source() if text.strip() and not re.fullmatch(r"[a-z]+(_[a-z]+)+", text)
    }
