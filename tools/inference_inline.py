"""What models say of rows sent along: the champion on features that the books' own code makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRetry
from governance.principal import Principal
from tools.credit_health import champion_card, credit_health
from tools.explain_prediction import taken_apart
from tools.forecast_spend import LONGEST_HISTORY, continued, first_of_next, moved
from tools.inference_books import forecast_told
from tools.inference_results import (
    Anomalies,
    ChurnScore,
    CreditScore,
    GoalFound,
    Goals,
    SegmentPlace,
    SpendForecast,
    UnusualPosting,
    reasons_of,
    ruled_of,
)
from tools.inline_books import InlineBooks, inline_books
from tools.inline_rows import ForecastAsked, Subject
from tools.model_state import ModelState, leant_on
from tools.result import Column, Fact, Table, ToolResult
from tools.rulings import Ruling, ruling_of_values
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

NO_LOAN = "No open loan was sent: the model learnt from borrowers, who have one."
THIN = "A thin file: little is known, and a person decides."
MOST_UNUSUAL = 50


def credit_score(workspace: Workspace, principal: Principal, asked: Subject) -> CreditScore:
    """Score rows by the credit model that serves."""
    state = leant_on(workspace, principal, "credit")
    with inline_books(asked) as opened:
        frame, warnings = borrower_frame(opened)
        currency = opened.books.currency
    row = _score(workspace, principal, state, frame)
    ruling, unlooked = _ruled(workspace, principal, state, opened, frame, row)
    days = frame["days_past_due"].iloc[0]
    return CreditScore(
        customer_id=None, model="credit", version=state.version, as_of=opened.as_of, score=int(row["score"]),
        probability_of_default=float(row["probability"]), band=ruling.band, rank=None,
        exposure=_money(row["exposure"]), expected_loss=_money(row["expected_loss"]), currency=currency,
        days_past_due=None if days != days else int(days), reasons=reasons_of(ruling.reasons),
        warnings=(*state.warnings, *opened.warnings, *warnings, *unlooked), ruled=ruled_of(ruling),
    )  # fmt: skip


def churn_score(workspace: Workspace, principal: Principal, asked: Subject) -> ChurnScore:
    """Score rows by the churn model that serves."""
    from analytics.explain.wording import CHURN
    from analytics.models import hazards
    from analytics.models.churn_data import scoring_frame

    state = leant_on(workspace, principal, "churn")
    with inline_books(asked) as opened:
        frame = scoring_frame(opened.writer, opened.books, [opened.as_of])
    if frame.empty:
        raise ToolRetry("The churn model does not score these rows: too little history, or dormant already.")
    row = _score(workspace, principal, state, frame, CHURN)
    ruling, unlooked = _ruled(workspace, principal, state, opened, frame, row)
    within = hazards.of(workspace.stored_model(principal, "churn", state.version), frame)[0]
    return ChurnScore(
        customer_id=None, model="churn", version=state.version, as_of=opened.as_of, score=int(row["score"]),
        probability_of_leaving=float(row["probability"]), within_30=float(within[0]), within_60=float(within[1]),
        band=ruling.band, rank=None, reasons=reasons_of(ruling.reasons), ruled=ruled_of(ruling),
        warnings=(*state.warnings, *opened.warnings, *unlooked),
    )  # fmt: skip


def segment(workspace: Workspace, principal: Principal, asked: Subject) -> SegmentPlace:
    """Place rows in a segment."""
    from analytics.models.segments.model import SegmentModel
    from analytics.models.segments.run import segment_frame

    state = leant_on(workspace, principal, "segments")
    model = workspace.stored(principal, "segments", state.version, SegmentModel.from_bytes)
    with inline_books(asked) as opened:
        frame = segment_frame(opened.writer, opened.books, [opened.as_of])
    if frame.empty:
        raise ToolRetry(f"These rows are in no segment: no posting in the half-year before {opened.as_of}.")
    row = model.score(frame).iloc[0]
    return SegmentPlace(
        customer_id=None, model="segments", version=state.version, as_of=opened.as_of, segment=int(row["segment"]),
        segment_name=str(row["name"]), confidence=float(row["confidence"]), traits=tuple(row["traits"]),
        warnings=(*state.warnings, *opened.warnings),
    )  # fmt: skip


def goals(workspace: Workspace, principal: Principal, asked: Subject) -> Goals:
    """Look for goals and life events in rows; what may be suggested takes the lender's rules, and the books."""
    from analytics.models.goals.detect import SENSITIVE
    from analytics.models.goals.known import read
    from analytics.models.goals.model import GoalModel

    state = leant_on(workspace, principal, "goals")
    model = workspace.stored(principal, "goals", state.version, GoalModel.from_bytes)
    with inline_books(asked) as opened:
        sensitive = bool(SENSITIVE & set(model.goals))
        (known,) = read(opened.writer, opened.books, [opened.as_of], sensitive=sensitive)
    found = sorted(model.find(known), key=lambda each: (-each[1], each[0].goal))
    return Goals(
        customer_id=None, model="goals", version=state.version, as_of=opened.as_of,
        warnings=(*state.warnings, *opened.warnings),
        findings=tuple(GoalFound(goal=finding.goal, confidence=confidence, evidence=tuple(finding.evidence))
                       for finding, confidence in found),
    )  # fmt: skip


