"""Segments, anomalies, goals on a simulated lender, as a process: ``python -m benchmarks.discovery_runs SEED MONTHS``.

Prints what they found beside what is true, and how long each took, as JSON. Models are fitted on earlier months than
those they are measured on.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.models.anomalies import model as anomalies
from analytics.models.anomalies import run as anomalies_run
from analytics.models.anomalies.signals import matrix
from analytics.models.goals import run as goals_run
from analytics.models.goals.detect import DETECTORS, SENSITIVE
from analytics.models.goals.known import read
from analytics.models.goals.model import calibrated
from analytics.models.segments import run as segments_run
from analytics.pipeline.periods import add_months
from analytics.sandbox import SandboxProfile, simulate
from analytics.schema import CORE
from benchmarks.discovery_truth import SHOULD, TRUE, TrueLives, precision_at, raw_columns
from governance.settings import Settings
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.outcome import Outcome
    from analytics.pipeline.books import Books
    from analytics.warehouse import Writer

CUSTOMERS = 2_000
TOP = 100
FITTED_MONTHS, TESTED_MONTHS = 3, 6
#: Months before the newest at which goals are judged, so that what follows is known.
GOALS_BACK = (3, 6, 9, 12)
Clock = Callable[[str], Any]


def main(seed: int, months: int) -> None:
    """Simulate, build the features, run and measure each of the three."""
    profile = SandboxProfile(CUSTOMERS, months=months, seed=seed)
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="munshi-discovery-") as home:
        settings = Settings(home=Path(home) / "munshi", key_file=Path(home) / "master.key", master_key=None)
        with Workspace.create("discovery", settings) as workspace, workspace.lake.writer("benchmark") as writer:
            truth, planted = _fill(writer, profile)
            found = _measured(writer, profile.last_month, truth, planted, seconds)
    print(json.dumps({"seed": seed, "months": months, "seconds": seconds, **found}))


def _fill(writer: Writer, profile: SandboxProfile) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the books and hand back what is true of them."""
    import pandas as pd

    truths, planted = [], []
    for chunk in simulate(profile):
        for table in CORE:
            if table.name in chunk.tables:
                writer.append(table.qualified, chunk.tables[table.name])
        truths.append(chunk.truth.to_pandas())
        planted.append(chunk.anomalies.to_pandas())
    return pd.concat(truths, ignore_index=True), pd.concat(planted, ignore_index=True)


def _measured(
    writer: Writer, clock: dt.date, truth: pd.DataFrame, planted: pd.DataFrame, seconds: dict[str, float]
) -> dict[str, Any]:
    from analytics.build import open_books
    from analytics.features.tables import write_features

    writer.settle()
    books = open_books(writer)
    made = write_features(writer, books, clock, progress=lambda *_: None)
    ends = list(made.month_ends)
    outcomes: dict[str, Outcome] = {}
    for name, model in (("anomalies", anomalies_run), ("segments", segments_run), ("goals", goals_run)):
        with _timed(seconds, name):
            outcomes[name] = model.run(writer, books, ends, clock, progress=lambda *_: None)
    lives = TrueLives(truth)
    return {
        "anomalies": _anomalies(writer, books, clock, planted, outcomes["anomalies"]),
        "segments": dict(outcomes["segments"].metrics),
        "goals": _goals(writer, books, [add_months(clock, -back) for back in GOALS_BACK], lives),
        "realtime": _realtime(writer),
    }


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    started, cpu = time.perf_counter(), time.process_time()
    yield
    seconds[name] = time.perf_counter() - started
    seconds[f"{name}, processor"] = time.process_time() - cpu


def _anomalies(writer: Writer, books: Books, clock: dt.date, planted: pd.DataFrame, outcome: Outcome) -> dict[str, Any]:
    """Fit on three months, look at the six after: ours, ours with the autoencoder, a plain forest on raw columns."""
    from sklearn.ensemble import IsolationForest

    history = anomalies_run.history_of(writer, books, clock, clock, months=FITTED_MONTHS + TESTED_MONTHS)
    as_ofs = [add_months(clock, -back) for back in range(FITTED_MONTHS + TESTED_MONTHS, 0, -1)]
    windows = [anomalies_run.window(history, as_of) for as_of in as_ofs]
    past, later = windows[:FITTED_MONTHS], windows[FITTED_MONTHS:]
    learnt, asked = (anomalies_run.together([each.signals for each in part]) for part in (past, later))
    rows = _rows(history.rows, later)
    kind = rows["transaction_id"].map(planted.set_index("transaction_id")["kind"])
    bad, who = kind.notna().to_numpy(), rows["customer_id"].to_numpy()
    scores = {}
    for method in ("isolation forest", "autoencoder"):
        model = anomalies.fit(learnt, trained_as_of=as_ofs[FITTED_MONTHS], threshold=50_000.0, method=method)
        scores[method] = model.judge(asked).evidence
        scores[f"{method} alone"] = model.detector.score(matrix(asked))
    plain = IsolationForest(n_estimators=100, random_state=0).fit(raw_columns(_rows(history.rows, past)))
    scores["plain forest"] = -plain.score_samples(raw_columns(rows))
    return {
        "postings": len(rows), "planted": int(bad.sum()),
        "precision": {name: precision_at(score, bad, who, TOP, seed=1).tolist() for name, score in scores.items()},
        "found": _by_kind(scores["isolation forest"], rows.assign(kind=kind), outcome),
        "alerts": dict(outcome.metrics),
    }  # fmt: skip


