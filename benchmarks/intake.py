"""A raw CSV of postings to features, beside a hand-written script on the same lake, and a day put on top of it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks import place
from benchmarks.processes import MeasurementError, Run
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

#: Postings of the files.
SIZES = (1_000_000, 5_000_000, 10_000_000)
#: Size that the script is run at too, and that the day is put on top of.
COMPARED = 10_000_000
#: Postings the day brings.
DAY = 100_000
#: Size at which pandas is run, for scale.
PANDAS = 1_000_000
RATIO, DAY_SHARE, FLAT, PEAK_MB = 2.5, 0.08, 1.2, 4 * 1024**3 / 1e6


@dataclass(frozen=True)
class Side:
    """One run: what was run on how many postings, and the process it ran in."""

    name: str
    postings: int
    seconds: float
    parts: dict[str, float]
    process: Run

    @property
    def row(self) -> tuple[Cell, ...]:
        """The cells of its line."""
        each = self.seconds / self.postings * 1e6
        return (self.name, self.postings, self.seconds, each, self.process.cpu_seconds, self.process.peak_mb)


def run() -> Report:
    """Measure at `SIZES`."""
    return measured(SIZES)


def measured(sizes: tuple[int, ...]) -> Report:
    """Write the files once, run each side, put a day on top of `COMPARED`; each run is a process of its own."""
    files, day = written(sizes)
    sides, failed = [_run("pandas", PANDAS, files), _run("by hand", COMPARED, files)], []
    for postings in sizes:
        try:
            sides.append(_run("munshi", postings, files))
        except MeasurementError as error:
            if postings <= COMPARED:
                raise
            failed.append(f"munshi, {postings:,} postings, did not come to an end: {error}")
        if postings == COMPARED:
            sides.append(_run("on top", DAY, {DAY: day}))
    return _report(sides, failed)


def written(sizes: tuple[int, ...]) -> tuple[dict[int, Path], Path]:
    """Return a file of each size, and the day after `COMPARED`; smaller ones are the beginning of the largest.

    They are written by processes of their own: a child begins with its parent's memory, and that would be its peak.
    """
    folder = place.settings().home / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    files = {postings: folder / f"{postings}.csv" for postings in sizes}
    largest, day = files[max(sizes)], folder / "day.csv"
    if not largest.exists():
        print(f"Writing an export of {max(sizes):,} postings, once …", file=sys.stderr)
        draft = largest.with_suffix(".draft")
        _write("export", draft, max(sizes))
        draft.replace(largest)
    for postings, file in files.items():
        if not file.exists():
            with largest.open("rb") as source, file.open("wb") as target:
                target.writelines(islice(source, postings + 1))
    if not day.exists():
        _write("day", day, DAY, files[COMPARED])
    return files, day


def _write(what: str, target: Path, rows: int, *source: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.intake_books", what, str(target), str(rows), *map(str, source)]
    run_process(command, environment=place.environment(place.settings()), folder=place.ROOT)


def _run(side: str, postings: int, files: dict[int, Path]) -> Side:
    print(f"{side}, {postings:,} postings …", file=sys.stderr)
    process = run_process(
        [sys.executable, "-m", "benchmarks.intake_runs", side, files[postings]],
        environment=place.environment(place.settings()) | {"OMP_NUM_THREADS": str(os.cpu_count() or 1)},
        folder=place.ROOT,
    )  # fmt: skip
    told = json.loads(process.output.splitlines()[-1])
    return Side(side, postings, told["seconds"], told["parts"], process)


def _report(sides: list[Side], failed: list[str]) -> Report:
    by_hand, munshi = (
        next(each for each in sides if (each.name, each.postings) == (name, COMPARED)) for name in ("by hand", "munshi")
    )
    ours = [each for each in sides if each.name == "munshi"]
    costs = [each.seconds / each.postings for each in ours]
    day = next(each for each in sides if each.name == "on top")
    targets = [
        Target("Munshi ÷ by hand", munshi.seconds / by_hand.seconds, RATIO, "×"),
        Target("dearest ÷ cheapest row, Munshi", max(costs) / min(costs), FLAT, "×"),
        Target("peak MB", max(each.process.peak_mb for each in ours), PEAK_MB, ""),
        Target(f"a day of {DAY:,} ÷ the whole", day.seconds / munshi.seconds, DAY_SHARE, "×"),
    ]
    notes = [
        *failed,
        f"processor time, Munshi ÷ by hand: {munshi.process.cpu_seconds / by_hand.process.cpu_seconds:.2f} ×",
        *(f"{each.name}, {each.postings:,}: {_parts(each)}" for each in (by_hand, munshi, day)),
    ]
    return Report(
        "intake", "raw CSV to features, one run of each side, from reading the file to the publish",
        ("side", "postings", "seconds", "µs a row", "processor s", "peak MB"), [each.row for each in sides],
        targets, notes,
    )  # fmt: skip


def _parts(side: Side) -> str:
    return ", ".join(f"{what} {seconds:.1f} s" for what, seconds in side.parts.items() if seconds > 0.05)
