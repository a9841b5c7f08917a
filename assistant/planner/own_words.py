"""The word tables of a database of one's own: made of its semantic layer, and of the house's words for the language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from assistant.planner.text import phrase
from assistant.planner.words import HOUSE, Words
from knowledge.resolve import join_paths
from knowledge.vocabulary import Dimension, Entity, Vocabulary

#: Cues whose words may as well be values here: what was lost, what is new.
CONTENT = ("change", "fall", "rise", "improve", "worsen", "trend", "distribution", "latest", "ends", "openings")
#: Rows of a ranking of single things when no number was given.
ROWS = 10


def own_words(vocabulary: Vocabulary) -> Words:
    """Return the word tables by which questions on the database of ``vocabulary`` are read."""
    lending = HOUSE.table("lending")
    cues = _cues(vocabulary, lending)
    known = _known(vocabulary)
    return Words(
        {
            "cues": cues,
            "soft": {**HOUSE.table("soft"), "house": [vocabulary.database, *vocabulary.house_words]},
            "nouns": {entity.metric: _noun(vocabulary, entity) for entity in vocabulary.entities},
            "measures": _measures(vocabulary, cues),
            "statistics": _statistics(vocabulary),
            "sayings": {}, "activities": {e.metric: list(e.verbs) for e in vocabulary.entities},
            "numbers": _numbers(vocabulary), "modelled": {}, "abbreviations": {},
            "later": {"models": {"label": lending["label"], "phrases": list(_of_models(lending, known))},
                      "actions": HOUSE.table("later")["actions"], "alerts": HOUSE.table("later")["alerts"]},
            "topics": {"status": _status(vocabulary)},
            "knowledge": {"triggers": [], "concepts": [], "terms": [],
                          "rephrased": HOUSE.table("knowledge")["rephrased"]},
            "catalogue": list(_examples(vocabulary)),
            "suggestions": {**HOUSE.table("suggestions"), "splits": _splits(vocabulary),
                            "status": list(_examples(vocabulary))[:3], "knowledge": ["What can you do?"]},
            "about": {"ask": f"Ask about {_listed([_plural(vocabulary, e) for e in vocabulary.entities])}."},
        }
    )  # fmt: skip


def _cues(vocabulary: Vocabulary, lending: Mapping[str, Any]) -> dict[str, Any]:
    """The words that steer an answer, without those that name the rows here: "orders by purpose" sorts nothing."""
    rows = {word for entity in vocabulary.entities for said in entity.words for word in phrase(said)}
    values = {phrase(way) for way in _spelled(vocabulary)}
    house = {name: cue for name, cue in HOUSE.table("cues").items() if name not in lending["cues"]}

    def steers(name: str, words: tuple[str, ...]) -> bool:
        return not rows & set(words) and not (name in CONTENT and words in values)

    cues = {
        name: {**cue, "phrases": [said for said in cue["phrases"] if steers(name, phrase(str(said)))]}
        for name, cue in house.items()
    }
    return {**cues, **lending["instead"]}


def _spelled(vocabulary: Vocabulary) -> set[str]:
    """Return every way a value is written."""
    return {
        way
        for dimension in vocabulary.dimensions.values()
        for value, ways in dimension.values.items()
        for way in (value, *ways)
    }


def _known(vocabulary: Vocabulary) -> frozenset[tuple[str, ...]]:
    """Return every phrase that the layer itself gives a meaning."""
    said = [word for entity in vocabulary.entities for word in entity.words]
    for metric in vocabulary.metrics.values():
        said += [metric.name, metric.label, *metric.synonyms]
    for dimension in vocabulary.dimensions.values():
        said += [dimension.name, dimension.label, *dimension.synonyms]
        said += [way for value, ways in dimension.values.items() for way in (value, *ways)]
    return frozenset(phrase(word) for word in said)


def _of_models(lending: Mapping[str, Any], known: Collection[tuple[str, ...]]) -> Iterator[str]:
    """Yield the words that ask for what only a model knows, but for those that the layer uses itself."""
    cues = HOUSE.table("cues")
    said = [word for name in lending["cues"] if name not in lending["plain"] for word in cues[name]["phrases"]]
    said += [word for listed in HOUSE.table("modelled").values() for word in listed["triggers"]]
    said += [word for name in lending["later"] for word in HOUSE.table("later")[name]["phrases"]]
    yield from (word for word in dict.fromkeys(map(str, said)) if phrase(word) not in known)


def _noun(vocabulary: Vocabulary, entity: Entity) -> dict[str, Any]:
    """What a word for rows does: it restricts nothing beside figures whose every row has one of them."""
    neutral = [view for view in vocabulary.views if entity.view in join_paths(vocabulary, view)]
    noun = {"dimension": entity.key, "neutral": neutral, "amount": entity.size, "phrases": list(entity.words)}
    return {**noun, "type": entity.kinds} if entity.kinds else noun


def _measures(vocabulary: Vocabulary, cues: Mapping[str, Any]) -> dict[str, Any]:
    dimensions = vocabulary.dimensions.values()
    counted = {entity.view: entity.metric for entity in vocabulary.entities}
    empty: dict[str, Any] = {
        name: type(content)() for name, content in HOUSE.table("measures").items() if name != "multiples"
    }
    return {
        **empty,
        "multiples": HOUSE.table("measures")["multiples"],
        "discrete": [each.name for each in dimensions if each.discrete],
        "counted": {each.name: counted[each.view] for each in dimensions if each.view in counted and not each.grain},
        "named": [each.name for each in dimensions if each.kind == "category" and not each.identifying],
        "long": {each.name: ROWS for each in dimensions if each.identifying},
        "needs_label": sorted(_ordinary(vocabulary, cues)),
    }


def _ordinary(vocabulary: Vocabulary, cues: Mapping[str, Any]) -> set[str]:
    """Return the spellings of values that are ordinary words, numbers or single letters."""
    said = [*(word for words in HOUSE.table("soft").values() for word in words)]
    said += [word for cue in cues.values() for word in cue["phrases"]]
    ordinary = {phrase(str(word)) for word in said}
    return {way for way in _spelled(vocabulary) if len(way) == 1 or way.isdigit() or phrase(way) in ordinary}


def _statistics(vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    """Measure's metric → statistic → the metric that is that statistic of the same measure."""
    found: dict[str, dict[str, str]] = {}
    for metric in vocabulary.metrics.values():
        if metric.of and metric.statistic:
            found.setdefault(metric.of, {})[metric.statistic] = metric.name
    return {metric.name: found[metric.of] for metric in vocabulary.metrics.values() if metric.of and metric.statistic}


