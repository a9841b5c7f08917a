"""The customers' frames the churn model learns from and scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analytics.models.churn import CHURN
from analytics.models.churn_labels import KEYS, attached, labels
from analytics.models.thin_files import thin

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import Books, BooksWriter

#: Rows beyond which training takes a share of the customers.
MOST_TRAINING_ROWS = 150_000


def training_frame(writer: BooksWriter, books: Books, as_ofs: Sequence[dt.date], data_clock: dt.date) -> pd.DataFrame:
    """Return features and labels of the attached customers at the as-ofs whose label windows are complete.

    ``recency_rule`` is what the rule of thumb ranks by: days since the last activity, ties by how far activity fell.
    Beyond `MOST_TRAINING_ROWS`, of a share of the customers: those whose digest is low, the same ones each time.
    """
    import ibis

    known = books.customers.count() * len(as_ofs)
    most = int(writer.frame(known.as_table())[known.get_name()].iloc[0])
    rows = labels(books, as_ofs, data_clock)
    if most > MOST_TRAINING_ROWS:
        highest = f"{16**8 * MOST_TRAINING_ROWS // most:08x}"
        rows = rows.filter(ibis._.customer_id.hexdigest("md5").left(8) < highest)
    return _with_features(writer, rows)


def scoring_frame(writer: BooksWriter, books: Books, as_ofs: Sequence[dt.date]) -> pd.DataFrame:
    """Return the features of the attached customers at each as-of, with ``thin_file`` and no exposure."""
    people = attached(books, as_ofs)
    frame = _with_features(writer, people)
    marks = writer.frame(thin(writer, people)).astype({"thin_file": bool})
    return frame.merge(marks, on=KEYS, how="left").assign(exposure=float("nan"), loss_given_default=float("nan"))


def _with_features(writer: BooksWriter, rows: ibis.Table) -> pd.DataFrame:
    features = writer.table("features", "customer_monthly").select(*KEYS, *CHURN.directions)
    frame = writer.frame(rows.inner_join(features, KEYS))
    rule = frame["recency_days"] + 1 - frame["activity_recent"] / frame["activity_base"].clip(lower=1e-9)
    return frame.assign(recency_rule=rule).sort_values(KEYS, ignore_index=True)
