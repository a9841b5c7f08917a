"""What is unusual about a posting, in figures: against the customer's profile and what he did just before.

One code computes the signals of many customers' months and of a single posting in real time, so that both give the
same values. A posting is held against the profile at the last month end before it and against earlier rows since
`CONTEXT_DAYS` before that; nothing later is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.anomalies.postings import (
    CARD,
    CASH,
    MANDATE,
    TRANSFER,
    Bools,
    Floats,
    Ints,
    Keys,
    Postings,
    mixed,
)
from analytics.models.anomalies.profile import Profiles, direction_keys, found

#: Days of rows before a profile's cut-off that a posting after it is still held against.
CONTEXT_DAYS = 10
MINUTE, HOUR, DAY = 60, 3600, 86_400
#: Postings for a purpose below which all of the customer's amounts stand in for it.
FEW = 3
#: Postings that a uniform day stands for when hours are counted.
HOUR_PRIOR = 3.0
#: Share of a usual debit below which an amount is tiny.
TINY = 0.1
#: Amounts above which cash paid in must be declared, by currency: rule 114B of India's income-tax rules asks for a PAN
#: from 50,000 rupees a day.
CASH_THRESHOLDS: Mapping[str, float] = MappingProxyType({"INR": 50_000.0})
#: Share of the threshold from which an amount lies just under it.
JUST_UNDER = 0.9
#: Share of the cash paid in just under the threshold that a debit must move on.
PASSED_ON = 0.7
FAR = 99.0

Signals = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Trail:
    """Rows of a group in the order of time, for windows that end at each row."""

    order: Ints
    clock: Ints

    @classmethod
    def by(cls, group: Keys, second: Ints) -> Trail:
        """Order rows by group and time; rows of one second keep their order."""
        _, rank = np.unique(group, return_inverse=True)
        clock = (rank.astype(np.int64) << 33) + second
        order = np.argsort(clock, kind="stable")
        return cls(order, clock[order])

    def before(self, flag: Floats, seconds: int) -> Floats:
        """Sum ``flag`` over the group's earlier rows of the last ``seconds``, the row itself left out."""
        total = np.r_[0.0, np.cumsum(flag[self.order])]
        start = np.searchsorted(self.clock, self.clock - seconds, side="left")
        out = np.empty(len(flag))
        out[self.order] = total[:-1] - total[start]
        return out

    def since(self) -> Floats:
        """Seconds since the group's row before; infinite for the first."""
        out = np.full(len(self.order), np.inf)
        gap = np.diff(self.clock)
        out[self.order[1:]] = np.where(gap < 1 << 32, gap, np.inf)
        return out


def signals(postings: Postings, profiles: Profiles, *, threshold: float | None) -> Signals:
    """Return the signals of every row.

    Parameters
    ----------
    postings
        Rows since `CONTEXT_DAYS` before the cut-off of the profiles, up to at most the next cut-off.
    threshold
        Amount above which cash paid in must be declared; None where there is no such rule.

    Returns
    -------
    Mapping
        `SIGNALS`; the figures that rules and texts read beside them (``ratio``, ``hour``, ``gap_minutes`` …); and
        ``group``, the key of purpose and direction, by which the rarity of an amount is told.
    """
    debit = postings.amount < 0
    amounts = _amounts(postings, profiles)
    return {
        **amounts,
        **_times(postings, profiles),
        **_novelties(postings, profiles),
        **_bursts(postings, debit, amounts["tiny"] > 0),
        **_places(postings),
        **_cash(postings, debit, threshold),
        "group": direction_keys(postings.purpose, postings.amount),
        "debit": debit.astype(float),
        "card": (postings.movement == CARD).astype(float),
        "transfer": (debit & (postings.movement == TRANSFER)).astype(float),
        "mandate": (postings.movement == MANDATE).astype(float),
    }


def _amounts(postings: Postings, profiles: Profiles) -> Signals:
    """Robust z of the log amount within the purpose, all purposes standing in where there are few."""
    cell = mixed(postings.customer, direction_keys(postings.purpose, postings.amount))
    place, there = found(profiles.cell, cell)
    count = profiles.count[place] * there if len(profiles.cell) else np.zeros(len(cell))
    side = np.where(postings.amount > 0, 2, 0)
    level, width = profiles.levels[postings.customer, side], profiles.levels[postings.customer, side + 1]
    known = count >= FEW
    centre, spread = level, np.maximum(width, 1.0)
    day = np.zeros(len(cell))
    if len(profiles.cell):
        centre = np.where(known, profiles.centre[place], centre)
        spread = np.where(known, profiles.spread[place], spread)
        apart = np.abs(postings.day - profiles.day[place])
        day = np.where(
            known, np.minimum(apart, 30.5 - np.minimum(apart, 30.5)) / (profiles.day_spread[place] + 2.0), 0.0
        )
    z = np.nan_to_num((postings.size - centre) / spread)
    ratio = np.nan_to_num(np.exp(np.clip(postings.size - centre, -20, 20)), nan=1.0)
    usual = np.nan_to_num(postings.size - profiles.levels[postings.customer, 0], nan=0.0)
    return {
        "amount_z": np.clip(z, -8, 12), "ratio": ratio, "purpose_new": (count == 0).astype(float),
        "day_z": day, "tiny": (usual < np.log(TINY)).astype(float),
        "known_amounts": known.astype(float),
    }  # fmt: skip