def _numbers(vocabulary: Vocabulary) -> dict[str, Any]:
    """The words of numbers, with the database's own money in the place of rupees."""
    house = HOUSE.table("numbers")
    money = [vocabulary.currency, *vocabulary.currency_words]
    own = {word: "currency" for said in money if said for word in phrase(said)}
    kept = {side: {w: unit for w, unit in house[side].items() if unit != "currency"} for side in ("before", "after")}
    return {**house, **{side: {**words, **own} for side, words in kept.items()}}


def _status(vocabulary: Vocabulary) -> dict[str, list[str]]:
    house = HOUSE.table("topics")["status"]
    words = [word for entity in vocabulary.entities for word in entity.words]
    return {"triggers": house["triggers"], "terms": [*house["terms"], *words]}


def _splits(vocabulary: Vocabulary) -> list[str]:
    return [d.name for d in vocabulary.dimensions.values() if _splitting(d)]


def _splitting(dimension: Dimension) -> bool:
    return dimension.kind == "category" and not (dimension.identifying or dimension.grain)


def _examples(vocabulary: Vocabulary) -> Iterator[str]:
    """Yield questions that may be asked here; those that are not understood are left out by the catalogue."""
    splits = [d for d in vocabulary.dimensions.values() if _splitting(d)]
    for entity in vocabulary.entities:
        several = _plural(vocabulary, entity)
        yield f"How many {several} are there?"
        reach = join_paths(vocabulary, entity.view)
        near = [d for d in splits if set(d.homes) & set(reach)]
        yield from (f"Number of {several} by {d.label.lower()}" for d in near[:2])
        if vocabulary.metrics[entity.metric].time:
            yield f"Number of {several} by year"
        measures = [m for m in vocabulary.metrics.values() if m.view == entity.view and m.statistic == "average"]
        for measure in measures[:2]:
            yield measure.label
            yield from (f"{measure.label} by {d.label.lower()}" for d in near[:1])
    yield "What data do you have?"
    yield "What can you do?"


def _plural(vocabulary: Vocabulary, entity: Entity) -> str:
    return vocabulary.metrics[entity.metric].label.lower()


def _listed(items: list[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
