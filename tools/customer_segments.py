"""What kinds of customers there are: the segments, their size, who moved between them, and who is in one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from governance.principal import Principal
from tools import charts
from tools.arguments import OneOrMore
from tools.filters import among, checked, condition
from tools.model_health import model_health
from tools.result import Column, Fact, Table, ToolResult
from tools.workspace import Workspace

MODEL, VIEW = "segments", "segments"
COLUMNS: tuple[Column, ...] = (
    Column(name="segment_name", label="Segment"),
    Column(name="customers", label="Customers", unit="count", type="integer"),
    Column(name="share", label="Share", unit="percent", type="float"),
    Column(name="before", label="A month before", unit="count", type="integer"),
    Column(name="joined", label="Moved in", unit="count", type="integer"),
    Column(name="left", label="Moved out", unit="count", type="integer"),
)
MEMBERS: tuple[Column, ...] = (
    Column(name="customer_id", label="Customer"),
    Column(name="segment_name", label="Segment"),
    Column(name="confidence", label="Confidence", unit="percent", type="float"),
    Column(name="traits", label="What puts the customer here", type="list"),
    Column(name="city", label="City"),
    Column(name="occupation", label="Occupation"),
)
SIZES = """
WITH months AS (SELECT DISTINCT as_of FROM semantic.segments ORDER BY as_of DESC LIMIT 2),
seen AS (SELECT * FROM semantic.segments WHERE as_of IN (SELECT as_of FROM months) AND {where}),
now AS (SELECT * FROM seen WHERE as_of = (SELECT max(as_of) FROM months)),
before AS (SELECT * FROM seen WHERE as_of < (SELECT max(as_of) FROM months)),
both_months AS (
  SELECT n.segment_name AS now_in, b.segment_name AS before_in FROM now AS n FULL JOIN before AS b USING (customer_id)
)
SELECT s.segment_name, count(*) FILTER (WHERE now_in = s.segment_name) AS customers,
       count(*) FILTER (WHERE now_in = s.segment_name) / (SELECT count(*) FROM now) AS share,
       count(*) FILTER (WHERE before_in = s.segment_name) AS before,
       count(*) FILTER (WHERE now_in = s.segment_name AND before_in IS DISTINCT FROM now_in) AS joined,
       count(*) FILTER (WHERE before_in = s.segment_name AND now_in IS DISTINCT FROM before_in) AS "left"
FROM (SELECT DISTINCT segment_name FROM seen) AS s, both_months GROUP BY s.segment_name ORDER BY customers DESC, 1
"""


def customer_segments(
    workspace: Workspace,
    principal: Principal,
    *,
    segment: OneOrMore = [],  # noqa: B006
    city: OneOrMore = [],  # noqa: B006
    state: OneOrMore = [],  # noqa: B006
    region: OneOrMore = [],  # noqa: B006
    occupation: OneOrMore = [],  # noqa: B006
    limit: Annotated[int, Field(ge=1, le=100_000, description="how many members to list")] = 100,
) -> ToolResult:
    """Return the segments with their sizes and moves; with ``segment``, its members too.

    Raises
    ------
    ToolRetry
        No segmentation serves, or a filter value does not occur; the message lists what does.
    """
    health = model_health(workspace, principal, MODEL)
    people = {"city": city, "state": state, "region": region, "occupation": occupation}
    wanted = checked(workspace, principal, VIEW, people, who="customer with a segment")
    chosen = checked(
        workspace, principal, VIEW, {"segment_name": segment}, who="customer", called={"segment_name": "segment"}
    )
    sizes_sql = SIZES.format(where=condition(wanted)).strip()
    sizes = workspace.query(principal, sizes_sql).dicts()
    table = Table(title="Segments", columns=COLUMNS, rows=_rows(sizes, COLUMNS))
    members_sql = (
        f"SELECT * FROM semantic.{VIEW} WHERE as_of = (SELECT max(as_of) FROM semantic.{VIEW}) "
        f"AND {condition({**wanted, **chosen})} ORDER BY confidence DESC, customer_id LIMIT {limit}"
    )
    members = workspace.query(principal, members_sql).dicts() if chosen else []
    title = f"Members of {', '.join(segment)}" if chosen else f"{len(sizes)} segments{among(wanted)}"
    lists = (Table(title="Members", columns=MEMBERS, rows=_rows(members, MEMBERS)),) if chosen else ()
    return ToolResult(
        title=title,
        table=lists[0] if lists else table,
        tables=(table,) if lists else (),
        facts={
            "segments": Fact(value=len(sizes), unit="count"),
            "customers": Fact(value=sum(row["customers"] for row in sizes), unit="count"),
            "moved": Fact(value=sum(row["joined"] for row in sizes), unit="count"),
            **{f"segment_{at}": Fact(value=row["segment_name"]) for at, row in enumerate(sizes, start=1)},
            **{f"size_{at}": Fact(value=row["customers"], unit="count") for at, row in enumerate(sizes, start=1)},
            **({"members": Fact(value=len(members), unit="count")} if chosen else {}),
            **health.facts,
        },
        chart=charts.ranking(
            [row["segment_name"] for row in sizes], [row["customers"] for row in sizes],
            label="customers", unit="count", title="Customers by segment",
        ),
        sql=(sizes_sql, members_sql) if chosen else (sizes_sql,),
        model_versions=health.versions,
        warnings=health.warnings,
        as_of=health.as_of,
    )  # fmt: skip


def _rows(rows: list[dict[str, Any]], columns: tuple[Column, ...]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(row[column.name] for column in columns) for row in rows)
