"""What an answer is restricted to, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.planner.calendar import DAY
from assistant.planner.frame import Frame
from assistant.prose.numbers import said
from assistant.prose.periods import period_words
from knowledge.query import Filter, Period, Who
from knowledge.vocabulary import Vocabulary

#: Operator → words; the value follows.
_OPERATORS = {
    "=": "", "in": "", "!=": "not ", "not_in": "not ", ">": "above ", ">=": "at least ", "<": "below ",
    "<=": "at most ", "between": "",
}  # fmt: skip
_EMPTY = {"is_null": "unknown", "not_null": "known"}
#: What a comparison adds to a figure's name, and how it is said.
_ADDED = {"_previous": " before", "_change": " change", "_growth": " growth"}
#: Dimensions whose value needs no name beside it.
_PLACES = ("city", "state", "region")


#: Ids that are named one by one; more of them are those of a list that was shown.
MOST_NAMED = 10


def listed(items: Sequence[str], last: str = "and") -> str:
    """Return items as people list them: a, b and c."""
    return f" {last} ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def scope_words(frame: Frame, vocabulary: Vocabulary) -> str:
    """Return the filters in words: "in Pune, product home loan, amount above ₹1 L"; empty without any."""
    parts = [_dated(frame.period)] if frame.period else []
    return ", ".join([*parts, *filters_words(frame, vocabulary)])


def _dated(period: Period) -> str:
    """Return a period behind its preposition: in May 2026, from 1 Jan to 17 Feb, on 3 Mar, up to 31 Mar."""
    words = period_words(period)
    if words.startswith("up to"):
        return words
    whole_days = " to " in words or period.end - period.start == DAY
    return f"{'from' if ' to ' in words else 'on' if whole_days else 'in'} {words}"


def filters_words(frame: Frame, vocabulary: Vocabulary) -> list[str]:
    """Return each filter in words."""
    either = [_condition(condition, vocabulary) for condition in frame.any_filters]
    return [
        *(_condition(condition, vocabulary) for condition in frame.filters),
        *([" or ".join(either)] if either else []),
        *(_whose(who, vocabulary) for who in frame.who),
    ]


def _whose(who: Who, vocabulary: Vocabulary) -> str:
    """Return who is chosen by another figure: "with bounces in May 2026", "without accounts of kind credit card"."""
    metric = vocabulary.metrics[who.metric]
    of = "".join(f" ({_condition(condition, vocabulary)})" for condition in who.filters)
    when = f" {_dated(who.period)}" if who.period else ""
    things = f"{lowered(metric.label)}{of}"
    if (who.op, who.value) in ((">", 0), ("=", 0)):
        return f"{'with' if who.op == '>' else 'without'} {things}{when}"
    told = _value(who.value, metric.unit, vocabulary.currency or "INR")
    return f"with {things} {_OPERATORS.get(who.op, '')}{told}{when}"


def _condition(condition: Filter, vocabulary: Vocabulary) -> str:
    name, told_of = _compared(condition.field)
    declared = vocabulary.dimensions.get(name) or vocabulary.metrics.get(name)
    if declared is None:  # a column of a model's list: its kind, its goal
        kinds: Sequence[Any] = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        return f"{name} {listed([str(each).replace('_', ' ') for each in kinds], 'or')}"
    if condition.op in _EMPTY:
        return f"{lowered(declared.label)} {_EMPTY[condition.op]}"
    if condition.op == ">" and condition.value == 0 and name in vocabulary.metrics and not told_of:
        return f"with {lowered(declared.label)}"
    values: Sequence[Any] = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if len(values) > MOST_NAMED and getattr(declared, "identifying", False):
        return f"{lowered(declared.label)} one of the {len(values)} listed before"
    joiner = "and" if condition.op == "between" else "or"
    unit = "percent" if told_of == " growth" else declared.unit
    told = listed([_value(value, unit, vocabulary.currency or "INR") for value in values], joiner)
    if condition.field in _PLACES:
        return f"{'not ' if condition.op in ('!=', 'not_in') else ''}in {told}"
    between = "between " if condition.op == "between" else ""
    return f"{lowered(declared.label)}{told_of} {between}{_OPERATORS.get(condition.op, '')}{told}"


def _compared(field: str) -> tuple[str, str]:
    """Return the name behind what a comparison adds to it, and how that is said."""
    for ending, words in _ADDED.items():
        if field.endswith(ending):
            return field.removesuffix(ending), words
    return field, ""


def _value(value: Any, unit: str, currency: str) -> str:
    """Return a limit as it was said: 20%, not 20.0%."""
    return said(value, unit, currency=currency).replace(".0%", "%")


def lowered(label: str) -> str:
    """Return a label inside a sentence: first letter small unless it opens an acronym or a number."""
    second = label[1:2]
    return label if second.isupper() or not second.isalpha() else label[0].lower() + label[1:]
