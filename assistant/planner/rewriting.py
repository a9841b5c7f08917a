"""Ways to say what another way says too, put into that way: "June 2026 end" is read as "at the end of June 2026"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from assistant.planner.points import named, one_of
from assistant.planner.text import fold
from assistant.planner.words import Words, table

_YEAR = r"(?:19|20)\d\d"


def rewritten(question: str, words: Words) -> str:
    """Return the question in the words it is looked up by; as it is where nothing is said another way."""
    groups = ("anywhere", "house") if words.of_house else ("anywhere",)
    return _put(question, *(_rules("rewrites", group) for group in groups))


def going_on(question: str) -> str:
    """Return a question that follows another in the words by which what it changes is found: "keep the top 3"."""
    return _put(question, _rules("following", "said"))


def _put(question: str, *groups: Iterable[tuple[re.Pattern[str], str]]) -> str:
    read = fold(question)
    told = read
    for pattern, becomes in (rule for group in groups for rule in group):
        changed = pattern.sub(becomes, told)
        told = told if changed == told else " ".join(changed.split())
    return question if told == read else told


@cache
def _rules(file: str, group: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return compiled(table(file)[group])


def compiled(rules: Iterable[tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return a table's patterns, ready to be looked for; names in braces, such as ``{month}``, stand for any."""
    numbers = one_of(name for name in table("numbers")["words"] if " " not in str(name))
    places: Mapping[str, str] = {
        "{month}": f"(?:{one_of(named('months'))})", "{year}": _YEAR, "{number}": rf"(?:\d+|(?:{numbers})\b)",
        "{group}": f"(?:{one_of(table('patterns')['groups'])})",
    }  # fmt: skip
    found = []
    for pattern, becomes in rules:
        for name, stands_for in places.items():
            pattern = pattern.replace(name, stands_for)
        found.append((re.compile(pattern), becomes))
    return tuple(found)
