"""Tests for goals and life events on monthly series and salary payments: robust steps, robust slopes, counted signs.

Each detector reads what was known at the end of an as-of and returns findings of strength 1, 2 or 3; how often findings
of that strength were true on simulated events is the confidence (`analytics.models.goals.model`). Health, religion and
pregnancy are inferred by none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

MONTHS = 24
#: Days within which the newest salary must have come, a new employer must have begun, and payments that establish one.
STILL_PAID_DAYS, NEW_EMPLOYER_DAYS, ESTABLISHED = 45, 125, 3
#: Least step of a salary, and robust standard errors it must exceed; least noise of a salary as a share of it.
LEAST_STEP, STEP_ERRORS, LEAST_NOISE = 0.04, 4.0, 0.005
#: Times the highest salary before that every one since must be.
ABOVE_ALL = 1.01
#: Months a saving is watched, and monthly inflows it must have grown by.
SAVING_MONTHS, SAVED_INFLOWS = 6, 1.0
MAD_TO_SIGMA = 1.4826
#: Months in which school fees fall due.
TERMS: Mapping[str, tuple[int, ...]] = MappingProxyType({"summer": (4, 5, 6), "winter": (10, 11, 12)})


@dataclass(frozen=True)
class Finding:
    """One goal of one customer: strength from 1 to 3, evidence in figures and dates."""

    customer_id: str
    goal: str
    strength: int
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What is known at an as-of.

    Attributes
    ----------
    customers
        Their ids, a row for each in ``months``.
    months
        Column of the monthly table → (customers, `MONTHS`), the as-of's month last; NaN where nothing is covered.
    salaries
        ``customer_id, payer, day, amount``, sorted by day; the payer is a digest.
    school
        ``customer_id, day, amount`` of school fees; empty where that is not switched on.
    """

    as_of: dt.date
    customers: Sequence[str]
    months: Mapping[str, Floats]
    salaries: pd.DataFrame
    school: pd.DataFrame


def job_changes(known: Known) -> list[Finding]:
    """Find customers whose salary comes from another payer than it did, the former having stopped."""
    rows = known.salaries
    if rows.empty:
        return []
    spans = rows.groupby(["customer_id", "payer"], sort=True).agg(
        first=("day", "min"), last=("day", "max"), payments=("day", "size"), amount=("amount", "median")
    ).reset_index().sort_values(["customer_id", "first", "payer"])  # fmt: skip
    newest = spans.groupby("customer_id").tail(1)
    earlier = spans.drop(newest.index)
    earlier = earlier[earlier["payments"] >= ESTABLISHED].sort_values(["customer_id", "last"])
    both = newest.merge(earlier.groupby("customer_id").tail(1), on="customer_id", suffixes=("", "_former"))
    begun, paid = ((known.as_of - both[name].dt.date.to_numpy()) for name in ("first", "last"))
    days = [np.array([gap.days for gap in gaps]) for gaps in (begun, paid)] if len(both) else [np.zeros(0)] * 2
    found = both[(days[0] <= NEW_EMPLOYER_DAYS) & (days[1] <= STILL_PAID_DAYS) & (both["last_former"] < both["first"])]
    return [
        Finding(
            row.customer_id, "job_change", min(int(row.payments), 3),
            (
                f"salary from another employer since {row.first:%d %b %Y}, {_times(row.payments)}",
                f"the former one paid last on {row.last_former:%d %b %Y}",
                f"{_change(row.amount / row.amount_former - 1)} than before",
            ),
        )
        for row in _rows(found)
    ]  # fmt: skip


