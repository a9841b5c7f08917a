"""Postings as arrays: what the profile and the signals are computed from, many customers at once or one."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import Books

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Bools = NDArray[np.bool_]

#: Digits of a digest that stand for a text. Two of a customer's parties meet in one with odds of one in four thousand
#: million.
DIGITS = 8
NO_KEY = np.uint64(0)
_GOLDEN = 0x9E3779B97F4A7C15
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Postings:
    """Postings sorted by customer, time and id; a row in each array.

    Attributes
    ----------
    customer
        Place of the customer among those at hand.
    second
        Seconds since 1970-01-01 of the posting, workspace's time.
    amount, balance
        Signed; balance after the posting, NaN where unknown.
    account, purpose, city, party
        Keys of texts, `NO_KEY` where there is none; ``purpose`` is category and subcategory, ``party`` is salted with
        the customer.
    movement
        Place in `MOVEMENTS`.
    """

    customer: Ints
    second: Ints
    amount: Floats
    balance: Floats
    account: Keys
    purpose: Keys
    city: Keys
    party: Keys
    movement: Ints

    def __len__(self) -> int:
        return len(self.second)

    def take(self, rows: Ints | Bools | slice) -> Postings:
        """Return some of the rows."""
        return Postings(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    @property
    def size(self) -> Floats:
        """Natural logarithm of the amount without its sign, of at least 0.01."""
        return np.asarray(np.log(np.maximum(np.abs(self.amount), 0.01)))

    @property
    def hour(self) -> Ints:
        """Hour of the day."""
        return np.asarray(self.second % SECONDS_A_DAY // 3600)

    @property
    def day(self) -> Floats:
        """Day of the month."""
        days = (self.second // SECONDS_A_DAY).astype("datetime64[D]")
        return np.asarray((days - days.astype("datetime64[M]")).astype(np.float64) + 1)


#: How money moves, as far as the rules tell apart: by mode, all others together.
MOVEMENTS = ("other", "transfer", "card", "cash", "mandate")
_BY_MODE = {
    "upi": 1, "imps": 1, "neft": 1, "rtgs": 1, "netbanking": 1, "card": 2, "cash": 3, "nach": 4,
}  # fmt: skip
TRANSFER, CARD, CASH, MANDATE = range(1, 5)


def digest(text: str) -> str:
    """Return the digits that stand for a text."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:DIGITS]


def salted(customer_id: str, party: str) -> str:
    """Return the text whose digest stands for a customer's other party."""
    return f"{customer_id}\x1f{party}"


def as_keys(digits: Any) -> Keys:
    """Read digests as numbers; an empty one is `NO_KEY`."""
    return np.ascontiguousarray(np.asarray(digits, dtype=f"S{DIGITS}")).view(np.uint64).reshape(-1)


def keys_of(texts: Sequence[str | None]) -> Keys:
    """Return the keys of texts, of which few differ; `NO_KEY` for an empty one."""
    known = {text: digest(text) for text in set(texts) if text}
    return as_keys([known.get(text, "") if text else "" for text in texts])


def mixed(customer: Ints, key: Keys) -> Keys:
    """Return keys of pairs of a customer's place and a key."""
    return np.asarray(key ^ ((customer.astype(np.uint64) + np.uint64(1)) * np.uint64(_GOLDEN)))


def rows_between(books: Books, first: dt.datetime, cutoff: dt.datetime) -> ibis.Table:
    """Return the columns of the postings in ``[first, cutoff)`` that were known by the cut-off.

    Postings in another than the main currency and reversals are left out. The other party leaves the engine as a
    digest.
    """
    import ibis

    rows = books.transactions
    party = ibis.coalesce(rows.merchant.nullif(""), rows.counterparty.nullif(""), rows.vpa.nullif(""))
    salt = rows.customer_id + "\x1f" + party
    kept = rows.filter(
        rows.posted_at >= ibis.literal(first),
        rows.posted_at < ibis.literal(cutoff),
        rows.known_at.fill_null(rows.posted_at) < ibis.literal(cutoff),
        rows.currency.fill_null(books.currency) == books.currency,
        rows.reversal_of.isnull(),
    )
    return kept.select(
        "transaction_id", "customer_id", "account_id", "posted_at", "mode", "city",
        purpose=rows.category.fill_null("") + "/" + rows.subcategory.fill_null(""),
        amount=rows.amount.cast("float64"), balance=rows.balance_after.cast("float64"),
        known_at=rows.known_at.fill_null(rows.posted_at),
        party=salt.hexdigest("md5").left(DIGITS).fill_null(""),
    )  # fmt: skip


def of_frame(rows: pd.DataFrame) -> tuple[Postings, pd.DataFrame, list[str]]:
    """Return rows of `rows_between` as arrays, the rows in the same order, and the customers by place."""
    import pandas as pd

    rows = rows.sort_values(["customer_id", "posted_at", "transaction_id"], ignore_index=True)
    place, customers = pd.factorize(rows["customer_id"], sort=False)
    moments = rows["posted_at"].to_numpy().astype("datetime64[s]").astype(np.int64)
    postings = Postings(
        customer=place.astype(np.int64),
        second=moments,
        amount=rows["amount"].to_numpy(dtype=np.float64),
        balance=rows["balance"].to_numpy(dtype=np.float64, na_value=np.nan),
        account=_column_keys(rows["account_id"]),
        purpose=_column_keys(rows["purpose"]),
        city=_column_keys(rows["city"]),
        party=as_keys(rows["party"].to_numpy(dtype=object)),
        movement=_movements(rows["mode"]),
    )
    return postings, rows, [str(name) for name in customers]


def _column_keys(column: pd.Series[Any]) -> Keys:
    import pandas as pd

    codes, texts = pd.factorize(column, use_na_sentinel=True)
    return np.append(keys_of([str(text) for text in texts]), NO_KEY)[codes]


def _movements(modes: pd.Series[Any]) -> Ints:
    import pandas as pd

    codes, texts = pd.factorize(modes, use_na_sentinel=True)
    return np.array([*movements_of(texts), 0], dtype=np.int64)[codes]


def movements_of(modes: Iterable[str | None]) -> list[int]:
    """Return the place of each mode in `MOVEMENTS`."""
    return [_BY_MODE.get(mode or "", 0) for mode in modes]
