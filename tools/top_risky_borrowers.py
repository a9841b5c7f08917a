"""Who are the riskiest borrowers: the exact list, its definition, cut-off and overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from governance.principal import Principal
from tools import charts
from tools.arguments import OneOrMore
from tools.credit_health import credit_health
from tools.filters import among, checked, condition
from tools.result import Column, Fact, Table, ToolResult, Unit
from tools.rulings import listed_facts, rule_columns
from tools.workspace import Workspace

Definition = Literal["probability_of_default", "expected_loss", "days_past_due"]

#: Definition → (words, unit); ``{event}`` is what the model predicts. Ties by exposure, then customer id.
DEFINITIONS: Mapping[str, tuple[str, Unit]] = {
    "probability_of_default": ("probability of {event}", "percent"),
    "expected_loss": ("expected loss (probability of {event} × loss given default × exposure)", "currency"),
    "days_past_due": ("days past due", "days"),
}

COLUMNS: tuple[Column, ...] = (
    Column(name="position", label="#", unit="count", type="integer"),
    Column(name="customer_id", label="Customer"),
    Column(name="probability_of_default", label="PD", unit="percent", type="float"),
    Column(name="score", label="Score", unit="score", type="integer"),
    Column(name="band", label="Band"),
    Column(name="exposure", label="Exposure", unit="currency", type="decimal"),
    Column(name="expected_loss", label="Expected loss", unit="currency", type="decimal"),
    Column(name="days_past_due", label="Days past due", unit="days", type="integer"),
    Column(name="city", label="City"),
    Column(name="main_product", label="Main product"),
    Column(name="first_reason", label="First reason"),
    Column(name="reasons", label="Reasons", type="list"),
)

_FIRST_REASON = "reasons[1].text AS first_reason"
_REASONS = "list_transform(reasons, lambda r: r.text) AS reasons"


def top_risky_borrowers(
    workspace: Workspace,
    principal: Principal,
    *,
    limit: Annotated[int, Field(ge=1, le=100_000, description="how many borrowers")] = 100,
    by: Annotated[Definition, Field(description="what risk means")] = "probability_of_default",
    city: OneOrMore = [],  # noqa: B006
    state: OneOrMore = [],  # noqa: B006
    region: OneOrMore = [],  # noqa: B006
    product: OneOrMore = [],  # noqa: B006
    band: OneOrMore = [],  # noqa: B006
) -> ToolResult:
    """Return the ``limit`` riskiest borrowers under one definition of risk.

    Raises
    ------
    ToolRetry
        A filter value does not occur; the message lists what does.
    """
    filters = {"city": city, "state": state, "region": region, "main_product": product, "band": band}
    wanted = checked(workspace, principal, "borrowers", filters, who="borrower", called={"main_product": "product"})
    where = condition(wanted)
    columns = (*COLUMNS, *rule_columns(workspace, principal, "credit"))
    sql = _list_sql(by, limit, where, columns)
    listed = workspace.query(principal, sql).dicts()
    summary_sql = _summary_sql(by, limit, where)
    summary = workspace.query(principal, summary_sql).dicts()[0]
    excluded_sql = _excluded_sql({column: values for column, values in wanted.items() if column != "band"})
    excluded = dict(workspace.query(principal, excluded_sql).rows)
    health = credit_health(workspace, principal)
    definition = DEFINITIONS[by][0].format(event=health.facts["credit_event"].value)
    currency = summary["currency"] or workspace.meta(principal).get("currency", "")
    table = Table(
        title="Riskiest borrowers", columns=columns,
        rows=tuple(tuple(row[column.name] for column in columns) for row in listed),
    )  # fmt: skip
    return ToolResult(
        title=_title(len(listed), by, wanted),
        table=table,
        facts=_facts(by, limit, summary, excluded, wanted)
        | listed_facts(workspace, principal, "credit", listed)
        | dict(health.facts)
        | {"definition": Fact(value=definition), "currency": Fact(value=currency)},
        chart=charts.ranking(
            [row["customer_id"] for row in listed[:20]], [row[by] for row in listed[:20]],
            label=definition, unit=DEFINITIONS[by][1], title=_title(min(20, len(listed)), by, wanted),
        ),
        sql=(sql, summary_sql, excluded_sql),
        model_versions=health.versions,
        warnings=health.warnings,
        as_of=health.as_of,
    )  # fmt: skip


def _order(by: str) -> str:
    return f"{by} DESC NULLS LAST, exposure DESC, customer_id"


def _list_sql(by: str, limit: int, where: str, columns: Sequence[Column]) -> str:
    shown = [_FIRST_REASON if name == "first_reason" else _REASONS if name == "reasons" else name
             for name in (column.name for column in columns)]  # fmt: skip
    shown[0] = f"row_number() OVER (ORDER BY {_order(by)}) AS position"
    return f"SELECT {', '.join(shown)} FROM semantic.borrowers WHERE {where} ORDER BY position LIMIT {limit}"


def _summary_sql(by: str, limit: int, where: str) -> str:
    places = ", ".join(f"row_number() OVER (ORDER BY {_order(each)}) AS by_{each}" for each in DEFINITIONS)
    inside = f"by_{by} <= {limit}"
    overlaps = ", ".join(
        f"count(*) FILTER (WHERE {inside} AND by_{each} <= {limit}) AS overlap_{each}" for each in DEFINITIONS
    )
    return (
        f"WITH placed AS (SELECT *, {places} FROM semantic.borrowers WHERE {where}) "
        f"SELECT count(*) AS eligible, count(*) FILTER (WHERE {inside}) AS returned, "
        f"min({by}) FILTER (WHERE {inside}) AS cutoff, max({by}) FILTER (WHERE {inside}) AS highest, "
        f"sum(exposure) FILTER (WHERE {inside}) AS total_exposure, "
        f"sum(expected_loss) FILTER (WHERE {inside}) AS total_expected_loss, "
        f"any_value(currency) AS currency, {overlaps} FROM placed"
    )


def _excluded_sql(wanted: Mapping[str, Sequence[str]]) -> str:
    return (
        f"SELECT cause, count(*) AS borrowers FROM semantic.excluded_borrowers WHERE {condition(wanted)} GROUP BY cause"
    )


def _title(count: int, by: str, wanted: Mapping[str, Sequence[str]]) -> str:
    what = {"probability_of_default": "riskiest borrowers", "expected_loss": "borrowers with the highest expected loss",
            "days_past_due": "borrowers with the most days past due"}[by]  # fmt: skip
    return f"{count} {what}{among(wanted)}"


def _facts(
    by: str, limit: int, summary: Mapping[str, Any], excluded: Mapping[str, int], wanted: Mapping[str, Sequence[str]]
) -> dict[str, Fact]:
    unit = DEFINITIONS[by][1]
    overlaps = {
        f"overlap_{each}": Fact(value=summary[f"overlap_{each}"], unit="count") for each in DEFINITIONS if each != by
    }
    filters = {f"filter_{column.removeprefix('main_')}": Fact(value=", ".join(v)) for column, v in wanted.items()}
    return {
        "asked": Fact(value=limit, unit="count"),
        "returned": Fact(value=summary["returned"], unit="count"),
        "eligible": Fact(value=summary["eligible"], unit="count"),
        "excluded_npa": Fact(value=excluded.get("NPA", 0), unit="count"),
        "excluded_written_off": Fact(value=excluded.get("written off", 0), unit="count"),
        "excluded_not_eligible": Fact(value=excluded.get("not eligible", 0), unit="count"),
        "tie_break": Fact(value="exposure, then customer id"),
        "cutoff": Fact(value=summary["cutoff"], unit=unit),
        "highest": Fact(value=summary["highest"], unit=unit),
        "total_exposure": Fact(value=summary["total_exposure"], unit="currency"),
        "total_expected_loss": Fact(value=summary["total_expected_loss"], unit="currency"),
        **overlaps,
        **filters,
    }