def salary_steps(known: Known) -> list[Finding]:
    """Find rises of the salary paid by one employer: a shift of the median that the noise before does not explain.

    The month of the step is where the standardised difference of medians is largest, among the last five: the idea of
    E. S. Page, "Continuous Inspection Schemes", Biometrika 1954, with medians for means.
    """
    rows = known.salaries
    if rows.empty:
        return []
    newest = rows.groupby("customer_id").tail(1)[["customer_id", "payer"]]
    mine = rows.merge(newest, on=["customer_id", "payer"])
    back = mine.groupby("customer_id").cumcount(ascending=False)
    wide = mine.assign(back=back)[back < 12].pivot(index="customer_id", columns="back", values="amount")
    days = mine.assign(back=back)[back < 12].pivot(index="customer_id", columns="back", values="day")
    pay = wide.reindex(columns=range(12)).to_numpy(dtype=float)[:, ::-1]
    best, at, step = _best_step(pay)
    recent = days[0].to_numpy().astype("datetime64[D]") if len(days) else np.zeros(0, "datetime64[D]")
    still = (np.datetime64(known.as_of) - recent).astype(int) <= STILL_PAID_DAYS
    found = _places((best >= STEP_ERRORS) & (step >= LEAST_STEP) & still)
    out = []
    for row in found:
        since = days.iloc[row][int(at[row]) - 1]
        strength = 1 if at[row] < 3 else 2 if best[row] < 2 * STEP_ERRORS else 3
        out.append(
            Finding(
                str(wide.index[row]), "salary_step", strength,
                (f"salary {step[row]:.0%} higher since {since:%d %b %Y}",
                 f"{int(at[row])} payments since, against the half-year before"),
            )
        )  # fmt: skip
    return out


