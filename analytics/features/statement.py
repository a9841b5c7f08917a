"""What statement analysts expect of a bank statement, beside the catalogue the credit model learns from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import ibis

from analytics.features.catalogue import FEATURES
from analytics.features.feature import Feature, Unit
from analytics.features.windows import Windows, ratio
from analytics.pipeline.day_ends import FIXED_DAYS
from analytics.pipeline.statement import EPOCH
from analytics.pipeline.timeline import HORIZON

WINDOWS = (1, 3, 6, 12)


def _days_since_bounce(w: Windows) -> Any:
    return ibis._.as_of.cast("date").delta(EPOCH, unit="day") - w.highest("bounce_day", HORIZON)


def _feature(name: str, expression: Any, window: int, unit: Unit, concept: str, description: str) -> Feature:
    return Feature(name, expression, window, unit, 0, concept, "", description, mutable=False)


def _each_window(stem: str, expression: Any, unit: Unit, concept: str, description: str) -> list[Feature]:
    return [
        _feature(f"{stem}_{months}m", lambda w, m=months: expression(w, m), months, unit, concept, description)
        for months in WINDOWS
    ]


_PLACES = [*(f"on_{day}" for day in FIXED_DAYS), "month_end"]
_SAID = [*(f"on day {day} of the month" for day in FIXED_DAYS), "at the month's end"]

_ON_FIXED_DAYS = [
    _feature(f"balance_{place}", lambda w, n=number: w.latest(f"balance_on_{n}"), 1, "currency", "balances",
             f"Balance over deposit accounts {said}")
    for number, (place, said) in enumerate(zip(_PLACES, _SAID, strict=True), start=1)
]  # fmt: skip

_WINDOWED = [
    *_each_window("fixed_day_balance", lambda w, m: w.average("fixed_balance", m), "currency", "balances",
                  "Mean of the balances on days 1, 5, 10, 15, 20, 25 and the month's end"),
    *_each_window("lowest_day_end", lambda w, m: w.lowest("lowest_day_end", m), "currency", "balances",
                  "Lowest end-of-day balance of any deposit account"),
    *_each_window("highest_day_end", lambda w, m: w.highest("highest_day_end", m), "currency", "balances",
                  "Highest end-of-day balance of any deposit account"),
    *_each_window("negative_days", lambda w, m: w.total("negative_days", m), "days", "balances",
                  "Days on which a balance was negative"),
    *_each_window("inward_bounces", lambda w, m: w.total("bounces", m), "count", "bounces",
                  "Mandated debits returned: EMI, SIP, insurance, utilities"),
    *_each_window("emi_paid", lambda w, m: w.total("emi", m), "currency", "obligations",
                  "EMI debits that held"),
    *_each_window("emi_count", lambda w, m: w.total("emi_count", m), "count", "obligations",
                  "Number of EMI debits"),
    *_each_window("foir", lambda w, m: ratio(w.total("emi", m) + w.total("commitments", m), w.total("income", m), 3.0),
                  "percent", "obligations", "Fixed obligations to income"),
    *_each_window("cash_ratio", lambda w, m: ratio(w.total("cash_withdrawn", m), w.total("outflow", m), 1.0),
                  "percent", "cash_flow", "Cash withdrawn as a share of outflow"),
    *_each_window("cash_deposited", lambda w, m: ratio(w.total("cash_deposited", m), w.total("inflow", m), 1.0),
                  "percent", "cash_flow", "Cash paid in as a share of inflow"),
    *_each_window("round_amounts", lambda w, m: ratio(w.total("round_count", m), w.total("postings", m), 1.0),
                  "percent", "cash_flow", "Share of postings whose amount is a multiple of 1,000"),
    *_each_window("paired_amounts", lambda w, m: w.total("paired_amounts", m), "count", "cash_flow",
                  "Amounts that came in and went out of one account in the same month"),
    *_each_window("circular_parties", lambda w, m: w.total("circular_parties", m), "count", "cash_flow",
                  "Parties that both paid and were paid in the same month"),
]  # fmt: skip

#: What a statement report shows; none of it enters a model by itself.
STATEMENT: Mapping[str, Feature] = MappingProxyType(
    {
        feature.name: feature
        for feature in (
            *_ON_FIXED_DAYS,
            *_WINDOWED,
            _feature("days_since_bounce", _days_since_bounce, HORIZON, "days", "bounces",
                     "Days since a mandated debit was last returned, within a year"),
            *(FEATURES[name] for name in (
                "salary_share_6m", "income_variation_6m", "salary_day_shift_6m", "months_since_salary",
                "loan_app_uses_3m", "loan_app_uses_12m", "gambling_to_inflow_6m",
            )),
        )
    }
)  # fmt: skip
