"""Forecasts of single series, of a simulated book and of balances, beside naive, Theta and a neural net.

The sandbox's seed was looked at by nobody who chose methods or settings.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics.models.forecast.accuracy import Tested
from analytics.models.metrics import Estimate, Replicates
from benchmarks import forecast_series as single
from benchmarks import place
from benchmarks.forecast_runs import CUSTOMERS
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

SEED = 92_001
COVERED = (0.76, 0.84)
#: Seconds of training, validating and forecasting the book.
SECONDS = 25.0
Row = tuple[Cell, ...]


def run() -> Report:
    """Measure the series that are beside the repository, then a simulated lender in a process of its own."""
    rows, targets, notes = _real()
    print(f"Seed {SEED}: simulating {CUSTOMERS:,} customers, forecasting four times …", file=sys.stderr, flush=True)
    process = run_process([sys.executable, "-m", "benchmarks.forecast_runs", str(SEED)], folder=place.ROOT)
    found = json.loads(process.output.splitlines()[-1])
    more_rows, more_targets, more_notes = _sandbox(found)
    return Report(
        "forecast",
        "MASE by method, beside the seasonal naive; intervals 95 %, bootstrap over series or customers",
        ("what", "method", "MASE", "sMAPE, %", "less the seasonal naive", "80 % interval covers"),
        [*rows, *more_rows],
        targets=(*targets, *more_targets),
        notes=(*notes, *more_notes),
    )


def _real() -> tuple[list[Row], list[Target], list[str]]:
    if not single.M3.exists() or not single.HOUSEHOLD.exists():
        return [], [], ["the M3 series and the household's months are not beside the repository: not measured"]
    print("Forecasting 756 quarterly series …", file=sys.stderr, flush=True)
    quarterly = single.quarterly()
    rows: list[Row] = []
    for name in (single.OURS, single.THETA, single.NEURAL, single.NAIVE):
        gap = quarterly.get(f"{single.OURS} − {single.NAIVE}") if name == single.OURS else None
        rows.append(("M3 quarterly, 756", name, told(quarterly[name]["MASE"]), told(quarterly[name]["sMAPE"]),
                     told(gap["MASE"]) if gap else "", ""))  # fmt: skip
    tested, everything = single.household(), single.household(left_out=())
    draws = Replicates.by_customer(tested.who, count=single.DRAWS)
    mase, percent = tested.mase(draws), tested.smape(draws)
    less = tested.gap(single.OURS, single.NAIVE, draws)
    for name in mase:
        mine = told(less) if name == single.OURS else ""
        rows.append(("a household, 18 origins", name, told(mase[name]), told(percent[name]), mine, ""))
    targets = [
        *(
            Target(f"M3 quarterly, ensemble − {other}, {metric}, upper end",
                   quarterly[f"{single.OURS} − {other}"][metric].high, 0.0, "")
            for other in (single.THETA, single.NAIVE) for metric in ("sMAPE", "MASE")
        ),
        Target("the household, ensemble − seasonal naive, MASE", less.value, 0.0, ""),
    ]  # fmt: skip
    return rows, targets, [_transfers(everything)]


def _transfers(everything: Tested) -> str:
    """Say how the household does with its transfers and investments counted as spend."""
    mase = everything.mase(Replicates.by_customer(everything.who, count=single.DRAWS))
    return (
        "spend leaves out transfers and investments, as the governed metric does; with the household's counted in, "
        f"MASE {told(mase[single.OURS])} against the seasonal naive's {told(mase[single.NAIVE])}"
    )


def _sandbox(found: Mapping[str, Any]) -> tuple[list[Row], list[Target], list[str]]:
    rows: list[Row] = []
    names = {"spend": "book: spend", "inflow": "book: inflow", "category": "book: spend by category"}
    for measure, label in names.items():
        metrics = found["book"][measure]
        for method, mase in metrics["mase"].items():
            is_ours = method == "model"
            rows.append((label, method, told(mase), told(metrics["smape"][method]),
                         told(metrics["mase_minus_seasonal_naive"]) if is_ours else "",
                         told(metrics["coverage_80"]) if is_ours else ""))  # fmt: skip
    rows.append(("book: spend, newest fold", "neural net, same columns", told(found["neural"]), "", "", ""))
    for name in ("customers", "cohorts"):
        one = found[name]
        for method, mase in one["mase"].items():
            is_ours = method == "ensemble"
            beside = (told(one["gap"]), told(one["coverage"])) if is_ours else ("", "")
            rows.append((f"sandbox {name}, {one['series']}", method, told(mase), "", *beside))
    spend, skill = found["book"]["spend"], found["balances"]["brier_skill"]
    targets = [
        Target("book, spend − seasonal naive, MASE, upper end", spend["mase_minus_seasonal_naive"]["high"], 0.0, ""),
        *_covers("book, spend", spend["coverage_80"]["value"]),
        *_covers("ensemble on customers", found["customers"]["coverage"]["value"]),
        *_covers("ensemble on cohorts", found["cohorts"]["coverage"]["value"]),
        Target("short balance, Brier skill, lower end", skill["low"], 0.0, "", at_least=True),
        Target("the book trained, validated and forecast", found["seconds"], SECONDS, "s"),
    ]  # fmt: skip
    return rows, targets, _notes(found)


def _covers(name: str, covered: float) -> list[Target]:
    return [
        Target(f"{name}, 80 % interval covers", covered, COVERED[0], "", at_least=True),
        Target(f"{name}, 80 % interval covers no more than", covered, COVERED[1], ""),
    ]


def _notes(found: Mapping[str, Any]) -> list[str]:
    balances, spend = found["balances"], found["book"]["spend"]
    bands = [f"{chance:.0%} told, {came:.0%} came ({count})" for count, chance, came in balances["reliability"]]
    seconds = np.mean([found[name]["seconds"] for name in ("customers", "cohorts")])
    return [
        f"the book: {found['forecast']:,} customers forecast, {spend['customers']:,} tested, {spend['rows']:,} rows in "
        f"three folds; its sum is {told(spend['sum_forecast_to_sum'])} of what came",
        f"short before the next instalment: {balances['short']} of {balances['asked']:,}, mean chance "
        f"{balances['mean_chance']:.1%}, Brier skill {told(balances['brier_skill'])}, AUC {told(balances['auc'])}",
        f"its chance in five bands: {'; '.join(bands)}",
        f"one series when asked: {seconds:.2f} s with its interval",
    ]


def told(estimate: Estimate | Mapping[str, float]) -> str:
    """Return a figure with its interval."""
    value, low, high = (
        (estimate.value, estimate.low, estimate.high)
        if isinstance(estimate, Estimate)
        else (estimate["value"], estimate["low"], estimate["high"])
    )
    return f"{value:.3f} ({low:.3f} to {high:.3f})"
