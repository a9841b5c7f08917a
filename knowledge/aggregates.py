"""One view, one window: the metrics that share both, aggregated by the query's keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from knowledge.conditions import condition_on
from knowledge.dates import condition_dates, newest_as_of
from knowledge.query import Filter
from knowledge.resolve import Place, Question, place
from knowledge.sql import aliased, bound, column, from_view, parsed
from knowledge.vocabulary import Dimension, Join, Metric, Vocabulary
from knowledge.windows import Window


@dataclass(frozen=True)
class Slice:
    """Metrics over the rows of one view in one window; becomes the CTE ``name``."""

    name: str
    metrics: tuple[Metric, ...]
    window: Window
    question: Question
    vocabulary: Vocabulary

    @property
    def basis(self) -> Metric:
        """Any of the metrics: they share view, dates and series."""
        return self.metrics[0]

    @cached_property
    def as_of_name(self) -> str | None:
        """Name of the CTE with the one as-of of states; None for events, or with an as-of for each row."""
        own_time = any(found.column == self.basis.time for found in self.places if found.view == self.basis.view)
        pinned = self.basis.time_kind == "snapshot" and self.question.grain is None and not own_time
        return f"{self.name}_as_of" if pinned else None

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where the query's dimensions are found from the view."""
        return tuple(place(self.vocabulary, self.basis, dimension) for dimension in self.split)

    @cached_property
    def split(self) -> tuple[Dimension, ...]:
        """What the rows are grouped by: what the query splits by, and what its statistic goes over."""
        over = self.question.over
        return (*self.question.dimensions, *([over] if over and over not in self.question.dimensions else []))

    @cached_property
    def filters(self) -> tuple[tuple[Place, exp.Expr], ...]:
        """The query's conditions on dimensions, each with where it binds."""
        return self._placed(self.question.dimension_filters)

    @cached_property
    def either(self) -> tuple[tuple[Place, exp.Expr], ...]:
        """The conditions of which one must hold, each with where it binds."""
        return self._placed(self.question.any_filters)

    @cached_property
    def members(self) -> tuple[tuple[Place, exp.Expr], ...]:
        """The conditions on who the rows are of, each with where it binds."""
        found = [(place(self.vocabulary, self.basis, each.over), each) for each in self.question.members]
        return tuple((at, each.condition(column(at.column, at.view))) for at, each in found)

    def _placed(self, filters: Iterable[tuple[Dimension, Filter]]) -> tuple[tuple[Place, exp.Expr], ...]:
        found = [(place(self.vocabulary, self.basis, dimension), dimension, wanted) for dimension, wanted in filters]
        return tuple(
            (at, condition_on(column(at.column, at.view), dimension, wanted)) for at, dimension, wanted in found
        )


def slices(vocabulary: Vocabulary, question: Question, window: Window, suffix: str = "") -> list[Slice]:
    """Put metrics together that share view, dates and series."""
    shared: dict[tuple[str, ...], list[Metric]] = {}
    for metric in question.metrics:
        basis = (metric.view, metric.time, metric.time_kind, metric.until, metric.series)
        shared.setdefault(basis, []).append(metric)
    several = [view for view, *_ in shared]
    return [
        Slice(f"{_slice_name(several, position)}{suffix}", tuple(metrics), window, question, vocabulary)
        for position, metrics in enumerate(shared.values())
    ]


def _slice_name(views: Sequence[str], position: int) -> str:
    view = views[position]
    earlier = views[:position].count(view)
    return f"from_{view}_{earlier + 1}" if earlier else f"from_{view}"


def as_of(part: Slice) -> exp.Select:
    """Return the SELECT of the one as-of a slice of states is of, named ``as_of``."""
    return newest_as_of(part.basis, part.window, _on_own_time(part))


