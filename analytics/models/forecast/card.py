"""The forecast's card: what is to be known before anyone leans on it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast.book import ForecastModel
from analytics.models.forecast.lags import LEAST_MONTHS, RECENT
from analytics.models.forecast.mandates import CADENCES
from analytics.models.forecast.panel import Panel
from analytics.pipeline.recurring import LEAST_HITS

METHODS: tuple[str, ...] = (
    "Total and inflow: one gradient booster over all customers on lags, rolling means, the calendar and mandates, "
    "squared error in units of the customer's level.",
    "Categories: mean of six and twelve months, mandates apart, reconciled with the total by weighted least squares; "
    "they sum to it to the paisa.",
    f"Rent, premiums, subscriptions, instalments, plans and salaries seen at least {LEAST_HITS} times: from the "
    f"mandate, every {' or '.join(str(months) for months, *_ in CADENCES)} months, at the last amount.",
    "Intervals: split conformal on what earlier trainings missed by, by horizon, in units of own volatility.",
    "A cohort's forecast is the sum of its customers'; its interval is not: ask for the cohort's own series.",
)
LIMITS: tuple[str, ...] = (
    "Knows only what passes through the accounts in these books; spending from another bank is not there.",
    "A first-time purchase, a wedding or an illness is not foreseen; it lies beyond the interval.",
    "Refunds are not taken off spend, as in the governed metric.",
    "Loan payments and investments are forecast where a mandate is known; they are no part of spend.",
    "Intervals hold for a customer and month; over a sum of customers or months they do not add up.",
)


def completed(
    model: ForecastModel, panel: Panel, is_open: NDArray[np.bool_], validation: dict[str, Any]
) -> ForecastModel:
    """Return the model with methods, validation, counts and limits on its card."""
    return model.with_facts(
        methods=list(METHODS), validation=validation, customers=counts(panel, is_open), limits=list(LIMITS)
    )


def counts(panel: Panel, is_open: NDArray[np.bool_]) -> dict[str, int]:
    """Return how many customers are forecast, and how many are not for which reason: the first that holds."""
    months = panel.months - panel.start
    recent = panel.total[:, -RECENT:].sum(axis=1) > 0
    short = is_open & (months < LEAST_MONTHS)
    silent = is_open & ~short & ~recent
    return {
        "forecast": int((is_open & ~short & ~silent).sum()),
        "refused_closed": int((~is_open).sum()),
        f"refused_under_{LEAST_MONTHS}_months": int(short.sum()),
        f"refused_nothing_spent_in_{RECENT}_months": int(silent.sum()),
    }
