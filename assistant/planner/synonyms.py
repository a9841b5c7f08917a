"""Other words for the known ones: tried where a question is not understood as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from assistant.planner.text import fold
from assistant.planner.words import table


def otherwise(question: str, needed: Callable[[str], bool]) -> tuple[str, Mapping[str, str]]:
    """Return the question in known words, and which of its own each stands for; as it is where there are none.

    Parameters
    ----------
    question
        As typed.
    needed
        Whether a word has a meaning of its own that the question needs: it is left as it is.
    """
    told: dict[str, str] = {}
    meant = _meant()

    def said(found: re.Match[str]) -> str:
        written = found.group()
        if needed(written):
            return written
        told[written] = meant[written]
        return meant[written]

    read = _pattern().sub(said, fold(question))
    return (read, told) if told else (question, {})


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_meant(), key=len, reverse=True)
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")


@cache
def _meant() -> Mapping[str, str]:
    """Every way of saying it → the known word."""
    found: dict[str, str] = {}
    for verb in table("synonyms")["verbs"]:
        for said in verb["said"]:
            for form, means in zip(_forms(said), verb["means"], strict=True):
                found.update((way, means) for way in form)
    for means, ways in table("synonyms")["words"].items():
        found.update((fold(str(way)), str(means)) for way in ways)
    return found


def _forms(said: str) -> Iterator[Sequence[str]]:
    """Yield the ways to say a verb in the base form, the third person, the past and the present participle."""
    base, _, rest = said.partition(" ")
    rest = f" {rest}" if rest else ""
    forms = table("synonyms")["irregular"].get(base) or _regular(base)
    yield (base + rest,)
    yield from ([f"{way}{rest}" for way in form.split("|")] for form in forms)


def _regular(base: str) -> tuple[str, str, str]:
    if base.endswith("e"):
        return f"{base}s", f"{base}d", f"{base[:-1]}ing"
    if base.endswith(("s", "sh", "ch", "x")):
        return f"{base}es", f"{base}ed", f"{base}ing"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base}ing"
    return f"{base}s", f"{base}ed", f"{base}ing"