def aggregate(part: Slice) -> exp.Select:
    """Return the SELECT of a slice: keys, then metrics."""
    dates = condition_dates(part.basis, part.window, part.question.grain, part.as_of_name, _on_own_time(part))
    selected = [aliased(dates.bucket, str(part.question.grain))] if dates.bucket is not None else []
    selected += [
        aliased(column(at.column, at.view), dimension.name)
        for at, dimension in zip(part.places, part.split, strict=True)
    ]
    keys = [exp.Literal.number(position) for position in range(1, len(selected) + 1)]
    selected += [aliased(_value(metric, part, keyed=bool(keys)), metric.name) for metric in part.metrics]
    query = exp.select(*selected, copy=False).from_(from_view(part.basis.view), copy=False)
    if dates.buckets is not None:
        query = query.join(dates.buckets, join_type="cross", copy=False)
    for join in _joins([*part.places, *(at for at, _ in (*part.filters, *part.either, *part.members))]):
        query = query.join(from_view(join.right), join_type="left", on=parsed(join.on), copy=False)
    conditions = [*dates.conditions, *_wheres(part), *(condition.copy() for _, condition in part.filters)]
    conditions += [condition.copy() for _, condition in part.members]
    if part.either:
        conditions.append(exp.or_(*(condition.copy() for _, condition in part.either), copy=False))
    query = query.where(*conditions, copy=False)
    return query.group_by(*keys, copy=False) if keys else query


def _value(metric: Metric, part: Slice, *, keyed: bool) -> exp.Expr:
    """Return a metric's aggregate: over its own rows, zero where nothing was counted or summed, money as money."""
    value = bound(metric.expression, metric.view)
    if metric.where and _wheres_differ(part):
        value = _over(value, bound(metric.where, metric.view))
    if sums(metric):
        value = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)]) if value.find(exp.Sum) else value
        value = value if keyed or part.as_of_name is None else _if_known(value, part.as_of_name)
    return exp.cast(value, "DECIMAL(38, 2)", copy=False) if metric.unit == "currency" else value


def sums(metric: Metric) -> bool:
    """Whether a metric counts or sums, so that none is zero."""
    expression = parsed(metric.expression)
    return isinstance(expression.this if isinstance(expression, exp.Neg) else expression, exp.Sum | exp.Count)


def _if_known(value: exp.Expr, as_of_name: str) -> exp.Expr:
    known = exp.not_(exp.select("as_of").from_(as_of_name).subquery().is_(exp.null()), copy=False)
    return exp.Case().when(known, value, copy=False)


def _wheres_differ(part: Slice) -> bool:
    return len({metric.where for metric in part.metrics}) > 1


def _wheres(part: Slice) -> list[exp.Expr]:
    """Return what keeps the rows of any of the metrics."""
    wheres = list(dict.fromkeys(metric.where for metric in part.metrics))
    return [exp.or_(*(bound(where, part.basis.view) for where in wheres), copy=False)] if all(wheres) else []


def _over(value: exp.Expr, where: exp.Expr) -> exp.Expr:
    """Restrict every aggregate in ``value`` to rows that meet ``where``."""
    held = exp.Paren(this=value)
    for aggregate_call in list(held.find_all(exp.AggFunc)):
        if isinstance(aggregate_call.parent, exp.Filter):
            present = aggregate_call.parent.expression
            present.set("this", exp.and_(present.this, where.copy(), copy=False))
        else:
            filtered = exp.Filter(this=aggregate_call.copy(), expression=exp.Where(this=where.copy()))
            aggregate_call.replace(filtered)
    restricted: exp.Expr = held.this
    return restricted


def _on_own_time(part: Slice) -> list[exp.Expr]:
    """Return the conditions on the view's own as-of: they decide the as-of that is looked up."""
    own = (part.basis.view, part.basis.time)
    return [condition.copy() for at, condition in part.filters if (at.view, at.column) == own]


def _joins(places: Iterable[Place]) -> list[Join]:
    """Return the joins that lead to all places, each once, nearer ones first."""
    return list(dict.fromkeys(join for found in places for join in found.joins))