def anomaly(workspace: Workspace, principal: Principal, asked: Subject) -> Anomalies:
    """Hold the postings after the as-of's last months against the year before each month."""
    import numpy as np

    from analytics.models.anomalies import run
    from analytics.models.anomalies.model import AnomalyModel
    from analytics.pipeline.periods import add_months

    state = leant_on(workspace, principal, "anomalies")
    model = workspace.stored(principal, "anomalies", state.version, AnomalyModel.from_bytes)
    with inline_books(asked) as opened:
        last, months = opened.as_of, run.SCORED_MONTHS
        history = run.history_of(opened.writer, opened.books, last, opened.clock)
    begin = 0 if opened.clock > last else 1
    told = []
    for back in range(begin, months + begin):
        each = run.window(history, add_months(last, -back))
        if each.rows.empty:
            continue
        judged = model.judge(each.signals)
        for at in np.argsort(-judged.score, kind="stable"):
            kind, reasons = model.explain(each.signals, judged, int(at), each.rows["purpose"].iloc[at])
            told.append((float(judged.score[at]), each.rows.iloc[at], kind, reasons))
    amounts = {row.transaction_id or f"row-{at:06d}": row.amount for at, row in enumerate(asked.transactions or [])}
    told.sort(key=lambda each: (-each[0], each[1]["transaction_id"]))
    postings = tuple(
        UnusualPosting(transaction_id=row["transaction_id"], posted_at=row["posted_at"].to_pydatetime(),
                       amount=amounts[row["transaction_id"]], score=score, kind=kind, reasons=tuple(reasons))
        for score, row, kind, reasons in told[:MOST_UNUSUAL] if reasons
    )  # fmt: skip
    return Anomalies(customer_id=None, model="anomalies", version=state.version, as_of=last, postings=postings,
                     warnings=(*state.warnings, *opened.warnings))  # fmt: skip


def spend_forecast(
    workspace: Workspace,
    principal: Principal,  # noqa: ARG001  as every inference
    asked: ForecastAsked,
) -> SpendForecast:
    """Continue the months of rows as the books' own are: the governed metric's SQL over the rows."""
    from knowledge.compile import compile_query, view_sql
    from knowledge.query import MetricQuery, Period

    vocabulary = workspace.vocabulary
    with inline_books(asked) as opened:
        first = first_of_next(opened.clock) if asked.as_of is None else first_of_next(asked.as_of)
        query = MetricQuery(metrics=(asked.measure,), grain="month",
                            period=Period(start=moved(first, -LONGEST_HISTORY), end=first))  # fmt: skip
        compiled = compile_query(vocabulary, query, opened.clock)
        opened.writer.execute("CREATE SCHEMA semantic")
        for view in vocabulary.views.values():
            if f"semantic.{view.name}" in compiled.sql.replace('"', ""):
                select = view_sql(view, show_personal=False, partitions={})
                opened.writer.execute(f'CREATE VIEW semantic."{view.name}" AS {select}')
        rows = tuple(row[:2] for row in opened.writer.execute(compiled.sql).rows)
    told = ToolResult(
        title=asked.measure, table=Table(columns=(Column(name="month", label="Month"), Column(name="value", label="")),
                                         rows=rows),
        facts={"currency": Fact(value=opened.books.currency)}, warnings=opened.warnings,
    )  # fmt: skip
    return forecast_told(continued(told, first, asked.measure, asked.months), None)


