"""What words can mean: the vocabulary, the books' values and the word tables as one index of phrases."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from assistant.planner.text import phrase, tokenise
from assistant.planner.words import HOUSE, Words, table
from knowledge.lexical import everyday, said_for
from knowledge.vocabulary import Metric, Vocabulary

Kind = Literal[
    "soft", "cue", "metric", "dimension", "value", "absent", "number", "ordinal", "time", "customer", "topic", "term",
    "later", "activity", "modelled",
]  # fmt: skip
Phrase = tuple[str, ...]
#: Name of the terms that may stand in any question about a model, the books or one customer, and of those that only
#: stand beside a customer: no word is taken for a slip of the pen for one of them.
EVERYDAY = "everyday"
BESIDE = (EVERYDAY, "explained", "told")

_OF_MODEL = re.compile(r"\bmodel = '(\w+)'")


@dataclass(frozen=True)
class Meaning:
    """One thing a phrase can mean.

    ``name`` is the metric, dimension, cue, topic or later capability; ``value`` the dimension's value.
    """

    kind: Kind
    name: str = ""
    value: str = ""


_ANY = Meaning("soft")


@dataclass(frozen=True)
class Lexicon:
    """Phrases and what they can mean.

    Attributes
    ----------
    entries
        Look-up forms of a phrase → its meanings.
    longest
        Words in the longest phrase.
    words
        Every word of every phrase, for mending typing errors.
    tables
        The word tables they come from.
    """

    entries: Mapping[Phrase, tuple[Meaning, ...]]
    longest: int
    words: frozenset[str]
    tables: Words

    def slipped(self, word: str) -> bool:
        """Whether another word may be a slip of the pen for ``word``: it says more than that a question is asked."""
        return not all(meaning.kind == "term" and meaning.name in BESIDE for meaning in self.means((word,)) or (_ANY,))

    def means(self, words: Phrase) -> tuple[Meaning, ...]:
        """Return what ``words`` can mean; nothing when the phrase is not known."""
        return self.entries.get(words, ())


def build_lexicon(
    vocabulary: Vocabulary,
    values: Mapping[str, Sequence[str]],
    *,
    models: Collection[str],
    passages: Iterable[str] = (),
    own: Iterable[str] = (),
    tables: Words = HOUSE,
) -> Lexicon:
    """Index everything a question may name.

    Parameters
    ----------
    vocabulary
        Metrics, dimensions and the other spellings of values.
    values
        Dimension → values that occur in the books.
    models
        Models that serve. What needs another is declined as not built yet.
    passages
        Texts of the knowledge base: the words that questions to it may use.
    own
        Texts of the workspace's own documents: a word that they alone explain makes a question one for them.
    tables
        The word tables of what is asked about.
    """
    entries: dict[Phrase, dict[Meaning, None]] = defaultdict(dict)
    for written, meaning in (
        *_tables(tables, models),
        *_vocabulary(vocabulary, values, models, tables),
        *_terms(passages),
    ):
        words = phrase(written)
        if words:
            entries[words][meaning] = None
    for written in sorted(_words_of(own)):
        entries.setdefault(phrase(written) or (written,), {Meaning("topic", "knowledge"): None})
    return Lexicon(
        entries={
            words: tuple(sorted(meanings, key=partial(_spelt_otherwise, words))) for words, meanings in entries.items()
        },
        longest=max(map(len, entries)),
        words=frozenset(word for words in entries for word in words) | _time_words(),
        tables=tables,
    )


def _spelt_otherwise(words: Phrase, meaning: Meaning) -> bool:
    """Whether the phrase is only another spelling of a value: values that are written so come before."""
    return meaning.kind == "value" and phrase(meaning.value) != words


def withheld(metric: Metric, models: Collection[str]) -> str:
    """Return the model that ``metric`` needs and that does not serve, or an empty string."""
    said = _OF_MODEL.search(f"{metric.series} {metric.where}")
    needed = metric.model or (said[1] if said else "")
    return needed if needed not in ("", *models) else ""


def _tables(tables: Words, models: Collection[str]) -> Iterator[tuple[str, Meaning]]:
    for words in tables.table("soft").values():
        yield from ((str(word), Meaning("soft")) for word in words)
    for name, cue in tables.table("cues").items():
        yield from ((str(written), Meaning("cue", name)) for written in cue["phrases"])
    for name, topic in tables.table("topics").items():
        yield from ((str(written), Meaning("topic", name)) for written in topic["triggers"])
        yield from ((str(written), Meaning("term", name)) for written in topic["terms"])
    yield from ((str(written), Meaning("topic", "knowledge")) for written in tables.table("knowledge")["triggers"])
    yield from ((str(written), Meaning("topic", "concept")) for written in tables.table("knowledge")["concepts"])
    yield from ((str(written), Meaning("term", "knowledge")) for written in tables.table("knowledge")["terms"])
    if tables.of_house:
        yield from ((written, Meaning("term", EVERYDAY)) for written in sorted(everyday()))
    for name, said in tables.table("activities").items():
        yield from ((str(written), Meaning("activity", name)) for written in said)
    for name, listed in tables.table("modelled").items():
        if listed.get("model") is None or listed["model"] in models:
            yield from ((str(written), Meaning("modelled", name)) for written in listed["triggers"])
            for value, ways in listed.get("values", {}).items():
                yield from ((str(written), Meaning("modelled", name, value)) for written in ways)
                if "dimension" in listed:
                    yield from ((str(written), Meaning("value", listed["dimension"], value)) for written in ways)
            if "metric" in listed:
                yield from ((str(written), Meaning("metric", listed["metric"])) for written in listed["named"])
            yield from ((str(written), Meaning("term", name)) for written in listed["terms"])
    for name, later in tables.table("later").items():
        if later.get("model") not in models:
            yield from ((str(written), Meaning("later", name)) for written in later["phrases"])


def _vocabulary(
    vocabulary: Vocabulary, values: Mapping[str, Sequence[str]], models: Collection[str], tables: Words
) -> Iterator[tuple[str, Meaning]]:
    for metric in vocabulary.metrics.values():
        missing = withheld(metric, models)
        meaning = Meaning("later", missing) if missing else Meaning("metric", metric.name)
        sayings = tables.table("sayings").get(metric.name, ())
        yield from ((written, meaning) for written in (metric.name, metric.label, *metric.synonyms, *sayings))
    unserved = {metric.view: missing for metric in vocabulary.metrics.values() if (missing := withheld(metric, models))}
    for dimension in vocabulary.dimensions.values():
        alone = unserved.get(dimension.view, "") if len(dimension.homes) == 1 else ""
        meaning = Meaning("later", alone) if alone else Meaning("dimension", dimension.name)
        yield from ((written, meaning) for written in (dimension.name, dimension.label, *dimension.synonyms))
        if not dimension.identifying:
            yield from _values(dimension.name, dimension.values, values.get(dimension.name))


def _values(
    dimension: str, spellings: Mapping[str, Sequence[str]], occurring: Sequence[str] | None
) -> Iterator[tuple[str, Meaning]]:
    """Yield the ways to write each value; other spellings lead to the value as the books write it."""
    written_in_books = {value.casefold(): value for value in occurring or ()}
    for canonical, others in spellings.items():
        ways = (canonical, *others)
        found = next((written_in_books[way.casefold()] for way in ways if way.casefold() in written_in_books), None)
        kind: Kind = "absent" if found is None and occurring is not None else "value"
        yield from ((way, Meaning(kind, dimension, found or canonical)) for way in ways)
    yield from ((value, Meaning("value", dimension, value)) for value in occurring or ())


def _terms(passages: Iterable[str]) -> Iterator[tuple[str, Meaning]]:
    held = _words_of(passages)
    yield from ((word, Meaning("term", "knowledge")) for word in sorted(held | said_for(held)))


def _words_of(passages: Iterable[str]) -> set[str]:
    return {token.text for passage in passages for token in tokenise(passage) if token.text.isalpha()}


def _time_words() -> frozenset[str]:
    times = table("times")
    names = [name for kind in ("months", "units") for names in times[kind].values() for name in names]
    names += [*times["this"], *times["last"], *times["next"], *times["numbers"]]
    return frozenset(word for name in names for word in str(name).split())
