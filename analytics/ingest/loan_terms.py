"""Loan arithmetic a source leaves unsaid: its rate and the end of its term."""

from __future__ import annotations

import calendar
import datetime as dt

import numpy as np
from numpy.typing import NDArray

_HALVINGS = 60


def annual_rate(
    principal: NDArray[np.float64], emi: NDArray[np.float64], tenor_months: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Solve the annuity ``principal = emi · (1 − (1 + r)⁻ⁿ) / r`` for the nominal yearly rate ``12 · r``.

    Parameters
    ----------
    principal, emi
        Disbursed amount and monthly instalment, same currency.
    tenor_months
        Number of instalments.

    Returns
    -------
    NDArray
        Fraction per year; 0 where the instalments do not exceed the principal. At most 12 (100 % a month).
    """
    low, high = np.zeros_like(principal), np.ones_like(principal)
    for _ in range(_HALVINGS):
        rate = (low + high) / 2
        value = emi * -np.expm1(-tenor_months * np.log1p(rate)) / rate
        low, high = np.where(value > principal, rate, low), np.where(value > principal, high, rate)
    return np.where(emi * tenor_months > principal, 6 * (low + high), 0.0)


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day ``months`` later, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