def _best_step(pay: Floats) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Return per row: the largest standardised step, payments since, and the step as a share."""
    best, at, step = np.zeros(len(pay)), np.zeros(len(pay), np.int64), np.zeros(len(pay))
    for since in (2, 3, 4, 5):
        after, before = pay[:, -since:], pay[:, -since - 6 : -since]
        whole = np.isfinite(after).all(axis=1) & np.isfinite(before).all(axis=1)
        middle = np.median(before, axis=1)
        noise = MAD_TO_SIGMA * np.median(np.abs(before - middle[:, None]), axis=1) / np.maximum(middle, 1.0)
        share = np.median(after, axis=1) / np.maximum(middle, 1.0) - 1
        lasting = after.min(axis=1) > ABOVE_ALL * before.max(axis=1)
        value = share / (np.maximum(noise, LEAST_NOISE) * np.sqrt(1 / since + 1 / 6))
        better = whole & lasting & (value > best)
        best, at, step = np.where(better, value, best), np.where(better, since, at), np.where(better, share, step)
    return best, at, step


def purchase_savings(known: Known) -> list[Finding]:
    """Find customers who put money by, month after month, as one does for the down payment of a home or a vehicle.

    What is put by is the balance with what went into investments since. The slope is the median of all pairwise slopes
    (H. Theil 1950, P. K. Sen 1968). What it is put by for, the postings do not say.
    """
    balance, inflow = known.months["closing_balance"], known.months["inflow"]
    saved = np.nan_to_num(known.months["saving"])[:, -SAVING_MONTHS:]
    held = balance[:, -SAVING_MONTHS - 1 :] + np.concatenate(
        [np.zeros((len(saved), 1)), np.cumsum(saved, axis=1)], axis=1
    )
    year = np.nan_to_num(inflow[:, -12:])
    earns = (year > 0).sum(axis=1) >= 10
    usual = np.where(earns, np.maximum(np.median(year, axis=1), year.mean(axis=1) / 2), 0.0)
    first, last = np.triu_indices(SAVING_MONTHS + 1, 1)
    slope = np.median((held[:, last] - held[:, first]) / (last - first), axis=1)
    rises = (np.diff(held, axis=1) > 0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        months = np.where(usual > 0, slope * SAVING_MONTHS / usual, 0.0)
        grown = np.where(usual > 0, (held[:, -1] - held[:, 0]) / usual, 0.0)
    strength = 1 + (rises >= 5).astype(int) + ((rises >= 5) & (months >= 1.5 * SAVED_INFLOWS))
    found = _places((rises >= 4) & (months >= SAVED_INFLOWS) & (grown >= SAVED_INFLOWS))
    return [
        Finding(
            known.customers[row], "purchase_saving", int(strength[row]),
            (f"{grown[row]:.1f} months of inflow put by in {SAVING_MONTHS} months up to {known.as_of:%d %b %Y}",
             f"more at the end of {int(rises[row])} of {SAVING_MONTHS} months"),
        )
        for row in found
    ]  # fmt: skip


#: Signs that money runs short before instalments fall due: column, months, least sum, words.
NEEDS: tuple[tuple[str, int, float, str], ...] = (
    ("emi_bounces", 3, 1, "{value:.0f} instalments returned in 3 months"),
    ("loan_app_count", 3, 1, "{value:.0f} loan-app postings in 3 months"),
    ("low_days", 3, 10, "{value:.0f} days with a nearly empty account in 3 months"),
    ("penalties", 3, 2, "{value:.0f} penalty charges in 3 months"),
)


def loan_needs(known: Known) -> list[Finding]:
    """Find customers who are short before instalments: returned ones, app loans, empty accounts, low balances."""
    sums = {column: np.nansum(known.months[column][:, -months:], axis=1) for column, months, _, _ in NEEDS}
    signs = np.stack([sums[column] >= least for column, _, least, _ in NEEDS], axis=1)
    due = np.nan_to_num(known.months["emi_contracted"][:, -1])
    short = (due > 0) & (np.nan_to_num(known.months["closing_balance"][:, -1], nan=np.inf) < due)
    count = signs.sum(axis=1) + short
    out = []
    for row in _places(count >= 2):
        told = [
            text.format(value=sums[column][row])
            for (column, _, _, text), here in zip(NEEDS, signs[row], strict=True)
            if here
        ]
        below = [f"balance below the instalments of a month on {known.as_of:%d %b %Y}"] if short[row] else []
        out.append(Finding(known.customers[row], "loan_need", min(int(count[row]) - 1, 3), (*told, *below)))
    return out


def school_fees(known: Known) -> list[Finding]:
    """Find customers who began to pay school fees: in both terms of the year, and never in the year before."""
    if known.school.empty:
        return []
    day = known.school["day"]
    recent = day.to_numpy().astype("datetime64[D]") > np.datetime64(known.as_of) - np.timedelta64(365, "D")
    terms = {name: day.dt.month.isin(months) & recent for name, months in TERMS.items()}
    rows = known.school.assign(recent=recent, **terms)
    counts = rows.groupby("customer_id").agg(
        recent=("recent", "sum"), all=("recent", "size"), first=("day", "min"),
        **{name: (name, "sum") for name in TERMS},
    )  # fmt: skip
    found = counts[(counts[list(TERMS)] > 0).all(axis=1) & (counts["recent"] == counts["all"])]
    return [
        Finding(
            str(row.Index), "school_fees", int(np.clip(row.recent - 1, 1, 3)),
            (f"{int(row.recent)} payments of school fees since {row.first:%d %b %Y}, in both terms, none before",),
        )
        for row in _rows(found)
    ]  # fmt: skip


Detector = Callable[[Known], list[Finding]]
#: Goal → its detector, and those that run only where a workspace switches them on.
DETECTORS: Mapping[str, Detector] = MappingProxyType(
    {
        "job_change": job_changes,
        "salary_step": salary_steps,
        "purchase_saving": purchase_savings,
        "loan_need": loan_needs,
        "school_fees": school_fees,
    }
)
SENSITIVE = frozenset({"school_fees"})


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    yield from frame.itertuples()


def _places(flags: NDArray[np.bool_]) -> list[int]:
    return [int(at) for at in np.flatnonzero(flags)]


def _times(count: float) -> str:
    return f"{int(count)} payment{'s' if count > 1 else ''}"


def _change(share: float) -> str:
    return f"{abs(share):.0%} {'more' if share >= 0 else 'less'}"
