"""What a compiled query means, in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from knowledge.query import Filter, MetricQuery, Who
from knowledge.resolve import Question
from knowledge.vocabulary import Dimension, Metric, Vocabulary
from knowledge.windows import DAY, Window, spoken

_OPERATORS = {
    "=": "is", "!=": "is not", "in": "is one of", "not_in": "is none of", ">": "is above", ">=": "is at least",
    "<": "is below", "<=": "is at most", "between": "lies between", "contains": "contains", "is_null": "is empty",
    "not_null": "is not empty",
}  # fmt: skip


def definitions(
    vocabulary: Vocabulary, question: Question, query: MetricQuery, now: Window, before: Window | None
) -> tuple[str, ...]:
    """Return how metrics and dimensions are defined, what was restricted, which dates are covered."""
    return (
        *(f"{metric.label}: {metric.description}" for metric in question.metrics),
        *(f"{dimension.label}: {dimension.description}" for dimension in question.dimensions),
        *_restrictions((*question.dimension_filters, *question.shown_filters, *question.metric_filters)),
        *_either(question),
        *(_of_whom(vocabulary, who) for who in query.who),
        *_shaped(question, query),
        *_dates(question, query, now, before),
        *(["Sums of different currencies are kept apart."] if question.by_currency else []),
    )


def _restrictions(filters: Iterable[tuple[Dimension | Metric, Filter]]) -> list[str]:
    return [f"Only where {declared.label} {_OPERATORS[f.op]}{_value(declared, f)}." for declared, f in filters]


def _either(question: Question) -> list[str]:
    said = [f"{d.label} {_OPERATORS[f.op]}{_value(d, f)}" for d, f in question.any_filters]
    return [f"Only where {' or '.join(said)}."] if said else []


def _of_whom(vocabulary: Vocabulary, who: Who) -> str:
    """Say who is chosen: "Only of those whose Bounces from 01 May 2026 to 31 May 2026 is above 0."."""
    metric = vocabulary.metrics[who.metric]
    held = [(vocabulary.dimensions[f.field], f) for f in who.filters]
    within = "".join(f", {d.label} {_OPERATORS[f.op]}{_value(d, f)}," for d, f in held)
    dated = f" from {spoken(who.period.start)} to {spoken(who.period.end - DAY)}" if who.period else ""
    return f"Only of those whose {metric.label}{within}{dated} {_OPERATORS[who.op]} {who.value}."


def _shaped(question: Question, query: MetricQuery) -> list[str]:
    """Say what shares are of, and what a statistic goes over."""
    told = ["Shares are of the sum over all groups, those not shown included."] if query.share else []
    if query.each and question.over:
        over = question.over.label.lower()
        meaning = f"over every {over} with a value, one value each"
        counted = f"every {over} that meets the conditions"
        told.append(f"Counted: {counted}." if query.each.statistic == "count" else f"The statistic goes {meaning}.")
    return told


def _value(declared: Dimension | Metric, condition: Filter) -> str:
    value = condition.value
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    canonical = declared.canonical if isinstance(declared, Dimension) else (lambda _: None)
    shown = [canonical(str(one)) or (spoken(one) if isinstance(one, dt.date) else str(one)) for one in values]
    return " " + (" and " if condition.op == "between" else ", ").join(shown) if shown else ""


def _dates(question: Question, query: MetricQuery, now: Window, before: Window | None) -> list[str]:
    kinds = {metric.time_kind for metric in question.metrics}
    last = spoken(now.end - DAY)
    covered = f"{spoken(now.start)} to {last}" if now.start else f"all time up to {last}"
    sentences = [f"Period: {covered}."] if "flow" in kinds or now.start else []
    if "snapshot" in kinds:
        pinned = f"of each {question.grain}" if question.grain else f"up to {last}"
        sentences.append(f"States are those of the last as-of {pinned}.")
    if "spell" in kinds:
        sentences.append(f"Counted at the end of {f'each {question.grain}' if question.grain else last}.")
    if before:
        sentences.append(_comparison(question, query, before))
    return sentences


def _comparison(question: Question, query: MetricQuery, before: Window) -> str:
    by_year = query.compare_to == "previous_year"
    if question.grain:
        return f"Each {question.grain} is compared with the {'same one a year' if by_year else 'one'} before."
    if before.start:
        return f"Compared with {spoken(before.start)} to {spoken(before.end - DAY)}."
    return f"Compared with {'a year' if by_year else 'a month'} before."