def _rows(history: pd.DataFrame, windows: Sequence[anomalies_run.Window]) -> pd.DataFrame:
    """Return the history's rows of some windows, in their order."""
    import pandas as pd

    ids = pd.concat([each.rows[["transaction_id"]] for each in windows], ignore_index=True)
    return ids.merge(history, on="transaction_id", validate="one_to_one")


def _by_kind(score: Any, rows: pd.DataFrame, outcome: Outcome) -> dict[str, list[int]]:
    """Return for each kind: rows above the cut-off, rows, incidents with a row above it, incidents."""
    share = outcome.metrics["share"]
    cut = np.quantile(score, 1 - share)
    told = rows.assign(above=score >= cut)[rows["kind"].notna()]
    told = told.assign(incident=told["customer_id"] + "/" + told["posted_at"].dt.strftime("%Y-%m"))
    found = {}
    for kind, mine in told.groupby("kind"):
        incidents = mine.groupby("incident")["above"].any()
        found[str(kind)] = [int(mine["above"].sum()), len(mine), int(incidents.sum()), len(incidents)]
    return found


def _goals(writer: Writer, books: Books, as_ofs: Sequence[dt.date], lives: TrueLives) -> dict[str, Any]:
    """Return for each goal: findings and true ones by strength, told and true ones, events and those found."""
    counts: dict[str, dict[str, Any]] = {
        goal: {"by_strength": [[0, 0] for _ in range(3)], "told": [0, 0], "events": [0, 0], "all": [0, 0]}
        for goal in DETECTORS
    }
    model = calibrated(as_ofs[0], sorted(SENSITIVE))
    for known in read(writer, books, as_ofs, sensitive=True):
        for goal, detector in DETECTORS.items():
            told = set()
            for finding in detector(known):
                right = TRUE[goal](lives.around(finding.customer_id, known.as_of))
                _count(counts[goal]["by_strength"][finding.strength - 1], right)
                if model.confidence[goal][finding.strength - 1] >= model.least:
                    _count(counts[goal]["told"], right)
                    told.add(finding.customer_id)
            for customer in known.customers:
                _count(counts[goal]["all"], TRUE[goal](lives.around(customer, known.as_of)))
                if SHOULD[goal](lives.around(customer, known.as_of)):
                    _count(counts[goal]["events"], customer in told)
    return counts


def _count(pair: list[int], right: bool) -> None:
    pair[0] += right
    pair[1] += 1


def _realtime(writer: Writer) -> Mapping[str, float]:
    """Return the milliseconds of scoring one posting, beside a bare look-up of a profile in a dictionary."""
    from analytics.models.anomalies.profile import Profile
    from analytics.models.anomalies.realtime import Posting, score_one

    registry = writer.table("models", "registry")
    payload = writer.frame(registry.filter(registry.model == anomalies.NAME).select("payload"))["payload"].iloc[0]
    model = anomalies.AnomalyModel.from_bytes(bytes(payload))
    stored = writer.arrow(writer.table("features", "anomaly_profiles").limit(50)).to_pylist()
    profiles = {row["customer_id"]: Profile.of_row(row) for row in stored}
    begin = dt.datetime.combine(stored[0]["as_of"], dt.time(9)) + dt.timedelta(days=1)
    recent = [
        Posting(
            "0", begin + dt.timedelta(hours=11 * at), -100.0 - at, 9e4, "upi", "groceries", "kirana", None, f"{at % 9}"
        )
        for at in range(60)
    ]
    new = Posting("0", begin + dt.timedelta(days=28), -7_000.0, 9e4, "pos", "fuel", "fuel_station", "Pune", "Pump")
    took, bare = [], []
    for row in stored * 4:
        started = time.perf_counter()
        profile = profiles[row["customer_id"]]
        bare.append(time.perf_counter() - started)
        started = time.perf_counter()
        score_one(model, profile, new, recent)
        took.append(time.perf_counter() - started)
    loading = time.perf_counter()
    for row in stored:
        Profile.of_row(row)
    loading = (time.perf_counter() - loading) / len(stored)
    return {
        "median_ms": float(np.median(took)) * 1e3, "p95_ms": float(np.quantile(took, 0.95)) * 1e3,
        "bare_ms": float(np.median(bare)) * 1e3, "loading_ms": loading * 1e3, "scored": len(took),
    }  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
