"""Single series: M3's quarterly ones and a real household's months, beside naive, Theta and a neural net.

Each method sees the same past and is measured on the same months. MASE by the in-sample seasonal naive error.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast.accuracy import Tested, mean, smape
from analytics.models.forecast.ensemble import MEMBERS, combined
from analytics.models.metrics import Estimate, Replicates
from benchmarks import place

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

DATA = place.ROOT.parent / "shared" / "data"
M3 = DATA / "m3_quarterly" / "m3_quarterly.parquet"
HOUSEHOLD = DATA / "household_inr" / "daily_household_transactions.csv.gz"
QUARTERS, YEAR = 4, 12
OURS, THETA, NAIVE, NEURAL = "ensemble", "Theta", "seasonal naive", "neural net on lags"
#: Lags the neural net sees.
LAGS = 8
#: The household's categories that are no spend, as in the governed metric: transfers and investments.
NOT_SPENT = ("Money transfer", "Investment", "Public Provident Fund", "Recurring Deposit")
#: Rolling origins and months ahead on the household.
ORIGINS, AHEAD = 18, 3
DRAWS = 1000


def quarterly(file: Path = M3) -> Mapping[str, dict[str, Estimate]]:
    """Return sMAPE and MASE of each method on the official test part of the 756 series, and the paired gaps."""
    import pandas as pd

    frame = pd.read_parquet(file)
    values = [np.asarray(each, dtype=np.float64) for each in frame["values"]]
    horizon = int(frame["horizon"].iloc[0])
    past, actual = [each[:-horizon] for each in values], np.array([each[-horizon:] for each in values])
    forecasts = {
        OURS: np.array([combined(each, QUARTERS, horizon, MEMBERS) for each in past]),
        THETA: np.array([MEMBERS["Theta"](each, QUARTERS, horizon) for each in past]),
        NAIVE: np.array([np.resize(each[-QUARTERS:], horizon) for each in past]),
        NEURAL: neural(past, horizon),
    }
    unit = np.array([np.abs(each[QUARTERS:] - each[:-QUARTERS]).mean() for each in past])
    return compared(actual, forecasts, unit)


def compared(actual: Floats, forecasts: Mapping[str, Floats], unit: Floats) -> dict[str, dict[str, Estimate]]:
    """Return metrics by method, and ours less the others', series drawn with replacement."""
    series = np.array([f"{number:06d}" for number in range(len(actual))], dtype=object)
    draws = Replicates.by_customer(series, count=DRAWS)
    scaled = {name: (np.abs(actual - each) / unit[:, None]).mean(axis=1) for name, each in forecasts.items()}
    percent = {name: smape(actual, each).mean(axis=1) for name, each in forecasts.items()}
    found = {name: {"sMAPE": mean(percent[name], draws), "MASE": mean(scaled[name], draws)} for name in forecasts}
    for name in forecasts:
        if name != OURS:
            gaps = {"sMAPE": percent[OURS] - percent[name], "MASE": scaled[OURS] - scaled[name]}
            found[f"{OURS} − {name}"] = {metric: mean(gap, draws) for metric, gap in gaps.items()}
    return found


def neural(past: list[Floats], horizon: int) -> Floats:
    """Return forecasts of one small network over all series: `LAGS` values in, all horizons out, scaled by the mean.

    The nearest stand-in for a recurrent net that is installed: a multilayer perceptron of two layers.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    rows, targets = [], []
    for series in past:
        for end in range(LAGS, len(series) - horizon + 1):
            level = series[end - LAGS : end].mean()
            rows.append(series[end - LAGS : end] / level)
            targets.append(series[end : end + horizon] / level)
    network = MLPRegressor(hidden_layer_sizes=(64, 32), early_stopping=True, max_iter=60, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(np.array(rows), np.array(targets))
    last = np.array([series[-LAGS:] for series in past])
    level = last.mean(axis=1, keepdims=True)
    return np.asarray(network.predict(last / level) * level)


def household(file: Path = HOUSEHOLD, left_out: Collection[str] = NOT_SPENT) -> Tested:
    """Return the household's monthly spend at rolling origins, one to three months ahead, a row for each."""
    series = household_months(file, left_out)
    rows: list[tuple[str, int, float, float, float, float, float]] = []
    for origin in range(len(series) - AHEAD - ORIGINS + 1, len(series) - AHEAD + 1):
        past, actual = series[:origin], series[origin : origin + AHEAD]
        season = YEAR if len(past) >= 2 * YEAR else 1
        ours, theta = combined(past, season, AHEAD, MEMBERS), MEMBERS["Theta"](past, season, AHEAD)
        unit = np.abs(past[YEAR:] - past[:-YEAR]).mean()
        for step in range(AHEAD):
            forecasts = (max(ours[step], 0.0), theta[step], past[origin - YEAR + step])
            rows.append((f"{origin:03d}", step + 1, actual[step], unit, *forecasts))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    nothing = np.full(len(rows), np.nan)
    named = dict(zip((OURS, THETA, NAIVE), columns[4:], strict=True))
    return Tested(columns[0].astype(object), columns[1], columns[2], columns[3], named, nothing, nothing)


def household_months(file: Path = HOUSEHOLD, left_out: Collection[str] = NOT_SPENT) -> Floats:
    """Return what the household spent in each whole month, some categories left out, in rupees."""
    import pandas as pd

    frame = pd.read_csv(file)
    spent = frame[(frame["Income/Expense"] == "Expense") & ~frame["Category"].isin(list(left_out))]
    moments: pd.Series[pd.Timestamp] = pd.to_datetime(spent["Date"], format="mixed", dayfirst=True)
    by_month = spent["Amount"].groupby(moments.dt.to_period("M")).sum().sort_index()
    whole = by_month.iloc[:-1]  # the log ends within its last month
    return np.asarray(whole.reindex(pd.period_range(whole.index[0], whole.index[-1], freq="M"), fill_value=0.0))
