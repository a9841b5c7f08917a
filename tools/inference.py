"""What models say of one customer: one declared table, from which the inference routes are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from governance.errors import MunshiError
from governance.permission import permit
from governance.principal import Principal
from tools import inference_books as books
from tools import inference_inline as inline
from tools import inference_what_if as what_if
from tools.at_hand import AtHand, NotAtHand
from tools.inference_results import (
    Anomalies,
    ChurnScore,
    CreditScore,
    Goals,
    SegmentPlace,
    SpendForecast,
    WhatIf,
)
from tools.inline_rows import ForecastAsked, Subject, WhatIfAsked
from tools.result import ToolResult
from tools.workspace import Workspace

#: On a workspace, a principal and what was asked.
Saying = Callable[[Workspace, Principal, Any], BaseModel]


@dataclass(frozen=True)
class Inference:
    """A model's saying on one customer, and the scope it takes to hear it.

    Attributes
    ----------
    name
        As the route is called: ``credit-score``.
    of_customer, of_rows
        Says it of a customer of the books, or of rows sent along, which are scored and kept nowhere.
    result
        What it returns.
    asked
        What may be asked: the subject, and what more this inference takes.
    light
        Whether it takes no time of a customer whose score is in memory.
    """

    name: str
    scope: str
    of_customer: Saying
    of_rows: Saying
    result: type[BaseModel]
    summary: str
    asked: type[Subject] = Subject
    light: bool = False

    def of(self, workspace: Workspace, principal: Principal, asked: Subject) -> BaseModel:
        """Check permission, then ask the model.

        Raises
        ------
        ToolRefused
            The principal lacks the scope, or belongs to another workspace; audited.
        NotThere
            There is no such customer within the caller's sight.
        ToolRetry
            The customer, or the rows, have no score, or no model serves.
        """
        permit(workspace.control, principal, self.scope, doing=f"inference:{self.name}", what=self.name)
        saying = self.of_customer if asked.customer_id is not None else self.of_rows
        return saying(workspace, principal, asked)

    def at_hand(self, workspace: Workspace, principal: Principal, asked: Subject) -> BaseModel | None:
        """What `of` returns where nothing has to be read or computed for it; None where something has, or is amiss."""
        if not self.light or asked.customer_id is None or principal.tenant != workspace.name:
            return None
        if not principal.may(self.scope):
            return None
        try:
            return self.of_customer(AtHand(workspace), principal, asked)
        except (NotAtHand, MunshiError):  # the long way round says why
            return None


SCORES = "scores:read"
INFERENCES: tuple[Inference, ...] = (
    Inference("credit-score", SCORES, books.credit_score, inline.credit_score, CreditScore,
              "Probability of default of one borrower", light=True),
    Inference("churn-score", SCORES, books.churn_score, inline.churn_score, ChurnScore,
              "Probability that one customer begins to leave within 90 days", light=True),
    Inference("segment", SCORES, books.segment, inline.segment, SegmentPlace, "The segment of one customer, and why"),
    Inference("anomaly", SCORES, books.anomaly, inline.anomaly, Anomalies, "Postings of one customer that stand out"),
    Inference("goals", SCORES, books.goals, inline.goals, Goals, "What one customer seems to be up to"),
    Inference("spend-forecast", "books:read", books.spend_forecast, inline.spend_forecast, SpendForecast,
              "What one customer will spend, or receive", ForecastAsked),
    Inference("explain", SCORES, books.explain, inline.explain, ToolResult, "Why a borrower's score is what it is"),
    Inference("what-if", SCORES, what_if.of_customer, what_if.of_rows, WhatIf,
              "What a borrower's score would be with other figures", WhatIfAsked),
)  # fmt: skip
