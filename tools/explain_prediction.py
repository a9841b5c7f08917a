"""Why a borrower's score is what it is: points by concept, reasons in approved words, figures beside the median's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from governance.errors import NotThere, ToolRetry, did_you_mean
from governance.principal import Principal
from tools import charts
from tools.arguments import CustomerId, literal
from tools.credit_health import ModelHealth, champion_card
from tools.customer_profile import unknown_customer
from tools.model_health import model_health
from tools.result import Column, Fact, Table, ToolResult, Unit
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.explain.customer import Explanation

#: Where the features of a score may lie.
FEATURE_VIEWS = ("customer_monthly", "applications")
#: Whom a model scores, and the view of its scores where it is not the credit model's.
WHO: Mapping[str, str] = {"credit": "borrower", "churn": "customer"}
VIEWS: Mapping[str, str] = {"churn": "leavers"}
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

    health = model_health(workspace, principal, model)
    card = champion_card(workspace, principal, model)
    find = scored_borrower if model == "credit" else partial(scored_customer, model=model)
    score_sql, score = find(workspace, principal, customer_id)
    stored = workspace.stored_model(principal, model, score["version"])
    features_sql, features = _features(workspace, principal, score, stored.features)
    found = explain(stored, features)
    event = str(card.get("event", model))
    return taken_apart(customer_id, score, found, WHO[model], event, (score_sql, features_sql), health)


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


def scored_customer(
    workspace: Workspace, principal: Principal, customer_id: str, *, model: str
) -> tuple[str, Mapping[str, Any]]:
    """The statement that finds a customer's score by another model than credit, and the row.

    Raises
    ------
    ToolRetry
        The model's scores are not taken apart, or it does not score the customer.
    NotThere
        There is no such customer within the caller's sight.
    """
    if model not in VIEWS:
        raise ToolRetry(f"Scores of the {model} model are not taken apart.{did_you_mean(model, WHO)}")
    sql = f"SELECT * FROM semantic.{VIEWS[model]} WHERE customer_id = {literal(customer_id)}"
    scored = workspace.query(principal, sql).dicts()
    if scored:
        return sql, scored[0]
    there = f"SELECT 1 FROM semantic.customers WHERE customer_id = {literal(customer_id)}"
    if workspace.query(principal, there).rows:
        raise ToolRetry(f"The {model} model does not score {customer_id}: too little history, or dormant already.")
    raise NotThere(unknown_customer(workspace, principal, customer_id))


def scored_borrower(workspace: Workspace, principal: Principal, customer_id: str) -> tuple[str, Mapping[str, Any]]:
    """The statement that finds a borrower's score, and the row.

    Raises
    ------
    ToolRetry
        The customer has no score; the message says why.
    NotThere
        There is no such customer within the caller's sight.
    """
    sql = f"SELECT * FROM semantic.borrowers WHERE customer_id = {literal(customer_id)}"
    scored = workspace.query(principal, sql).dicts()
    if scored:
        return sql, scored[0]
    left_out = workspace.query(
        principal, f"SELECT cause FROM semantic.excluded_borrowers WHERE customer_id = {literal(customer_id)}"
    ).rows
    if left_out:
        raise ToolRetry(f"{customer_id} is not scored: {left_out[0][0]}. `customer_profile` shows the loans.")
    there = f"SELECT 1 FROM semantic.customers WHERE customer_id = {literal(customer_id)}"
    if workspace.query(principal, there).rows:
        raise ToolRetry(f"{customer_id} is not scored: there is no open loan at the newest as-of.")
    raise NotThere(unknown_customer(workspace, principal, customer_id))


def _features(
    workspace: Workspace, principal: Principal, score: Mapping[str, Any], wanted: Sequence[str]
) -> tuple[str, Mapping[str, Any]]:
    """The row the score was made from: of a month end, or of the eve of a loan."""
    for view in FEATURE_VIEWS:
        sql = (
            f"SELECT * FROM semantic.{view} WHERE customer_id = {literal(score['customer_id'])} "
            f"AND as_of = DATE '{score['as_of']}'"
        )
        rows = workspace.query(principal, sql).dicts()
        if rows and set(wanted) <= set(rows[0]):
            return sql, rows[0]
    raise ToolRetry(
        f"The features {score['customer_id']} was scored on are not in the books. Build them: `munshi build`."
    )


def _concept_rows(found: Explanation, texts: Mapping[str, str]) -> tuple[tuple[Any, ...], ...]:
    return tuple((part.concept, round(part.points, 1), texts.get(part.concept)) for part in found.concepts)


def _feature_rows(found: Explanation) -> tuple[tuple[Any, ...], ...]:
    return tuple(
        (part.concept, feature.label, feature.value, feature.median, round(feature.points, 1))
        for part in found.concepts
        for feature in part.features
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
    return facts
