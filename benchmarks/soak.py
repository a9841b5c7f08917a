"""Mixed load on a real server for minutes: what it holds of memory, files, threads and disk must not grow.

``python -m benchmarks.soak [MINUTES] [--only KIND …] [--json FILE]``: 30 by default.
Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from benchmarks import place
from benchmarks.load import served
from benchmarks.report import Cell, Report, Target
from benchmarks.soak_load import KINDS, Asked, Known

SERVER = "benchmarks.soak_server"
MINUTES = 30.0
#: Share of the time that is not looked at, in which everything is asked without a pause: libraries are loaded, caches
#: fill. The engine's list of what it may let go of has a bound of some 40 MB, and at the usual pace reaches it after a
#: quarter of an hour, which looked like growth.
WARMING = 1 / 3
#: Looks a minute at what the server holds.
LOOKS = 12
#: Growth of resident memory that may be, in megabytes an hour, at the lower end of its interval: what is left after
#: caches of a bounded size.
GROWTH_MB_HOUR = 60.0
CHECKPOINTED_MB = 16.0


@dataclass
class Done:
    """What was asked and what came of it."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    wrong: Counter[str] = field(default_factory=Counter)
    hurried: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Look:
    """What the server held at a moment.

    Attributes
    ----------
    rss_mb
        Resident memory of its own: pages of files that are mapped are the system's cache, and go when they are wanted.
    mapped_mb
        Resident pages of files.
    """

    at: float
    rss_mb: float
    mapped_mb: float
    files: int
    threads: int
    wal_mb: float
    control_mb: float


def run(minutes: float = MINUTES, only: Sequence[str] = ()) -> Report:
    """Ask everything, or what is named, for so long, looking at the process meanwhile; verify the audit log then."""
    here = place.settings()
    place.demo_workspace(here)
    folder = here.workspaces / place.DEMO
    with served([sys.executable, "-m", SERVER], place.environment(here)) as (port, pid, told):
        known = Known.read(f"http://127.0.0.1:{port}", told)
        until = time.monotonic() + minutes * 60
        done, looks = Done(), [_look(pid, folder)]
        kinds = [kind for name, kind in KINDS.items() if not only or name in only]
        warm = until - minutes * 60 * (1 - WARMING)
        workers = [threading.Thread(target=_ask, args=(known, kind, done, warm, until)) for kind in kinds]
        for each in workers:
            each.start()
        while time.monotonic() < until:
            time.sleep(min(60 / LOOKS, max(until - time.monotonic(), 0.0)))
            looks.append(_look(pid, folder))
        for each in workers:
            each.join()
        entries = known.audit_entries()
    return _report(minutes, done, [each for each in looks if each is not None], entries)


def _ask(known: Known, kind: Asked, done: Done, warm: float, until: float) -> None:
    """Ask one kind of thing until the time is over, at its pace once it is warm; what is answered wrongly is said."""
    number = 0
    with httpx.Client(base_url=known.address, headers=known.headers(kind.role), timeout=120) as client:
        while time.monotonic() < until:
            began = time.perf_counter()
            try:
                fault = kind.ask(client, known, number)
            except httpx.HTTPError as error:
                fault = type(error).__name__
            if fault:
                done.wrong[f"{kind.name}: {fault}"] += 1
            number += 1
            if time.monotonic() < warm:
                done.hurried[kind.name] += 1
                continue
            done.seconds[kind.name].append(time.perf_counter() - began)
            time.sleep(max(kind.every - (time.perf_counter() - began), 0.0))


def _look(pid: int, folder: Path) -> Look | None:
    """What the process holds; None where the system does not tell."""
    told = Path(f"/proc/{pid}/status")
    if not told.exists():
        return None
    lines = dict(line.split(":", 1) for line in told.read_text().splitlines())
    sizes = {name: _mb(folder / name) for name in ("control.sqlite-wal", "control.sqlite")}
    own, mapped = (int(lines[name].split()[0]) * 1024 / 1e6 for name in ("RssAnon", "RssFile"))
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    logs = (sizes["control.sqlite-wal"], sizes["control.sqlite"])
    return Look(time.monotonic(), own, mapped, files, int(lines["Threads"]), *logs)


