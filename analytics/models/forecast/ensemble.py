"""One series when it is asked for, a customer's or a cohort's: the median of several methods, with an interval.

Members are Theta (Assimakopoulos & Nikolopoulos, 2000), its optimised form (Fiorucci et al., 2016), exponential
smoothing chosen by AICc and with a damped trend (Hyndman et al., 2002), and the seasonal naive, which breaks the tie
where Theta's test sees no season in less than four years; a series mostly zero gets Croston's and TSB. A seasonal form
needs two years. Croston and TSB are ours and the others run compiled: nothing is built at first call.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast.accuracy import smape
from analytics.models.forecast.conformal import LEVEL
from analytics.models.forecast.intermittent import croston_sba, is_intermittent, tsb
from analytics.models.forecast.lags import LEAST_MONTHS
from governance.errors import ModelError

Floats = NDArray[np.float64]
Method = Callable[[Floats, int, int], Floats]

SEASON = 12
LONGEST = 12
#: Rolling origins an interval and the accuracies come from.
ORIGINS = 8
#: Months an origin looks back on at least.
LEAST_PAST = 4


@dataclass(frozen=True)
class Forecast:
    """A forecast series.

    Attributes
    ----------
    points, low, high
        By month ahead; the interval holds 80 of 100 outcomes.
    method
        What made it, in words.
    season
        Season length that was used; 1 for none.
    mase, naive_mase
        Mean scaled error at the rolling origins, and the seasonal naive's; NaN where the series gives no unit.
    smape
        In percent, at the rolling origins.
    origins
        How many rolling origins these lean on.
    """

    points: Floats
    low: Floats
    high: Floats
    method: str
    season: int
    mase: float
    naive_mase: float
    smape: float
    origins: int


def _fitted(name: str, **options: Any) -> Method:
    def method(series: Floats, season: int, horizon: int) -> Floats:
        fitted = getattr(statsforecast(), name)(season_length=season, **options)
        return np.asarray(fitted.forecast(y=series, h=horizon)["mean"], dtype=np.float64)

    return method


@cache
def statsforecast() -> Any:
    """Return statsforecast's models; its text has escapes that Python warns of where it is compiled first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (DeprecationWarning, SyntaxWarning))
        return importlib.import_module("statsforecast.models")


def _damped(series: Floats, season: int, horizon: int) -> Floats:
    return _fitted("AutoETS", model="ZAA" if season > 1 else "ZAN", damped=True)(series, season, horizon)


def _season_ago(series: Floats, season: int, horizon: int) -> Floats:
    return np.resize(series[-season:], horizon)


NAIVE = "seasonal naive"
#: Member → method on (series, season length, months ahead).
MEMBERS: Mapping[str, Method] = MappingProxyType(
    {
        NAIVE: _season_ago,
        "Theta": _fitted("Theta"),
        "optimised Theta": _fitted("OptimizedTheta"),
        "exponential smoothing": _fitted("AutoETS"),
        "damped exponential smoothing": _damped,
    }
)
#: Beside the others where a third of a second a fit is no matter.
ARIMA: Mapping[str, Method] = MappingProxyType({**MEMBERS, "ARIMA": _fitted("AutoARIMA")})
INTERMITTENT: Mapping[str, Method] = MappingProxyType(
    {
        "Croston (SBA)": lambda series, _, horizon: np.full(horizon, croston_sba(series)),
        "TSB": lambda series, _, horizon: np.full(horizon, tsb(series)),
        "mean of a year": lambda series, _, horizon: np.full(horizon, series[-SEASON:].mean()),
    }
)
#: Whole months that smoothing with a trend can be fitted on.
LEAST_FITTED = 10


def forecast_series(
    history: Sequence[float] | Floats,
    horizon: int,
    *,
    season: int = SEASON,
    least: float | None = 0.0,
    members: Mapping[str, Method] = MEMBERS,
    origins: int = ORIGINS,
) -> Forecast:
    """Forecast one monthly series.

    Parameters
    ----------
    history
        A value for each whole month, oldest first, a month without a posting as zero.
    horizon
        Months ahead, 1 to 12.
    season
        Months after which the series repeats; used where there are two whole seasons.
    least
        Nothing lower is forecast; None for series that may be negative.
    members
        What is combined; `ARIMA` adds a slower one.

    Raises
    ------
    ModelError
        Under six months of history, values that are missing, or a horizon out of range.
    """
    series = _checked(history, horizon)
    used = season if len(series) >= 2 * season else 1
    chosen = _members(series, members)
    points = _bounded(combined(series, used, horizon, chosen), least)
    misses, rolled = _rolling(series, season, horizon, members, least, origins)
    wide = _half_width(misses, horizon, rolled)
    naive = _naive_misses(series, season, horizon, rolled)
    unit = _unit(series, used)
    return Forecast(
        points=points,
        low=_bounded(points - wide, least),
        high=points + wide,
        method=f"median of {', '.join(chosen)}" if len(chosen) > 1 else next(iter(chosen)),
        season=used,
        mase=_mean_of([abs(each.missed) for each in misses]) / unit,
        naive_mase=_mean_of([abs(each) for each in naive]) / unit,
        smape=_mean_of([each.smape for each in misses]),
        origins=rolled,
    )


