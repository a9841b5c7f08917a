"""Thin files: customers of whom the books know too little for a score to stand alone.

They are scored, since a refusal would hide the riskiest newcomers, but the row says so (``thin_file``), the card says
how many they are and how well they are told apart, and a person decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.models import metrics
from analytics.models.metrics import Replicates
from analytics.pipeline.periods import calendar_period

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import BooksWriter

#: Months with a posting, and postings over the last half year, under which a file is thin.
LEAST_MONTHS = 6
LEAST_POSTINGS = 30
WINDOW_MONTHS = 6
#: Rows and events under which no AUC is told.
LEAST_ROWS, LEAST_EVENTS = 50, 5


def thin(writer: BooksWriter, people: ibis.Table) -> ibis.Table:
    """Return ``customer_id, as_of, thin_file`` of each of ``people``; reads months up to each as-of alone."""
    import ibis

    months = writer.table("features", "monthly").select("customer_id", "period", "postings")
    keys = people.select("customer_id", "as_of").distinct()
    joined = keys.mutate(newest=calendar_period(keys.as_of)).inner_join(months, "customer_id")
    known = joined.filter(joined.period <= joined.newest, joined.postings > 0)
    recent = ibis.ifelse(known.period > known.newest - WINDOW_MONTHS, known.postings, 0).sum()
    counted = known.group_by(["customer_id", "as_of"]).aggregate(months=known.count(), recent=recent)
    every = keys.left_join(counted, ["customer_id", "as_of"], rname="{name}_counted")
    few = (every.months.fill_null(0) < LEAST_MONTHS) | (every.recent.fill_null(0) < LEAST_POSTINGS)
    return every.select("customer_id", "as_of", thin_file=few)


def told(scored: pd.DataFrame, column: str, *, seed: int = 0) -> dict[str, Any]:
    """Return how thin and other files fared out of time: n, bads, observed, predicted, AUC with its interval."""
    rows = {}
    for name, part in (("thin", scored[scored["thin_file"]]), ("other", scored[~scored["thin_file"]])):
        bad, probability = part["bad"].to_numpy(dtype=float), part[column].to_numpy(dtype=float)
        known = len(part) >= LEAST_ROWS and LEAST_EVENTS <= bad.sum() <= len(part) - LEAST_EVENTS
        draws = Replicates.by_customer(part["customer_id"].to_numpy(), seed=seed) if known else None
        rows[name] = {
            "n": len(part),
            "bads": int(bad.sum()),
            "observed": round(float(bad.mean()), 6) if len(part) else None,
            "predicted": round(float(probability.mean()), 6) if len(part) else None,
            "auc": draws.estimate(metrics.auc, bad, probability).as_dict() if draws else None,
        }
    rule = (
        f"A file is thin under {LEAST_MONTHS} months with a posting, or under {LEAST_POSTINGS} postings in the last "
        f"{WINDOW_MONTHS} months. Thin files are scored and marked; a person decides on them."
    )
    return {"rule": rule, **rows}
