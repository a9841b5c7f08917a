"""The answer to a question for figures: one figure, a comparison, a ranking of groups, or a course over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from assistant.planner.frame import Frame
from assistant.prose.health import currency_of, dated, fact, model_line
from assistant.prose.numbers import MISSING, said
from assistant.prose.periods import before_words, bucket_words, period_words
from assistant.prose.scope import listed, lowered, scope_words
from knowledge.vocabulary import Vocabulary
from tools.result import Column, ToolResult

#: What a list of customers is of, where nothing else is told of them: one for each.
CUSTOMER, MEMBERS = "customer_id", ("customers", "borrowers")


class _Figures:
    """A result's table, read by column name."""

    def __init__(self, frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> None:
        self.frame = frame
        self.result = result
        self.vocabulary = vocabulary
        self.rows: Sequence[Sequence[Any]] = result.table.rows if result.table else ()
        self.columns: dict[str, tuple[int, Column]] = {
            column.name: (place, column) for place, column in enumerate(result.table.columns if result.table else ())
        }

    def value(self, row: Sequence[Any], name: str) -> Any:
        """Return the cell of ``row`` under a column, or None."""
        found = self.columns.get(name)
        return row[found[0]] if found else None

    def told(self, row: Sequence[Any], name: str) -> str:
        """Return a cell in words, in the currency of its row."""
        found = self.columns.get(name)
        currency = str(self.value(row, "currency") or currency_of(self.result))
        return said(row[found[0]], found[1].unit, currency=currency) if found else MISSING

    def label(self, metric: str) -> str:
        """Return a metric's label, or that of the statistic that stands in its place."""
        if metric in self.columns:
            return self.columns[metric][1].label
        declared = self.vocabulary.metrics.get(metric)
        return declared.label if declared else metric.replace("_", " ")

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are told: the metrics, or the statistic in their place."""
        each = self.frame.each
        if each is None:
            return self.frame.metrics
        if each.statistic == "count":
            return (f"count_{each.over}",)
        return tuple(f"{each.statistic}_{metric}" for metric in self.frame.metrics)

    def keys(self, row: Sequence[Any]) -> str:
        """Return what names a row: its bucket of time and its dimensions."""
        grain = self.frame.grain
        time = [bucket_words(self.value(row, grain), grain)] if grain and self.value(row, grain) else []
        return ", ".join([*(self._named(row, name) for name in self.naming), *time])

    @property
    def naming(self) -> tuple[str, ...]:
        """The dimensions that name a row: the id of a single thing alone, where attributes of it stand beside."""
        dimensions = self.frame.dimensions
        declared = self.vocabulary.dimensions.get(dimensions[0]) if dimensions else None
        return dimensions[:1] if declared and declared.identifying else dimensions

    def _named(self, row: Sequence[Any], dimension: str) -> str:
        """Return a group's name; what belongs to none is said so."""
        value = self.value(row, dimension)
        if value is not None:
            return said(value)
        declared = self.vocabulary.dimensions.get(dimension)
        return f"no {lowered(declared.label) if declared else dimension}"


def tell_metrics(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about a question for figures."""
    figures = _Figures(frame, result, vocabulary)
    if not figures.rows or all(value is None for row in figures.rows for value in row):
        return [_nothing(figures), *_closing(result)]
    if frame.together:
        opening = [_added(figures, name) for name in frame.metrics]
    elif len(figures.rows) == 1 and not (frame.dimensions or frame.grain):
        opening = [_single(figures, name, metric) for name, metric in zip(figures.names, frame.metrics, strict=False)]
        if frame.ratio:
            opening.insert(
                0, f"{figures.label('ratio')}{_scope(frame, vocabulary)}: {figures.told(figures.rows[0], 'ratio')}."
            )
    elif frame.grain and not frame.dimensions:
        opening = [_course(figures, name) for name in frame.metrics]
    else:
        compared = frame.compare_to or frame.against
        opening = [
            _groups(figures),
            *([_changes(figures)] if compared else []),
            *([_shares(figures)] if frame.share else []),
        ]
        if frame.order and frame.order[0].field not in frame.metrics:
            opening.reverse()
    definitions = (
        [_definition(figures, name) for name in frame.metrics] if len(opening) > 1 or not _alone(figures) else []
    )
    return [*opening, *definitions, *_closing(result)]


def _nothing(figures: _Figures) -> str:
    """What is said of a table without rows: nobody is so, or there is no such figure."""
    frame, vocabulary = figures.frame, figures.vocabulary
    declared = vocabulary.dimensions.get(frame.dimensions[0]) if frame.dimensions else None
    if declared and declared.identifying:
        return f"There is no {lowered(declared.label)} of that kind{_scope(frame, vocabulary)}."
    return f"There is no {lowered(figures.label(frame.metrics[0]))} to show{_scope(frame, vocabulary)}."


def _added(figures: _Figures, name: str) -> str:
    """What the first groups of a ranking come to together, and their share where it is asked for."""
    frame, row = figures.frame, figures.rows[0]
    end = "lowest" if frame.order and frame.order[0].direction == "asc" else "highest"
    label = lowered(figures.vocabulary.dimensions[frame.dimensions[0]].label)
    whose = f"of the {frame.limit} {end} by {label}, together{_scope(frame, figures.vocabulary)}"
    opening = f"{figures.label(name)} {whose}: {figures.told(row, name)}"
    return f"{opening}, {figures.told(row, f'{name}_share')} of the whole." if frame.share else f"{opening}."


def _alone(figures: _Figures) -> bool:
    """Whether the one sentence there is carries the definition already."""
    return len(figures.rows) == 1 and not (figures.frame.dimensions or figures.frame.grain)


def _scope(frame: Frame, vocabulary: Vocabulary) -> str:
    words = scope_words(frame, vocabulary)
    return (
        f" {words}" if words.startswith(("in ", "not in ", "from ", "on ", "up to ")) else f", {words}" if words else ""
    )


def _definition_words(figures: _Figures, metric: str) -> str:
    return str(fact(figures.result, f"definition_{metric}").value or "").rstrip(".")


def _definition(figures: _Figures, metric: str) -> str:
    words = _definition_words(figures, metric)
    return f"{figures.label(metric)}: {lowered(words)}." if words else ""


def _single(figures: _Figures, name: str, metric: str) -> str:
    """One figure with its definition, and what it is compared with."""
    frame, row = figures.frame, figures.rows[0]
    declared, value = figures.vocabulary.metrics[metric], figures.told(row, name)
    scope = _scope(frame, figures.vocabulary)
    if frame.each and frame.each.statistic == "count":
        opening = f"{value} {lowered(figures.label(name))}{scope}"
    elif frame.each:
        opening = f"{figures.label(name)}{scope}: {value}"
    elif declared.unit == "count":
        opening = f"{value} {lowered(declared.label)}{scope}"
    elif declared.unit == "currency" and declared.time_kind == "flow":
        opening = f"{declared.label} came to {value}{scope}"
    else:
        opening = f"{declared.label}{scope}: {value}"
    definition = _definition_words(figures, metric)
    return f"{opening}{_against(figures, row, metric)}{f' – {lowered(definition)}' if definition else ''}."


def _against(figures: _Figures, row: Sequence[Any], metric: str) -> str:
    frame = figures.frame
    before = figures.value(row, f"{metric}_previous")
    if before is None:
        return ""
    change, growth = figures.value(row, f"{metric}_change"), figures.value(row, f"{metric}_growth")
    when = _before(frame)
    words = f", against {figures.told(row, f'{metric}_previous')} {when}"
    if growth is None:
        return words
    return f"{words} ({'up' if change >= 0 else 'down'} {said(abs(growth), 'percent')})"


def _before(frame: Frame) -> str:
    if frame.against:
        words = period_words(frame.against)
        return words if words.startswith("up to") else f"in {words}"
    return before_words(frame.period, frame.grain, frame.compare_to or "previous_period")


def _shares(figures: _Figures) -> str:
    """The largest share, and the share of what is shown."""
    name = f"{figures.frame.metrics[0]}_share"
    rows = [row for row in figures.rows if figures.value(row, name) is not None]
    if not rows:
        return ""
    first = max(rows, key=lambda row: figures.value(row, name))
    return f"{figures.keys(first)} makes up {figures.told(first, name)} of the whole."


def _course(figures: _Figures, metric: str) -> str:
    """A course over time: first, last, highest, lowest."""
    frame = figures.frame
    rows = [row for row in figures.rows if figures.value(row, metric) is not None]
    if not rows:
        return f"There is no {lowered(figures.label(metric))} to show."
    by_time = sorted(rows, key=lambda row: figures.value(row, str(frame.grain)) or dt.date.min)
    first, last = by_time[0], by_time[-1]
    highest = max(rows, key=lambda row: figures.value(row, metric))
    lowest = min(rows, key=lambda row: figures.value(row, metric))
    scope = _scope(frame, figures.vocabulary)
    if first is last:
        return f"{figures.label(metric)}{scope}: {figures.told(first, metric)} ({figures.keys(first)})."
    return (
        f"{figures.label(metric)} by {frame.grain}{scope}: {figures.told(first, metric)} in {figures.keys(first)}, "
        f"{figures.told(last, metric)} in {figures.keys(last)}; the highest {figures.told(highest, metric)} in "
        f"{figures.keys(highest)}, the lowest {figures.told(lowest, metric)} in {figures.keys(lowest)}."
    )


def _groups(figures: _Figures) -> str:
    """Groups side by side: the ends of the table, which shows the rest."""
    frame, metric = figures.frame, figures.names[0]
    rows = [row for row in figures.rows if figures.value(row, metric) is not None]
    head = _head(figures)
    if not rows:
        return f"{head}: no group has a value."
    if frame.grain:
        return f"{head}: {_size(figures)} rows, {_span(figures, rows)}."
    highest = max(rows, key=lambda row: figures.value(row, metric))
    lowest = min(rows, key=lambda row: figures.value(row, metric))
    if frame.dimensions == (CUSTOMER,) and metric in MEMBERS:
        return (
            f"{_size(figures)} {lowered(figures.label(metric))}{_scope(frame, figures.vocabulary)}, each in the table."
        )
    alike = figures.value(highest, metric) == figures.value(lowest, metric)
    if alike and len(rows) > 1:
        return f"{head}: {_size(figures)} rows, {figures.told(rows[0], metric)} each."
    if alike:
        return f"{head}: {figures.keys(rows[0])} with {figures.told(rows[0], metric)}."
    ends = [("highest", highest), ("lowest", lowest)]
    if frame.order and frame.order[0].direction == "asc":
        ends.reverse()
    (first, row), (last, other) = ends
    return (
        f"{head}: the {first} of {_size(figures)} is {figures.keys(row)} with {figures.told(row, metric)}, "
        f"the {last} {figures.keys(other)} with {figures.told(other, metric)}."
    )


def _head(figures: _Figures) -> str:
    frame = figures.frame
    labels = listed([figures.label(name) for name in figures.names])
    ranked = frame.order[0].field if frame.order and figures.naming != frame.dimensions else ""
    by = (
        f", in the order of {lowered(figures.vocabulary.dimensions[ranked].label)}"
        if ranked in frame.dimensions
        else ""
    )
    return f"{labels} by {listed(_split_words(figures))}{_scope(frame, figures.vocabulary)}{by}"


def _span(figures: _Figures, rows: Sequence[Sequence[Any]]) -> str:
    """The first and the last bucket of time there is."""
    grain = str(figures.frame.grain)
    times = sorted(value for row in rows if (value := figures.value(row, grain)))
    if not times:
        return "without a date"
    return f"from {bucket_words(times[0], grain)} to {bucket_words(times[-1], grain)}"


def _split_words(figures: _Figures) -> list[str]:
    labels = [lowered(figures.vocabulary.dimensions[name].label) for name in figures.naming]
    return [*labels, *([figures.frame.grain] if figures.frame.grain else [])]


def _size(figures: _Figures) -> str:
    """How many rows there are, and of how many where the list was cut."""
    shown, total = len(figures.rows), fact(figures.result, "total_rows").value
    currency = currency_of(figures.result)
    if isinstance(total, int) and total > shown:
        return f"the {said(shown, 'count', currency=currency)} shown of {said(total, 'count', currency=currency)}"
    return said(shown, "count", currency=currency)


def _changes(figures: _Figures) -> str:
    """Which group rose and which fell most against the time before."""
    metric, frame = figures.frame.metrics[0], figures.frame
    name = f"{metric}_change"
    rows = [row for row in figures.rows if figures.value(row, name) is not None]
    if not rows:
        return ""
    rose = max(rows, key=lambda row: figures.value(row, name))
    fell = min(rows, key=lambda row: figures.value(row, name))
    before = _before(frame).removeprefix("in ")
    return (
        f"The largest change upward against {before} is {figures.told(rose, name)} ({figures.keys(rose)}), "
        f"downward {figures.told(fell, name)} ({figures.keys(fell)})."
    )


def _closing(result: ToolResult) -> list[str]:
    return [dated(result), model_line(result)]