def _mb(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


def _report(minutes: float, done: Done, looks: Sequence[Look], entries: int) -> Report:
    asked: list[tuple[Cell, ...]] = [
        (kind, len(taken), *(float(np.percentile(taken, q)) * 1000 for q in (50, 99))) for kind, taken in
        done.seconds.items() if taken
    ]  # fmt: skip
    steady = [each for each in looks if each.at >= looks[0].at + (looks[-1].at - looks[0].at) * WARMING]
    slope, low, high = hourly([each.at for each in steady], [each.rss_mb for each in steady])
    first, last = steady[0], steady[-1]
    return Report(
        "soak", f"mixed load for {minutes:g} minutes, the last {1 - WARMING:.0%} looked at",
        ("asked", "times", "p50 ms", "p99 ms"), asked,
        targets=(
            Target("answers that were wrong", sum(done.wrong.values()), 0, ""),
            Target("memory's growth an hour in MB, lower end of the interval", low, GROWTH_MB_HOUR, ""),
            Target("open files more than at the warm start", last.files - first.files, 8, ""),
            Target("threads more than at the warm start", last.threads - first.threads, 4, ""),
            Target("largest write-ahead log of the control data in MB", max(each.wal_mb for each in looks),
                   CHECKPOINTED_MB, ""),
        ),
        notes=(
            f"before that, {done.hurried.total():,} requests without a pause, so that what has a bound has reached it",
            f"files' pages beside it {first.mapped_mb:,.0f} → {last.mapped_mb:,.0f} MB",
            f"resident memory of its own {first.rss_mb:,.0f} → {last.rss_mb:,.0f} MB; {slope:+,.0f} MB an hour "
            f"[{low:+,.0f}, {high:+,.0f}], 95 %, of {len(steady)} looks",
            f"megabytes over time: {', '.join(f'{each.rss_mb:,.0f}' for each in looks[:: len(looks) // 12 + 1])}",
            f"open files {first.files} → {last.files}, threads {first.threads} → {last.threads}",
            f"control data {looks[0].control_mb:,.1f} → {looks[-1].control_mb:,.1f} MB: every answer leaves its entry",
            f"the audit log verifies: {entries:,} entries",
            *(f"wrong {count} times: {what}" for what, count in done.wrong.most_common(10)),
        ),
    )  # fmt: skip


def hourly(at: Sequence[float], values: Sequence[float], *, blocks: int = 8) -> tuple[float, float, float]:
    """Slope of a series an hour with its 95 % interval, the looks' likeness to their neighbours allowed for.

    Least squares over the means of a few blocks of equal length: neighbouring looks are alike, blocks hardly, so that
    the usual interval (Student, ``blocks`` − 2 degrees of freedom) holds.
    """
    from scipy import stats

    parts = np.array_split(np.arange(len(at)), min(blocks, len(at)))
    x = np.array([np.mean(np.asarray(at)[part]) for part in parts]) / 3_600
    y = np.array([np.mean(np.asarray(values)[part]) for part in parts])
    if len(x) < 3:
        return float("nan"), float("nan"), float("nan")  # nothing can be said, and no target is met by it
    found = stats.linregress(x, y)
    half = float(stats.t.ppf(0.975, len(x) - 2)) * float(found.stderr)
    return float(found.slope), float(found.slope) - half, float(found.slope) + half


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and say by the exit code whether everything held."""
    parser = argparse.ArgumentParser("python -m benchmarks.soak", description=__doc__)
    parser.add_argument("minutes", nargs="?", type=float, default=MINUTES)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--only", nargs="+", default=[], choices=list(KINDS), help="to see what makes something grow")
    asked = parser.parse_args(arguments)
    report = run(asked.minutes, asked.only)
    print(report.text(), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n", "utf-8")
    return 0 if all(target.met for target in report.targets) else 1


if __name__ == "__main__":
    sys.exit(main())
