"""One view, one window: the metrics that share both, aggregated by the query's keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import sqlglot
from sqlglot import exp

from governance.errors import ToolRetry
from knowledge.conditions import condition_on, date_literal
from knowledge.resolve import Place, Question, place
from knowledge.vocabulary import Grain, Join, Metric, Vocabulary
from knowledge.windows import DAY, Lag, Window, demand_period


@dataclass(frozen=True)
class Slice:
    """Metrics over the same rows of one view in one window; becomes one CTE called ``name``."""

    name: str
    metrics: tuple[Metric, ...]
    window: Window
    question: Question
    vocabulary: Vocabulary

    @property
    def basis(self) -> Metric:
        """Any of the metrics: they share view, dates and rows."""
        return self.metrics[0]

    @property
    def newest_name(self) -> str:
        """Name of the CTE that holds the as-of, for states without a grain."""
        return f"{self.name}_as_of"

    @property
    def pins_as_of(self) -> bool:
        """Whether one as-of is looked up, rather than one for each bucket or all of them."""
        return self.basis.time_kind == "snapshot" and self.question.grain is None and not self._splits_by_time

    @property
    def _splits_by_time(self) -> bool:
        return any(self.place_of(name).column == self.basis.time for name in self._times)

    @property
    def _times(self) -> list[str]:
        return [dimension.name for dimension in self.question.dimensions if dimension.kind == "time"]

    def place_of(self, name: str) -> Place:
        """Where the dimension is found from this slice's view."""
        return place(self.vocabulary, self.basis, self.vocabulary.dimensions[name])


def keys(question: Question) -> tuple[str, ...]:
    """Names of the columns that rows are grouped by: the grain first, then the dimensions."""
    return (*filter(None, [question.grain]), *(dimension.name for dimension in question.dimensions))


def aggregate(part: Slice) -> exp.Select:
    """Return the SELECT of a slice: keys, then metrics."""
    places = {dimension.name: part.place_of(dimension.name) for dimension in part.question.dimensions}
    filtered = [
        (part.place_of(dimension.name), dimension, wanted) for dimension, wanted in part.question.dimension_filters
    ]
    bucket, conditions, source = _dates(part)
    conditions += [condition_on(_column(found), dimension, wanted) for found, dimension, wanted in filtered]
    selected: list[exp.Expr] = [exp.alias_(bucket, str(part.question.grain))] if bucket is not None else []
    selected += [exp.alias_(_column(found), name, quoted=True) for name, found in places.items()]
    groups = list(range(1, len(selected) + 1))
    selected += [
        exp.alias_(_on_view(metric.expression, metric.view), metric.name, quoted=True) for metric in part.metrics
    ]
    query = exp.select(*selected).from_(_view(part.basis.view))
    for addition in source:
        query = query.join(addition, join_type="inner", on=exp.true())
    for join in _joins([*places.values(), *(found for found, _, _ in filtered)]):
        query = query.join(_view(join.right), join_type="left", on=parsed(join.on))
    query = query.where(*conditions)
    return query.group_by(*(exp.Literal.number(position) for position in groups)) if groups else query


def newest(part: Slice) -> exp.Select:
    """Return the SELECT of the as-of that a slice of states is pinned to, named ``as_of``."""
    time, rows = parsed(part.basis.time), _series(part)
    rows += _own_time_filters(part)
    if part.window.behind is None:
        rows += _within(time, part.window)
        return _select_newest(part, time, rows)
    latest = _select_newest(part, time.copy(), [*rows, *_within(time, Window(None, part.window.end))])
    return _select_newest(part, time, [*rows, _behind(part.window, time, latest.subquery())])


def _select_newest(part: Slice, time: exp.Expr, rows: list[exp.Expr]) -> exp.Select:
    return exp.select(exp.alias_(exp.Max(this=time.copy()), "as_of")).from_(_view(part.basis.view)).where(*rows)


def _behind(window: Window, time: exp.Expr, latest: exp.Expr) -> exp.Expr:
    if window.behind == "previous_period":
        return exp.LT(this=time.copy(), expression=truncated("month", latest))
    year_ago = exp.Sub(this=latest, expression=parsed("INTERVAL 1 YEAR"))
    return exp.LTE(this=time.copy(), expression=exp.func("last_day", year_ago, dialect="duckdb"))


def _dates(part: Slice) -> tuple[exp.Expr | None, list[exp.Expr], list[exp.Expr]]:
    """Return the bucket, the conditions on time, and what else to select from."""
    kinds = {"flow": _flow, "snapshot": _snapshot, "spell": _spell}
    bucket, conditions, source = kinds[part.basis.time_kind](part)
    wheres = [_on_view(part.basis.where, part.basis.view)] if part.basis.where else []
    return (_shifted(bucket, part.window.lag) if part.question.grain else None), conditions + wheres, source


Dates = tuple[exp.Expr, list[exp.Expr], list[exp.Expr]]


def _flow(part: Slice) -> Dates:
    if part.window.behind:
        raise demand_period(part.basis.name)
    time = _time(part)
    return truncated(part.question.grain or "day", time), _series(part) + _within(time, part.window), []


