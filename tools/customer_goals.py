"""What customers seem to be up to: goals and life events with their evidence, and what may be suggested."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from pydantic import Field

from governance.principal import Principal
from tools import charts
from tools.arguments import OneOrMore, literal
from tools.filters import among, checked, condition
from tools.model_health import model_health
from tools.result import Column, Fact, Table, ToolResult
from tools.workspace import Workspace

MODEL, VIEW = "goals", "goals"
COLUMNS: tuple[Column, ...] = (
    Column(name="position", label="#", unit="count", type="integer"),
    Column(name="customer_id", label="Customer"),
    Column(name="goal", label="Goal or event"),
    Column(name="confidence", label="Confidence", unit="percent", type="float"),
    Column(name="evidence", label="Evidence", type="list"),
    Column(name="action", label="Suggestion"),
    Column(name="action_note", label="Why"),
    Column(name="city", label="City"),
)
ORDER = "confidence DESC, customer_id, goal"
NEWEST = f"as_of = (SELECT max(as_of) FROM semantic.{VIEW})"


def customer_goals(
    workspace: Workspace,
    principal: Principal,
    *,
    limit: Annotated[int, Field(ge=1, le=100_000, description="how many findings")] = 100,
    customer_id: Annotated[str | None, Field(description="of this customer alone")] = None,
    least_confidence: Annotated[float, Field(ge=0, le=1, description="leave out what is less sure, 0 to 1")] = 0.0,
    goal: OneOrMore = [],  # noqa: B006
    city: OneOrMore = [],  # noqa: B006
    state: OneOrMore = [],  # noqa: B006
    region: OneOrMore = [],  # noqa: B006
    occupation: OneOrMore = [],  # noqa: B006
) -> ToolResult:
    """Return the goals and life events found at the newest month end.

    Raises
    ------
    ToolRetry
        No goal model serves, or a filter value does not occur; the message lists what does.
    """
    health = model_health(workspace, principal, MODEL)
    filters = {"goal": goal, "city": city, "state": state, "region": region, "occupation": occupation}
    wanted = checked(workspace, principal, VIEW, filters, who="finding")
    where = f"{NEWEST} AND {condition(wanted)} AND confidence >= {least_confidence}"
    where += f" AND customer_id = {literal(customer_id)}" if customer_id else ""
    sql = (
        f"SELECT row_number() OVER (ORDER BY {ORDER}) AS position, * FROM semantic.{VIEW} WHERE {where} "
        f"ORDER BY position LIMIT {limit}"
    )
    listed = workspace.query(principal, sql).dicts()
    counted_sql = (
        f"SELECT goal, count(*) AS findings FROM semantic.{VIEW} WHERE {where} GROUP BY goal ORDER BY 2 DESC, 1"
    )
    found = Counter({row["goal"]: row["findings"] for row in workspace.query(principal, counted_sql).dicts()})
    return ToolResult(
        title=f"{len(listed)} goals and life events{among(wanted)}",
        table=Table(
            title="Goals and life events", columns=COLUMNS,
            rows=tuple(tuple(row[column.name] for column in COLUMNS) for row in listed),
        ),
        facts={
            "asked": Fact(value=limit, unit="count"),
            "returned": Fact(value=len(listed), unit="count"),
            "eligible": Fact(value=found.total(), unit="count"),
            **{f"goal_{name}": Fact(value=count, unit="count") for name, count in found.items()},
            **health.facts,
        },
        chart=charts.ranking(list(found), list(found.values()), label="customers", unit="count", title="By goal"),
        sql=(sql, counted_sql),
        model_versions=health.versions,
        warnings=health.warnings,
        as_of=health.as_of,
    )  # fmt: skip
