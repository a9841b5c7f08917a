"""The borrowers' frames the credit model learns from and scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analytics.models.credit_labels import borrowers, labels
from analytics.models.fairness import age_band
from analytics.models.loss import losses_given_default
from analytics.models.thin_files import thin

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import Books, BooksWriter

#: Rows beyond which training takes a share of the customers.
MOST_TRAINING_ROWS = 150_000
KEYS = ["customer_id", "as_of"]


def groups_of(books: Books, writer: BooksWriter, rows: pd.DataFrame) -> dict[str, Any]:
    """Return attribute → group of each row (``customer_id, as_of``), empty where it is not known.

    Gender, age and region are read here to look at how a model treats people; no model reads them.
    """
    customers = writer.frame(books.customers.select("customer_id", "gender", "birth_date", "region"))
    known = rows[KEYS].merge(customers, on="customer_id", how="left", validate="many_to_one")
    texts = known[["gender", "region"]].fillna("").astype(object)
    return {
        "gender": texts["gender"].to_numpy(),
        "age": age_band(known["birth_date"], known["as_of"]),
        "region": texts["region"].to_numpy(),
    }


def _people(writer: BooksWriter, books: Books, as_ofs: Sequence[dt.date]) -> ibis.Table:
    import ibis

    status = writer.table("core", "loan_status")
    status = status.filter(status.as_of.isin([ibis.literal(day) for day in as_ofs]))
    people = borrowers(status)
    losses = losses_given_default(status, books.loans)
    joined = people.left_join(losses, KEYS, rname="{name}_loss")
    joined = joined.select(*people.columns, "loss_given_default")
    marked = joined.left_join(thin(writer, people), KEYS, rname="{name}_thin")
    return marked.select(*joined.columns, thin_file=marked.thin_file.fill_null(True))


def _with_features(writer: BooksWriter, people: ibis.Table) -> ibis.Table:
    rows = writer.table("features", "customer_monthly").drop("days_past_due")
    return people.inner_join(rows, KEYS)


def scoring_frame(writer: BooksWriter, books: Books, as_ofs: Sequence[dt.date]) -> pd.DataFrame:
    """Return features, exposure, days past due, loss given default and ``thin_file`` of the borrowers at each as-of."""
    import ibis

    rows = _with_features(writer, _people(writer, books, as_ofs))
    frame = writer.frame(rows.mutate(exposure=ibis._.exposure.cast("float64")))
    return frame.sort_values(KEYS, ignore_index=True)


def training_frame(writer: BooksWriter, books: Books, as_ofs: Sequence[dt.date], data_clock: dt.date) -> pd.DataFrame:
    """Return features and labels of the borrowers at the as-ofs whose label windows are complete.

    Beyond `MOST_TRAINING_ROWS`, of a share of the customers: those whose digest is low, the same ones each time.
    """
    people = _people(writer, books, as_ofs).drop("exposure", "loss_given_default")
    labelled = labels(books, people, data_clock)
    counted = int(writer.frame(labelled.aggregate(rows=labelled.count()))["rows"].iloc[0])
    if counted > MOST_TRAINING_ROWS:
        highest = f"{16**8 * MOST_TRAINING_ROWS // counted:08x}"
        people = people.filter(people.customer_id.hexdigest("md5").left(8) < highest)
        labelled = labels(books, people, data_clock)
    return writer.frame(_with_features(writer, people).inner_join(labelled, KEYS)).sort_values(KEYS, ignore_index=True)