def explain(workspace: Workspace, principal: Principal, asked: Subject) -> ToolResult:
    """Take the credit score of rows apart."""
    from analytics.explain.customer import explain as parts_of

    state = leant_on(workspace, principal, "credit")
    health = credit_health(workspace, principal)
    with inline_books(asked) as opened:
        frame, warnings = borrower_frame(opened)
    row = _score(workspace, principal, state, frame)
    model = workspace.stored_model(principal, "credit", state.version)
    found = parts_of(model, {str(name): value for name, value in frame.iloc[0].items()})
    ruling, unlooked = _ruled(workspace, principal, state, opened, frame, row)
    score = {"score": int(row["score"]), "probability_of_default": float(row["probability"]), "as_of": opened.as_of,
             **asdict(ruling)}  # fmt: skip
    event = str(champion_card(workspace, principal, "credit").get("event", "credit"))
    told = taken_apart("the customer sent", score, found, "borrower", event, (), health)
    return told.model_copy(update={"warnings": (*told.warnings, *opened.warnings, *warnings, *unlooked)})


def borrower_frame(opened: InlineBooks) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The one row the credit model scores, and what is to be said of it.

    Raises
    ------
    ToolRetry
        A loan is NPA or written off: such a borrower is not scored.
    """
    from analytics.models.credit_data import scoring_frame

    frame = scoring_frame(opened.writer, opened.books, [opened.as_of])
    if frame.empty:
        status = opened.writer.execute("SELECT max(sma_class) FROM books.core.loan_status WHERE as_of = ?",
                                       [opened.as_of]).rows[0][0]  # fmt: skip
        if status is not None:
            raise ToolRetry(f"These rows are not scored: a loan is {status} at {opened.as_of}.")
        return _without_a_loan(opened), (NO_LOAN,)
    return frame, (THIN,) if frame["thin_file"].iloc[0] else ()


def _without_a_loan(opened: InlineBooks) -> pd.DataFrame:
    from analytics.models.thin_files import thin

    features = opened.writer.table("features", "customer_monthly")
    rows = features.filter(features.as_of == opened.as_of)
    frame = opened.writer.frame(rows)
    if frame.empty:
        raise ToolRetry(f"There is no posting in the months up to {opened.as_of}. Send a whole month at least.")
    marked = opened.writer.frame(thin(opened.writer, rows))
    nothing = float("nan")
    return frame.assign(thin_file=bool(marked["thin_file"].iloc[0]), exposure=nothing, loss_given_default=nothing,
                        days_past_due=nothing)  # fmt: skip


def _score(
    workspace: Workspace, principal: Principal, state: ModelState, frame: pd.DataFrame, wording: Any = None
) -> Mapping[str, Any]:
    from analytics.explain.wording import CREDIT
    from analytics.models.scores import score_rows

    model = workspace.stored_model(principal, state.model, state.version)
    rows = score_rows(model, frame, name=state.model, backcast=False, wording=wording or CREDIT)
    return {str(name): value for name, value in rows.iloc[0].items()}


def _ruled(
    workspace: Workspace, principal: Principal, state: ModelState, opened: InlineBooks, frame: pd.DataFrame,
    row: Mapping[str, Any],
) -> tuple[Ruling, tuple[str, ...]]:  # fmt: skip
    """What the client's rules make of the score; they know the figures and the score, not who was sent."""
    own = {str(name): value for name, value in frame.iloc[0].items()}
    scored = {"probability": float(row["probability"]), "score": int(row["score"]), "band": str(row["band"]),
              "reasons": row["reasons"], "exposure": row["exposure"], "expected_loss": row["expected_loss"],
              "thin_file": bool(row["thin_file"])}  # fmt: skip
    found, unlooked = ruling_of_values(workspace, principal, state.model, state.version, opened.as_of, own | scored)
    return found or Ruling.of(scored, scored["probability"]), unlooked


def _money(value: float) -> Decimal | None:
    return Decimal(repr(float(value))).quantize(Decimal("0.01")) if value == value else None
