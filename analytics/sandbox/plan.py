"""A month's intentions and the ledger of what became of them: growing columns of postings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.sandbox.arrays import Columns, Ints

SAVINGS, CARD, WALLET = range(3)
NO_LINK = -1
#: Rupees that UPI carries at most in one payment.
UPI_LIMIT = 100_000
HOME_CITY = -1


class Phase(IntEnum):
    """The parts of a day, in the order in which money moves."""

    NIGHT = 0
    DAWN = 1
    MANDATE = 2
    MORNING = 3
    NOON = 4
    PAYMENT = 5
    EVENING = 6
    CLOSE = 7


CREDIT_PHASES = (Phase.DAWN, Phase.NOON)
#: First and last second of the day in which a phase's postings fall; instalments take the start of MANDATE and
#: PAYMENT for themselves.
WINDOWS: Mapping[Phase, tuple[int, int]] = {
    Phase.NIGHT: (3_600, 14_399),
    Phase.DAWN: (14_400, 23_399),
    Phase.MANDATE: (28_800, 34_199),
    Phase.MORNING: (34_200, 46_799),
    Phase.NOON: (46_800, 50_399),
    Phase.PAYMENT: (51_000, 53_999),
    Phase.EVENING: (54_000, 85_199),
    Phase.CLOSE: (85_200, 86_339),
}
INSTALMENT_SECOND = 23_400
CATCH_UP_SECOND = 50_400

#: The columns of a posting and what they hold when nothing is said.
DEFAULTS: Mapping[str, tuple[type[np.generic], int]] = {
    "customer": (np.int32, 0),
    "account": (np.int8, SAVINGS),
    "day": (np.int32, 0),
    "second": (np.int32, 0),
    "phase": (np.int8, 0),
    "kind": (np.int16, 0),
    "party": (np.int32, 0),
    "amount": (np.int64, 0),
    "loan": (np.int32, NO_LINK),
    "reverses": (np.int64, NO_LINK),
    "anomaly": (np.int8, 0),
    "city": (np.int8, HOME_CITY),
}


class Postings:
    """Batches of postings that grow column by column.

    Rows are numbered in the order they are added; `add` returns the number of its first row.
    """

    def __init__(self) -> None:
        self._batches: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in DEFAULTS}
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(self, customer: Ints, **columns: npt.ArrayLike) -> int:
        """Add one batch; scalars and missing columns are spread over it."""
        first, count = self._rows, len(customer)
        given: dict[str, npt.ArrayLike] = {"customer": customer, **columns}
        for name, (kind, default) in DEFAULTS.items():
            values = np.asarray(given.get(name, default), dtype=kind)
            self._batches[name].append(np.broadcast_to(values, count) if values.ndim == 0 else values)
        self._rows += count
        return first

    def columns(self) -> Columns:
        """Return all batches as one array per column."""
        return {
            name: np.concatenate(batches) if batches else np.empty(0, DEFAULTS[name][0])
            for name, batches in self._batches.items()
        }


class Plan(Postings):
    """What customers mean to do in one month, before their balances are asked. ``day`` counts from 0."""

    def __init__(self, rng: np.random.Generator, kinds: Mapping[str, int]) -> None:
        super().__init__()
        self._rng = rng
        self._kinds = kinds

    def intend(
        self, kind: str, phase: Phase, customer: Ints, day: Ints, amount: Ints, party: Ints | int, **more: npt.ArrayLike
    ) -> None:
        """Add intentions of one kind, at a random second of the phase unless told.

        ``amount`` is in paise, credits positive.
        """
        low, high = WINDOWS[phase]
        second = more.pop("second", None)
        if second is None:
            second = self._rng.integers(low, high, size=len(customer))
        self.add(
            customer,
            day=day,
            second=second,
            phase=int(phase),
            kind=self._kinds[kind],
            amount=amount,
            party=party,
            **more,
        )
