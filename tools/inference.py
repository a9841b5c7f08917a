"""What models say of one customer: one declared table, from which the inference routes are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from governance.permission import permit
from governance.principal import Principal
from tools import inference_books as books
from tools import inference_inline as inline
from tools import inference_what_if as what_if
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
    """

    name: str
    scope: str
    of_customer: Saying
    of_rows: Saying
    result: type[BaseModel]
    summary: str
    asked: type[Subject] = Subject

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


SCORES = "scores:read"
INFERENCES: tuple[Inference, ...] = (
    Inference("credit-score", SCORES, books.credit_score, inline.credit_score, CreditScore,
              "Probability of default of one borrower"),
    Inference("churn-score", SCORES, books.churn_score, inline.churn_score, ChurnScore,
              "Probability that one customer begins to leave within 90 days"),
    Inference("segment", SCORES, books.segment, inline.segment, SegmentPlace, "The segment of one customer, and why"),
    Inference("anomaly", SCORES, books.anomaly, inline.anomaly, Anomalies, "Postings of one customer that stand out"),
    Inference("goals", SCORES, books.goals, inline.goals, Goals, "What one customer seems to be up to"),
    Inference("spend-forecast", "books:read", books.spend_forecast, inline.spend_forecast, SpendForecast,
              "What one customer will spend, or receive", ForecastAsked),
    Inference("explain", SCORES, books.explain, inline.explain, ToolResult, "Why a borrower's score is what it is"),
    Inference("what-if", SCORES, what_if.of_customer, what_if.of_rows, WhatIf,
              "What a borrower's score would be with other figures", WhatIfAsked),
)  # fmt: skip
