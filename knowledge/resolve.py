"""Names become declarations, and declarations are found from a metric's view through the joins."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from governance.errors import ToolRefused, ToolRetry, did_you_mean
from knowledge.query import Filter, MetricQuery
from knowledge.vocabulary import Dimension, Grain, Join, Metric, Vocabulary

if TYPE_CHECKING:
    from knowledge.members import Members

Declared = TypeVar("Declared", bound=Metric | Dimension)


@dataclass(frozen=True)
class Place:
    """Where a dimension is found from a view: a column of ``view``, behind ``joins``."""

    view: str
    column: str
    joins: tuple[Join, ...]


@dataclass(frozen=True)
class Question:
    """A `MetricQuery` with its names looked up.

    ``dimension_filters`` and ``metric_filters`` part the query's filters by what they name; ``shown_filters`` are those
    that choose among the groups whose shares are told; ``by_currency`` says that the currency was added so that money
    is not mixed; ``over`` is what a statistic goes over; ``members`` are those it is only of.
    """

    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...]
    grain: Grain | None
    dimension_filters: tuple[tuple[Dimension, Filter], ...]
    metric_filters: tuple[tuple[Metric, Filter], ...]
    by_currency: bool
    any_filters: tuple[tuple[Dimension, Filter], ...] = ()
    shown_filters: tuple[tuple[Dimension, Filter], ...] = ()
    over: Dimension | None = None
    members: tuple[Members, ...] = ()


def resolve(vocabulary: Vocabulary, query: MetricQuery) -> Question:
    """Look up every name of a query.

    Raises
    ------
    ToolRetry
        A name does not exist, or more than one grain is asked for.
    ToolRefused
        Something reported over groups only is asked customer by customer.
    """
    metrics = tuple(_find("metric", name, vocabulary.metrics) for name in dict.fromkeys(query.metrics))
    asked = [_find("dimension", name, vocabulary.dimensions) for name in dict.fromkeys(query.dimensions)]
    grains = list(dict.fromkeys([query.grain, *(dimension.grain for dimension in asked)]))
    grains = [grain for grain in grains if grain]
    if len(grains) > 1:
        raise ToolRetry(f"Give one grain, not {' and '.join(str(grain) for grain in grains)}.")
    on_metrics, on_dimensions = _part_filters(vocabulary, query, metrics)
    dimensions = [dimension for dimension in asked if not dimension.grain]
    _refuse_singling_out([*dimensions, *(dimension for dimension, _ in on_dimensions)])
    by_currency = _mixes_currencies(vocabulary, metrics, dimensions, on_dimensions)
    if by_currency:
        dimensions.append(vocabulary.dimensions["currency"])
    either = tuple((_filterable(vocabulary, condition.field), condition) for condition in query.any_filters)
    chosen = tuple(found for found in on_dimensions if query.share and found[0] in dimensions)
    return Question(
        metrics, tuple(dimensions), grains[0] if grains else None,
        tuple(found for found in on_dimensions if found not in chosen), on_metrics, by_currency, either, chosen,
        _find("dimension", query.each.over, vocabulary.dimensions) if query.each else None,
    )  # fmt: skip


def _find(kind: str, name: str, declared: Mapping[str, Declared]) -> Declared:
    if name in declared:
        return declared[name]
    spoken: dict[str, str] = {}
    for known, entry in declared.items():
        spoken |= dict.fromkeys((word.casefold() for word in (entry.label, *entry.synonyms)), known)
    nearest = spoken.get(name.strip().casefold(), name)
    raise ToolRetry(f"There is no {kind} '{name}'.{did_you_mean(nearest, declared, shown=20)}")


def _part_filters(
    vocabulary: Vocabulary, query: MetricQuery, metrics: tuple[Metric, ...]
) -> tuple[tuple[tuple[Metric, Filter], ...], tuple[tuple[Dimension, Filter], ...]]:
    selected = {metric.name: metric for metric in metrics}
    on_metrics, on_dimensions = [], []
    for condition in query.filters:
        name = measured(query, condition.field)
        if name in selected:
            on_metrics.append((selected[name], condition))
        elif name in vocabulary.metrics and name not in vocabulary.dimensions:
            raise ToolRetry(f"To filter by '{name}', ask for it too: add it to 'metrics'.")
        else:
            on_dimensions.append((_filterable(vocabulary, name), condition))
    return tuple(on_metrics), tuple(on_dimensions)


#: What a comparison adds to a metric's name.
COMPARED = ("_previous", "_change", "_growth")


def measured(query: MetricQuery, field: str) -> str:
    """Return the metric whose value or change ``field`` names; the field itself where it names none."""
    if query.compare_to is None and query.against is None:
        return field
    found = [field.removesuffix(end) for end in COMPARED if field.endswith(end)]
    return next((name for name in found if name in query.metrics), field)


def _filterable(vocabulary: Vocabulary, name: str) -> Dimension:
    dimension = _find("dimension", name, vocabulary.dimensions)
    if dimension.grain:
        raise ToolRetry(f"'{name}' cannot be filtered: give a 'period' with the dates instead.")
    return dimension


def _refuse_singling_out(used: list[Dimension]) -> None:
    sensitive = [dimension for dimension in used if dimension.aggregate_only]
    singling = [dimension for dimension in used if dimension.identifying]
    if sensitive and singling:
        raise ToolRefused(
            f"{sensitive[0].label} is reported over groups of customers only, not by {singling[0].label.lower()}."
        )


def _mixes_currencies(
    vocabulary: Vocabulary,
    metrics: tuple[Metric, ...],
    dimensions: list[Dimension],
    filters: tuple[tuple[Dimension, Filter], ...],
) -> bool:
    currency = vocabulary.dimensions.get("currency")
    if currency is None or len(currency.values) < 2 or currency in dimensions:
        return False
    pinned = any(dimension is currency and condition.op == "=" for dimension, condition in filters)
    return not pinned and any(metric.unit == "currency" for metric in metrics)


def place(vocabulary: Vocabulary, metric: Metric, dimension: Dimension) -> Place:
    """Find a dimension from a metric's view: in the view itself, else behind the fewest joins.

    Raises
    ------
    ToolRetry
        No join leads there; the message lists the dimensions that apply.
    """
    paths = join_paths(vocabulary, metric.view)
    found = _nearest(paths, dimension)
    if found is None:
        known = [other.name for other in vocabulary.dimensions.values() if other.grain or _nearest(paths, other)]
        raise ToolRetry(
            f"'{dimension.name}' does not apply to '{metric.name}'.{did_you_mean(dimension.name, known, shown=40)}"
        )
    return found


def join_paths(vocabulary: Vocabulary, start: str) -> Mapping[str, tuple[Join, ...]]:
    """View → the joins that lead to it from ``start``, for every view within reach, nearest first."""
    paths: dict[str, tuple[Join, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        view = waiting.popleft()
        for join in vocabulary.joins:
            if join.left == view and join.right not in paths:
                paths[join.right] = (*paths[view], join)
                waiting.append(join.right)
    return paths


def _nearest(paths: Mapping[str, tuple[Join, ...]], dimension: Dimension) -> Place | None:
    homes = dimension.homes
    places = [Place(view, homes[view], joins) for view, joins in paths.items() if view in homes]
    return min(places, key=lambda found: (len(found.joins), found.view != dimension.view), default=None)
