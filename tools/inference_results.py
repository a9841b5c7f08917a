"""What inferences return; of rows sent along, what only the books know is null."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict

from tools.result import LocalMoment, Plain
from tools.rulings import Ruling


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class Reason(_Said):
    """Why a score is no better: a concept, in approved words, with the points it took."""

    concept: str
    text: str
    points: float


class Ruled(_Said):
    """What a client rule made of a score: the model's own band stands beside it."""

    rule: str
    text: str
    rules_version: int
    model_band: str
    decision: str | None
    said: str


class _Scored(_Said):
    """Of whom, by which model, of when; ``customer_id`` is null where rows were sent along."""

    customer_id: str | None
    model: str
    version: str
    as_of: dt.date
    warnings: tuple[str, ...]


class CreditScore(_Scored):
    """The champion's score of one borrower; rank and expected loss are those among the borrowers of the books."""

    score: int
    probability_of_default: float
    band: str
    rank: int | None
    exposure: Plain | None
    expected_loss: Plain | None
    currency: str | None
    days_past_due: int | None
    reasons: tuple[Reason, ...]
    ruled: Ruled | None = None


class ChurnScore(_Scored):
    """How likely one customer is to begin to leave within 90 days, and earlier."""

    score: int
    probability_of_leaving: float
    within_30: float | None
    within_60: float | None
    band: str
    rank: int | None
    reasons: tuple[Reason, ...]
    ruled: Ruled | None = None


class SegmentPlace(_Scored):
    """The segment one customer is in, and what puts him there."""

    segment: int
    segment_name: str
    confidence: float
    traits: tuple[str, ...]


class GoalFound(_Said):
    """A goal or life event with its evidence, and what may be suggested where the books say enough."""

    goal: str
    confidence: float
    evidence: tuple[str, ...]
    action: str | None = None
    action_note: str | None = None


class Goals(_Scored):
    """The goals and life events found of one customer, the surest first."""

    findings: tuple[GoalFound, ...]


class UnusualPosting(_Said):
    """A posting, how far it stands out (0 to 100), and why."""

    transaction_id: str
    posted_at: LocalMoment
    amount: Plain
    score: float
    kind: str
    reasons: tuple[str, ...]


class Anomalies(_Scored):
    """Postings of one customer that stand out, the farthest first."""

    postings: tuple[UnusualPosting, ...]


class MonthAhead(_Said):
    """A month with its 80 % interval."""

    month: dt.date
    expected: Plain
    low: Plain
    high: Plain


class SpendForecast(_Said):
    """What one customer will spend, or receive, in the months after the last whole one."""

    customer_id: str | None
    measure: str
    as_of: dt.date
    currency: str | None
    months: tuple[MonthAhead, ...]
    total: Plain
    method: str
    history_months: int
    warnings: tuple[str, ...]


class ChangeTried(_Said):
    """A figure before and after."""

    feature: str
    label: str
    unit: str
    before: float | None
    after: float
    lowest: float | None
    highest: float | None
    months: int
    part: str
    alone: float


class Trial(_Said):
    """A score before and after changes; ``reached`` tells whether a target was."""

    before: float
    after: float
    score_before: int
    score_after: int
    band_before: str
    band_after: str
    changes: tuple[ChangeTried, ...]
    reached: bool | None = None


class WhatIf(_Scored):
    """The score with the changes asked for, and few changes that would bring it under the target.

    Statements about the model: no promise that moving a figure helps.
    """

    what_if: Trial | None
    counterfactual: Trial | None


def ruled_of(ruling: Ruling | None) -> Ruled | None:
    """What a rule made of a score, where one acts."""
    if ruling is None or ruling.said is None:
        return None
    return Ruled(rule=str(ruling.rule), text=str(ruling.rule_text), rules_version=int(ruling.rules_version or 0),
                 model_band=ruling.model_band, decision=ruling.decision, said=ruling.said)  # fmt: skip


def reasons_of(told: Any) -> tuple[Reason, ...]:
    """Reasons as they lie in the books."""
    return tuple(Reason(**{name: each[name] for name in Reason.model_fields}) for each in told or ())
