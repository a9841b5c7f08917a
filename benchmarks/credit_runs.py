"""One simulated lender, scored out of time, as a process: ``python -m benchmarks.credit_runs SEED FILE``.

Writes a Parquet file of the test folds' borrowers, what came of them, and three predictions: the model's, its logistic
baseline's and the oracle's. Prints what became of loans and customers as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.models import credit, validation, vintages
from analytics.sandbox import SandboxProfile, simulate
from analytics.sandbox.oracle import eligible, oracle_columns
from analytics.schema import CORE
from governance.settings import Settings
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analytics.models.supervised import SupervisedModel
    from analytics.warehouse import Writer

CUSTOMERS, CHUNK = 20_000, 2_000
KEYS = ["customer_id", "as_of"]
#: Truth at a month end has names of its own beside the features.
TRUE = "true_"

LOANS_EVER_BAD = """
    SELECT count(DISTINCT loan_id) FILTER (bad_on <= clock AND late AND coalesce(written_off_on >= bad_on, true))
           / count(DISTINCT loan_id)
    FROM (SELECT l.loan_id, l.written_off_on, i.due_on + 89 AS bad_on,
                 coalesce(i.paid_on > i.due_on + 89, true) AS late,
                 (SELECT max(posted_at)::DATE FROM books.core.transactions) AS clock
          FROM books.core.loans l JOIN books.core.instalments i USING (loan_id))
"""
CHURN_A_YEAR = """
    SELECT sum((churned AND NOT before)::INT) / (sum((NOT churned)::INT) / 12.0)
    FROM (SELECT churned, lag(churned, 1, false) OVER (PARTITION BY customer_id ORDER BY as_of) AS before FROM truth)
"""


def main(seed: int, file: Path) -> None:
    """Simulate, build the features, fit each fold, predict."""
    with tempfile.TemporaryDirectory(prefix="munshi-credit-") as home:
        settings = Settings(home=Path(home) / "munshi", key_file=Path(home) / "master.key", master_key=None)
        with Workspace.create("credit", settings) as workspace, workspace.lake.writer("benchmark: credit") as writer:
            truth = fill_books(writer, seed)
            rates = _rates(writer, truth)
            scored = scored_credit(writer, truth).rows
    scored.to_parquet(file)
    print(json.dumps(rates))


def fill_books(writer: Writer, seed: int, customers: int = CUSTOMERS) -> pa.Table:
    """Write the books and hand back the truth."""
    import pyarrow as pa

    truths = []
    for chunk in simulate(SandboxProfile(customers, seed=seed, chunk_customers=CHUNK)):
        for table in CORE:
            if table.name in chunk.tables:
                writer.append(table.qualified, chunk.tables[table.name])
        truths.append(chunk.truth)
    return pa.concat_tables(truths)


def _rates(writer: Writer, truth: pa.Table) -> Mapping[str, float]:
    import duckdb

    with duckdb.connect() as beside:
        beside.register("truth", truth)
        (churn,) = beside.execute(CHURN_A_YEAR).fetchall()[0]
    ever_bad = writer.execute(LOANS_EVER_BAD).rows[0][0]
    return {"loans_ever_bad": float(ever_bad), "churn_a_year": float(churn)}


@dataclass(frozen=True)
class Scored:
    """A model's test folds, the model of the newest of them, and the people it was tested on with their features."""

    rows: pd.DataFrame
    model: SupervisedModel
    people: pd.DataFrame


def scored_credit(writer: Writer, truth: pa.Table) -> Scored:
    """Build the features, fit each fold, and predict its borrowers by the served learner, the baseline, the oracle."""
    import pandas as pd

    from analytics.build import open_books
    from analytics.features.tables import write_features
    from analytics.models import credit_run
    from analytics.models.credit_data import training_frame
    from analytics.pipeline.books import Books

    clock = SandboxProfile().last_month
    books: Books = open_books(writer)
    made = write_features(writer, books, clock, progress=lambda *_: None)
    frame = training_frame(writer, books, credit_run.training_dates(made.month_ends), clock)
    frame = frame.merge(_true_columns(truth), on=KEYS, validate="one_to_one")
    tested = list(credit_run.train(frame, set(credit_run.fold_dates(clock)), clock).values())
    fitted = [each for each in tested if isinstance(each, vintages.Trained)]
    if len(fitted) < len(tested):
        raise TypeError(f"a fold could not be fitted: {tested}")
    folds = [credit_run.scored_fold(frame, each) for each in fitted]
    way = credit_run.choice(fitted[0], fitted, folds).way
    parts = [
        fold.scored.assign(
            probability=fold.scored[way],
            oracle=_oracle(frame, each.models[way]),
            served=way,
            training_gini=fold.training_gini[way],
        )
        for fold, each in zip(folds, fitted, strict=True)
    ]
    newest = fitted[0].models[way]
    people = frame[frame["as_of"].dt.date == newest.trained_as_of].reset_index(drop=True)
    return Scored(pd.concat(parts, ignore_index=True), newest, people)


def _true_columns(truth: pa.Table) -> pd.DataFrame:
    known: pd.DataFrame = eligible(truth).select([*KEYS, *oracle_columns()]).to_pandas()
    known["as_of"] = known["as_of"].astype("datetime64[us]")
    known = known.rename(columns={name: TRUE + name for name in oracle_columns()})
    return known.astype({TRUE + name: float for name in oracle_columns()})


def _oracle(frame: pd.DataFrame, model: credit.CreditModel) -> pd.Series[float]:
    """Return what a learner of the same kind predicts who was shown the truth instead of the features."""
    past = validation.complete_before(frame, model.trained_as_of)
    shown = dict.fromkeys((TRUE + name for name in oracle_columns()), 0)
    oracle = credit.fit(past, trained_as_of=model.trained_as_of, features=shown, how="blend")
    test = frame[frame["as_of"].dt.date == model.trained_as_of]
    return oracle.score(test)["probability"]


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
