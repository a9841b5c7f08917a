"""One build of the anomaly model: profiles, signals, fit, the postings that stand out most, profiles to serve from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.models.anomalies import model as models
from analytics.models.anomalies import profile as profiles
from analytics.models.anomalies.model import NAME, AnomalyModel, Method
from analytics.models.anomalies.postings import Bools, Ints, Postings, of_frame, rows_between
from analytics.models.anomalies.signals import CASH_THRESHOLDS, CONTEXT_DAYS, Signals, chosen, signals
from analytics.models.outcome import Outcome
from analytics.monitor.life_cycle import refit
from analytics.pipeline.periods import add_months
from governance.errors import ModelError

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

    from analytics.pipeline.books import Books, BooksWriter

#: Months of postings scored, and months a profile looks back.
SCORED_MONTHS = 3
PROFILE_MONTHS = 12
#: Alerts a customer and month that the cut-off lets through: 2,000 customers give an analyst some three a working day.
ALERTS_PER_CUSTOMER_MONTH = 0.03
#: Alerts that the cut-off lets through in the smallest books.
FEWEST_ALERTS = 20
WORKING_DAYS_A_MONTH = 21
#: Customers whose postings are held at a time.
CUSTOMERS_AT_A_TIME = 15_000


@dataclass(frozen=True)
class Window:
    """A month's postings and their signals against the profiles at the month end before.

    Attributes
    ----------
    as_of
        By whose end the profiles were known.
    rows
        ``transaction_id, customer_id, posted_at, purpose``, a row for each of ``signals``.
    """

    as_of: dt.date
    rows: pd.DataFrame
    signals: Signals


@dataclass(frozen=True)
class Alerts:
    """Rows of ``scores.anomalies``, and of how many postings and customers they are."""

    rows: pa.Table
    scored: int
    customers: int


@dataclass(frozen=True)
class History:
    """The postings of all the months at hand, as arrays and as rows in the same order.

    Attributes
    ----------
    known
        Second at which each row was known.
    """

    postings: Postings
    rows: pd.DataFrame
    customers: Sequence[str]
    known: Ints
    currency: str

    @classmethod
    def of(cls, rows: pd.DataFrame, currency: str) -> History:
        """Sort rows of `analytics.models.anomalies.postings.rows_between`."""
        postings, ordered, customers = of_frame(rows)
        known = ordered["known_at"].to_numpy().astype("datetime64[s]").astype(np.int64)
        return cls(postings, ordered, customers, known, currency)

    def between(self, begin: dt.datetime, end: dt.datetime) -> Bools:
        """Say which rows were posted in ``[begin, end)``."""
        second = self.postings.second
        return np.asarray((second >= seconds(begin)) & (second < seconds(end)))

    def year_before(self, as_of: dt.date) -> Bools:
        """Say which rows of the year up to the end of an as-of were known by then."""
        begin, end = cutoff_of(add_months(as_of, -PROFILE_MONTHS)), cutoff_of(as_of)
        return self.between(begin, end) & (self.known < seconds(end))


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    *,
    progress: Callable[[str, float], None],
    method: Method = "isolation forest",
    seed: int = 0,
) -> Outcome:
    """Fit on the last months, write the postings that stand out and the profiles that single postings are held against.

    Parameters
    ----------
    method
        What finds rows that are like no others.
    """
    if len(month_ends) < 2:
        return Outcome(refusal="An anomaly model needs two whole months of postings: one to know what is usual.")
    last = month_ends[-1]
    as_ofs = [end for end in month_ends if end < data_clock][-SCORED_MONTHS - (data_clock > last) :]
    cuts = _cuts(writer, books.customers)
    fitted: AnomalyModel | None = None
    told: list[Alerts] = []
    for at, cut in enumerate(cuts):
        progress("What is usual for each customer, and what is not", at / len(cuts))
        history = history_of(writer, books, last, data_clock, customers=cut)
        windows = [window(history, as_of) for as_of in as_ofs]
        if fitted is None:
            try:
                fitted = _fit(windows, last, history.currency, method, seed)
            except ModelError as refusal:
                return Outcome(as_of=last, refusal=str(refusal))
            _clear(writer, "scores.anomalies", "features.anomaly_profiles")
        told.append(alerts_of(fitted, windows, len(history.customers)))
        writer.append("scores.anomalies", told[-1].rows)
        writer.append("features.anomaly_profiles", stored_profiles(history, last))
    if fitted is None:
        return Outcome(as_of=last, refusal="There is no customer.")
    facts = _facts(told, len(as_ofs))
    fitted = fitted.with_facts(alerts=facts)
    refit(writer, NAME, fitted)
    customers = set().union(*(each.rows.column("customer_id").to_pylist() for each in told))
    return Outcome(last, fitted.version, len(customers), metrics=facts)


def _fit(windows: Sequence[Window], last: dt.date, currency: str, method: Method, seed: int) -> AnomalyModel:
    """Fit on the windows up to the last month end."""
    past = together([each.signals for each in windows if each.as_of < last])
    return models.fit(
        past, trained_as_of=last, method=method, seed=seed, threshold=CASH_THRESHOLDS.get(currency)
    )  # fmt: skip


def _cuts(writer: BooksWriter, customers: ibis.Table) -> list[tuple[str, str]]:
    """Return the first and last customer of each part, so that memory holds the postings of one.

    The model is fitted on the first part: so many customers are enough.
    """
    import ibis

    place = ibis.row_number().over(order_by=customers.customer_id) // CUSTOMERS_AT_A_TIME
    placed = customers.select("customer_id", part=place)
    bounds = placed.group_by("part").aggregate(first=placed.customer_id.min(), last=placed.customer_id.max())
    found = writer.frame(bounds.order_by("part"))
    return list(zip(found["first"], found["last"], strict=True))


def history_of(
    writer: BooksWriter,
    books: Books,
    last: dt.date,
    data_clock: dt.date,
    *,
    months: int = SCORED_MONTHS,
    customers: tuple[str, str] | None = None,
) -> History:
    """Return the postings that profiles and signals of the last months need.

    Parameters
    ----------
    customers
        First and last of those wanted, all when None.
    """
    first = cutoff_of(add_months(last, -months - PROFILE_MONTHS - 1))
    rows = rows_between(books, first, cutoff_of(data_clock))
    wanted = rows if customers is None else rows.filter(rows.customer_id.between(*customers))
    return History.of(writer.frame(wanted), books.currency)


def window(history: History, as_of: dt.date) -> Window:
    """Return the postings of the month after an as-of and their signals; reads nothing later than each."""
    begin, end = cutoff_of(as_of), cutoff_of(add_months(as_of, 1))
    usual = profiles.build(history.postings.take(history.year_before(as_of)), len(history.customers))
    around = np.flatnonzero(history.between(begin - dt.timedelta(days=CONTEXT_DAYS), end))
    postings = history.postings.take(around)
    found = signals(postings, usual, threshold=CASH_THRESHOLDS.get(history.currency))
    new = postings.second >= seconds(begin)
    rows = history.rows[["transaction_id", "customer_id", "posted_at", "purpose"]].iloc[around[new]]
    return Window(as_of, rows.reset_index(drop=True), chosen(found, new))


def stored_profiles(history: History, as_of: dt.date) -> pa.Table:
    """Return the profiles at an as-of as rows of ``features.anomaly_profiles``."""
    past = np.flatnonzero(history.year_before(as_of))
    postings = history.postings.take(past)
    usual = profiles.build(postings, len(history.customers))
    return profiles.stored(usual, postings, history.rows.iloc[past], history.customers, as_of)


def together(parts: Sequence[Signals]) -> Signals:
    """Return the signals of several windows as one."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}


