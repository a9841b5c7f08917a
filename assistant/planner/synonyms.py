"""Other words for the known ones: tried where a question is not understood as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache

from assistant.planner.rewriting import compiled
from assistant.planner.text import fold
from assistant.planner.words import table


def otherwise(
    question: str, needed: Callable[[str], bool], kept: Collection[str] = ()
) -> tuple[str, Mapping[str, str]]:
    """Return the question in known words, and which of its own each stands for; as it is where there are none.

    Parameters
    ----------
    question
        As typed.
    needed
        Whether a word has a meaning of its own that the question needs: it is left as it is.
    kept
        Phrases of the question of which no part is put in other words: "uttar pradesh" names no north.
    """
    told: dict[str, str] = {}
    meant = _meant()

    def said(found: re.Match[str]) -> str:
        written = found.group()
        if needed(written) or any(start < found.end() and found.start() < end for start, end in whole):
            return written
        if written != meant[written]:
            told[written] = meant[written]
        return meant[written]

    asked = fold(question)
    for pattern, becomes in _patterns():
        for found in pattern.finditer(asked):
            told[found.group().strip(" ,.?")] = found.expand(becomes).strip()
        asked = " ".join(pattern.sub(becomes, asked).split())
    whole = [found.span() for phrase in kept for found in re.finditer(re.escape(fold(phrase)), asked)]
    read = _pattern().sub(said, asked)
    return (read, told) if told else (question, {})


def without_light(question: str, unread: Collection[str]) -> tuple[str, Mapping[str, str]]:
    """Return the question without those of its unread words, and the sayings they stand in, that tell nothing."""
    dropped: dict[str, str] = {}
    unknown = {word for each in unread for word in each.split()}

    def drop(found: re.Match[str]) -> str:
        if unknown.isdisjoint(found.group().split()):
            return found.group()
        dropped[found.group()] = ""
        return " "

    short = _light().sub(drop, fold(question))
    return (" ".join(short.split()), dropped) if dropped else (question, {})


@cache
def _light() -> re.Pattern[str]:
    return _one_of(str(word) for words in table("light").values() for word in words)


def _one_of(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], str]]:
    return compiled(table("patterns")["patterns"])


@cache
def _pattern() -> re.Pattern[str]:
    return _one_of(_meant())


@cache
def _meant() -> Mapping[str, str]:
    """Every way of saying it → the known word."""
    found: dict[str, str] = {}
    for verb in table("synonyms")["verbs"]:
        for said in verb["said"]:
            for form, means in zip(_forms(said), verb["means"], strict=True):
                found.update((way, means) for way in form)
    for name, ways in table("clauses").items():
        found.update((fold(str(way)), name.replace("_", " ")) for way in ways)
    for means, ways in (*table("ways").items(), *table("synonyms")["words"].items()):
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
