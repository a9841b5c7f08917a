"""Which postings stand out: the exact list, its kinds, and why each is on it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Annotated, Any

from pydantic import Field

from governance.principal import Principal
from tools import charts
from tools.arguments import OneOrMore, literal
from tools.filters import among, checked, condition
from tools.model_health import model_health
from tools.result import Column, Fact, Table, ToolResult
from tools.workspace import Workspace

MODEL, VIEW = "anomalies", "unusual_transactions"
COLUMNS: tuple[Column, ...] = (
    Column(name="position", label="#", unit="count", type="integer"),
    Column(name="posted_at", label="When", unit="date", type="datetime"),
    Column(name="customer_id", label="Customer"),
    Column(name="amount", label="Amount", unit="currency", type="decimal"),
    Column(name="mode", label="Mode"),
    Column(name="merchant", label="Merchant"),
    Column(name="category", label="Category"),
    Column(name="kind", label="Kind"),
    Column(name="score", label="Stands out", unit="score", type="float"),
    Column(name="reasons", label="Reasons", type="list"),
    Column(name="transaction_id", label="Transaction"),
)
ORDER = "score DESC, posted_at DESC, transaction_id"


def unusual_transactions(
    workspace: Workspace,
    principal: Principal,
    *,
    limit: Annotated[int, Field(ge=1, le=100_000, description="how many postings")] = 100,
    customer_id: Annotated[str | None, Field(description="of this customer alone")] = None,
    since: Annotated[dt.date | None, Field(description="posted on this day or later")] = None,
    until: Annotated[dt.date | None, Field(description="posted before this day")] = None,
    kind: OneOrMore = [],  # noqa: B006
    city: OneOrMore = [],  # noqa: B006
    state: OneOrMore = [],  # noqa: B006
    region: OneOrMore = [],  # noqa: B006
    category: OneOrMore = [],  # noqa: B006
) -> ToolResult:
    """Return the postings that stand out most.

    Raises
    ------
    ToolRetry
        No anomaly model serves, or a filter value does not occur; the message lists what does.
    """
    health = model_health(workspace, principal, MODEL)
    filters = {"kind": kind, "city": city, "state": state, "region": region, "category": category}
    wanted = checked(workspace, principal, VIEW, filters, who="unusual posting")
    where = condition(wanted)
    where += f" AND customer_id = {literal(customer_id)}" if customer_id else ""
    where += f" AND posted_at >= DATE '{since}'" if since else ""
    where += f" AND posted_at < DATE '{until}'" if until else ""
    sql = (
        f"SELECT row_number() OVER (ORDER BY {ORDER}) AS position, * FROM semantic.{VIEW} WHERE {where} "
        f"ORDER BY position LIMIT {limit}"
    )
    listed = workspace.query(principal, sql).dicts()
    counted_sql = (
        f"SELECT kind, count(*) AS postings FROM semantic.{VIEW} WHERE {where} GROUP BY kind ORDER BY 2 DESC, 1"
    )
    kinds = Counter({row["kind"]: row["postings"] for row in workspace.query(principal, counted_sql).dicts()})
    title = f"{len(listed)} unusual transactions{among(wanted)}"
    return ToolResult(
        title=title,
        table=Table(
            title="Unusual transactions", columns=COLUMNS,
            rows=tuple(tuple(row[column.name] for column in COLUMNS) for row in listed),
        ),
        facts=_facts(limit, listed, kinds) | dict(health.facts),
        chart=charts.ranking(list(kinds), list(kinds.values()), label="postings", unit="count", title="By kind"),
        sql=(sql, counted_sql),
        model_versions=health.versions,
        warnings=health.warnings,
        as_of=health.as_of,
    )  # fmt: skip


def _facts(limit: int, listed: list[dict[str, Any]], kinds: Counter[str]) -> dict[str, Fact]:
    return {
        "asked": Fact(value=limit, unit="count"),
        "returned": Fact(value=len(listed), unit="count"),
        "eligible": Fact(value=kinds.total(), unit="count"),
        "cutoff": Fact(value=listed[-1]["score"] if listed else None, unit="score"),
        "currency": Fact(value=listed[0]["currency"] if listed else None),
        "definition": Fact(value="how far a posting stands out from the customer's own habits and from everybody's"),
        **{f"kind_{name}": Fact(value=count, unit="count") for name, count in kinds.items()},
    }