def _times(postings: Postings, profiles: Profiles) -> Signals:
    """How rare the hour is for the customer, in bits, the hours beside it counted with it."""
    hour, hours = postings.hour, profiles.hours
    near = np.roll(hours, 1, axis=1) + hours + np.roll(hours, -1, axis=1)
    total = hours.sum(axis=1)[postings.customer]
    at = near[postings.customer, hour]
    share = (at + HOUR_PRIOR * 3 / 24) / (total + HOUR_PRIOR)
    return {
        "hour_bits": -np.log2(share), "first_hour": ((at == 0) & (total >= 20)).astype(float),
        "night": (hour < 6).astype(float), "hour": hour.astype(float),
    }  # fmt: skip


def _novelties(postings: Postings, profiles: Profiles) -> Signals:
    """Whether the other party or the city is new: neither in the profile nor in an earlier row."""
    city = np.where(postings.city != 0, mixed(postings.customer, postings.city), np.uint64(0))
    new = {}
    for name, key, seen in (("party_new", postings.party, profiles.party), ("city_new", city, profiles.city)):
        _, first = np.unique(key, return_index=True)
        is_first = np.zeros(len(key), bool)
        is_first[first] = True
        new[name] = (is_first & (key != 0) & ~found(seen, key)[1]).astype(float)
    return new


def _bursts(postings: Postings, debit: Bools, tiny: Bools) -> Signals:
    """Rows of the account, and to the same party, in the minutes before."""
    by_account = Trail.by(postings.account, postings.second)
    chosen = debit & (postings.movement != MANDATE)
    same = postings.party ^ (postings.account * np.uint64(31))
    cents = np.rint(np.abs(postings.amount) * 100).astype(np.uint64)
    twin = (same ^ (cents * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(2) + debit.astype(np.uint64)
    gap = Trail.by(np.where(postings.party != 0, twin, np.arange(len(twin), dtype=np.uint64)), postings.second).since()
    towards = Trail.by(postings.party, postings.second)
    sent = debit & (postings.movement == TRANSFER) & (postings.party != 0)
    before = np.where(debit & np.isfinite(postings.balance), postings.balance - postings.amount, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nan_to_num(np.clip(-postings.amount / np.where(before > 0, before, np.nan), 0, 1))
    return {
        "burst": np.log1p(by_account.before(chosen.astype(float), 30 * MINUTE) * chosen),
        "tiny_before": by_account.before((chosen & tiny).astype(float), 30 * MINUTE) * chosen,
        "twin": ((gap <= 5 * MINUTE) & chosen).astype(float),
        "gap_minutes": np.minimum(gap / MINUTE, FAR),
        "sent_before": towards.before(sent.astype(float), HOUR) * sent,
        "balance_share": share * debit,
    }


def _places(postings: Postings) -> Signals:
    """Minutes since the customer's posting before in another city, where both say a city."""
    jump, minutes = np.zeros(len(postings)), np.full(len(postings), FAR)
    rows = np.flatnonzero(postings.city != 0)
    customer, city, second = postings.customer[rows], postings.city[rows], postings.second[rows]
    gap = np.diff(second)
    away = (np.diff(customer) == 0) & (city[1:] != city[:-1]) & (gap <= 3 * HOUR)
    jump[rows[1:]] = away
    minutes[rows[1:]] = np.where(away, gap / MINUTE, FAR)
    return {"jump": jump, "away_minutes": minutes}


def _cash(postings: Postings, debit: Bools, threshold: float | None) -> Signals:
    """Cash paid in just under the threshold, counted over ten days, and debits that move most of it on."""
    under = np.zeros(len(postings), bool)
    if threshold is not None:
        under = (
            (postings.movement == CASH) & (postings.amount < threshold) & (postings.amount >= JUST_UNDER * threshold)
        )
    trail = Trail.by(postings.customer.astype(np.uint64), postings.second)
    paid_in = trail.before(np.where(under, postings.amount, 0.0), CONTEXT_DAYS * DAY)
    times = trail.before(under.astype(float), CONTEXT_DAYS * DAY)
    passed = debit & (times >= 2) & (-postings.amount >= PASSED_ON * paid_in)
    return {"just_under": np.where(under, times + 1, 0.0), "passed_on": passed.astype(float), "deposits": times}


#: What the forest and the autoencoder see.
SIGNALS: tuple[str, ...] = (
    "amount_z", "purpose_new", "day_z", "tiny", "hour_bits", "first_hour", "party_new", "city_new", "burst",
    "tiny_before", "twin", "sent_before", "balance_share", "jump", "just_under", "passed_on", "debit", "transfer",
)  # fmt: skip


def matrix(found_signals: Signals) -> Floats:
    """Return `SIGNALS` as columns."""
    return np.stack([np.asarray(found_signals[name], dtype=np.float64) for name in SIGNALS], axis=1)


def chosen(found_signals: Signals, rows: Ints | Bools | slice) -> Signals:
    """Return the signals of some rows."""
    return {name: values[rows] for name, values in found_signals.items()}
