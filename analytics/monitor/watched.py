"""What monitoring needs of each model: its people, their labels, what its output looks like month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from analytics.models import churn_data, credit_data
from analytics.models.churn import CHURN
from analytics.models.credit import CREDIT

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.models.scheme import Scheme
    from analytics.pipeline.books import Books, BooksWriter

#: Months between two cohorts of the calibration chart.
COHORTS_APART = 3


@dataclass(frozen=True)
class Watched:
    """A model whose predictions come true or do not.

    Attributes
    ----------
    scheme
        What it is about.
    scored
        (books, as-ofs) → the frame it scores.
    labelled
        (books, as-ofs, data clock) → its people with complete labels.
    whom
        Which rows of ``features.customer_monthly`` are its people's.
    """

    scheme: Scheme
    scored: Callable[[BooksWriter, Books, Sequence[dt.date]], pd.DataFrame]
    labelled: Callable[[BooksWriter, Books, Sequence[dt.date], dt.date], pd.DataFrame]
    whom: Callable[[ibis.Table], ibis.Table]

    @property
    def weight(self) -> float:
        """The share of an event that one cohort counts: label windows overlap, so that it stands in several."""
        return min(1.0, COHORTS_APART / self.scheme.window_months)


def _borrowers(rows: ibis.Table) -> ibis.Table:
    return rows.filter(rows.open_loans > 0)


def _active(rows: ibis.Table) -> ibis.Table:
    return rows.filter(rows.postings_3m > 0)


WATCHED: Mapping[str, Watched] = MappingProxyType(
    {
        "credit": Watched(CREDIT, credit_data.scoring_frame, credit_data.training_frame, _borrowers),
        "churn": Watched(CHURN, churn_data.scoring_frame, churn_data.training_frame, _active),
    }
)
#: Model that each build fits anew → table of its output, its month end, and what the output is sorted into.
OUTPUTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "segments": ("segments", "as_of", "name"),
        "anomalies": ("anomalies", "posted_at", "kind"),
        "goals": ("goals", "as_of", "goal"),
    }
)


def output_counts(writer: BooksWriter, name: str) -> pd.DataFrame:
    """Return how often a model that each build fits anew said what, by month: ``series, period, bin, n``."""
    table, moment, kind = OUTPUTS[name]
    rows = writer.table("scores", table)
    period = (rows[moment].year() * 12 + rows[moment].month()).cast("int32")
    named = rows.select(period=period, bin=rows[kind].fill_null(""))
    counts = writer.frame(named.group_by(["period", "bin"]).aggregate(n=named.count()))
    return counts.assign(series=f"{name} mix")[["series", "period", "bin", "n"]]
