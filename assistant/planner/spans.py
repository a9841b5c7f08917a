"""A question as spans: its words covered by phrases, numbers, times and customers so that least is unexplained."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz import fuzz, process

from assistant.planner.customers import Customers
from assistant.planner.lexicon import Kind, Lexicon, Meaning
from assistant.planner.points import named
from assistant.planner.quantities import Quantity, ordinal_at, quantities_at
from assistant.planner.rewriting import rewritten
from assistant.planner.text import Token, lemma, phrase, tokenise
from assistant.planner.times import Time, times_in
from assistant.planner.words import Words

#: A word this long may be a typing error of a known word that is at least this similar.
TYPO_LETTERS = 5
TYPO_SIMILARITY = 88
#: A word of four letters is one only where a letter was left out.
SHORTEST = 4
#: Letters of the shortest word that may be two written as one.
JOINED = 7
#: What a loan's id looks like, for ids that the books lack.
LOAN_ID = re.compile(r"l\d{6,}")
#: What a word in no span costs: rather several short phrases than a long one that leaves a word over.
UNKNOWN = 4.0
#: From this similarity on a known word is offered in the place of an unknown one, and how many at the most.
RESEMBLANCE = 72
CANDIDATES = 4


@dataclass(frozen=True)
class Span:
    """Consecutive words with everything they can mean; nothing for an unknown word."""

    start: int
    end: int
    text: str
    meanings: tuple[Meaning, ...] = ()
    quantity: Quantity | None = None
    time: Time | None = None
    position: int | None = None
    customer: str = ""

    def has(self, kind: Kind, name: str | None = None) -> bool:
        """Whether the span can mean something of ``kind`` (and ``name``)."""
        return any(meaning.kind == kind and name in (None, meaning.name) for meaning in self.meanings)

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return the names it can mean within ``kind``."""
        return tuple(meaning.name for meaning in self.meanings if meaning.kind == kind)

    def cue(self, *names: str) -> bool:
        """Whether the span can be one of these cues."""
        return any(meaning.kind == "cue" and meaning.name in names for meaning in self.meanings)


@dataclass(frozen=True)
class Spans:
    """The spans of a question, and which words were read as others (typing errors)."""

    spans: tuple[Span, ...]
    mended: Mapping[str, str]


