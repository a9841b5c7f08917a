"""The credit model against an oracle that sees the truth behind the books, and on a real bank's loans.

The sandbox's seeds here were looked at by nobody who chose features, learners or their settings.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analytics.models import metrics
from analytics.models.metrics import Estimate, Floats, Replicates
from benchmarks import place
from benchmarks.credit_runs import CUSTOMERS
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target
from governance.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

SEEDS = (90_001, 90_002, 90_003, 90_004, 90_005)
GAP_AT_MOST = 0.05
#: What the sandbox is held to: share of loans ever 90 days past due, churn a year, the oracle's AUC.
RATES: Mapping[str, tuple[float, float]] = {
    "loans ever 90+": (0.08, 0.15),
    "churn a year": (0.10, 0.20),
    "oracle's AUC": (0.78, 0.88),
}
#: What the card says of the Czech bank's loans.
BANK_FACTS = ("folds", "validated_borrowers", "bads", "auc", "auc_low", "auc_high", "baseline_auc")
BERKA = place.ROOT.parent / "shared" / "data" / "berka"


@dataclass(frozen=True)
class Seed:
    """One simulated lender: the replicates of each AUC and of the calibration slope, the first the sample's own."""

    seed: int
    rates: Mapping[str, float]
    rows: int
    bads: int
    model: Floats
    baseline: Floats
    oracle: Floats
    slope: Floats


def run() -> Report:
    """Simulate, fit and score each seed in a process of its own; pool; then the real bank."""
    seeds = [_seed(seed) for seed in SEEDS]
    gap = _mean(seeds, "oracle", "model")
    above = _mean(seeds, "model", "baseline")
    slope = metrics.interval(np.mean([seed.slope for seed in seeds], axis=0))
    rows: list[tuple[Cell, ...]] = [_row(seed) for seed in seeds]
    return Report(
        "credit",
        f"{CUSTOMERS:,} customers a seed, three folds out of time, AUC",
        (
            "seed",
            "borrowers",
            "bads",
            "model",
            "logistic",
            "oracle",
            "oracle − model",
            "slope",
            "loans ever 90+",
            "churn a year",
        ),
        rows,
        targets=(
            Target("oracle − model, mean of the seeds, upper end", gap.high, GAP_AT_MOST, ""),
            Target("model − logistic, mean of the seeds, lower end", above.low, 0.0, "", at_least=True),
            Target("calibration slope, mean of the seeds", slope.value, 0.9, "", at_least=True),
            Target("calibration slope, mean of the seeds, at most", slope.value, 1.1, ""),
            *_rate_targets(seeds),
        ),
        notes=(
            f"oracle − model {_told(gap)}; model − logistic {_told(above)}; calibration slope {_told(slope)}",
            "intervals: 95 %, bootstrap over customers, paired; of a mean over seeds, each seed drawn on its own",
            _berka(),
        ),
    )


def _seed(seed: int) -> Seed:
    """Run one seed to its end and measure it."""
    import pandas as pd

    print(f"Seed {seed}: simulating {CUSTOMERS:,} customers, fitting three folds …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="munshi-scores-") as folder:
        file = Path(folder) / "scored.parquet"
        process = run_process([sys.executable, "-m", "benchmarks.credit_runs", str(seed), file], folder=place.ROOT)
        scored = pd.read_parquet(file)
    return measured(seed, json.loads(process.output.splitlines()[-1]), scored)


def measured(seed: int, rates: Mapping[str, float], scored: pd.DataFrame) -> Seed:
    """Return every replicate of the three AUCs, on the same draws."""
    draws = Replicates.by_customer(scored["customer_id"].to_numpy(), seed=seed)
    bad = scored["bad"].to_numpy(dtype=float)
    model, baseline, oracle = (
        metrics.auc(bad, scored[name].to_numpy(), draws.weights) for name in ("probability", "baseline", "oracle")
    )
    slope = metrics.calibration_slope(bad, scored["probability"].to_numpy(), draws.weights)
    return Seed(seed, rates, len(scored), int(bad.sum()), model, baseline, oracle, slope)


def _row(seed: Seed) -> tuple[Cell, ...]:
    aucs = [_told(metrics.interval(each)) for each in (seed.model, seed.baseline, seed.oracle)]
    gap = _told(metrics.interval(seed.oracle - seed.model))
    rates = [f"{seed.rates[name]:.1%}" for name in ("loans_ever_bad", "churn_a_year")]
    return (str(seed.seed), seed.rows, seed.bads, *aucs, gap, _told(metrics.interval(seed.slope)), *rates)


def _mean(seeds: list[Seed], one: str, other: str) -> Estimate:
    return metrics.interval(np.mean([getattr(seed, one) - getattr(seed, other) for seed in seeds], axis=0))


def _rate_targets(seeds: list[Seed]) -> list[Target]:
    found = {
        "loans ever 90+": [seed.rates["loans_ever_bad"] for seed in seeds],
        "churn a year": [seed.rates["churn_a_year"] for seed in seeds],
        "oracle's AUC": [float(seed.oracle[0]) for seed in seeds],
    }
    targets = []
    for name, (low, high) in RATES.items():
        targets.append(Target(f"{name}, lowest seed", min(found[name]), low, "", at_least=True))
        targets.append(Target(f"{name}, highest seed", max(found[name]), high, ""))
    return targets


def _told(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _berka() -> str:
    """Say how the model does on the Czech bank's loans."""
    told = real_bank()
    if told is None:
        return "the Czech bank's files are not beside the repository: not measured"
    return (
        f"Berka, {told['folds']:.0f} rolling folds: {told['validated_borrowers']:.0f} loans tested, "
        f"{told['bads']:.0f} bad, AUC {told['auc']:.3f} ({told['auc_low']:.3f} to {told['auc_high']:.3f}); by the "
        f"loan's terms alone {told['baseline_auc']:.3f}"
    )


def real_bank() -> Mapping[str, float] | None:
    """Train on the Czech bank's loans, earlier to later, and return the figures of the card it wrote."""
    if not BERKA.is_dir():
        return None
    from tools.operations.fill import build_workspace, ingest
    from tools.toolbox import Toolbox

    with tempfile.TemporaryDirectory(prefix="munshi-berka-") as home:
        settings = Settings(home=Path(home) / "munshi", key_file=Path(home) / "master.key", master_key=None)
        ingest("berka", BERKA, "berka", settings=settings)
        build_workspace("berka", settings=settings)
        toolbox = Toolbox.open("berka", settings=settings)
        with toolbox.workspace:
            facts = toolbox.model_card().facts
    values = {name: facts[name].value for name in BANK_FACTS}
    return {name: float(value) for name, value in values.items() if isinstance(value, int | float)}
