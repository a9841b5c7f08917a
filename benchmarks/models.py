"""The supervised models: on a simulated lender beside baselines and an oracle, on real tables beside other learners.

The sandbox's seed here was looked at by nobody who chose features, learners or their settings. On real tables every
learner sees the same columns in the same folds; LightGBM is not among what is installed, scikit-learn's histogram
boosting with its defaults stands in its place.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.models import metrics, validation
from analytics.models.metrics import Estimate, Floats, Replicates
from benchmarks import place, tabular
from benchmarks.credit import real_bank
from benchmarks.model_runs import CUSTOMERS
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

if TYPE_CHECKING:
    import pandas as pd

SEED = 91_001
#: Model → the columns its baselines stand in, the best of them is shown.
BASELINES: Mapping[str, tuple[str, ...]] = {"credit": ("baseline",), "churn": ("baseline", "recency_rule")}
COLUMNS = ("data", "n", "events", "model", "AUC (95 %)", "best reference", "oracle", "lift at 10 %", "slope",
           "deciles")  # fmt: skip


@dataclass(frozen=True)
class Tested:
    """One model on one set: its row, and the figures targets are held to."""

    rows: list[tuple[Cell, ...]]
    targets: list[Target]
    notes: list[str]


def run() -> Report:
    """Simulate and score; then the real tables."""
    tested = [
        *_sandbox(),
        *_bank(),
        *(_real(table) for table in tabular.TABLES if (tabular.DATA / table.file).is_file()),
    ]
    absent = [table.name for table in tabular.TABLES if not (tabular.DATA / table.file).is_file()]
    notes = [note for each in tested for note in each.notes]
    if absent:
        notes.append(f"not beside the repository, not measured: {', '.join(absent)}")
    return Report(
        "models",
        f"supervised models: {CUSTOMERS:,} simulated customers, three folds out of time; real tables, "
        f"{tabular.SPLITS} stratified folds",
        COLUMNS,
        [row for each in tested for row in each.rows],
        targets=[target for each in tested for target in each.targets],
        notes=[
            *notes,
            "intervals: 95 %, bootstrap over customers or rows; a gap is paired",
            "boosting: HistGradientBoostingClassifier with defaults, in LightGBM's place; logistic: standardised, free",
        ],
    )


def _sandbox() -> Iterator[Tested]:
    import pandas as pd

    print(f"Simulating {CUSTOMERS:,} customers, fitting credit and churn …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="munshi-scores-") as folder:
        process = run_process([sys.executable, "-m", "benchmarks.model_runs", str(SEED), folder], folder=place.ROOT)
        training = json.loads(process.output.splitlines()[-1])
        for name in BASELINES:
            yield _simulated(name, pd.read_parquet(Path(folder) / f"{name}.parquet"), training[name])
            yield _explained(name, training[f"{name}: explanations"])


def _simulated(name: str, scored: pd.DataFrame, training_gini: float) -> Tested:
    draws = Replicates.by_customer(scored["customer_id"].to_numpy(), seed=SEED)
    bad = scored["bad"].to_numpy(dtype=float)

    def of(metric: metrics.Metric, column: str) -> Floats:
        return metric(bad, scored[column].to_numpy(dtype=float), draws.weights)

    ours, oracle = of(metrics.auc, "probability"), of(metrics.auc, "oracle")
    others = {column: of(metrics.auc, column) for column in BASELINES[name]}
    best = max(others, key=lambda column: others[column][0])
    lift, slope = (metrics.interval(of(metric, "probability")) for metric in (metrics.lift_at_tenth,
                                                                              metrics.calibration_slope))  # fmt: skip
    deciles = validation.deciles(bad, scored["probability"].to_numpy(dtype=float))
    drop = metrics.interval(1 - (2 * ours - 1) / training_gini)
    served = str(scored["served"].iloc[0]) if "served" in scored else "blend"
    row: tuple[Cell, ...] = (
        f"sandbox {name}", len(scored), int(bad.sum()), served, _told(metrics.interval(ours)),
        f"{best} {_told(metrics.interval(others[best]))}", _told(metrics.interval(oracle)), _told(lift, 1),
        _told(slope, 2), "monotone" if deciles["monotone"] else f"{deciles['reversals']} reversals beyond chance",
    )  # fmt: skip
    gap = metrics.interval(oracle - ours)
    targets = [
        Target(f"sandbox {name}: calibration slope", slope.value, 0.9, "", at_least=True),
        Target(f"sandbox {name}: calibration slope, at most", slope.value, 1.1, ""),
        Target(f"sandbox {name}: Gini drop out of time", drop.value, 0.10, ""),
        Target(f"sandbox {name}: reversals of deciles beyond chance", deciles["reversals"], 0, ""),
    ]
    if name == "churn":
        targets.append(Target("sandbox churn: lift at 10 %", lift.value, 3.0, "×", at_least=True))
    note = (
        f"sandbox {name}: oracle − model {_told(gap)}; model − {best} {_told(metrics.interval(ours - others[best]))}; "
        f"Gini drop from training {_told(drop)}"
    )
    return Tested([row], targets, [note])


def _explained(name: str, told: Mapping[str, float]) -> Tested:
    """Hold explanations to their targets: they add up, stay when figures move by a hair, and never point backwards."""
    targets = [
        Target(f"{name}: contributions miss the log-odds by", told["additivity"], 1e-5, ""),
        Target(f"{name}: same three reasons within ±1 %", told["steady"], 0.9, "", at_least=True),
        Target(f"{name}: protected or backwards reasons in {told['random']:,.0f} random customers",
               told["wrong"], 0, ""),
    ]  # fmt: skip
    note = (
        f"{name}: {told['steady']:.1%} ({told['low']:.1%} to {told['high']:.1%}) of {told['customers']:,.0f} customers "
        f"keep their three reasons; {told['given']:,.0f} reasons given to {told['random']:,.0f} random customers"
    )
    return Tested([], targets, [note])


def _bank() -> Iterator[Tested]:
    """Yield the Czech bank's loans, earlier to later, where they are beside the repository."""
    print("Berka …", file=sys.stderr, flush=True)
    told = real_bank()
    if told is None:
        return
    row: tuple[Cell, ...] = (
        "Berka's loans, earlier to later", int(told["validated_borrowers"]), int(told["bads"]), "held logistic",
        _told(Estimate(told["auc"], told["auc_low"], told["auc_high"])), f"terms alone {told['baseline_auc']:.3f}",
        "", "", "", "",
    )  # fmt: skip
    yield Tested([row], [], [f"Berka: {told['folds']:.0f} rolling folds; few loans, so the interval is wide"])


def _real(table: tabular.Table) -> Tested:
    print(f"{table.name} …", file=sys.stderr, flush=True)
    event, found = tabular.predictions(table)
    aucs = {name: tabular.replicates(event, columns) for name, columns in found.items()}
    best = max(tabular.REFERENCES, key=lambda name: aucs[name][0])
    rows: list[tuple[Cell, ...]] = [
        (table.name, len(event), int(event.sum()), name, _told(metrics.interval(aucs[name])),
         f"{best} {_told(metrics.interval(aucs[best]))}", "", "", "", "")
        for name in tabular.OURS
    ]  # fmt: skip
    ours = max(tabular.OURS, key=lambda name: aucs[name][0])
    gap = metrics.interval(aucs[ours] - aucs[best])
    targets = [Target(f"{table.name}: AUC of the {ours}", float(aucs[ours][0]), table.aim, "", at_least=True)]
    return Tested(rows, targets, [f"{table.name}: {ours} − {best} {_told(gap)}; {table.note}"])


def _told(estimate: Estimate, digits: int = 3) -> str:
    return f"{estimate.value:.{digits}f} ({estimate.low:.{digits}f} to {estimate.high:.{digits}f})"
