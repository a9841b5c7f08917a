"""The interface's own sentences in the reader's language: English as written here, others from ``ui/languages``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from assistant.prose.numbers import day as english_day
from governance.look.theme import LANGUAGES, Language

#: What a browser keeps of a person's choice.
COOKIE = "munshi-language"
FOLDER = Path(__file__).parent / "languages"
_SPOKEN: ContextVar[Language] = ContextVar("spoken", default="en")
#: The words beside a figure: ``₹4.2 L``, ``41 days``.
_UNITS = re.compile(r"(?<=\d) ?(k|L|Cr|billion|million|days?|months?|points?|years?)\b(?! of)")
_MONTH = re.compile(r"(?<![^\W\d_])(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?![^\W\d_])(?= \d{4})")


def spoken() -> Language:
    """The language of whoever is being answered."""
    return _SPOKEN.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Answer in a language."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def chosen(cookies: Mapping[str, str], otherwise: Callable[[], Language]) -> Language:
    """The language a person chose; ``otherwise`` the workspace's."""
    found = cookies.get(COOKIE, "")
    return next((each for each in LANGUAGES if each == found), None) or otherwise()


def other() -> tuple[Language, str]:
    """The language that a reader may change to, and its name in itself."""
    return next((language, name) for language, name in LANGUAGES.items() if language != spoken())


@cache
def words(language: Language) -> Mapping[str, str]:
    """English sentence → the same in a language; empty for English itself."""
    import yaml

    if language == "en":
        return {}
    found: dict[str, str] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    return found


def say(text: str, **values: Any) -> str:
    """A sentence of the interface in the language spoken, its ``{names}`` filled; English where it has no other."""
    found = words(spoken()).get(text, text)
    return found.format(**values) if values else found


def day(value: dt.date) -> str:
    """A date: 30 Jun 2026, 30 जून 2026."""
    return dated(english_day(value))


def dated(text: str) -> str:
    """A text with the months of its dates in the language spoken."""
    known = words(spoken())
    return _MONTH.sub(lambda found: known.get(found[1], found[1]), text) if known else text


def figured(text: str) -> str:
    """A figure with the words beside it in the language spoken; its digits stay."""
    known = words(spoken())
    if not known:
        return text
    return dated(_UNITS.sub(lambda found: f" {known.get(found[1], found[1])}", text))
