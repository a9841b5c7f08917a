"""Which of several things of one name is meant: the amount of loans, not that of orders."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.planner.frame import World
from assistant.planner.lexicon import Kind
from assistant.planner.reading import Reading
from assistant.planner.text import phrase


def views_said(reading: Reading, world: World) -> list[str]:
    """Return the views whose rows are spoken of: "loans", "cards"."""
    nouns = [reading.words.noun_phrases.get(phrase(span.text), "") for span in reading.spans]
    return [world.metric(noun).view for noun in dict.fromkeys(nouns) if noun]


def fitting(reading: Reading, world: World, names: Sequence[str]) -> list[str]:
    """Return the metrics or dimensions that may be meant, likelier ones first.

    Those of a view that is spoken of go before. Where several figures bear one name and nothing says whose, none may.
    """
    if reading.words.of_house or len(names) < 2:
        return list(names)
    said = views_said(reading, world)
    for views in (said, _views_of(reading, world, "value"), _views_of(reading, world, "dimension")):
        own = [name for name in names if _view(world, name) in views]
        if own:
            return own
    near = [name for name in names if _near(world, name, said)]
    figures = {_view(world, name) for name in names if name in world.vocabulary.metrics}
    if len(figures) < 2 or len(near) == 1:
        return near or list(names)
    labels = sorted({world.vocabulary.views[view].label.lower() for view in figures})
    note = f"more than one figure is called so: say whether of {', '.join(labels[:-1])} or {labels[-1]}"
    reading.notes.extend([] if note in reading.notes else [note])
    return []


def _views_of(reading: Reading, world: World, kind: Kind) -> list[str]:
    """Return the views whose own values or groupings are named, where that is not in doubt."""
    named = (set(span.names(kind)) for span in reading.spans if not span.has("metric"))
    return [_view(world, next(iter(names))) for names in named if len(names) == 1]


def _view(world: World, name: str) -> str:
    declared = world.vocabulary.metrics.get(name) or world.vocabulary.dimensions[name]
    return declared.view


def _near(world: World, name: str, said: Sequence[str]) -> bool:
    """Whether rows that are spoken of lead to the dimension, or those of the figure lead to them."""
    if name in world.vocabulary.metrics:
        return False
    return any(name in world.reach[view] for view in said)
