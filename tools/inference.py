"""What models say of one customer: one declared table, from which the inference routes are made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from governance.permission import permit
from governance.principal import Principal
from tools.credit_health import credit_health
from tools.explain_prediction import explain_prediction
from tools.result import Plain, ToolResult
from tools.scored_customer import scored_borrower
from tools.workspace import Workspace

#: Scored customers of a sight that are kept in memory whole; with more, each is looked up in the books.
MOST_HELD = 200_000


class Reason(BaseModel):
    """Why a score is no better: a concept, in approved words, with the points it took."""

    model_config = ConfigDict(frozen=True)

    concept: str
    text: str
    points: float


class CreditScore(BaseModel):
    """The champion's score of one borrower at the newest as-of."""

    model_config = ConfigDict(frozen=True)

    customer_id: str
    model: str
    version: str
    as_of: dt.date
    score: int
    probability_of_default: float
    band: str
    rank: int
    exposure: Plain
    expected_loss: Plain
    currency: str | None
    days_past_due: int | None
    reasons: tuple[Reason, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Inference:
    """A model's saying on one customer, and the scope it takes to hear it.

    Attributes
    ----------
    name
        As the route is called: ``credit-score``.
    function
        On a workspace, a principal and a customer id.
    result
        What it returns.
    """

    name: str
    scope: str
    function: Callable[[Workspace, Principal, str], BaseModel]
    result: type[BaseModel]
    summary: str

    def of(self, workspace: Workspace, principal: Principal, customer_id: str) -> BaseModel:
        """Check permission, then ask the model.

        Raises
        ------
        ToolRefused
            The principal lacks the scope, or belongs to another workspace; audited.
        NotThere
            There is no such customer within the caller's sight.
        ToolRetry
            The customer has no score, or no model serves.
        """
        permit(workspace.control, principal, self.scope, doing=f"inference:{self.name}", what=self.name)
        return self.function(workspace, principal, customer_id)


def credit_score(workspace: Workspace, principal: Principal, customer_id: str) -> CreditScore:
    """Return the score of one borrower."""
    held = workspace.remember(principal, "scores in memory", lambda: _held(workspace, principal))
    row = held.get(customer_id) if held else None
    if row is None:
        _, row = scored_borrower(workspace, principal, customer_id)
    health = credit_health(workspace, principal)
    return CreditScore(
        customer_id=customer_id, model="credit", version=row["version"], as_of=row["as_of"], score=row["score"],
        probability_of_default=row["probability_of_default"], band=row["band"], rank=row["rank"],
        exposure=row["exposure"], expected_loss=row["expected_loss"], currency=row["currency"],
        days_past_due=row["days_past_due"], warnings=health.warnings,
        reasons=tuple(Reason(**{name: each[name] for name in Reason.model_fields}) for each in row["reasons"] or ()),
    )  # fmt: skip


def _held(workspace: Workspace, principal: Principal) -> Mapping[str, Mapping[str, Any]]:
    if workspace.query(principal, "SELECT count(*) FROM semantic.borrowers").rows[0][0] > MOST_HELD:
        return {}
    rows = workspace.query(principal, "SELECT * FROM semantic.borrowers").dicts()
    return {row["customer_id"]: row for row in rows}


def explain(workspace: Workspace, principal: Principal, customer_id: str) -> ToolResult:
    """Return what moved the score of one borrower."""
    return explain_prediction(workspace, principal, customer_id=customer_id)


INFERENCES: tuple[Inference, ...] = (
    Inference("credit-score", "scores:read", credit_score, CreditScore, "Probability of default of one borrower"),
    Inference("explain", "scores:read", explain, ToolResult, "Why a borrower's score is what it is"),
)
