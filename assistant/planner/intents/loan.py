"""Questions about a loan that is named by its id: what it is, or some attributes of it."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.planner.frame import Frame, World
from assistant.planner.lexicon import Meaning
from assistant.planner.parts.measures import noun_of
from assistant.planner.parts.values import filter_of
from assistant.planner.reading import Reading
from assistant.planner.spans import Span

LOAN = "loan_id"


def read_loan(reading: Reading, world: World) -> Frame | None:
    """Read "L000000241: rate and tenor", "who holds loan L000000241"; None where no loan is named or a time is.

    What it was at some time, or how it changed, is read as any figure is.
    """
    absent = [meaning.value for span in reading.free() for meaning in span.meanings if meaning == _absent(meaning)]
    reading.notes += [f"no loan of the books is {loan}" for loan in absent]
    named = [span for span in reading.free() if span.has("value", LOAN)]
    if not named or any(span.time for span in reading.spans):
        return None
    loans = [meaning.value for span in named for meaning in span.meanings if meaning.name == LOAN]
    reading.use(*named)
    metrics, dimensions = _asked(reading, world)
    told = reading.words.table("measures")["of_loan"]
    if not metrics and not dimensions:
        reading.take_cue("profile", "scored")
        reading.use(*(span for span in reading.free() if span.has("dimension", LOAN)))
        metrics, dimensions = tuple(told["metrics"]), tuple(told["dimensions"])
    if len(loans) > 1:
        reading.take_cue("compare", "between")
        dimensions = (LOAN, *dimensions)
    held = {told["beside"]: None} if not metrics else dict.fromkeys(metrics)
    held = {name: None for name in held if name in world.vocabulary.metrics}
    if not held or not all(world.applies(name, tuple(held)) for name in (LOAN, *dimensions)):
        return None
    return Frame("metrics", metrics=tuple(held), dimensions=dimensions, filters=(filter_of(LOAN, loans),))


def _absent(meaning: Meaning) -> Meaning:
    return Meaning("absent", LOAN, meaning.value)


def _asked(reading: Reading, world: World) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take the attributes that are asked for: numbers as the figures that tell them, the others as they are."""
    metrics, dimensions = {}, {}
    for span in reading.free():
        figure, attribute = next(_figures(reading, world, span), ""), next(_attributes(reading, world, span), "")
        if figure:
            metrics[figure] = span
        elif attribute:
            dimensions[attribute] = span
        else:
            continue
        before = reading.before(span)
        reading.use(span, *([before] if before and before.cue("split") else []))
    if reading.take_cue("overdue"):
        metrics["average_days_past_due"] = reading.spans[0]
    return tuple(metrics), tuple(dimensions)


def _figures(reading: Reading, world: World, span: Span) -> Iterator[str]:
    table = reading.words.table("measures")
    meant: dict[str, str] = table["of_loan"]["meant"]
    yield from (table["summed"][name] for name in span.names("dimension") if name in table["summed"])
    for name in span.names("metric"):
        figure = meant.get(name, name)
        if figure in world.vocabulary.metrics and world.applies(LOAN, (figure,)) and not noun_of(reading, span):
            yield figure


def _attributes(reading: Reading, world: World, span: Span) -> Iterator[str]:
    attributes: dict[str, str] = reading.words.table("measures")["of_loan"]["attributes"]
    yield from (attributes[name] for name in span.names("metric") if name in attributes)
    for name in span.names("dimension"):
        if name != LOAN and world.vocabulary.dimensions[name].kind != "number":
            yield name