def alerts_of(fitted: AnomalyModel, windows: Sequence[Window], customers: int) -> Alerts:
    """Return the postings with the most evidence, `ALERTS_PER_CUSTOMER_MONTH` for each customer and month."""
    judged = [fitted.judge(each.signals) for each in windows]
    evidence = np.concatenate([each.evidence for each in judged])
    wanted = max(FEWEST_ALERTS, round(ALERTS_PER_CUSTOMER_MONTH * customers * len(windows)))
    cut = np.sort(evidence)[-wanted] if len(evidence) >= wanted else -np.inf
    rows: list[dict[str, Any]] = []
    for each, verdict in zip(windows, judged, strict=True):
        for at in np.flatnonzero(verdict.evidence >= cut):
            told = each.rows.iloc[at]
            kind, reasons = fitted.explain(each.signals, verdict, int(at), told["purpose"])
            rows.append(
                {"transaction_id": told["transaction_id"], "customer_id": told["customer_id"],
                 "posted_at": told["posted_at"].to_pydatetime(), "as_of": each.as_of,
                 "score": float(verdict.score[at]), "kind": kind, "reasons": reasons, "version": fitted.version,
                 "backcast": bool(told["posted_at"] < cutoff_of(fitted.trained_as_of))}
            )  # fmt: skip
    return Alerts(as_arrow(rows), len(evidence), customers)


def _facts(told: Sequence[Alerts], months: int) -> dict[str, Any]:
    """Return what the cut-off lets through."""
    kinds = Counter(kind for each in told for kind in each.rows.column("kind").to_pylist())
    scored, alerts = sum(each.scored for each in told), sum(kinds.values())
    return {
        "postings_scored": scored, "months": months, "customers": sum(each.customers for each in told),
        "alerts": alerts, "share": round(alerts / max(scored, 1), 6),
        "alerts_per_working_day": round(alerts / max(months, 1) / WORKING_DAYS_A_MONTH, 2),
        "by_kind": dict(sorted(kinds.items())),
    }  # fmt: skip


def as_arrow(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Return rows of ``scores.anomalies``."""
    import pyarrow as pa

    schema = pa.schema(
        [
            ("transaction_id", pa.string()), ("customer_id", pa.string()), ("posted_at", pa.timestamp("us")),
            ("as_of", pa.date32()), ("score", pa.float64()), ("kind", pa.string()),
            ("reasons", pa.list_(pa.string())), ("version", pa.string()), ("backcast", pa.bool_()),
        ]
    )  # fmt: skip
    return pa.Table.from_pylist(list(rows), schema=schema)


def cutoff_of(as_of: dt.date) -> dt.datetime:
    """Return 00:00 after a day."""
    return dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time())


def seconds(moment: dt.datetime) -> int:
    """Return seconds since 1970-01-01 of a moment in the workspace's time."""
    return int((moment - dt.datetime(1970, 1, 1)).total_seconds())


def _clear(writer: BooksWriter, *tables: str) -> None:
    for qualified in tables:
        there = writer.table(*qualified.split("."))
        writer.replace(qualified, there.filter(there.customer_id.isnull()))
