"""One simulated lender, its supervised models scored out of time: ``python -m benchmarks.model_runs SEED FOLDER``.

Writes a Parquet file for each model: the test folds' customers, what came of them, and the predictions of the served
model, of its baselines and of the oracle. Prints the folds' training Gini and how explanations hold as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.credit_runs import KEYS, TRUE, Scored, fill_books, scored_credit
from benchmarks.explanation_runs import explained
from governance.settings import Settings
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analytics.models.supervised import SupervisedModel
    from analytics.warehouse import Writer

CUSTOMERS = 4_000


def main(seed: int, folder: Path) -> None:
    """Simulate, build the features, fit each fold of credit and churn, predict."""
    with tempfile.TemporaryDirectory(prefix="munshi-models-") as home:
        settings = Settings(home=Path(home) / "munshi", key_file=Path(home) / "master.key", master_key=None)
        with Workspace.create("models", settings) as workspace, workspace.lake.writer("benchmark: models") as writer:
            truth = fill_books(writer, seed, CUSTOMERS)
            credit = scored_credit(writer, truth)
            churn = scored_churn(writer, truth)
    told: dict[str, Any] = {}
    for name, scored in (("credit", credit), ("churn", churn)):
        scored.rows.to_parquet(folder / f"{name}.parquet")
        told |= {name: _mean(scored.rows), f"{name}: explanations": explained(scored.model, scored.people)}
    print(json.dumps(told))


def _mean(scored: pd.DataFrame) -> float:
    """Return the mean over the folds of the training Gini (each row of a fold carries it)."""
    return float(scored.groupby("as_of")["training_gini"].first().mean())


def scored_churn(writer: Writer, truth: pa.Table) -> Scored:
    """Fit each fold on the features that are there, and predict by the model, its baselines and the oracle."""
    import pandas as pd

    from analytics.build import open_books
    from analytics.features.tables import written_features
    from analytics.models import churn_run, vintages
    from analytics.models.churn import CHURN
    from analytics.models.churn_data import training_frame
    from analytics.sandbox import SandboxProfile

    clock, books = SandboxProfile().last_month, open_books(writer)
    ends = written_features(writer, books).month_ends
    frame = training_frame(writer, books, vintages.training_dates(ends, CHURN.window_months), clock)
    frame = frame.merge(_true_columns(truth), on=KEYS, validate="one_to_one")
    parts, newest = [], []
    tested = vintages.fold_dates(clock, CHURN.window_months)
    for trained in vintages.train(CHURN, frame, tested, clock, ("blend",)).values():
        if not isinstance(trained, vintages.Trained):
            raise TypeError(f"a fold could not be fitted: {trained}")
        fold = churn_run.tested_fold(frame, trained)
        oracle = _oracle(frame, trained.models["blend"])
        parts.append(fold.scored.assign(oracle=oracle, training_gini=fold.training_gini["probability"]))
        newest.append(trained.models["blend"])
    people = frame[frame["as_of"].dt.date == newest[0].trained_as_of].reset_index(drop=True)
    return Scored(pd.concat(parts, ignore_index=True), newest[0], people)


def _true_columns(truth: pa.Table) -> pd.DataFrame:
    from analytics.sandbox.oracle import leaving_columns

    names = leaving_columns()
    known: pd.DataFrame = truth.select([*KEYS, *names]).to_pandas()
    known["as_of"] = known["as_of"].astype("datetime64[us]")
    return known.rename(columns={name: TRUE + name for name in names}).astype({TRUE + name: float for name in names})


def _oracle(frame: pd.DataFrame, model: SupervisedModel) -> pd.Series[float]:
    """Return what a learner of the same kind predicts who was shown the truth instead of the features."""
    from analytics.models import supervised, validation
    from analytics.models.churn import CHURN
    from analytics.sandbox.oracle import leaving_columns

    past = validation.complete_before(frame, model.trained_as_of, CHURN.window_months)
    shown = dict.fromkeys((TRUE + name for name in leaving_columns()), 0)
    oracle = supervised.fit(CHURN, past, trained_as_of=model.trained_as_of, features=shown, how="blend")
    return oracle.score(frame[frame["as_of"].dt.date == model.trained_as_of])["probability"]


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
