"""Berka at the size of its full files: taken in, reconciled, made into features; beside it a bare parse of them."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import place
from benchmarks.berka_files import FULL_SIZE, SHAPES, tiled
from benchmarks.berka_runs import WORKSPACE
from benchmarks.processes import Run
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

TIMES = 2
SECONDS = 20.0


def run() -> Report:
    """Make the files in both shapes, run over each, say how many balances do not add up and why."""
    with tempfile.TemporaryDirectory(prefix="berka-") as scratch:
        rows: list[tuple[Cell, ...]] = []
        notes: list[str] = []
        best: dict[str, float] = {}
        for shape in SHAPES:
            folder = Path(scratch) / shape.replace(" ", "-")
            accounts = tiled(folder, shape)
            told, process = min((_munshi(folder) for _ in range(TIMES)), key=lambda one: one[0]["seconds"])
            floor = _side("parse", folder)[0]["seconds"]
            best[shape] = told["seconds"]
            rows.append((shape, accounts, told["feature_rows"], told["seconds"], floor, told["seconds"] / floor,
                         process.cpu_seconds, process.peak_mb))  # fmt: skip
            notes += _notes(shape, told)
    return Report(
        "berka", f"{FULL_SIZE:,} postings: ingest, reconcile, features; best of {TIMES}",
        ("files", "accounts", "feature rows", "seconds", "bare parse", "× parse", "processor s", "peak MB"), rows,
        targets=(Target(f"ingest, reconcile, features, {SHAPES[0]}", best[SHAPES[0]], SECONDS, "s"),),
        notes=notes,
    )  # fmt: skip


def _munshi(folder: Path) -> tuple[dict[str, Any], Run]:
    """Run on a workspace that is not there yet."""
    shutil.rmtree(place.settings().workspaces / WORKSPACE, ignore_errors=True)
    return _side("munshi", folder)


def _side(side: str, folder: Path) -> tuple[dict[str, Any], Run]:
    process = run_process(
        [sys.executable, "-m", "benchmarks.berka_runs", side, folder],
        environment=place.environment(place.settings()), folder=place.ROOT,
    )  # fmt: skip
    return json.loads(process.output.splitlines()[-1]), process


def _notes(shape: str, told: dict[str, Any]) -> list[str]:
    parts = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in told["parts"].items())
    found = ", ".join(f"{each['rows']:,} {each['reason']}" for each in told["balances"])
    return [f"{shape}: {parts}", f"{shape}: balances: {found}"]
