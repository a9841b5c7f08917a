"""Known payments: what a mandate will take, from when it was last taken, how often and how much.

A mandate was paid in at least three months; its cadence is a month, a quarter or a year by the mean gap between them.
It lives while no more than one payment of its cadence plus a month is missing. Its next amounts are the last one; where
the last is half again the one before (two payments fell into one month), the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.pipeline.recurring import LEAST_HITS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Months between payments → the mean gaps that count as such.
CADENCES = ((1, 0.9, 1.4), (3, 2.7, 3.3), (12, 11.5, 12.5))
DOUBLED = 1.5


@dataclass(frozen=True)
class Mandates:
    """Payments that come back, a row for each.

    Attributes
    ----------
    customer, category
        Indices into the panel; category −1 where it is no spend.
    measure, kind
        What it belongs to, and emi, rent, sip, insurance, subscription or salary.
    paid
        (mandates, months).
    """

    customer: Ints
    measure: NDArray[np.object_]
    category: Ints
    kind: NDArray[np.object_]
    paid: Floats

    def until(self, origin: int) -> Mandates:
        """Return what was paid up to month ``origin``."""
        return replace(self, paid=self.paid[:, : origin + 1])

    def due(self, origin: int, horizons: Ints) -> Floats:
        """Return what falls due ``horizons`` months after month ``origin``, from what was paid by then.

        Returns
        -------
        numpy.ndarray
            (mandates, horizons).
        """
        seen = self.paid[:, : origin + 1]
        if not seen.size:
            return np.zeros((len(self.customer), len(horizons)))
        is_paid = seen > 0
        hits = is_paid.sum(axis=1)
        last = origin - np.argmax(is_paid[:, ::-1], axis=1)
        gap = _cadence(is_paid, hits, last)
        lives = (hits >= LEAST_HITS) & (gap > 0) & (origin - last <= np.where(gap == 1, 1, gap))
        ahead = origin + horizons[None, :] - last[:, None]
        falls = (ahead % np.maximum(gap, 1)[:, None] == 0) & lives[:, None]
        return np.asarray(np.where(falls, _amount(seen, last)[:, None], 0.0))

    def known(self, origin: int, horizons: Ints, measure: str, shape: tuple[int, ...]) -> Floats:
        """Return due amounts of a measure added up by customer, or by customer and category, and horizon.

        Parameters
        ----------
        shape
            (customers,) or (customers, categories).
        """
        due = self.due(origin, horizons)
        mine = self.measure == measure
        out = np.zeros((*shape, len(horizons)))
        place = (self.customer[mine],) if len(shape) == 1 else (self.customer[mine], self.category[mine])
        np.add.at(out, place, due[mine])
        return out

    def history(self, measure: str, shape: tuple[int, ...]) -> Floats:
        """Return what mandates that live at the last month took, in the shape of `known` with months last."""
        months = self.paid.shape[1]
        lives = self.due(months - 1, np.arange(1, 13)).sum(axis=1) > 0
        mine = (self.measure == measure) & lives
        out = np.zeros((*shape, months))
        place = (self.customer[mine],) if len(shape) == 1 else (self.customer[mine], self.category[mine])
        np.add.at(out, place, self.paid[mine])
        return out


def _cadence(is_paid: NDArray[np.bool_], hits: Ints, last: Ints) -> Ints:
    """Return the months between payments, 0 where they keep no time."""
    first = np.argmax(is_paid, axis=1)
    mean = (last - first) / np.maximum(hits - 1, 1)
    gap = np.zeros(len(hits), dtype=np.int64)
    for months, low, high in CADENCES:
        gap[(mean >= low) & (mean <= high)] = months
    return gap


def _amount(seen: Floats, last: Ints) -> Floats:
    rows = np.arange(len(seen))
    newest = seen[rows, last]
    earlier = np.where(np.arange(seen.shape[1])[None, :] < last[:, None], seen, 0.0)
    before_at = seen.shape[1] - 1 - np.argmax((earlier > 0)[:, ::-1], axis=1)
    before = earlier[rows, before_at]
    return np.asarray(np.where((before > 0) & (newest > DOUBLED * before), before, newest))
