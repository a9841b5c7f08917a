"""What will be spent or received: a governed metric's months continued, with intervals and how good that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from governance.errors import ModelError, ToolRefused, ToolRetry
from governance.principal import Principal
from knowledge.query import Filter, Period
from tools import charts
from tools.query_metrics import query_metrics
from tools.result import Column, Fact, Table, ToolResult
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.models.forecast.ensemble import Forecast

#: Months of history that are forecast from at most, and that are drawn before the forecast.
LONGEST_HISTORY, DRAWN = 60, 18
FARTHEST = 12
COLUMNS: tuple[Column, ...] = (
    Column(name="month", label="Month", unit="date", type="date"),
    Column(name="expected", label="Expected", unit="currency", type="decimal"),
    Column(name="low", label="80 % from", unit="currency", type="decimal"),
    Column(name="high", label="to", unit="currency", type="decimal"),
)
#: Beside it where the book's model reaches: its forecasts for each customer, summed. New customers are not in it.
OWN = Column(name="own", label="Sum of customers' own forecasts", unit="currency", type="decimal")


def forecast_spend(
    workspace: Workspace,
    principal: Principal,
    *,
    measure: Annotated[Literal["spend", "inflow"], Field(description="what is forecast")] = "spend",
    months: Annotated[int, Field(ge=1, le=12, description="months ahead")] = 3,
    skip: Annotated[int, Field(ge=0, le=11, description="months left out before them")] = 0,
    filters: Annotated[list[Filter], Field(description="as in query_metrics: city, category, customer_id …")] = [],  # noqa: B006
) -> ToolResult:
    """Return the months after the last whole one, each with an 80 % interval, and their sum.

    Raises
    ------
    ToolRetry
        A filter is wrong, or there are under six whole months to forecast from.
    """
    if skip + months > FARTHEST:
        raise ToolRetry(f"A forecast reaches {FARTHEST} months ahead; skip + months is {skip + months}.")
    first = first_of_next(workspace.data_clock(principal))
    told = query_metrics(
        workspace, principal, metrics=[measure], grain="month", filters=filters,
        period=Period(start=moved(first, -LONGEST_HISTORY), end=first),
    )  # fmt: skip
    found = continued(told, first, measure, months, skip)
    return beside(found, customers_own(workspace, principal, measure, filters, found), measure)


def customers_own(
    workspace: Workspace, principal: Principal, measure: str, filters: list[Filter], found: ToolResult
) -> ToolResult | None:
    """Return the sum of what the model of the book foretells for each customer; None where it does not reach."""
    metric = f"expected_{measure}"
    if metric not in workspace.vocabulary_of(principal).metrics or found.table is None:
        return None
    ahead = Period(start=found.table.rows[0][0], end=moved(found.table.rows[-1][0], 1))
    try:
        told = query_metrics(workspace, principal, metrics=[metric], grain="month", filters=filters, period=ahead)
    except (ToolRetry, ToolRefused):  # filtered by what the book's forecasts do not have, or not the caller's to see
        return None
    return told if told.table and len(told.table.rows) == len(found.table.rows) else None


def beside(found: ToolResult, own: ToolResult | None, measure: str) -> ToolResult:
    """Return the forecast with the sum of the customers' own forecasts as a further column."""
    if own is None or own.table is None or found.table is None:
        return found
    sums = {row[0]: row[1] for row in own.table.rows}
    rows = tuple((*row, sums[row[0]]) for row in found.table.rows)
    total = Fact(value=sum(sums.values(), Decimal()), unit="currency")
    defined = f"definition_expected_{measure}"
    return found.model_copy(
        update={
            "table": found.table.model_copy(update={"columns": (*found.table.columns, OWN), "rows": rows}),
            "facts": {**found.facts, "own_total": total, defined: own.facts[defined]},
            "sql": (*found.sql, *own.sql),
            "model_versions": own.model_versions,
        }
    )


