"""Templates of the screen. Every value is escaped unless a filter here made it markup from escaped parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tools.result import Source
from ui.language import day, other, say
from ui.theme.figures import duration, writing

#: Where the first sentence ends: it carries the answer, and stands by itself.
_FIRST_SENTENCE = re.compile(r"(.{12,240}?[.!?][”\"]?)\s+(?=[A-Z0-9₹“\"])(.+)", re.DOTALL)
_WITHOUT_LEAD = ("- ", "• ", "“")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")
_CITED = re.compile(r"\s?\[([\w#./:-]+)\]")


def render(template: str, **values: Any) -> str:
    """Fill a template of ``ui/templates``."""
    return _environment().get_template(template).render(**values)


def part(template: str, **values: Any) -> Markup:
    """Fill a template whose markup stands within another's."""
    return Markup(render(template, **values))  # noqa: S704  # nosec B704  # autoescaped as it was filled


def prose(text: str, sources: Sequence[Source] = ()) -> Markup:
    """An answer's text as markup; markup in the text stays text.

    Paragraphs, ``- `` lists, ``**bold**`` and code are drawn, the first sentence is set apart, and a source's id in
    brackets becomes its number among ``sources``.
    """
    first, gap, rest = text.strip().partition("\n\n")
    sentences = None if first.startswith(_WITHOUT_LEAD) else _FIRST_SENTENCE.fullmatch(first)
    if sentences is None:
        return _drawn(_blocks(text), sources)
    lead = Markup('<p class="lead">{}</p>').format(_inline(sentences[1]))
    return _drawn([lead, *_blocks(f"{sentences[2]}{gap}{rest}")], sources)


def plainly(name: str) -> str:
    """A code name as a person reads it."""
    return name.replace("_", " ").strip().capitalize()


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
    return Markup(_CODE.sub(r"<code>\1</code>", bold))  # noqa: S704  # nosec B704  # every part was escaped above


def _drawn(blocks: Iterator[Markup] | list[Markup], sources: Sequence[Source]) -> Markup:
    places = {str(escape(source.id)): (place, source) for place, source in enumerate(sources, start=1)}

    def numbered(cited: re.Match[str]) -> str:
        if cited[1] not in places:
            return cited[0]
        place, source = places[cited[1]]
        return str(Markup('<sup class="cite" title="{}, {}">{}</sup>').format(source.title, source.section, place))

    return Markup(_CITED.sub(numbered, str(Markup("").join(blocks))))  # noqa: S704  # nosec B704  # of escaped parts


@pass_context  # else a sentence would be told in the language that its template was first filled in
def _in_language(_: Context, text: str, **values: Any) -> str:
    return say(text, **values)


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
    environment.filters.update(
        prose=prose, plainly=plainly, day=day, duration=duration, t=_in_language, writing=writing
    )
    environment.globals["other_language"] = other
    return environment