def combined(series: Floats, season: int, horizon: int, members: Mapping[str, Method]) -> Floats:
    """Return the median of the members' forecasts, months ahead by months ahead.

    Smoothing with multiplied errors divides by what it fitted and has nothing to say where that is zero: a member whose
    forecast is not a number has no vote, and without any vote it is the mean of a year.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        forecasts = [method(series, season, horizon) for name, method in members.items() if season > 1 or name != NAIVE]
    voting = [each for each in forecasts if np.isfinite(each).all()]
    return np.asarray(np.median(voting or [np.full(horizon, series[-SEASON:].mean())], axis=0))


def _members(series: Floats, members: Mapping[str, Method]) -> Mapping[str, Method]:
    if np.ptp(series) == 0:
        return {"the constant it always was": lambda given, _, horizon: np.full(horizon, given[-1])}
    if is_intermittent(series):
        return INTERMITTENT
    if len(series) < LEAST_FITTED:
        return {"mean of the last months": lambda given, _, horizon: np.full(horizon, given[-LEAST_MONTHS:].mean()),
                "median of the last months": lambda given, _, horizon: np.full(horizon, np.median(given)),
                "last month": lambda given, _, horizon: np.full(horizon, given[-1])}  # fmt: skip
    return members


def _checked(history: Sequence[float] | Floats, horizon: int) -> Floats:
    series = np.asarray(history, dtype=np.float64)
    if series.ndim != 1 or len(series) < LEAST_MONTHS:
        raise ModelError(
            f"There are {series.shape[0] if series.ndim else 0} whole months of history; a forecast needs "
            f"{LEAST_MONTHS}. Wait until there are more, or ask for a cohort that is older."
        )
    if not np.isfinite(series).all():
        raise ModelError(
            f"{int((~np.isfinite(series)).sum())} of {len(series)} months have no value. A month without a posting is "
            "zero; a month that is not known cannot be forecast over."
        )
    if not 1 <= horizon <= LONGEST:
        raise ModelError(f"A forecast reaches 1 to {LONGEST} months ahead; {horizon} were asked for.")
    return series


@dataclass(frozen=True)
class _Miss:
    missed: float
    horizon: int
    smape: float


def _rolling(
    series: Floats, season: int, horizon: int, members: Mapping[str, Method], least: float | None, origins: int
) -> tuple[list[_Miss], int]:
    """Return what the same method missed by at the last origins, and how many origins there were."""
    misses: list[_Miss] = []
    rolled = min(origins, len(series) - LEAST_PAST)
    for back in range(1, rolled + 1):
        past, ahead = series[:-back], min(back, horizon)
        used = season if len(past) >= 2 * season else 1
        expected = _bounded(combined(past, used, ahead, _members(past, members)), least)
        actual = series[len(past) : len(past) + ahead]
        gaps = zip(actual - expected, smape(actual, expected), strict=True)
        misses += [_Miss(float(gap), step, float(percent)) for step, (gap, percent) in enumerate(gaps, start=1)]
    return misses, rolled


def _half_width(misses: Sequence[_Miss], horizon: int, origins: int) -> Floats:
    """Return half the interval's width by month ahead: the misses' quantile, grown as misses grow with distance.

    Misses of one origin go together, so they are worth fewer than they are: the level is raised by a third of what it
    would be if only origins counted. How often the intervals hold is measured by ``python -m benchmarks forecast``.
    """
    sizes = np.array([abs(each.missed) for each in misses])
    ahead = np.array([each.horizon for each in misses], dtype=np.float64)
    growth = ahead ** _exponent(sizes, ahead)
    level = min(LEVEL * (1 + 1 / (3 * origins)), 1.0)
    wide = float(np.quantile(sizes / growth, level, method="weibull"))
    return np.asarray(wide * np.arange(1, horizon + 1, dtype=np.float64) ** _exponent(sizes, ahead))


def _exponent(sizes: Floats, ahead: Floats) -> float:
    """Return how misses grow with distance: the slope of their logarithms, between none and that of a random walk."""
    floor = max(float(sizes.mean()) * 0.01, 1e-9)
    x, y = np.log(ahead), np.log(np.maximum(sizes, floor))
    spread = float(((x - x.mean()) ** 2).sum())
    return float(np.clip(((x - x.mean()) * (y - y.mean())).sum() / spread, 0.0, 0.5)) if spread > 0 else 0.5


def _naive_misses(series: Floats, season: int, horizon: int, origins: int) -> list[float]:
    """Return what the seasonal naive missed by at the same origins: the month a season ago, else the last."""
    out: list[float] = []
    for back in range(1, origins + 1):
        past, ahead = series[:-back], min(back, horizon)
        used = season if len(past) >= 2 * season else 1
        expected = np.resize(past[-used:], ahead)
        out += (series[len(past) : len(past) + ahead] - expected).tolist()
    return out


def _unit(series: Floats, season: int) -> float:
    """Return the unit of MASE; NaN where the series repeats exactly."""
    unit = float(np.abs(series[season:] - series[:-season]).mean())
    return unit if unit > 0 else float("nan")


def _mean_of(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _bounded(values: Floats, least: float | None) -> Floats:
    return values if least is None else np.maximum(values, least)
