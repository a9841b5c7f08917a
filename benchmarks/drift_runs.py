"""One simulated lender watched month by month, as a process: ``python -m benchmarks.drift_runs SEED FILE``.

Writes every series' counts as Parquet: as the books are, and the last month again with a shock in it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.sandbox import SandboxProfile, simulate
from analytics.schema import CORE
from governance.settings import Settings
from tools.workspace import Workspace

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import Books
    from analytics.warehouse import Writer

CUSTOMERS, MONTHS = 1_000, 42
#: Three customers in ten earn three fifths of what they would have.
SHOCKED, LEFT = "4d", 0.6
#: A quarter of the purchases goes to a shop that nobody knew.
MOVED, SHOP = "40", "Zipbazaar"
#: Months of counts: a year of reference before each of the months whose distances are the history.
COUNTED = 36


def main(seed: int, file: Path) -> None:
    """Simulate, build the features, count; count the last month again under each shock."""
    import pandas as pd

    with tempfile.TemporaryDirectory(prefix="munshi-drift-") as home:
        settings = Settings(home=Path(home) / "munshi", key_file=Path(home) / "master.key", master_key=None, threads=1)
        with Workspace.create("drift", settings) as workspace, workspace.lake.writer("benchmark: drift") as writer:
            counts = _counts(writer, seed)
    pd.concat([rows.assign(case=case) for case, rows in counts.items()], ignore_index=True).to_parquet(file)


def _counts(writer: Writer, seed: int) -> Mapping[str, pd.DataFrame]:
    import pandas as pd

    from analytics.build import open_books
    from analytics.features.tables import write_features
    from analytics.monitor import inputs

    for chunk in simulate(SandboxProfile(CUSTOMERS, months=MONTHS, seed=seed)):
        for table in CORE:
            if table.name in chunk.tables:
                writer.append(table.qualified, chunk.tables[table.name])
    writer.settle()
    clock = SandboxProfile().last_month
    books = open_books(writer)
    made = write_features(writer, books, clock, progress=lambda *_: None)
    parts = [inputs.monthly_counts(writer, books, clock, COUNTED), _of_model(writer, books, made.month_ends)]
    shocks = {name: _shocked(writer, books, shock) for name, shock in SHOCKS.items()}
    return {"quiet": pd.concat(parts, ignore_index=True), **shocks}


def _of_model(writer: Writer, books: Books, month_ends: Any) -> pd.DataFrame:
    """Count features and scores of a model that was trained on what was known a year ago."""
    import pandas as pd

    from analytics.models import credit, credit_run, validation
    from analytics.models.credit_data import scoring_frame, training_frame
    from analytics.monitor import inputs
    from analytics.monitor.watched import WATCHED

    clock, trained = month_ends[-1], month_ends[-13]
    frame = training_frame(writer, books, credit_run.training_dates(month_ends), clock)
    past = validation.complete_before(frame, trained, credit.CREDIT.window_months)
    model = credit.fit(past, trained_as_of=trained, features=credit.CREDIT.directions, how="held logistic")
    as_ofs = month_ends[-COUNTED:]
    scored = model.score(scoring_frame(writer, books, as_ofs))
    scores = inputs.score_counts(scored["log_odds"], scored["as_of"])
    return pd.concat(
        [scores, inputs.feature_counts(writer, model.features, as_ofs, WATCHED["credit"].whom)], ignore_index=True
    )


def _shocked(writer: Writer, books: Books, shock: Callable[[ibis.Table, Any], ibis.Table]) -> pd.DataFrame:
    """Count the flows and mixes of the last month as they would be."""
    import ibis
    import pandas as pd

    from analytics.monitor import inputs
    from analytics.pipeline.aggregate import monthly
    from analytics.pipeline.periods import period_number
    from analytics.pipeline.timeline import Calendar

    clock = SandboxProfile().last_month
    last = period_number(clock)
    rows = books.transactions
    inside = (rows.posted_at.year() * 12 + rows.posted_at.month()) == last
    injected = replace(books, transactions=shock(rows, inside))
    months = monthly(injected, Calendar(clock, clock), writer.table("core", "loan_status")).filter(
        ibis._.period == last
    )
    there = writer.table("features", "monthly").filter(ibis._.period < last)
    both = writer.keep("shocked", there.union(months.select(*there.columns)))
    parts = [inputs.flow_counts(writer, both, last, last)]
    parts += [inputs.mix_counts(writer, injected, kind, last - COUNTED + 1, last) for kind in inputs.MIXES]
    counted = pd.concat(parts, ignore_index=True)
    return counted[(counted["period"] == last) | counted["series"].str.endswith("mix")]


def _income_shock(rows: ibis.Table, inside: Any) -> ibis.Table:
    import ibis

    hit = inside & (rows.customer_id.hexdigest("md5").left(2) < SHOCKED) & (rows.amount > 0)
    less = (rows.amount * LEFT).cast("decimal(18, 2)")
    return rows.mutate(amount=ibis.ifelse(hit & (rows.category == "income"), less, rows.amount))


def _new_merchants(rows: ibis.Table, inside: Any) -> ibis.Table:
    import ibis

    bought = inside & (rows.amount < 0) & rows.merchant.notnull()
    hit = bought & (rows.transaction_id.hexdigest("md5").left(2) < MOVED)
    return rows.mutate(
        merchant=ibis.ifelse(hit, SHOP, rows.merchant), category=ibis.ifelse(hit, "shopping", rows.category)
    )


SHOCKS: Mapping[str, Callable[[Any, Any], Any]] = {"income shock": _income_shock, "new merchants": _new_merchants}


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
