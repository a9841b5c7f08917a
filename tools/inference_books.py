"""What models say of a customer of the books: the rows they scored last, within the caller's sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.errors import NotThere, ToolRetry
from governance.principal import Principal
from knowledge.query import Filter
from tools.arguments import literal
from tools.consent import refuse_withdrawn
from tools.credit_health import credit_health
from tools.customer_profile import unknown_customer
from tools.explain_prediction import explain_prediction
from tools.forecast_spend import forecast_spend
from tools.inference_results import (
    Anomalies,
    ChurnScore,
    CreditScore,
    GoalFound,
    Goals,
    MonthAhead,
    SegmentPlace,
    SpendForecast,
    UnusualPosting,
    reasons_of,
    ruled_of,
)
from tools.inline_rows import ForecastAsked, Subject
from tools.model_health import model_health, of_version
from tools.model_state import leant_on
from tools.result import ToolResult
from tools.rulings import Ruling
from tools.scored_customer import VIEWS, score_of
from tools.workspace import Workspace

#: Scored customers of a sight that are kept in memory whole; with more, each is looked up in the books.
MOST_HELD = 200_000


def credit_score(workspace: Workspace, principal: Principal, asked: Subject) -> CreditScore:
    """Return the score of one borrower."""
    customer_id = str(asked.customer_id)
    row = _scored(workspace, principal, customer_id, "credit")
    health = credit_health(workspace, principal)
    return CreditScore(
        customer_id=customer_id, model="credit", version=row["version"], as_of=row["as_of"], score=row["score"],
        probability_of_default=row["probability_of_default"], band=row["band"], rank=row["rank"],
        exposure=row["exposure"], expected_loss=row["expected_loss"], currency=row["currency"],
        days_past_due=row["days_past_due"], warnings=health.warnings, reasons=reasons_of(row["reasons"]),
        ruled=ruled_of(Ruling.of(row, row["probability_of_default"])),
    )  # fmt: skip


def _scored(workspace: Workspace, principal: Principal, customer_id: str, model: str) -> Mapping[str, Any]:
    """A customer's newest score: out of memory where the scores of the caller's sight are few enough."""
    held = workspace.remember(principal, f"{model} in memory", lambda: _held(workspace, principal, VIEWS[model]))
    return held.get(customer_id) or score_of(workspace, principal, customer_id, model)[1]


def _held(workspace: Workspace, principal: Principal, view: str) -> Mapping[str, Mapping[str, Any]]:
    if workspace.query(principal, f"SELECT count(*) FROM semantic.{view}").rows[0][0] > MOST_HELD:
        return {}
    rows = workspace.query(principal, f"SELECT * FROM semantic.{view}").dicts()
    return {row["customer_id"]: row for row in rows}


def churn_score(workspace: Workspace, principal: Principal, asked: Subject) -> ChurnScore:
    """Return how likely one customer is to leave."""
    champion = model_health(workspace, principal, "churn")
    row = _scored(workspace, principal, str(asked.customer_id), "churn")
    health = of_version(champion, "churn", workspace.stored_model(principal, "churn", row["version"]))
    told = {name: row[name] for name in ("version", "as_of", "score", "probability_of_leaving", "within_30",
                                         "within_60", "band", "rank")}  # fmt: skip
    return ChurnScore(customer_id=asked.customer_id, model="churn", warnings=health.warnings,
                      reasons=reasons_of(row["reasons"]), ruled=ruled_of(Ruling.of(row, row["probability_of_leaving"])),
                      **told)  # fmt: skip


def segment(workspace: Workspace, principal: Principal, asked: Subject) -> SegmentPlace:
    """Return the segment of one customer at the newest month end."""
    health = model_health(workspace, principal, "segments")
    rows = _newest(workspace, principal, "segments", str(asked.customer_id))
    if not rows:
        raise ToolRetry(f"{asked.customer_id} is in no segment: no posting in the half-year before {health.as_of}.")
    row = rows[0]
    return SegmentPlace(
        customer_id=asked.customer_id, model="segments", version=health.versions["segments"], as_of=row["as_of"],
        segment=row["segment"], segment_name=row["segment_name"], confidence=row["confidence"],
        traits=tuple(row["traits"]), warnings=health.warnings,
    )  # fmt: skip


def goals(workspace: Workspace, principal: Principal, asked: Subject) -> Goals:
    """Return the goals and life events of one customer at the newest month end."""
    health = model_health(workspace, principal, "goals")
    in_sight(workspace, principal, str(asked.customer_id))
    refuse_withdrawn(workspace, str(asked.customer_id), "goals")
    rows = _newest(workspace, principal, "goals", str(asked.customer_id))
    findings = tuple(GoalFound(**{name: row[name] for name in GoalFound.model_fields})
                     for row in sorted(rows, key=lambda row: (-row["confidence"], row["goal"])))  # fmt: skip
    version = leant_on(workspace, principal, "goals")
    return Goals(customer_id=asked.customer_id, model="goals", version=version.version, findings=findings,
                 as_of=version.trained_as_of, warnings=health.warnings)  # fmt: skip


def anomaly(workspace: Workspace, principal: Principal, asked: Subject) -> Anomalies:
    """Return the postings of one customer that stand out in the months scored."""
    health = model_health(workspace, principal, "anomalies")
    in_sight(workspace, principal, str(asked.customer_id))
    sql = (f"SELECT * FROM semantic.unusual_transactions WHERE customer_id = {literal(str(asked.customer_id))} "
           "ORDER BY score DESC, posted_at DESC, transaction_id")  # fmt: skip
    rows = workspace.query(principal, sql).dicts()
    state = leant_on(workspace, principal, "anomalies")
    postings = tuple(UnusualPosting(**{name: row[name] for name in UnusualPosting.model_fields}) for row in rows)
    return Anomalies(customer_id=asked.customer_id, model="anomalies", version=state.version,
                     as_of=state.trained_as_of, warnings=health.warnings, postings=postings)  # fmt: skip


def spend_forecast(workspace: Workspace, principal: Principal, asked: ForecastAsked) -> SpendForecast:
    """Return what one customer will spend or receive."""
    customer_id = str(asked.customer_id)
    in_sight(workspace, principal, customer_id)
    told = forecast_spend(
        workspace, principal, measure=asked.measure, months=asked.months,
        filters=[Filter(field="customer_id", value=customer_id)],
    )  # fmt: skip
    return forecast_told(told, customer_id)


def forecast_told(told: ToolResult, customer_id: str | None) -> SpendForecast:
    """A forecast as the tool returns it, as an inference."""
    names = [column.name for column in told.table.columns] if told.table else []
    rows = [dict(zip(names, row, strict=True)) for row in (told.table.rows if told.table else ())]
    months = [MonthAhead(**{name: row[name] for name in MonthAhead.model_fields}) for row in rows]
    kept = {name: told.facts[name].value for name in ("measure", "currency", "total", "method", "history_months")}
    return SpendForecast.model_validate(
        {"customer_id": customer_id, "as_of": told.as_of, "months": months, "warnings": told.warnings, **kept}
    )


def explain(workspace: Workspace, principal: Principal, asked: Subject) -> ToolResult:
    """Return what moved the score of one borrower."""
    return explain_prediction(workspace, principal, customer_id=str(asked.customer_id))


def in_sight(workspace: Workspace, principal: Principal, customer_id: str) -> None:
    """Pass where the caller may see the customer.

    Raises
    ------
    NotThere
        There is no such customer within the caller's sight.
    """
    there = f"SELECT 1 FROM semantic.customers WHERE customer_id = {literal(customer_id)}"
    if not workspace.query(principal, there).rows:
        raise NotThere(unknown_customer(workspace, principal, customer_id))


def _newest(workspace: Workspace, principal: Principal, view: str, customer_id: str) -> list[dict[str, Any]]:
    in_sight(workspace, principal, customer_id)
    newest = f"as_of = (SELECT max(as_of) FROM semantic.{view})"
    sql = f"SELECT * FROM semantic.{view} WHERE customer_id = {literal(customer_id)} AND {newest}"
    return workspace.query(principal, sql).dicts()
