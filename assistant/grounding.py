"""Grounding: a sentence stays only when everything it asserts stands in the results or in the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.comparisons import contradiction
from assistant.dates import Period, periods
from assistant.evidence import Evidence, Pool, key_words, spaced
from assistant.figures import Figure, figures
from assistant.privacy import TOKEN

CITATION = re.compile(r"\[([^\[\]]{2,120}#[^\[\]]{1,120}|[\w.-]+#[\w.-]+)\]")
#: Where a sentence ends: a stop and a space before something that opens one, not after an abbreviation.
END = re.compile(
    r"(?<=[.!?…])(?<![^\d\s]\s[A-Z]\.)(?<!e\.g\.)(?<!i\.e\.)(?<!Rs\.)(?<!No\.)(?<!vs\.)(?<!Mr\.)(?<!Ms\.)(?<!Dr\.)"
    r"(?<!approx\.)\s+(?=[^\s\[(a-z])"
)
IDENTIFIER = re.compile(r"\b(?=\w*[A-Za-z])[A-Za-z]\w*(?:[-_/.]\w+)*")
#: What may be a name: a capitalised word, a long one all in capitals, a word of another script.
NAME = re.compile(r"\b[A-Z][a-z]+(?:[’'-][A-Za-z]+)*\b|\b[A-Z]{5,}\b|[\u0370-\u1fff\u2c00-\ud7ff]{2,}")
LINK = re.compile(r"(?i)\b(?:https?:|ftp:|www\.)[^\s)\]>]*|!\[|\]\(|<[a-z!/]")
QUOTED = re.compile(r"“[^“”]{8,}”|\"[^\"]{8,}\"")
FIRST_HELD, HELD_AT_MOST = 0xE000, 64
HELD = re.compile(f"[{chr(FIRST_HELD)}-{chr(FIRST_HELD + HELD_AT_MOST - 1)}]")
#: Rows of a table whose names are looked at.
NAMED_ROWS = 1_000
#: Stands for a space within a name that looks like the end of a sentence: "Hl.m. Praha".
JOINT = chr(FIRST_HELD + HELD_AT_MOST)
VERB = re.compile(r"\s+(?:has|had|is|was|leads|tops|holds|shows|carries|accounts|shares|lives|comes)\b")

#: Words of the longest name of a row that is looked for in a sentence.
LONGEST_NAME = 16


@cache
def plain_words() -> frozenset[str]:
    """Capitalised words that name nothing of the books."""
    return frozenset((Path(__file__).parent / "plain_words.txt").read_text("utf-8").split())


@dataclass(frozen=True)
class Grounded:
    """A text of which every sentence rests on the results.

    Attributes
    ----------
    dropped
        What each dropped sentence asserted without support; the sentences themselves are not kept.
    """

    text: str
    dropped: tuple[str, ...] = ()


def ground(
    text: str,
    evidence: Evidence,
    *,
    vocabulary: Callable[[], Collection[str]] = frozenset,
    known_names: Callable[[], Collection[str]] = frozenset,
) -> Grounded:
    """Drop every sentence that asserts what the evidence does not hold.

    Parameters
    ----------
    text
        The prose of a mind.
    evidence
        What the results and the question hold.
    vocabulary
        Gives the words of the governed vocabulary, in lower case: they name no customer and no place.
    known_names
        Gives the places that occur somewhere in the books, in lower case: not to be brought in without a result.
    """
    text, quotes = _without_quotes(text, evidence)
    text = _names_joined(text, evidence)
    kept_lines: list[str] = []
    dropped: list[str] = []
    check = _Checker(evidence, vocabulary, known_names)
    for line in text.splitlines():
        kept: list[str] = []
        for sentence in (part.replace(JOINT, " ") for part in END.split(line)):
            fault = check.fault(sentence)
            (kept if fault is None else dropped).append(sentence if fault is None else fault)
        if kept or not line.strip():
            kept_lines.append(" ".join(kept))
    kept_text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept_lines)).strip()
    return Grounded(HELD.sub(lambda sign: quotes[ord(sign.group()) - FIRST_HELD], kept_text), tuple(dropped))


def _without_quotes(text: str, evidence: Evidence) -> tuple[str, list[str]]:
    """Hold what is quoted word for word from a passage apart, a private sign in its place."""
    quotes: list[str] = []

    def hold(match: re.Match[str]) -> str:
        if len(quotes) >= HELD_AT_MOST or not any(spaced(match.group()) in passage for passage in evidence.passages):
            return match.group()
        quotes.append(match.group())
        return chr(FIRST_HELD + len(quotes) - 1)

    return QUOTED.sub(hold, HELD.sub("", text)), quotes


def _names_joined(text: str, evidence: Evidence) -> str:
    """Let no sentence end within a name of a table."""
    cells = {
        cell for table in evidence.tables for row in table.rows[:NAMED_ROWS] for cell in row if isinstance(cell, str)
    }
    for name in sorted(cell for cell in cells if ". " in cell and END.search(cell)):
        text = text.replace(name, name.replace(" ", JOINT))
    return text


class _Checker:
    def __init__(
        self, evidence: Evidence, vocabulary: Callable[[], Collection[str]], known_names: Callable[[], Collection[str]]
    ) -> None:
        self._evidence = evidence
        self._vocabulary = vocabulary
        self._known_names = known_names

    def fault(self, sentence: str) -> str | None:
        """The first thing the sentence asserts without support; the tables are read when it may stand there."""
        for citation in CITATION.finditer(sentence):
            if citation.group(1).casefold() not in self._evidence.citations:
                return f"citation {citation.group()}"
        for link in LINK.finditer(sentence):
            if not any(spaced(link.group()) in passage for passage in self._evidence.passages):
                return "a link"
        words = spaced(_blank(CITATION, sentence))
        if len(words) > 15 and any(words in passage for passage in self._evidence.passages):
            return None
        fault = self._unsupported(sentence)
        if fault and self._evidence.read_tables():
            fault = self._unsupported(sentence)
        return fault or contradiction(_blank(CITATION, sentence), self._evidence)

    def _unsupported(self, sentence: str) -> str | None:
        said = _blank(CITATION, _blank(TOKEN, sentence))
        pools = self._pools(said)
        bare = self._without_phrases(said)
        for check in (self._dates, self._identifiers, self._figures(pools), self._names):
            fault, bare = check(bare)
            if fault:
                return fault
        return None

    def _known(self, word: str) -> bool:
        return word in self._evidence.words or word in plain_words() or word in self._vocabulary()

    def _without_phrases(self, sentence: str) -> str:
        folded = sentence.casefold()
        for phrase in self._evidence.phrases:
            if phrase in folded:
                pattern = re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)", re.IGNORECASE)
                sentence = _blank(pattern, sentence)
        return sentence

    def _pools(self, sentence: str) -> list[Pool]:
        """Where its figures may come from: of the rows it names, else of any."""
        words = key_words(sentence)
        longest = min(max((key.count(" ") for key in self._evidence.rows), default=0) + 1, LONGEST_NAME)
        starts = range(len(words))
        runs = {" ".join(words[a:b]) for a in starts for b in range(a + 1, min(a + longest, len(words)) + 1)}
        named = [pool for key, pool in self._evidence.rows.items() if key in runs]
        return [self._evidence.anywhere, *(named or [self._evidence.cells])]

    def _dates(self, sentence: str) -> tuple[str | None, str]:
        for period in periods(sentence):
            if self._evidence.dated(period):
                sentence = _blanked(sentence, period)
            elif not sentence[period.start : period.end].isdigit():  # a bare year may be a number after all
                return f"date {sentence[period.start : period.end]}", sentence
        return None, sentence

    def _identifiers(self, sentence: str) -> tuple[str | None, str]:
        for match in IDENTIFIER.finditer(sentence):
            word = match.group().casefold()
            if not (any(sign.isdigit() for sign in word) or "_" in word):
                continue
            if not self._known(word) and not self._made_of(word):
                return f"identifier {match.group()}", sentence
            sentence = sentence[: match.start()] + " " * len(match.group()) + sentence[match.end() :]
        return None, sentence

    def _made_of(self, word: str) -> bool:
        """Whether a snake_case name is made of words the results or the vocabulary use."""
        return not any(sign.isdigit() for sign in word) and all(self._known(part) for part in word.split("_"))

    def _figures(self, pools: list[Pool]) -> Callable[[str], tuple[str | None, str]]:
        def check(sentence: str) -> tuple[str | None, str]:
            for figure in list(figures(sentence)):
                if not any(pool.holds(figure) for pool in pools):
                    return f"figure {sentence[figure.start : figure.end]}", sentence
                sentence = _blanked(sentence, figure)
            return None, sentence

        return check

    def _names(self, sentence: str) -> tuple[str | None, str]:
        opening = re.match(r"\W*", sentence)
        first = opening.end() if opening else 0
        for match in NAME.finditer(sentence):
            word = match.group().casefold()
            if self._known(word) or all(self._known(part) for part in re.split(r"[’'-]", word) if part != "s"):
                continue
            opens = match.start() == first and word.isascii()
            if not opens or VERB.match(sentence, match.end()) or word in self._known_names():
                return f"name {match.group()}", sentence
        return None, sentence


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: " " * len(found.group()), text)


def _blanked(text: str, part: Figure | Period) -> str:
    return text[: part.start] + " " * (part.end - part.start) + text[part.end :]
