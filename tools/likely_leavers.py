"""Who is at risk of leaving: the exact list with each customer's reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from governance.principal import Principal
from tools import charts
from tools.arguments import OneOrMore
from tools.filters import among, checked, condition
from tools.model_health import model_health
from tools.result import Column, Fact, Table, ToolResult
from tools.rulings import listed_facts, rule_columns
from tools.workspace import Workspace

MODEL, VIEW = "churn", "leavers"
COLUMNS: tuple[Column, ...] = (
    Column(name="position", label="#", unit="count", type="integer"),
    Column(name="customer_id", label="Customer"),
    Column(name="probability_of_leaving", label="Leaves within 90 days", unit="percent", type="float"),
    Column(name="within_30", label="Within 30 days", unit="percent", type="float"),
    Column(name="within_60", label="Within 60 days", unit="percent", type="float"),
    Column(name="band", label="Band"),
    Column(name="city", label="City"),
    Column(name="occupation", label="Occupation"),
    Column(name="first_reason", label="First reason"),
    Column(name="reasons", label="Reasons", type="list"),
)
ORDER = "probability_of_leaving DESC, customer_id"


def likely_leavers(
    workspace: Workspace,
    principal: Principal,
    *,
    limit: Annotated[int, Field(ge=1, le=100_000, description="how many customers")] = 100,
    city: OneOrMore = [],  # noqa: B006
    state: OneOrMore = [],  # noqa: B006
    region: OneOrMore = [],  # noqa: B006
    occupation: OneOrMore = [],  # noqa: B006
    band: OneOrMore = [],  # noqa: B006
) -> ToolResult:
    """Return the ``limit`` customers most at risk of leaving.

    Raises
    ------
    ToolRetry
        No churn model serves, or a filter value does not occur; the message lists what does.
    """
    health = model_health(workspace, principal, MODEL)
    filters = {"city": city, "state": state, "region": region, "occupation": occupation, "band": band}
    wanted = checked(workspace, principal, VIEW, filters, who="scored customer")
    shown = "reasons[1].text AS first_reason, list_transform(reasons, lambda r: r.text) AS reasons"
    sql = (
        f"SELECT row_number() OVER (ORDER BY {ORDER}) AS position, * EXCLUDE (reasons), {shown} "
        f"FROM semantic.{VIEW} WHERE {condition(wanted)} ORDER BY position LIMIT {limit}"
    )
    listed = workspace.query(principal, sql).dicts()
    summary_sql = (
        f"SELECT count(*) AS eligible, sum(probability_of_leaving) AS expected_leavers "
        f"FROM semantic.{VIEW} WHERE {condition(wanted)}"
    )
    summary = workspace.query(principal, summary_sql).dicts()[0]
    columns = (*COLUMNS, *rule_columns(workspace, principal, MODEL))
    title = f"{len(listed)} customers most at risk of leaving{among(wanted)}"
    return ToolResult(
        title=title,
        table=Table(
            title="At risk of leaving", columns=columns,
            rows=tuple(tuple(row[column.name] for column in columns) for row in listed),
        ),
        facts=_facts(limit, listed, summary) | listed_facts(workspace, principal, MODEL, listed) | dict(health.facts),
        chart=charts.ranking(
            [row["customer_id"] for row in listed[:20]], [row["probability_of_leaving"] for row in listed[:20]],
            label="probability of leaving within 90 days", unit="percent", title=title,
        ),
        sql=(sql, summary_sql),
        model_versions=health.versions,
        warnings=health.warnings,
        as_of=health.as_of,
    )  # fmt: skip


def _facts(limit: int, listed: list[dict[str, Any]], summary: Mapping[str, Any]) -> dict[str, Fact]:
    chances = [row["probability_of_leaving"] for row in listed]
    return {
        "asked": Fact(value=limit, unit="count"),
        "returned": Fact(value=len(listed), unit="count"),
        "eligible": Fact(value=summary["eligible"], unit="count"),
        "expected_leavers": Fact(value=summary["expected_leavers"], unit="count"),
        "highest": Fact(value=chances[0] if chances else None, unit="percent"),
        "cutoff": Fact(value=chances[-1] if chances else None, unit="percent"),
        "definition": Fact(value="probability of leaving within 90 days"),
        "tie_break": Fact(value="customer id"),
    }
