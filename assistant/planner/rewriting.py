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
    read = fold(question)
    told = read
    for group in groups:
        for pattern, becomes in _rules(group):
            changed = pattern.sub(becomes, told)
            told = told if changed == told else " ".join(changed.split())
    return question if told == read else told


@cache
def _rules(group: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return compiled(table("rewrites")[group])


def compiled(rules: Iterable[tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return a table's patterns, ready to be looked for; ``{month}``, ``{year}`` and ``{group}`` stand for any."""
    places: Mapping[str, str] = {
        "{month}": f"(?:{one_of(named('months'))})",
        "{year}": _YEAR,
        "{group}": f"(?:{one_of(table('patterns')['groups'])})",
    }
    found = []
    for pattern, becomes in rules:
        for name, stands_for in places.items():
            pattern = pattern.replace(name, stands_for)
        found.append((re.compile(pattern), becomes))
    return tuple(found)
