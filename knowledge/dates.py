"""What a window means to events, to states and to spells."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from governance.errors import ToolRetry
from knowledge.sql import bound, column, date_literal, from_view, interval, parsed, truncated
from knowledge.vocabulary import Grain, Metric
from knowledge.windows import DAY, Behind, Lag, Window


@dataclass(frozen=True)
class Dates:
    """Conditions on a metric's own dates; with a grain also the bucket, and for spells the relation of all buckets."""

    conditions: list[exp.Expr]
    bucket: exp.Expr | None = None
    buckets: exp.Expr | None = None


def condition_dates(
    basis: Metric, window: Window, grain: Grain | None, as_of_name: str | None, on_time: list[exp.Expr]
) -> Dates:
    """Return what keeps the rows of a window.

    Parameters
    ----------
    basis
        Any metric of the rows.
    as_of_name
        The CTE with the one as-of that states are of, if there is one.
    on_time
        Further conditions on a view's own as-of.

    Raises
    ------
    ToolRetry
        Events are compared over all time, or a time is asked of rows that have none.
    """
    series = _series(basis)
    if not basis.time:
        return _undated(basis, window, grain, series)
    if basis.time_kind == "spell":
        return _spells(basis, window, grain, series)
    time = column(basis.time, basis.view)
    bucket = _shifted(truncated(grain, time.copy()), window.lag) if grain else None
    if basis.time_kind == "flow":
        if window.behind:
            raise ToolRetry(f"'{basis.name}' sums events: to compare it, give a period or a grain.")
        return Dates([*series, *_within(time, window)], bucket)
    if as_of_name:
        as_of = exp.select("as_of").from_(as_of_name).subquery()
        return Dates([*series, exp.EQ(this=time, expression=as_of)], bucket)
    if grain is None:
        return Dates([*series, *_within(time, window)])
    return Dates([*series, time.isin(query=_last_of_each(basis, window, grain, on_time))], bucket)


def _undated(basis: Metric, window: Window, grain: Grain | None, series: list[exp.Expr]) -> Dates:
    if grain or window.start or window.lag or window.behind:
        raise ToolRetry(f"'{basis.name}' has no dates: leave out 'period', 'grain' and comparisons in time.")
    return Dates(series)


def newest_as_of(basis: Metric, window: Window, on_time: list[exp.Expr]) -> exp.Select:
    """Return the SELECT of the last as-of of a window, named ``as_of``."""
    time = column(basis.time, basis.view)
    if window.behind is None:
        return _newest(basis, [*on_time, *_within(time, window)])
    latest = _newest(basis, _within(time, Window(None, window.behind.end)))
    return _newest(basis, [*on_time, _earlier(time, window.behind, latest)])


def _newest(basis: Metric, conditions: list[exp.Expr]) -> exp.Select:
    newest = exp.Max(this=column(basis.time, basis.view)).as_("as_of")
    return exp.select(newest).from_(from_view(basis.view)).where(*_series(basis), *conditions)


def _earlier(time: exp.Expr, behind: Behind, latest: exp.Select) -> exp.Expr:
    if behind.comparison == "previous_period":
        return exp.LT(this=time, expression=truncated("month", latest.subquery()))
    year_ago = exp.Sub(this=latest.subquery(), expression=interval("year"))
    return exp.LTE(this=time, expression=exp.LastDay(this=year_ago))


def _last_of_each(basis: Metric, window: Window, grain: Grain, on_time: list[exp.Expr]) -> exp.Select:
    time = column(basis.time, basis.view)
    lasts = exp.select(exp.Max(this=time)).from_(from_view(basis.view))
    lasts = lasts.where(*_series(basis), *on_time, *_within(time, window))
    return lasts.group_by(truncated(grain, time.copy()))


def _spells(basis: Metric, window: Window, grain: Grain | None, series: list[exp.Expr]) -> Dates:
    if grain is None:
        return Dates([*series, *_alive(basis, date_literal(window.end))])
    bucket = column("bucket", "buckets")
    following = exp.cast(exp.Add(this=bucket.copy(), expression=interval(grain)), "DATE")
    end = exp.Least(this=following, expressions=[date_literal(window.end)], ignore_nulls=True)
    return Dates([*series, *_alive(basis, end)], _shifted(bucket, window.lag), _all_buckets(basis, window, grain))


def _alive(basis: Metric, end: exp.Expr) -> list[exp.Expr]:
    started = exp.LT(this=column(basis.time, basis.view), expression=end)
    until = column(basis.until, basis.view)
    return [started, exp.or_(until.is_(exp.null()), exp.GTE(this=until, expression=end.copy()))]


def _all_buckets(basis: Metric, window: Window, grain: Grain) -> exp.Expr:
    """Select every bucket from the window's start, or the first spell's, to its last day."""
    first = exp.select(exp.Min(this=column(basis.time, basis.view))).from_(from_view(basis.view)).subquery()
    start = date_literal(window.start) if window.start else first
    days = [truncated(grain, start), date_literal(window.end - DAY), interval(grain)]
    series = exp.Anonymous(this="generate_series", expressions=days)
    bucket = exp.cast(exp.Anonymous(this="unnest", expressions=[series]), "DATE").as_("bucket")
    return exp.select(bucket).subquery("buckets")


def _within(time: exp.Expr, window: Window) -> list[exp.Expr]:
    lower = [exp.GTE(this=time.copy(), expression=date_literal(window.start))] if window.start else []
    return [*lower, exp.LT(this=time.copy(), expression=date_literal(window.end))]


def _series(basis: Metric) -> list[exp.Expr]:
    return [bound(basis.series, basis.view)] if basis.series else []


def _shifted(bucket: exp.Expr, lag: Lag | None) -> exp.Expr:
    if lag is None:
        return bucket
    later = exp.Add(this=bucket, expression=parsed(f"INTERVAL {lag.count} {lag.unit}"))
    return exp.cast(later, "DATE")
