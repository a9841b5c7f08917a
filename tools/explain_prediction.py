"""Why a borrower's score is what it is: points by concept, reasons in approved words, figures beside the median's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from governance.principal import Principal
from tools import charts
from tools.arguments import CustomerId
from tools.credit_health import ModelHealth, champion_card
from tools.result import Column, Fact, Table, ToolResult, Unit
from tools.rulings import Ruling
from tools.scored_customer import PROBABILITY, WHO, scored_customer
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.explain.customer import Explanation

#: What of a score's row is told.
TOLD: Mapping[str, Unit] = {
    "probability_of_default": "percent", "probability_of_leaving": "percent", "score": "score", "band": "text",
    "rank": "count", "exposure": "currency", "expected_loss": "currency", "currency": "text", "days_past_due": "days",
}  # fmt: skip
CONCEPT_COLUMNS: tuple[Column, ...] = (
    Column(name="concept", label="Concept"),
    Column(name="points", label="Points", unit="points", type="float"),
    Column(name="reason", label="Reason"),
)
FEATURE_COLUMNS: tuple[Column, ...] = (
    Column(name="concept", label="Concept"),
    Column(name="feature", label="Figure"),
    Column(name="value", label="This borrower", unit="ratio", type="float"),
    Column(name="median", label="Median borrower", unit="ratio", type="float"),
    Column(name="points", label="Points", unit="points", type="float"),
)


def explain_prediction(
    workspace: Workspace,
    principal: Principal,
    *,
    customer_id: CustomerId,
    model: Annotated[str, Field(description="name of the model")] = "credit",
) -> ToolResult:
    """Return what moved one borrower's score; base points and concept points add up to it.

    Raises
    ------
    ToolRetry
        No such model serves, it is another than credit, no such customer is within sight, or the customer has no score.
    """
    from analytics.explain.customer import explain

    asked = scored_customer(workspace, principal, customer_id, model)
    card = champion_card(workspace, principal, model)
    found = explain(asked.stored, asked.features)
    event = str(card.get("event", model))
    return taken_apart(customer_id, asked.score, found, WHO[model], event, asked.sql, asked.health)


def taken_apart(
    customer_id: str,
    score: Mapping[str, Any],
    found: Explanation,
    people: str,
    event: str,
    sql: tuple[str, ...],
    health: ModelHealth,
) -> ToolResult:
    """A score taken apart, as a result: points by concept, the figures behind them, the way from the average."""
    texts = {reason["concept"]: reason["text"] for reason in score["reasons"]}
    return ToolResult(
        title=f"Why {customer_id} has {score['score']} points",
        table=Table(title="Points by concept", columns=CONCEPT_COLUMNS, rows=_concept_rows(found, texts)),
        tables=(Table(title="Figures behind the points", columns=FEATURE_COLUMNS, rows=_feature_rows(found)),),
        facts=_facts(customer_id, score, found, event) | dict(health.facts),
        chart=charts.waterfall(
            [(part.concept, part.points) for part in found.concepts],
            base=found.base_points,
            title=f"From the average {people} to {customer_id}'s {score['score']} points",
        ),
        sql=sql,
        model_versions=health.versions,
        warnings=health.warnings,
        as_of=score["as_of"],
    )


def _concept_rows(found: Explanation, texts: Mapping[str, str]) -> tuple[tuple[Any, ...], ...]:
    return tuple((part.concept, round(part.points, 1), texts.get(part.concept)) for part in found.concepts)


def _feature_rows(found: Explanation) -> tuple[tuple[Any, ...], ...]:
    return tuple(
        (part.concept, figure.label, figure.value, figure.other, round(figure.points, 1))
        for part in found.concepts
        for figure in part.figures
    )


def _facts(customer_id: str, score: Mapping[str, Any], found: Explanation, event: str) -> dict[str, Fact]:
    reasons: Sequence[Mapping[str, Any]] = score["reasons"]
    facts = {
        "customer_id": Fact(value=customer_id),
        "event": Fact(value=event),
        **{name: Fact(value=score[name], unit=unit) for name, unit in TOLD.items() if name in score},
        "base_points": Fact(value=round(found.base_points, 1), unit="points"),
        "reasons": Fact(value=len(reasons), unit="count"),
    }
    for position, reason in enumerate(reasons, start=1):
        facts[f"reason_{position}"] = Fact(value=reason["text"])
        facts[f"reason_{position}_concept"] = Fact(value=reason["concept"])
        facts[f"reason_{position}_points"] = Fact(value=reason["points"], unit="points")
    return facts | Ruling.of(score, float(next(score[name] for name in PROBABILITY.values() if name in score))).facts
