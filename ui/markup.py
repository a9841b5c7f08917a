"""Templates of the screen. Every value is escaped unless a filter here made it markup from escaped parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant.prose.numbers import day
from ui.theme.figures import duration

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")


def render(template: str, **values: Any) -> str:
    """Fill a template of ``ui/templates``."""
    return _environment().get_template(template).render(**values)


def prose(text: str) -> Markup:
    """Paragraphs, ``- `` lists, ``**bold**`` and code out of plain text; markup in the text stays text."""
    return Markup("").join(_blocks(text))


def _blocks(text: str) -> Iterator[Markup]:
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if lines and all(line.startswith(("- ", "• ")) for line in lines):
            items = Markup("").join(Markup("<li>{}</li>").format(_inline(line[2:])) for line in lines)
            yield Markup("<ul>{}</ul>").format(items)
        elif lines:
            yield Markup("<p>{}</p>").format(Markup("<br>").join(_inline(line) for line in lines))


def _inline(line: str) -> Markup:
    bold = _BOLD.sub(r"<strong>\1</strong>", str(escape(line)))
    return Markup(_CODE.sub(r"<code>\1</code>", bold))  # noqa: S704  every part was escaped above


def plainly(name: str) -> str:
    """A code name as a person reads it."""
    return name.replace("_", " ").strip().capitalize()


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(prose=prose, plainly=plainly, day=day, duration=duration)
    return environment
