"""A million feature rows: scored beside xgboost's own prediction on the same matrix, reasoned beside its contributions.

Both sides read the same Parquet file and write their outcome; what is compared are processor seconds of one process on
one thread, the best of a few interleaved rounds, since other work on a machine disturbs the wall clock.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.report import Cell, Report, Target

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.credit import CreditModel
    from analytics.models.learners import Blended

ROWS, REASONED = 1_000_000, 100_000
ROUNDS = 3
SCORE_LIMIT, REASON_FLOOR = 1.3, 0.8


def run() -> Report:
    """Train a blend of the credit model on made-up borrowers with the catalogue's features; score and explain."""
    model, learner = _model()
    with tempfile.TemporaryDirectory(prefix="munshi-scoring-") as folder:
        file = Path(folder) / "features.parquet"
        print(f"Writing {ROWS:,} rows of {len(model.features)} features …", file=sys.stderr, flush=True)
        _rows(model.features, ROWS, seed=2).to_parquet(file)
        out = Path(folder) / "scored.parquet"
        raw, ours = _best(lambda: _raw(learner, file, out), lambda: _scored(model, file, out))
    frame = _rows(model.features, REASONED, seed=3)
    contributions, reasoned = _best(lambda: _contributions(learner, frame), lambda: _reasons(model, frame))
    rows: list[tuple[Cell, ...]] = [
        ("xgboost inplace_predict, with reading and writing", ROWS, raw, ROWS / raw),
        ("score: probability, points, band, with reading and writing", ROWS, ours, ROWS / ours),
        ("xgboost pred_contribs", REASONED, contributions, REASONED / contributions),
        ("contributions and reasons in words", REASONED, reasoned, REASONED / reasoned),
    ]
    return Report(
        "scoring",
        "the credit model (trees averaged with a line, calibrated) beside xgboost alone",
        ("what", "rows", "processor seconds", "rows a second"),
        rows,
        targets=(
            Target("scoring, times xgboost's own time", ours / raw, SCORE_LIMIT, "×"),
            Target(
                "reasons, throughput beside pred_contribs", contributions / reasoned, REASON_FLOOR, "×", at_least=True
            ),
        ),
        notes=(f"{learner.kind}; one thread; the best of {ROUNDS} interleaved rounds",),
    )


def _model() -> tuple[CreditModel, Blended]:
    import datetime as dt

    from analytics.models.credit import CREDIT, fit
    from analytics.models.learners import Blended

    frame = _rows(tuple(CREDIT.directions), 6_000, seed=1)
    draw = np.random.default_rng(1)
    risk = frame["days_past_due"] / 20 + frame["bounces_6m"] / 2 - frame["income_6m"] / 60_000 - 2
    frame["bad"] = draw.random(len(frame)) < 1 / (1 + np.exp(-risk.fillna(-2)))
    frame["indeterminate"] = False
    model = fit(frame, trained_as_of=dt.date(2026, 6, 30), features=CREDIT.directions, how="blend")
    if not isinstance(model.learner, Blended):
        raise TypeError(f"the blend is a {model.learner.kind}")
    return model.with_facts(background={"medians": frame[list(CREDIT.directions)].median().to_dict()}), model.learner


def _rows(features: tuple[str, ...], count: int, *, seed: int) -> pd.DataFrame:
    """Made-up borrowers: amounts, shares and counts by the feature's unit, one in twenty missing."""
    import pandas as pd

    from analytics.features.application import EVERY

    draw = np.random.default_rng(seed)
    kinds: dict[str, Callable[[], Any]] = {
        "currency": lambda: np.exp(9 + draw.normal(size=count)),
        "ratio": lambda: np.abs(draw.normal(2, 2, count)),
        "percent": lambda: draw.beta(2, 3, count),
        "count": lambda: draw.poisson(0.7, count).astype(float),
        "days": lambda: np.maximum(0, np.round(draw.normal(-10, 20, count))),
        "months": lambda: draw.integers(0, 60, count).astype(float),
    }
    columns = {}
    for name in features:
        columns[name] = kinds[EVERY[name].unit]()
        columns[name][draw.random(count) < 0.05] = np.nan
    frame = pd.DataFrame(columns)
    frame.insert(0, "as_of", pd.Timestamp("2025-06-30"))
    frame.insert(0, "customer_id", np.char.add("C", np.arange(count).astype(str)).astype(object))
    return frame


def _raw(learner: Blended, file: Path, out: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(file)
    values = frame[list(learner.names)].to_numpy(dtype=np.float32)
    predicted = learner.trees._booster.inplace_predict(values)
    frame[["customer_id", "as_of"]].assign(probability=predicted).to_parquet(out)


def _scored(model: CreditModel, file: Path, out: Path) -> None:
    import pandas as pd

    model.score(pd.read_parquet(file)).to_parquet(out)


def _contributions(learner: Blended, frame: pd.DataFrame) -> None:
    import xgboost

    rows = xgboost.DMatrix(frame[list(learner.names)].to_numpy(dtype=np.float32), nthread=1)
    learner.trees._booster.predict(rows, pred_contribs=True)


def _reasons(model: CreditModel, frame: pd.DataFrame) -> None:
    from analytics.explain.reasons import reasons

    reasons(frame, model.contributions(frame), model.card()["background"]["medians"])


def _best(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Return the least processor seconds of each, run by turns."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    best = [float("inf"), float("inf")]
    with threadpool_limits(1):
        for _ in range(ROUNDS):
            for place, work in enumerate((one, other)):
                started = time.process_time()
                work()
                best[place] = min(best[place], time.process_time() - started)
    return best[0], best[1]