def _snapshot(part: Slice) -> Dates:
    time, grain = _time(part), part.question.grain
    if part.pins_as_of:
        as_of = exp.select("as_of").from_(part.newest_name).subquery()
        return time, [*_series(part), exp.EQ(this=time.copy(), expression=as_of)], []
    conditions = _series(part) + _within(time, part.window)
    bucket = truncated(grain or "day", time)
    if grain is None:
        return bucket, conditions, []
    plain = parsed(part.basis.time)
    rows = [*_series(part), *_within(plain, part.window), *_own_time_filters(part)]
    lasts = exp.select(exp.Max(this=plain)).from_(_view(part.basis.view)).where(*rows)
    lasts = lasts.group_by(truncated(grain, plain.copy()))
    return bucket, [*_series(part), time.copy().isin(query=lasts)], []


def _spell(part: Slice) -> Dates:
    time, until, window = _time(part), exp.column(part.basis.until, table=part.basis.view), part.window
    if part.question.grain is None:
        end = date_literal(window.end)
        return time, _series(part) + _alive(time, until, end), []
    grain = part.question.grain
    bucket = exp.column("bucket", table="buckets")
    step = exp.Add(this=bucket.copy(), expression=_interval(grain))
    end = exp.func("least", exp.cast(step, "DATE"), date_literal(window.end))
    return bucket, _series(part) + _alive(time, until, end), [_buckets(part, grain)]


def _alive(time: exp.Expr, until: exp.Expr, end: exp.Expr) -> list[exp.Expr]:
    still = exp.or_(until.is_(exp.null()), exp.GTE(this=until.copy(), expression=end.copy()))
    return [exp.LT(this=time.copy(), expression=end), still]


def _buckets(part: Slice, grain: Grain) -> exp.Expr:
    """Select every bucket from the window's start, or the first spell's, to its last day."""
    first: exp.Expr = exp.select(exp.Min(this=parsed(part.basis.time))).from_(_view(part.basis.view)).subquery()
    start = date_literal(part.window.start) if part.window.start else first
    last = date_literal(part.window.end - DAY)
    series = exp.func("generate_series", truncated(grain, start), last, _interval(grain), dialect="duckdb")
    unnested = exp.cast(exp.Anonymous(this="unnest", expressions=[series]), "DATE")
    return exp.select(exp.alias_(unnested, "bucket")).subquery("buckets")


def _within(time: exp.Expr, window: Window) -> list[exp.Expr]:
    lower = [exp.GTE(this=time.copy(), expression=date_literal(window.start))] if window.start else []
    return [*lower, exp.LT(this=time.copy(), expression=date_literal(window.end))]


def _own_time_filters(part: Slice) -> list[exp.Expr]:
    """Return the filters on the view's own as-of, which decide the as-of that is looked up."""
    found = [
        (part.place_of(dimension.name), dimension, wanted) for dimension, wanted in part.question.dimension_filters
    ]
    own = (part.basis.view, part.basis.time)
    return [
        condition_on(exp.column(at.column), dimension, wanted)
        for at, dimension, wanted in found
        if own == (at.view, at.column)
    ]


def _series(part: Slice) -> list[exp.Expr]:
    return [_on_view(part.basis.series, part.basis.view)] if part.basis.series else []


def _time(part: Slice) -> exp.Expr:
    if not part.basis.time:
        raise ToolRetry(f"'{part.basis.name}' has no date: ask for it without a period and without a grain.")
    return exp.column(part.basis.time, table=part.basis.view)


def _shifted(bucket: exp.Expr, lag: Lag | None) -> exp.Expr:
    if lag is None:
        return bucket
    interval = parsed(f"INTERVAL {lag.count} {lag.unit}")
    return exp.cast(exp.Add(this=bucket, expression=interval), "DATE")


def truncated(grain: Grain, time: exp.Expr) -> exp.Expr:
    """Return the first day of the bucket that ``time`` lies in."""
    return exp.cast(exp.func("date_trunc", exp.Literal.string(grain), time.copy(), dialect="duckdb"), "DATE")


def _interval(grain: Grain) -> exp.Expr:
    return parsed({"quarter": "INTERVAL 3 MONTH"}.get(grain, f"INTERVAL 1 {grain}"))


def _joins(places: Iterable[Place]) -> list[Join]:
    """Return the joins that lead to all places, each once, nearer ones first."""
    return list(dict.fromkeys(join for found in places for join in found.joins))


def _view(name: str) -> exp.Expr:
    return exp.alias_(exp.to_table(f"semantic.{name}"), name, table=True)


def _column(found: Place) -> exp.Column:
    return exp.column(found.column, table=found.view, quoted=True)


def _on_view(sql: str, view: str) -> exp.Expr:
    """Return a declared expression with its columns bound to its view."""
    expression = parsed(sql)
    for column in expression.find_all(exp.Column):
        column.set("table", exp.to_identifier(view))
    return expression


@cache
def _parse(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, read="duckdb")


def parsed(sql: str) -> exp.Expr:
    """Return a declared piece of SQL as a tree of its own."""
    return _parse(sql).copy()
