"""Drift put into simulated lenders, and months without any: what the monitor flags, and what it should not.

The seeds here were looked at by nobody who chose the statistics or their limits.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import place
from benchmarks.drift_runs import CUSTOMERS, SHOCKS
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

if TYPE_CHECKING:
    import pandas as pd

SEEDS = tuple(range(91_001, 91_021))
QUIET_MONTHS = 12
FLAGGED, FALSE_ALARMS = 0.90, 0.05
AT_ONCE = 2


@dataclass(frozen=True)
class Seed:
    """One simulated lender: whether each shock was flagged and by what, and the quiet months that alarmed."""

    seed: int
    flagged: Mapping[str, str | None]
    quiet: int
    false_alarms: tuple[str, ...]


def run() -> Report:
    """Simulate and count each seed in a process of its own; examine; pool."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        seeds = list(pool.map(_seed, SEEDS))
    quiet, alarms = sum(each.quiet for each in seeds), sum(len(each.false_alarms) for each in seeds)
    rows: list[tuple[Cell, ...]] = [
        (str(each.seed), *(each.flagged[name] or "not flagged" for name in SHOCKS), each.quiet, len(each.false_alarms))
        for each in seeds
    ]
    found = {name: sum(each.flagged[name] is not None for each in seeds) for name in SHOCKS}
    targets = [
        Target(
            f"{name}: flagged within the month, share of seeds", found[name] / len(seeds), FLAGGED, "", at_least=True
        )
        for name in SHOCKS
    ]
    return Report(
        "drift",
        f"{len(seeds)} lenders of {CUSTOMERS:,} customers, the last month shocked or not",
        ("seed", *SHOCKS, "quiet months", "false alarms"),
        rows,
        targets=(*targets, Target("false alarms, share of quiet months", alarms / quiet, FALSE_ALARMS, "")),
        notes=(
            *(f"{name}: {found[name]} of {len(seeds)}, {interval(found[name], len(seeds))}" for name in SHOCKS),
            f"false alarms: {alarms} of {quiet} quiet months, {interval(alarms, quiet)}",
            *(f"false alarm of seed {each.seed}: {said}" for each in seeds for said in each.false_alarms),
            "an income shock is three customers in ten with three fifths of their income; new merchants take a quarter "
            "of the purchases; both for one month",
            "intervals: 95 %, Wilson; quiet months of one lender are not wholly independent",
        ),
    )


def _seed(seed: int) -> Seed:
    import pandas as pd

    print(f"Seed {seed}: simulating {CUSTOMERS:,} customers …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="munshi-drift-") as folder:
        file = Path(folder) / "counts.parquet"
        run_process([sys.executable, "-m", "benchmarks.drift_runs", str(seed), file], folder=place.ROOT)
        return examined(seed, pd.read_parquet(file))


def examined(seed: int, counts: pd.DataFrame) -> Seed:
    """Examine the last month under each shock, and the quiet months."""
    import pandas as pd

    from analytics.monitor.examine import drifted_in

    quiet = counts[counts["case"] == "quiet"].drop(columns="case")
    last = int(quiet["period"].max())
    flagged = {}
    for name in SHOCKS:
        shocked = counts[counts["case"] == name].drop(columns="case")
        same = quiet[~((quiet["period"] == last) & quiet["series"].isin(shocked["series"].unique()))]
        same = same[~same["series"].isin([each for each in shocked["series"].unique() if each.endswith("mix")])]
        flagged[name] = _flagged(pd.concat([same, shocked], ignore_index=True), last)
    months = drifted_in(quiet, range(last - QUIET_MONTHS + 1, last + 1))
    alarms = tuple(
        f"{(period - 1) // 12}-{(period - 1) % 12 + 1:02d} {found[0].series}"
        for period, found in months.items()
        if found
    )
    return Seed(seed, flagged, QUIET_MONTHS, alarms)


def _flagged(counts: pd.DataFrame, period: int) -> str | None:
    """Return the statistic that surprises most of those that drifted, as the monitor judges; None where none did."""
    from analytics.monitor.examine import drifted

    found = drifted(counts, period)
    return found[0].series if found else None


def interval(hits: int, count: int, z: float = 1.959964) -> str:
    """Return Wilson's 95 % interval of a share, in words."""
    share = hits / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return f"{share:.1%} ({max(centre - half, 0):.1%} to {min(centre + half, 1):.1%})"