class Recogniser:
    """Finds spans.

    Parameters
    ----------
    lexicon
        Known phrases.
    customers
        Tells customer ids.
    clock
        The data clock, for times.
    loans
        Ids of the loans.
    """

    def __init__(self, lexicon: Lexicon, customers: Customers, clock: dt.date, loans: Iterable[str] = ()) -> None:
        self._lexicon = lexicon
        self._ids = customers
        self._loans = {loan.casefold(): loan for loan in loans if not loan.isdigit()}
        self._clock = clock
        long = (word for word in lexicon.words if len(word) >= TYPO_LETTERS)
        self._long_words = tuple(sorted(filter(lexicon.slipped, long)))

    @cached_property
    def _slips(self) -> dict[str, dict[str, str]]:
        """First letter → a known word with one letter left out, or two neighbours swapped → that word."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for known in self._named_words:
            for slip in _slips_of(known) if len(known) > SHORTEST else _swaps_of(known):
                found[slip[0]].setdefault(slip, known)
        return found

    @property
    def _named_words(self) -> list[str]:
        """Words of figures, groups and times; not those that only documents use."""
        kinds = ("metric", "dimension", "value", "cue", "activity", "soft")
        return sorted(
            {
                word
                for words, meanings in self._lexicon.entries.items()
                if any(meaning.kind in kinds for meaning in meanings)
                for word in words
                if len(word) >= SHORTEST and word.isalpha()
            }
            | {name for name in named("months") if len(name) > SHORTEST}
        )

    def spans(self, question: str) -> Spans:
        """Return the spans of ``question``."""
        tokens, mended = self._mend(self._tokens(question))
        candidates: dict[int, list[Span]] = defaultdict(list)
        for span in self._candidates(tokens):
            candidates[span.end].append(span)
        return Spans(_best_cover(tokens, candidates, self._lexicon.tables.ordinary), mended)

    def names(self, question: str) -> list[str]:
        """Return the values of more than one word that a question names."""
        spans = self.spans(question).spans
        return [span.text for span in spans if (span.has("value") or span.has("absent")) and " " in span.text]

    def resembling(self, word: str) -> tuple[str, ...]:
        """Return known words that look like an unknown one, too little to be read as it unasked."""
        found = process.extract(
            word.casefold(), self._long_words, scorer=fuzz.ratio, score_cutoff=RESEMBLANCE, limit=CANDIDATES
        )
        return tuple(known for known, _, _ in found)

    def _tokens(self, question: str) -> list[Token]:
        """Return the words, each customer id being one; ids of digits alone are told by the word before them."""
        question = rewritten(_spelled_out(question, self._lexicon.tables), self._lexicon.tables)
        tokens: list[Token] = []
        position = 0
        for found in self._ids.in_text(question):
            if self._only_looks_like_one(found.customer):
                continue
            tokens += tokenise(question[position : found.start])
            tokens.append(Token(raw=found.customer, text=found.customer, lemma=found.customer))
            position = found.end + (2 if question[found.end :].startswith(("'s", "’s")) else 0)
        return [*tokens, *tokenise(question[position:])]

    def _only_looks_like_one(self, customer: str) -> bool:
        """Whether what looks like an id is a word that is known, and no id of the books: "CCD"."""
        return bool(self._lexicon.means(phrase(customer))) and not self._ids.holds(customer)

    def _mend(self, tokens: Sequence[Token]) -> tuple[list[Token], dict[str, str]]:
        mended: dict[str, str] = {}
        read = []
        for token in tokens:
            apart = self._apart(token)
            if apart:
                mended[token.text] = " ".join(apart)
                read += [Token(word, word, lemma(word)) for word in apart]
                continue
            nearest = self._nearest(token)
            if nearest is not None:
                mended[token.text] = nearest
            read.append(replace(token, text=_as_typed(token.text, nearest), lemma=nearest) if nearest else token)
        return read, mended

    def _doubled(self, word: str) -> str | None:
        """Return the known word that a letter was doubled in: "citty"."""
        shorter = (word[:at] + word[at + 1 :] for at in range(len(word) - 1) if word[at] == word[at + 1])
        return next((each for each in shorter if len(each) >= SHORTEST and each in self._lexicon.words), None)

    def _apart(self, token: Token) -> tuple[str, str] | None:
        """Return the two words of a known phrase that were written as one: "goldloan"."""
        word = token.text
        if (
            len(word) < JOINED
            or word in self._lexicon.words
            or token.lemma in self._lexicon.words
            or not word.isalpha()
        ):
            return None
        for place in range(3, len(word) - 2):
            if self._lexicon.means((word[:place], lemma(word[place:]))):
                return word[:place], word[place:]
        return None

    def _nearest(self, token: Token) -> str | None:
        word = token.lemma
        if self._ids.named(token.raw) or len(word) < SHORTEST or word in self._lexicon.words or not word.isalpha():
            return None
        slips = self._slips.get(word[0], {})
        slip = slips.get(word) or slips.get(token.text) or self._doubled(token.text)
        if slip or len(word) < TYPO_LETTERS:
            return lemma(slip) if slip else None
        found = process.extractOne(word, self._long_words, scorer=fuzz.ratio, score_cutoff=TYPO_SIMILARITY)
        return lemma(found[0]) if found and found[0][0] == word[0] else None

    def _candidates(self, tokens: Sequence[Token]) -> Iterator[Span]:
        words = [token.lemma for token in tokens]
        for said in times_in(words, self._clock):
            yield Span(said.start, said.end, _text(tokens, said.start, said.end), (Meaning("time"),), time=said.time)
        for start in range(len(tokens)):
            yield from self._customers(tokens, start)
            yield from self._loan(tokens, start)
            for end, quantity in quantities_at(words, start, self._lexicon.tables):
                yield Span(start, end, _text(tokens, start, end), (Meaning("number"),), quantity=quantity)
            ordinal = ordinal_at(words, start)
            if ordinal and _several(words, ordinal[0]):
                yield Span(start, ordinal[0], _text(tokens, start, ordinal[0]), (Meaning("cue", "most"),))
            elif ordinal:
                yield self._ordinal(tokens, start, *ordinal)
            yield from self._phrases(tokens, words, start)

    def _ordinal(self, tokens: Sequence[Token], start: int, end: int, position: int) -> Span:
        meanings = (*self._lexicon.means(tuple(t.lemma for t in tokens[start:end])), Meaning("ordinal"))
        return Span(start, end, _text(tokens, start, end), meanings, position=position)

    def _customers(self, tokens: Sequence[Token], start: int) -> Iterator[Span]:
        found = self._ids.named(tokens[start].raw)
        if found and not found.isdigit() and not self._only_looks_like_one(found):
            yield Span(start, start + 1, found, (Meaning("customer"),), customer=found)
        elif found and start and tokens[start - 1].lemma in ("customer", "client", "borrower", "id"):
            yield Span(
                start - 1, start + 1, _text(tokens, start - 1, start + 1), (Meaning("customer"),), customer=found
            )

    def _loan(self, tokens: Sequence[Token], start: int) -> Iterator[Span]:
        loan = self._loans.get(tokens[start].text)
        if loan or LOAN_ID.fullmatch(tokens[start].text):
            meaning = Meaning("value" if loan else "absent", "loan_id", loan or tokens[start].text.upper())
            yield Span(start, start + 1, loan or tokens[start].text, (meaning,))

    def _phrases(self, tokens: Sequence[Token], words: Sequence[str], start: int) -> Iterator[Span]:
        for end in range(start + 1, min(start + self._lexicon.longest, len(words)) + 1):
            meanings = self._lexicon.means(tuple(words[start:end]))
            if tokens[start].text in self._lexicon.tables.plural_only and end == start + 1:
                meanings = tuple(meaning for meaning in meanings if meaning.kind != "metric")
            if meanings:
                yield Span(start, end, _text(tokens, start, end), meanings)


def _as_typed(word: str, meant: str) -> str:
    """Return the word that is meant, in the plural where the typed one is."""
    return f"{meant}s" if word.endswith("s") and not meant.endswith("s") else meant


def _slips_of(known: str) -> Iterator[str]:
    """Yield ``known`` with one letter left out, then with two neighbouring letters swapped; its first letter stays."""
    for place in range(1, len(known)):
        yield known[:place] + known[place + 1 :]
    yield from _swaps_of(known)


def _swaps_of(known: str) -> Iterator[str]:
    for place in range(1, len(known) - 1):
        yield known[:place] + known[place + 1] + known[place] + known[place + 2 :]


def _spelled_out(question: str, tables: Words) -> str:
    """Return the question with abbreviations that are told from words by their capitals alone written out: UP, MP."""
    for short, name in tables.table("abbreviations").items():
        question = re.sub(rf"\b{short}\b", str(name), question)
    return question


def _several(words: Sequence[str], start: int) -> bool:
    """Whether a number above one stands at ``start``, as after "first" in "first 25"."""
    numbers = quantities_at(words, start) if start < len(words) else ()
    return any(quantity.value > 1 for _, quantity in numbers)


def _text(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.text for token in tokens[start:end])


def _best_cover(
    tokens: Sequence[Token], candidates: Mapping[int, Sequence[Span]], ordinary: frozenset[tuple[str, ...]]
) -> tuple[Span, ...]:
    """Return the spans that explain most words with the longest phrases; words in no span stand alone, unknown."""
    best: list[tuple[float, tuple[Span, ...]]] = [(0.0, ())]
    for end in range(1, len(tokens) + 1):
        alone = Span(end - 1, end, tokens[end - 1].text)
        score, spans = best[end - 1]
        choices = [(score - UNKNOWN, (*spans, alone))]
        for span in candidates.get(end, ()):
            score, spans = best[span.start]
            choices.append((score + _weight(span, ordinary), (*spans, span)))
        best.append(max(choices, key=lambda choice: choice[0]))
    return best[-1][1]


def _weight(span: Span, ordinary: frozenset[tuple[str, ...]]) -> float:
    """Longer is better than many short ones; content before numbers, numbers before courtesies.

    Words that only the knowledge base uses are hardly better than unknown ones: a question for figures rather does
    without them.
    """
    length = (span.end - span.start) ** 2
    if span.quantity is not None:
        return length - 0.1
    if span.time is not None:
        return length + (0.25 if span.time.period else 0.05)
    kinds = {meaning.kind for meaning in span.meanings}
    if kinds == {"term"}:
        return length - UNKNOWN
    if kinds <= {"term", "value"} and phrase(span.text) in ordinary:
        return length - 0.3
    if "value" in kinds and length > 1:
        return length + 0.15  # "business loans" given, rather than business: "loans given"
    return length + (0.0 if kinds == {"soft"} else 0.1)
