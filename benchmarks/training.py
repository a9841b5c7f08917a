"""How long it takes to train, validate and score by all six models, at the sandbox's size and at five thousand."""

from __future__ import annotations

import json
import sys

from benchmarks import place
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

#: Customers of 42 months → the most seconds all six models may take.
SIZES = {2_000: 90.0, 5_000: 240.0}


def run() -> Report:
    """Run each size in a process of its own."""
    rows: list[tuple[Cell, ...]] = []
    targets, notes, names = [], [], []
    for customers, most in SIZES.items():
        print(f"Simulating {customers:,} customers, training …", file=sys.stderr, flush=True)
        process = run_process([sys.executable, "-m", "benchmarks.training_runs", str(customers)], folder=place.ROOT)
        told = json.loads(process.output.splitlines()[-1])
        seconds = told["seconds"]
        names = list(seconds)
        whole = sum(value for name, value in seconds.items() if name != "features")
        rows.append((customers, *(seconds[name] for name in names), whole))
        targets.append(Target(f"six models on {customers:,} customers, seconds", whole, most, "s"))
        notes += [f"{customers:,}: {name}: {what}" for name, what in told["said"].items() if "scored" not in what]
    return Report(
        "training", "42 months; seconds by model: trained, validated out of time, scored; features beside them",
        ("customers", *names, "six models"), rows, targets=targets, notes=notes,
    )  # fmt: skip
