"""Anomalies, segments and goals on simulated lenders, beside what is true of them.

The seeds here were looked at by nobody who chose signals, rules, traits or bounds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analytics.models.metrics import Estimate, interval
from benchmarks import place
from benchmarks.discovery_runs import CUSTOMERS, TOP
from benchmarks.discovery_truth import wilson
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

#: Seed → months: the first is as large as the demo, and its times are told.
SEEDS: Mapping[int, int] = {81_001: 42, 81_002: 27, 81_003: 27, 81_004: 27, 81_005: 27}
TIMES_PLAIN, STABLE, PRECISE, SECONDS, MILLISECONDS = 1.5, 0.8, 0.8, 25.0, 5.0
GOALS = ("job_change", "salary_step", "purchase_saving", "loan_need")


def run() -> Report:
    """Run each seed in a process of its own; pool."""
    found = [_seed(seed, months) for seed, months in SEEDS.items()]
    first = found[0]
    ours, plain, *others = (_precision(found, name) for name in NAMES)
    ratio = interval(
        _pooled(found, "isolation forest") / np.maximum(_pooled(found, "plain forest"), 1 / TOP / len(found))
    )
    stable = min(seed["segments"]["ari"]["value"] for seed in found)
    seconds = sum(first["seconds"][name] for name in ("anomalies", "segments", "goals"))
    return Report(
        "discovery",
        f"{CUSTOMERS:,} customers a seed, {len(SEEDS)} seeds; shares with 95 % intervals",
        ("what", "of", "count", "value", "low", "high"),
        [
            *_precision_rows(ours, plain, others, found),
            *_recall_rows(found),
            *_segment_rows(found),
            *_goal_rows(found),
            *_time_rows(first),
        ],
        targets=(
            Target("anomalies: precision@100 over the plain forest's", ratio.value, TIMES_PLAIN, "×", at_least=True),
            Target("the same, lower end", ratio.low, TIMES_PLAIN, "×", at_least=True),
            Target("segments: bootstrap ARI, lowest seed", stable, STABLE, "", at_least=True),
            *(_goal_target(found, goal) for goal in GOALS),
            Target("the three runs together", seconds, SECONDS, "s"),
            Target("one posting scored, 95th percentile", first["realtime"]["p95_ms"], MILLISECONDS, "ms"),
        ),
        notes=NOTES,
    )  # fmt: skip


#: The detectors measured, ours first, then what it is held against.
NAMES = ("isolation forest", "plain forest", "autoencoder", "isolation forest alone", "autoencoder alone")
TOLD: Mapping[str, str] = {
    "isolation forest": "ours: signals, forest, rules",
    "plain forest": "isolation forest on raw columns",
    "autoencoder": "ours with the autoencoder for the forest",
    "isolation forest alone": "forest on our signals, no rules",
    "autoencoder alone": "autoencoder on our signals, no rules",
}
NOTES = (
    "the simulated lender plants the kinds that rules name; lines without rules say what is found without knowing them",
    "precision@100 is bounded by the rows planted in the six months measured; models are fitted on the three before",
    "intervals: precision by a Poisson bootstrap over customers, each seed drawn on its own; shares by Wilson; "
    "ARI by 20 replicates",
    "goals are judged at four month ends a quarter apart; school_fees runs only where switched on",
    "where the plain forest finds nothing in any seed, its precision counts as one row in all of them",
)


def _seed(seed: int, months: int) -> dict[str, Any]:
    print(f"Seed {seed}: {CUSTOMERS:,} customers × {months} months …", file=sys.stderr, flush=True)
    process = run_process(
        [sys.executable, "-m", "benchmarks.discovery_runs", str(seed), str(months)], folder=place.ROOT
    )
    found: dict[str, Any] = json.loads(process.output.splitlines()[-1])
    return found


def _pooled(found: Sequence[Mapping[str, Any]], name: str) -> Any:
    return np.mean([seed["anomalies"]["precision"][name] for seed in found], axis=0)


def _precision(found: Sequence[Mapping[str, Any]], name: str) -> Estimate:
    return interval(_pooled(found, name))


def _precision_rows(
    ours: Estimate, plain: Estimate, others: Sequence[Estimate], found: Sequence[Mapping[str, Any]]
) -> list[tuple[Cell, ...]]:
    rows = sum(seed["anomalies"]["postings"] for seed in found)
    planted = sum(seed["anomalies"]["planted"] for seed in found)
    told: list[tuple[Cell, ...]] = [
        ("planted among postings", f"{rows:,} postings", planted, planted / rows, None, None)
    ]
    for name, estimate in zip(NAMES, (ours, plain, *others), strict=True):
        told.append((f"precision@{TOP}", TOLD[name], TOP * len(found), estimate.value, estimate.low, estimate.high))
    return told


def _recall_rows(found: Sequence[Mapping[str, Any]]) -> list[tuple[Cell, ...]]:
    alerts = [seed["anomalies"]["alerts"] for seed in found]
    rows: list[tuple[Cell, ...]] = []
    for kind in sorted({kind for seed in found for kind in seed["anomalies"]["found"]}):
        counts = np.sum([seed["anomalies"]["found"].get(kind, [0, 0, 0, 0]) for seed in found], axis=0)
        rows.append(("recall above the cut-off, rows", kind, int(counts[1]), *wilson(int(counts[0]), int(counts[1]))))
        rows.append(("… incidents", kind, int(counts[3]), *wilson(int(counts[2]), int(counts[3]))))
    daily = [each["alerts_per_working_day"] for each in alerts]
    count = sum(each["alerts"] for each in alerts)
    return [*rows, ("alerts a working day", "one analyst", count, float(np.mean(daily)), min(daily), max(daily))]


def _segment_rows(found: Sequence[Mapping[str, Any]]) -> list[tuple[Cell, ...]]:
    return [
        (
            f"segments: ARI, {seed['segments']['groups']} groups",
            f"seed {seed['seed']}, silhouette {seed['segments']['silhouette']:.2f}, "
            f"smallest {seed['segments']['smallest_share']:.0%}",
            20, *(seed["segments"]["ari"][end] for end in ("value", "low", "high")),
        )
        for seed in found
    ]  # fmt: skip


def _counts(found: Sequence[Mapping[str, Any]], goal: str, what: str) -> tuple[int, int]:
    hits, count = np.sum([seed["goals"][goal][what] for seed in found], axis=0)
    return int(hits), int(count)


def _goal_rows(found: Sequence[Mapping[str, Any]]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for goal in (*GOALS, "school_fees"):
        for what, name in (("told", "precision"), ("all", "… naming everyone"), ("events", "recall")):
            hits, count = _counts(found, goal, what)
            rows.append((f"goals: {name}", goal, count, *wilson(hits, count)))
    return rows


def _goal_target(found: Sequence[Mapping[str, Any]], goal: str) -> Target:
    hits, count = _counts(found, goal, "told")
    return Target(f"goals: precision, {goal}", wilson(hits, count)[0], PRECISE, "", at_least=True)


def _time_rows(first: Mapping[str, Any]) -> list[tuple[Cell, ...]]:
    real = first["realtime"]
    rows: list[tuple[Cell, ...]] = [
        (f"seconds: {name}", f"{CUSTOMERS:,} × {first['months']}", 1, first["seconds"][name], None, None)
        for name in ("anomalies", "segments", "goals")
    ]
    bare = f"{real['bare_ms'] * 1e3:.1f} µs a look-up in memory, {real['loading_ms']:.2f} ms to read a stored profile"
    return [*rows, ("milliseconds: one posting", bare, real["scored"], real["median_ms"], None, real["p95_ms"])]