def continued(told: ToolResult, first: dt.date, measure: str, months: int, skip: int = 0) -> ToolResult:
    """Continue the months of a result whose table has a month and a value in each row.

    Parameters
    ----------
    first
        First day of the month after the last whole one.

    Raises
    ------
    ToolRetry
        There is nothing, or too little, to forecast from.
    """
    past = _whole(told.table.rows if told.table else (), first)
    try:
        found = _forecast(tuple(float(value) for _, value in past), skip + months)
    except ModelError as error:
        raise ToolRetry(str(error)) from error
    ahead = [moved(first, step) for step in range(skip + months)]
    rows = tuple(
        (month, _money(expected), _money(low), _money(high))
        for month, expected, low, high in list(zip(ahead, found.points, found.low, found.high, strict=True))[skip:]
    )
    title = f"{measure.capitalize()} of the next {months} months" if months > 1 else f"Next month's {measure}"
    return ToolResult(
        title=title,
        table=Table(title=title, columns=COLUMNS, rows=rows),
        facts=_facts(told, rows, past, found, measure),
        chart=charts.forecast(past[-DRAWN:], rows, label=measure, title=title),
        sql=told.sql,
        warnings=told.warnings,
        as_of=first - dt.timedelta(days=1),
    )


@lru_cache(maxsize=256)
def _forecast(history: tuple[float, ...], horizon: int) -> Forecast:
    """The same history has the same forecast, which is half a second of fitting."""
    from analytics.models.forecast.ensemble import forecast_series

    return forecast_series(history, horizon)


def _facts(
    told: ToolResult,
    rows: Sequence[tuple[Any, ...]],
    past: Sequence[tuple[dt.date, Decimal]],
    found: Forecast,
    measure: str,
) -> dict[str, Fact]:
    from analytics.models.forecast.conformal import LEVEL

    months = len(rows)
    return {
        "measure": Fact(value=measure),
        "months": Fact(value=months, unit="months"),
        "from": Fact(value=rows[0][0], unit="date"),
        "to": Fact(value=moved(rows[0][0], months) - dt.timedelta(days=1), unit="date"),
        "total": Fact(value=sum((row[1] for row in rows), Decimal()), unit="currency"),
        "before": Fact(value=sum((value for _, value in past[-months:]), Decimal()), unit="currency"),
        "currency": Fact(value=told.facts["currency"].value if "currency" in told.facts else None),
        **{f"month_{at}": Fact(value=row[1], unit="currency") for at, row in enumerate(rows, start=1)},
        "next_low": Fact(value=rows[0][2], unit="currency"),
        "next_high": Fact(value=rows[0][3], unit="currency"),
        "method": Fact(value=found.method),
        "interval": Fact(value=LEVEL, unit="percent"),
        "history_months": Fact(value=len(past), unit="months"),
        "forecast_mase": Fact(value=_known(found.mase), unit="ratio"),
        "seasonal_naive_mase": Fact(value=_known(found.naive_mase), unit="ratio"),
        "forecast_smape": Fact(value=_known(found.smape), unit="ratio"),
        "origins": Fact(value=found.origins, unit="count"),
    }


def first_of_next(clock: dt.date) -> dt.date:
    """Return the first day after the last whole month."""
    following = clock + dt.timedelta(days=1)
    return following.replace(day=1)


def moved(first: dt.date, months: int) -> dt.date:
    """Return the first day of the month so many months on."""
    place = first.year * 12 + first.month - 1 + months
    return dt.date(place // 12, place % 12 + 1, 1)


def _whole(rows: tuple[tuple[Any, ...], ...], first: dt.date) -> list[tuple[dt.date, Decimal]]:
    """Return every month from the first with a posting to the last whole one; those without are zero."""
    found = {row[0]: Decimal(str(row[1] or 0)) for row in rows if row[0] is not None}
    if not found:
        raise ToolRetry("Nothing matches: there is no history to forecast from.")
    months, month = [], min(found)
    while month < first:
        months.append((month, found.get(month, Decimal())))
        month = moved(month, 1)
    return months


def _money(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal("0.01"))


def _known(value: float) -> float | None:
    return value if value == value else None
