"""Results as the tools give them, for tests of the prose."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tools.result import Column, Fact, Source, Table, ToolResult, Unit

AS_OF = dt.date(2026, 6, 30)
HEALTH = {
    "credit_trained_as_of": Fact(value=dt.date(2026, 3, 31), unit="date"),
    "credit_calibration_slope": Fact(value=0.98, unit="ratio"),
    "credit_drift": Fact(value="no drift"),
}


def facts(**given: tuple[Any, Unit]) -> dict[str, Fact]:
    return {name: Fact(value=value, unit=unit) for name, (value, unit) in given.items()}


def ranking(**changed: tuple[Any, Unit]) -> ToolResult:
    columns = (
        Column(name="position", label="#", unit="count", type="integer"),
        Column(name="customer_id", label="Customer"),
        Column(name="probability_of_default", label="PD, 12 months", unit="percent", type="float"),
    )
    told = facts(
        asked=(3, "count"),
        returned=(3, "count"),
        eligible=(412, "count"),
        excluded_npa=(23, "count"),
        excluded_written_off=(4, "count"),
        excluded_not_eligible=(0, "count"),
        definition=("probability of default within 12 months", "text"),
        tie_break=("exposure, then customer id", "text"),
        highest=(0.631, "percent"),
        cutoff=(0.118, "percent"),
        total_exposure=(Decimal("1234567.89"), "currency"),
        total_expected_loss=(Decimal("98765.43"), "currency"),
        currency=("INR", "text"),
        overlap_expected_loss=(2, "count"),
        overlap_days_past_due=(1, "count"),
    )
    return ToolResult(
        title="3 riskiest borrowers in Pune",
        table=Table(columns=columns, rows=((1, "C_4F21", 0.631), (2, "C_77A0", 0.4), (3, "C_91BC", 0.118))),
        facts=told | HEALTH | facts(**changed),
        model_versions={"credit": "2026.03-1"},
        as_of=AS_OF,
    )


def figures(columns: list[tuple[str, str, Unit]], rows: list[tuple[Any, ...]], **more: tuple[Any, Unit]) -> ToolResult:
    """A result of ``query_metrics``: (name, label, unit) of its columns, and its rows."""
    told = facts(rows=(len(rows), "count"), total_rows=(len(rows), "count"), currency=("INR", "text"))
    if len(rows) == 1:
        told |= {name: Fact(value=value, unit=unit) for (name, _, unit), value in zip(columns, rows[0], strict=True)}
    types = {"currency": "decimal", "percent": "float", "count": "integer", "date": "date"}
    return ToolResult(
        title="Figures",
        table=Table(
            columns=tuple(Column(name=n, label=la, unit=u, type=types.get(u, "text")) for n, la, u in columns),  # type: ignore[arg-type]
            rows=tuple(rows),
        ),
        facts=told | facts(**more),
        as_of=AS_OF,
    )


def profile() -> ToolResult:
    return ToolResult(
        title="Customer C_4F21",
        facts=facts(
            customer_id=("C_4F21", "text"),
            full_name=("R•••• K•••••••", "text"),
            city=("Pune", "text"),
            state=("Maharashtra", "text"),
            occupation=("self_employed", "text"),
            kyc_status=("verified", "text"),
            contact_flags=("dispute", "text"),
            joined_on=(dt.date(2019, 3, 12), "date"),
            closed_on=(None, "date"),
            accounts=(3, "count"),
            loans=(1, "count"),
            inflow_12_months=(Decimal(840000), "currency"),
            outflow_12_months=(Decimal(812345), "currency"),
            currency=("INR", "text"),
            probability_of_default=(0.631, "percent"),
            score=(512, "score"),
            band=("very high", "text"),
            rank=(3, "count"),
            exposure=(Decimal(420000), "currency"),
            expected_loss=(Decimal(172345), "currency"),
            days_past_due=(41, "days"),
            reason_1=("Three mandates bounced in the last six months", "text"),
            reason_2=("Instalments take a growing share of income", "text"),
        )
        | HEALTH,
        model_versions={"credit": "2026.03-1"},
        as_of=AS_OF,
    )


def explanation() -> ToolResult:
    return ToolResult(
        title="Why C_4F21 has 512 points",
        facts=facts(
            customer_id=("C_4F21", "text"),
            probability_of_default=(0.631, "percent"),
            score=(512, "score"),
            band=("very high", "text"),
            rank=(3, "count"),
            exposure=(Decimal(420000), "currency"),
            expected_loss=(Decimal(172345), "currency"),
            currency=("INR", "text"),
            days_past_due=(41, "days"),
            base_points=(601.4, "points"),
            reasons=(2, "count"),
            reason_1=("Three mandates bounced in the last six months", "text"),
            reason_1_points=(-38.2, "points"),
            reason_2=("Instalments take a growing share of income", "text"),
            reason_2_points=(-21.0, "points"),
        )
        | HEALTH,
        model_versions={"credit": "2026.03-1"},
        as_of=AS_OF,
    )


def what_if(**changed: tuple[Any, Unit]) -> ToolResult:
    told = facts(
        customer_id=("C_4F21", "text"),
        event=("default within 12 months", "text"),
        currency=("INR", "text"),
        probability_before=(0.494, "percent"),
        probability_after=(0.048, "percent"),
        score_before=(488, "score"),
        score_after=(573, "score"),
        band_before=("very high", "text"),
        band_after=("medium", "text"),
        caveat=("A figure that is changed here is a statement about the model, not a promise and not a cause.", "text"),
        target=(0.05, "percent"),
        reached=(True, "text"),
        changes=(2, "count"),
        change_1=("Mean monthly income: salary, pension, business and gig receipts", "text"),
        change_1_before=(45000.0, "currency"),
        change_1_after=(49500.0, "currency"),
        change_1_following=(6, "count"),
        change_1_alone=(0.263, "percent"),
        change_1_months=(12, "months"),
        change_2=("Mandated debits returned: EMI, SIP, insurance, utilities", "text"),
        change_2_before=(9.0, "count"),
        change_2_after=(0.0, "count"),
        change_2_following=(1, "count"),
        change_2_alone=(0.31, "percent"),
        change_2_months=(6, "months"),
    )
    return ToolResult(
        title="What would bring C_4F21 under 5%",
        facts=told | HEALTH | facts(**changed),
        model_versions={"credit": "2026.03-1"},
        as_of=AS_OF,
    )


def comparison() -> ToolResult:
    told = facts(
        customer_id=("C_4F21", "text"),
        beside=("the other borrowers in Pune", "text"),
        beside_customers=(23, "count"),
        event=("default within 12 months", "text"),
        currency=("INR", "text"),
        probability=(0.494, "percent"),
        probability_beside=(0.078, "percent"),
        score=(488, "score"),
        score_beside=(572.6, "score"),
        points=(-84.4, "points"),
        less_1=("Obligations against income", "text"),
        less_1_points=(-40.6, "points"),
        less_1_figure=("Closing balances against EMI agreed", "text"),
        less_1_value=(0.09, "ratio"),
        less_1_beside=(5.83, "ratio"),
        less_2=("Repayment record", "text"),
        less_2_points=(-16.6, "points"),
        less_2_figure=("Month ends with anything overdue", "text"),
        less_2_value=(3.0, "count"),
        less_2_beside=(0.59, "count"),
        more_1=("Income level", "text"),
        more_1_points=(2.0, "points"),
        more_1_figure=("Transfers from persons as a share of inflow", "text"),
        more_1_value=(0.0, "percent"),
        more_1_beside=(None, "percent"),
    )
    return ToolResult(
        title="C_4F21 beside the other borrowers in Pune",
        facts=told | HEALTH,
        model_versions={"credit": "2026.03-1"},
        as_of=AS_OF,
    )


def card(**changed: tuple[Any, Unit]) -> ToolResult:
    told = facts(
        label=(
            "A borrower has an open loan. He is bad when any loan is 90 or more days past due within 12 months",
            "text",
        ),
        learner=("scorecard", "text"),
        training_rows=(48210, "count"),
        features=(31, "count"),
        limits=("Trained on one lender's books.", "text"),
        validated_borrowers=(12345, "count"),
        bads=(412, "count"),
        auc=(0.741, "ratio"),
        auc_low=(0.712, "ratio"),
        auc_high=(0.77, "ratio"),
        baseline_auc=(0.729, "ratio"),
        gini=(0.482, "ratio"),
        ks=(0.36, "ratio"),
        calibration_slope=(0.98, "ratio"),
        calibration_slope_low=(0.91, "ratio"),
        calibration_slope_high=(1.05, "ratio"),
    )
    return ToolResult(
        title="Model card: credit 2026.03-1",
        facts=told | HEALTH | facts(**changed),
        model_versions={"credit": "2026.03-1"},
        as_of=AS_OF,
    )


def passages() -> ToolResult:
    cooling = Source(
        id="rbi-digital-lending#cooling-off",
        title="RBI Digital Lending Directions",
        section="Cooling-off",
        status="in force",
        quote=(
            "The borrower may leave the loan without a penalty. The cooling-off period is at least one day and is set "
            "by the lender's policy. It is told in the key fact statement."
        ),
        effective_from=dt.date(2025, 5, 8),
    )
    old = Source(
        id="rbi-cooling-off-2022#three-days",
        title="Guidelines on Digital Lending, 2022",
        section="Cooling-off of three days",
        status="superseded",
        quote="The guidelines of 2022 gave a borrower a cooling-off period of at least three days.",
        effective_from=dt.date(2022, 9, 2),
        effective_to=dt.date(2025, 5, 7),
    )
    return ToolResult(title="Passages", facts=facts(passages=(2, "count")), sources=(cooling, old))


def status() -> ToolResult:
    return ToolResult(
        title="Workspace demo",
        facts=facts(
            customers=(4128, "count"),
            accounts=(7310, "count"),
            transactions=(1234567, "count"),
            loans=(2500, "count"),
            instalments=(0, "count"),
            sessions=(0, "count"),
            data_clock=(AS_OF, "date"),
            currency=("INR", "text"),
            source=("sandbox", "text"),
            credit_trained_as_of=(dt.date(2026, 3, 31), "date"),
        ),
        model_versions={"credit": "2026.03-1"},
        as_of=AS_OF,
    )
