"""A question as words: folded, split, each with the form by which it is looked up."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

#: What stands for itself: dates, ranges, amounts, words; in this order.
_TOKEN = re.compile(
    r"""
    \d{4}-\d{2}-\d{2}(?!\d)            # 2026-06-30
  | \d{1,2}/\d{1,2}/\d{4}              # 30/06/2026
  | \d+-\d+                            # 2025-26, 31-60
  | \#\d+                              # #3
  | \d+(?:st|nd|rd|th)\b               # 1st
  | (?:\d[\d,]*\d|\d)(?:\.\d+)?\+?     # 1,00,000  4.2  30+
  | [^\W\d_]+(?:'[^\W\d_]+)*\d*        # words, q1, fy26
  | [₹%&=<>$€£]=?
    """,
    re.VERBOSE,
)
_CONTRACTIONS = {
    "what's": "what is", "who's": "who is", "how's": "how is", "where's": "where is", "that's": "that is",
    "it's": "it is",
    "let's": "let us", "i'm": "i am", "i'd": "i would", "we've": "we have", "i've": "i have", "don't": "do not",
    "doesn't": "does not", "didn't": "did not", "aren't": "are not", "isn't": "is not", "can't": "can not",
    "haven't": "have not", "hasn't": "has not", "won't": "will not", "wasn't": "was not", "weren't": "were not",
}  # fmt: skip
_CONTRACTED = re.compile(r"\b(" + "|".join(sorted(_CONTRACTIONS, key=len, reverse=True)) + r")\b")
#: Plural ending → singular ending; the first that fits a word of four letters or more.
_PLURALS = (("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ies", "y"))
#: Plurals that look like none.
_PLURALS_OF_SHORT_NAMES = {"emis": "emi"}
_NO_PLURALS = ("ss", "us", "is")


@dataclass(frozen=True)
class Token:
    """One word of a question. ``raw`` is as typed, ``text`` folded, ``lemma`` the form for look-ups."""

    raw: str
    text: str
    lemma: str


def fold(text: str) -> str:
    """Return ``text`` in one form: compatibility characters resolved, case folded, quotes and dashes plain."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("‘", "'").replace("`", "'")
    folded = re.sub(r"[‐‑‒–—−]", "-", folded)
    return _CONTRACTED.sub(lambda found: _CONTRACTIONS[found.group()], folded)


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """Return ``word`` without its plural ending: one form for the vocabulary and the question alike."""
    if word in _PLURALS_OF_SHORT_NAMES:
        return _PLURALS_OF_SHORT_NAMES[word]
    if len(word) < 4 or word[-1] != "s" or word.endswith(_NO_PLURALS):
        return word
    for ending, singular in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + singular
    return word[:-1]


def tokenise(text: str) -> tuple[Token, ...]:
    """Return the words of ``text``. Punctuation is left out, except ',' and '&', which say "and"."""
    spaced = fold(text).replace("_", " ").replace("&", " and ")
    spaced = re.sub(r",(?!\d)", " and ", spaced)
    return tuple(_token(found.group()) for found in _TOKEN.finditer(spaced))


def _token(word: str) -> Token:
    plain = word.removesuffix("'s").removesuffix("'")
    if word[0].isdigit() and "," in word:
        plain = word.replace(",", "")
    return Token(raw=word, text=plain, lemma=lemma(plain))


@lru_cache(maxsize=20_000)
def phrase(text: str) -> tuple[str, ...]:
    """Return the look-up forms of the words of ``text``."""
    return tuple(token.lemma for token in tokenise(text))
