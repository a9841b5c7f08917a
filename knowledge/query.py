"""What a question about metrics says, and what it compiles to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge.vocabulary import Grain, Unit

Operator = Literal["=", "!=", "in", "not_in", ">", ">=", "<", "<=", "between", "contains", "is_null", "not_null"]
Scalar = bool | int | float | Decimal | dt.date | str
ResultType = Literal["text", "integer", "decimal", "float", "date", "boolean"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Filter(_Part):
    """A condition on a dimension, or on a metric of the query (``spend > 100000`` keeps the groups above it)."""

    field: str
    op: Operator = "="
    value: Scalar | tuple[Scalar, ...] | None = None


class Period(_Part):
    """From ``start`` up to, and without, ``end``."""

    start: dt.date
    end: dt.date

    @model_validator(mode="after")
    def _forward(self) -> Period:
        if self.end <= self.start:
            raise ValueError("the period ends before it starts; 'end' is the first day after it")
        return self


class Order(_Part):
    """A column of the result to sort by."""

    field: str
    direction: Literal["asc", "desc"] = "desc"


Statistic = Literal["average", "median", "highest", "lowest", "count"]


class Each(_Part):
    """One value for each ``over`` (a customer, a loan), and the statistic of those values that is wanted.

    ``count`` counts those that meet the conditions on metrics.
    """

    over: str
    statistic: Statistic


class Who(_Part):
    """Those of ``over`` whose own figure meets a condition: customers with ``bounces > 0`` in May.

    One without any rows has zero of what is counted or summed, so ``= 0`` are those who did nothing of the kind.
    """

    metric: str
    op: Operator = ">"
    value: Scalar = 0
    filters: tuple[Filter, ...] = ()
    period: Period | None = None
    over: str = "customer_id"


class MetricQuery(_Part):
    """Metrics, split by dimensions, under filters.

    Attributes
    ----------
    grain
        Bucket of each metric's own date, the first column then.
    period
        Flows are summed over it; states are those of its last as-of. By default all time up to the data clock.
    any_filters
        Conditions on dimensions of which at least one must hold.
    who
        Only of those whose own figures meet every one of these.
    compare_to
        Adds, beside each metric, its value in the period before or a year earlier, the change and the growth.
        Conditions may then be on these, too: ``spend_growth < -0.5``.
    against
        The same for a period of one's own choice.
    share
        Adds, beside each metric, its share of the sum over all groups. Conditions on what is split by then choose the
        groups that are shown; the share is of all.
    each
        A statistic over customers, loans or the like in the place of the metric itself.
    ratio
        Adds the first metric divided by the second, of each group.
    together
        One row: the sum over the rows that would be shown, of the ten largest say; with ``share`` their share of all.
    limit
        Rows kept; the SQL then ends with a column ``total_rows`` that tells how many there are in all.
    skip
        Rows left out before them: with 1 and a limit of 1 the second.
    """

    metrics: tuple[str, ...] = Field(min_length=1)
    dimensions: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    any_filters: tuple[Filter, ...] = ()
    who: tuple[Who, ...] = ()
    grain: Grain | None = None
    period: Period | None = None
    compare_to: Literal["previous_period", "previous_year"] | None = None
    against: Period | None = None
    share: bool = False
    each: Each | None = None
    ratio: bool = False
    together: bool = False
    order: tuple[Order, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    skip: int = Field(default=0, ge=0)


@dataclass(frozen=True)
class ResultColumn:
    """One column of a compiled query's result."""

    name: str
    label: str
    unit: Unit
    type: ResultType


@dataclass(frozen=True)
class CompiledQuery:
    """SQL over the semantic views and what its columns mean.

    Attributes
    ----------
    sql
        One SELECT for DuckDB. Under a limit its last column is ``total_rows``, which ``columns`` leaves out.
    definitions
        How each metric is defined and what was restricted, as sentences.
    counts_rows
        Whether ``total_rows`` is there.
    as_of_sql
        SQL of the as-of that the states are of: one row, one date; None where the query has none or one for each row.
    views
        The semantic views that ``sql`` reads.
    """

    sql: str
    columns: tuple[ResultColumn, ...]
    definitions: tuple[str, ...]
    counts_rows: bool
    as_of_sql: str | None = None
    views: frozenset[str] = frozenset()
