"""One posting scored as it happens: against the stored profile and the customer's rows since shortly before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.models.anomalies.model import AnomalyModel
from analytics.models.anomalies.postings import Postings, as_keys, digest, keys_of, movements_of, salted
from analytics.models.anomalies.profile import Profile
from analytics.models.anomalies.signals import CONTEXT_DAYS, chosen, signals

_EPOCH = dt.datetime(1970, 1, 1)


@dataclass(frozen=True)
class Posting:
    """A posting as the canonical table has it. ``party`` is its merchant, else its counterparty, else its VPA."""

    account_id: str
    posted_at: dt.datetime
    amount: float
    balance_after: float | None = None
    mode: str | None = None
    category: str | None = None
    subcategory: str | None = None
    city: str | None = None
    party: str | None = None

    @property
    def purpose(self) -> str:
        """Category and subcategory."""
        return f"{self.category or ''}/{self.subcategory or ''}"


@dataclass(frozen=True)
class Verdict:
    """Score from 0 to 100, kind, and the reasons in words."""

    score: float
    kind: str
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The reasons as one phrase."""
        return ", ".join(self.reasons)


def score_one(model: AnomalyModel, profile: Profile, posting: Posting, recent: Sequence[Posting] = ()) -> Verdict:
    """Score one posting; the same values as the batch gives the row.

    Parameters
    ----------
    profile
        The customer's, of the last month end before the posting (`Profile.of_row`, `Profile.empty`).
    recent
        His rows posted before it and since `CONTEXT_DAYS` days before the end of the profile's as-of, oldest first.
    """
    earliest = context_of(profile)
    kept = [row for row in recent if row.posted_at >= earliest]
    postings = _as_arrays(profile.customer_id, [*kept, posting])
    last = chosen(signals(postings, profile.arrays, threshold=model.threshold), slice(len(kept), None))
    judged = model.judge(last)
    kind, reasons = model.explain(last, judged, 0, posting.purpose)
    return Verdict(float(judged.score[0]), kind, tuple(reasons))


def context_of(profile: Profile) -> dt.datetime:
    """The moment since when a customer's rows are looked at."""
    return dt.datetime.combine(profile.as_of, dt.time()) + dt.timedelta(days=1 - CONTEXT_DAYS)


def _as_arrays(customer_id: str, rows: Sequence[Posting]) -> Postings:
    parties = {row.party: digest(salted(customer_id, row.party)) if row.party else "" for row in rows}
    balances = [np.nan if row.balance_after is None else row.balance_after for row in rows]
    return Postings(
        customer=np.zeros(len(rows), np.int64),
        second=np.array([(row.posted_at - _EPOCH) // dt.timedelta(seconds=1) for row in rows], np.int64),
        amount=np.array([row.amount for row in rows], np.float64),
        balance=np.array(balances, np.float64),
        account=keys_of([row.account_id for row in rows]),
        purpose=keys_of([row.purpose for row in rows]),
        city=keys_of([row.city for row in rows]),
        party=as_keys([parties[row.party] for row in rows]),
        movement=np.array(movements_of([row.mode for row in rows]), np.int64),
    )
