"""One build of the segments: fit on the newest month end, keep earlier numbers, place the last twelve month ends."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from analytics.models.outcome import Outcome
from analytics.models.segments.model import NAME, Method, SegmentModel, fit
from analytics.monitor.life_cycle import refit
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analytics.pipeline.books import Books, BooksWriter

SCORED_MONTHS = 12
#: Days without a posting after which a customer is in no segment.
DORMANT_DAYS = 183
#: Features that the traits are made of.
READ = (
    "postings_3m", "inflow_12m", "salary_share_6m", "inflow_variation_12m", "outflow_variation_6m",
    "balance_to_outflow_3m", "essentials_to_inflow_3m", "discretionary_to_inflow_3m", "saving_rate_6m",
    "cash_share_3m", "outflow_to_inflow_3m", "obligations_to_income_6m",
)  # fmt: skip


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,  # noqa: ARG001 - every model is run with it
    *,
    progress: Callable[[str, float], None],
    method: Method = "k-means",
    seed: int = 0,
) -> Outcome:
    """Fit on the newest month end and write the segments of the last twelve."""
    import pandas as pd

    if not month_ends:
        return Outcome(refusal="There is no whole month of postings.")
    progress("Grouping customers", 0.0)
    last = month_ends[-1]
    rows = segment_frame(writer, books, month_ends[-SCORED_MONTHS:])
    newest = rows[rows["as_of"].dt.date == last].reset_index(drop=True)
    try:
        before, lost = serving(writer)
        model = fit(newest, trained_as_of=last, before=before, method=method, seed=seed)
    except ModelError as refusal:
        return Outcome(as_of=last, refusal=str(refusal))
    progress("Placing customers in segments", 0.7)
    placed = model.score(rows)
    facts = {"migration": migration_facts(placed), "placed": len(placed), "not_carried": lost}
    model = model.with_facts(**facts)
    refit(writer, NAME, model)
    there = writer.table("scores", "segments")
    writer.replace("scores.segments", there.filter(there.customer_id.isnull()))
    writer.append("scores.segments", as_arrow(placed, model))
    counted = int((placed["as_of"] == pd.Timestamp(last)).sum())
    return Outcome(last, model.version, counted, metrics={**model.card()["choice"], **facts})


def segment_frame(writer: BooksWriter, books: Books, as_ofs: Sequence[dt.date]) -> pd.DataFrame:
    """Return what segments are made of, a row for each customer who was active in the half-year before an as-of."""
    import ibis

    features = writer.table("features", "customer_monthly")
    wanted = features.filter(features.as_of.isin([ibis.literal(day) for day in as_ofs]))
    known = [name for name in READ if name in features.columns]
    frame = writer.frame(wanted.select("customer_id", "as_of", *known))
    for name in READ:
        if name not in frame:
            frame[name] = float("nan")
    frame = frame.sort_values(["as_of", "customer_id"], ignore_index=True)
    frame["days_since_posting"] = _days_since(writer, books, frame)
    return frame[frame["days_since_posting"] <= DORMANT_DAYS].reset_index(drop=True)


def _days_since(writer: BooksWriter, books: Books, frame: pd.DataFrame) -> pd.Series[float]:
    """Return the days from each row's customer's newest posting up to its as-of."""
    import ibis
    import pandas as pd

    rows = books.transactions
    known = ibis.greatest(rows.posted_at, rows.known_at.fill_null(rows.posted_at))
    months = rows.group_by("customer_id", month=known.truncate("M")).aggregate(newest=rows.posted_at.max())
    newest = writer.frame(months)
    if newest.empty:
        return pd.Series(float("nan"), index=frame.index)
    newest["month"] = pd.to_datetime(newest["month"]).astype("datetime64[us]")
    newest["newest"] = newest["newest"].astype("datetime64[us]")
    newest = newest.sort_values(["month", "customer_id"])
    newest["newest"] = newest.groupby("customer_id")["newest"].cummax()
    asked = frame[["customer_id", "as_of"]].assign(as_of=frame["as_of"].astype("datetime64[us]"), at=range(len(frame)))
    merged = pd.merge_asof(
        asked.sort_values("as_of", kind="stable"), newest, left_on="as_of", right_on="month", by="customer_id"
    ).sort_values("at")
    days = (merged["as_of"] + pd.Timedelta(days=1) - merged["newest"]).dt.total_seconds() / 86_400
    return days.set_axis(frame.index)


def serving(writer: BooksWriter) -> tuple[SegmentModel | None, str | None]:
    """Return the segment model that serves, or None and why its numbers cannot be carried on."""
    registry = writer.table("models", "registry")
    found = writer.frame(registry.filter(registry.model == NAME, registry["alias"] == "champion").select("payload"))
    if found.empty:
        return None, None
    try:
        return SegmentModel.from_bytes(bytes(found["payload"].iloc[0])), None
    except ModelError as error:
        return None, str(error)


def migration(placed: pd.DataFrame, before: dt.date, after: dt.date) -> pd.DataFrame:
    """Return how many customers went from which segment to which between two as-ofs.

    Parameters
    ----------
    placed
        ``customer_id, as_of, name`` of both; rows of ``scores.segments``.

    Returns
    -------
    pandas.DataFrame
        Counts: a row for each segment at the earlier, a column for each at the later; those who are in one alone are
        under "none".
    """
    import pandas as pd

    at = pd.to_datetime(placed["as_of"])
    then, now = (placed[at == pd.Timestamp(day)].set_index("customer_id")["name"] for day in (before, after))
    both = pd.concat({"before": then, "after": now}, axis=1).fillna("none")
    return pd.crosstab(both["before"], both["after"])


def migration_facts(placed: pd.DataFrame) -> list[dict[str, Any]]:
    """Return, for each month end and the one before, how many customers were in both and what share stayed."""
    as_ofs = sorted(placed["as_of"].unique())
    by_month = {as_of: placed[placed["as_of"] == as_of].set_index("customer_id")["segment"] for as_of in as_ofs}
    facts = []
    for then, now in itertools.pairwise(as_ofs):
        pairs = by_month[then].to_frame("then").join(by_month[now].rename("now"), how="inner")
        stayed = float((pairs["then"] == pairs["now"]).mean()) if len(pairs) else None
        facts.append({"as_of": now.date().isoformat(), "customers": len(pairs),
                      "stayed": None if stayed is None else round(stayed, 4)})  # fmt: skip
    return facts


def as_arrow(placed: pd.DataFrame, model: SegmentModel) -> pa.Table:
    """Return rows of ``scores.segments``."""
    import pyarrow as pa

    days = [moment.date() for moment in placed["as_of"]]
    return pa.table(
        {
            "customer_id": pa.array(placed["customer_id"], pa.string()),
            "as_of": pa.array(days, pa.date32()),
            "segment": pa.array(placed["segment"], pa.int32()),
            "name": pa.array(placed["name"], pa.string()),
            "distance": pa.array(placed["distance"], pa.float64()),
            "confidence": pa.array(placed["confidence"], pa.float64()),
            "traits": pa.array(list(placed["traits"]), pa.list_(pa.string())),
            "version": pa.array([model.version] * len(placed), pa.string()),
            "backcast": pa.array([day < model.trained_as_of for day in days], pa.bool_()),
        }
    )
