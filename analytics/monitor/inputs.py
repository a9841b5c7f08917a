"""What drift is looked for in, counted by month: flows, the mix of categories and merchants, features, scores.

Everything is a long frame of counts ``series, period, bin, n``: bins are half-octaves of an amount or names of a kind
of posting, so no customer's figure leaves the books and a large lender's months are as small as a small one's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.pipeline.periods import period_number

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import Books, BooksWriter

#: Columns of ``features.monthly`` whose levels are looked at, and those set against the customer's own half-year: a
#: shock that moves everyone a little hardly shows in the first and plainly in the second.
LEVELS: tuple[str, ...] = (
    "income", "inflow", "outflow", "discretionary", "essentials", "cash_withdrawn", "saving", "emi", "closing_balance",
    "postings", "penalties", "loan_app_count",
)  # fmt: skip
CHANGES: tuple[str, ...] = ("income", "inflow", "outflow", "essentials", "discretionary")
OWN_MONTHS = 6
#: Kinds of debit whose shares are looked at.
MIXES: tuple[str, ...] = ("category", "merchant")
#: Bins to a factor e.
FINENESS = 4.0
#: What a value is multiplied by before it is binned, by unit of the feature.
OF_UNIT: Mapping[str, float] = MappingProxyType({"percent": 100.0, "ratio": 10.0})
#: Merchants told apart; the others are one.
MERCHANTS = 60
#: Prefix of a series that counts a model's feature, and name of that of its scores.
FEATURE, SCORE = "feature ", "score"
COLUMNS = ["series", "period", "bin", "n"]


def monthly_counts(writer: BooksWriter, books: Books, last: dt.date, months: int = 36) -> pd.DataFrame:
    """Return the counts of flows and mixes over the months that end with ``last``."""
    import pandas as pd

    first = period_number(last) - months + 1
    parts = [flow_counts(writer, writer.table("features", "monthly"), first, period_number(last))]
    parts += [mix_counts(writer, books, kind, first, period_number(last)) for kind in MIXES]
    return pd.concat(parts, ignore_index=True)


def flow_counts(writer: BooksWriter, months: ibis.Table, first: int, last: int) -> pd.DataFrame:
    """Return how many customers had how much of each flow, and how much of their own half-year's mean, by month."""
    import ibis

    past = ibis.window(group_by="customer_id", order_by="period", preceding=(OWN_MONTHS, 1))
    rows = months.filter(months.period >= first - OWN_MONTHS, months.period <= last, months.postings > 0)
    usual = {f"usual_{name}": rows[name].fill_null(0.0).mean().over(past) for name in CHANGES}
    rows = rows.mutate(**usual).filter(ibis._.period >= first)
    binned = {name: _bin(rows[name]) for name in LEVELS}
    binned |= {f"{name} against own past": _change(rows[name], rows[f"usual_{name}"]) for name in CHANGES}
    return _counted(writer, rows.select("period", **binned), list(binned))


def feature_counts(
    writer: BooksWriter,
    features: Sequence[str],
    as_ofs: Sequence[dt.date],
    whom: Callable[[ibis.Table], ibis.Table],
) -> pd.DataFrame:
    """Return how many of a model's people had which value of each of its features, by month end."""
    import ibis

    from analytics.features.application import EVERY

    rows = writer.table("features", "customer_monthly")
    rows = whom(rows.filter(rows.as_of.isin([ibis.literal(day) for day in as_ofs])))
    period = (rows.as_of.year() * 12 + rows.as_of.month()).cast("int32")
    binned = {FEATURE + name: _bin(rows[name] * OF_UNIT.get(EVERY[name].unit, 1.0)) for name in features}
    return _counted(writer, rows.select(period=period, **binned), list(binned))


def score_counts(log_odds: pd.Series[float], as_of: pd.Series[Any]) -> pd.DataFrame:
    """Return how many borrowers had which log-odds by one version of a model, by month end."""
    import numpy as np
    import pandas as pd

    bins = np.rint(log_odds.to_numpy(dtype=float) * FINENESS).astype(int).astype(str)
    days = pd.to_datetime(as_of)
    frame = pd.DataFrame({"series": SCORE, "period": days.dt.year * 12 + days.dt.month, "bin": bins})
    return frame.groupby(["series", "period", "bin"], as_index=False).size().rename(columns={"size": "n"})[COLUMNS]


def _counted(writer: BooksWriter, binned: ibis.Table, names: Sequence[str]) -> pd.DataFrame:
    import ibis

    long = binned.pivot_longer(list(names), names_to="series", values_to="bin")
    counts = writer.frame(long.group_by(["series", "period", "bin"]).aggregate(n=ibis._.count()))
    return counts.astype({"bin": "Int64"}).astype({"bin": str})[COLUMNS]


def _bin(value: Any) -> Any:
    filled = value.fill_null(0.0).cast("float64")
    return (filled.sign() * (1 + filled.abs()).ln() * FINENESS).round().cast("int32")


def _change(value: Any, usual: Any) -> Any:
    """Half-octaves of this month's figure to the mean of the half-year before; one unit keeps nothing from dividing."""
    now, before = value.fill_null(0.0), usual.fill_null(0.0)
    return (((now.abs() + 1).ln() - (before.abs() + 1).ln()) * FINENESS).round().cast("int32")


def mix_counts(writer: BooksWriter, books: Books, kind: str, first: int, last: int) -> pd.DataFrame:
    """Return the purchases of each month by category or by merchant: the commonest, and those beside them."""
    import ibis

    rows = books.transactions.filter(
        books.transactions.amount < 0, ~books.transactions.is_own_transfer.fill_null(False),
        books.transactions.merchant.notnull(), books.transactions.currency == books.currency,
    )  # fmt: skip
    period = (rows.posted_at.year() * 12 + rows.posted_at.month()).cast("int32")
    rows = rows.select(period=period, bin=rows[kind].fill_null("")).filter(
        ibis._.period >= first, ibis._.period <= last
    )
    counts = writer.frame(rows.group_by(["period", "bin"]).aggregate(n=ibis._.count()))
    if kind == "merchant":
        common = counts[counts["period"] < last].groupby("bin")["n"].sum().nlargest(MERCHANTS).index
        known = counts[counts["period"] < last]["bin"].unique()
        names = counts["bin"].where(counts["bin"].isin(common), "other merchants")
        counts["bin"] = names.where(counts["bin"].isin(known), "new merchants")
        counts = counts.groupby(["period", "bin"]).agg(n=("n", "sum")).reset_index()
    return counts.assign(series=f"{kind} mix")[COLUMNS]
