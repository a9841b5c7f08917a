"""Intervals from what forecasts missed by: split conformal, the misses in units of each customer's own volatility.

The misses come from rolling origins that the model which made them had not seen. A quantile with the usual correction
for a finite sample (Vovk et al., 2005; Lei et al., 2018, JASA 113:1094) covers at the level asked for where months to
come miss as months gone by did. Low and high are taken apart, since spending misses upward farther than downward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.8
#: Misses below which no quantile is taken.
LEAST_MISSES = 10


@dataclass(frozen=True)
class Conformal:
    """Low and high quantiles of scaled misses, by horizon.

    Attributes
    ----------
    low, high
        (horizons,), in units of scale.
    misses
        (horizons,): how many each leans on.
    """

    low: Floats
    high: Floats
    misses: NDArray[np.int64]

    @classmethod
    def of(cls, misses: Sequence[Floats]) -> Conformal:
        """Calibrate on scaled misses (actual − expected) / scale, an array for each horizon.

        A horizon with fewer than `LEAST_MISSES` uses those of all horizons.
        """
        everything = np.concatenate(misses) if misses else np.empty(0)
        used = [each if len(each) >= LEAST_MISSES else everything for each in misses]
        pairs = [(quantile(-each, (1 + LEVEL) / 2), quantile(each, (1 + LEVEL) / 2)) for each in used]
        low, high = np.array(pairs).reshape(-1, 2).T
        return cls(-low, high, np.array([len(each) for each in used], dtype=np.int64))

    def apply(self, expected: Floats, scale: Floats, least: float = 0.0) -> tuple[Floats, Floats]:
        """Return low and high of (rows, horizons) forecasts around what is expected; low is no less than ``least``.

        Parameters
        ----------
        scale
            (rows,).
        """
        low = np.maximum(expected + self.low * scale[:, None], least)
        return np.minimum(low, expected), np.maximum(expected + self.high * scale[:, None], expected)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"low": self.low.tolist(), "high": self.high.tolist(), "misses": self.misses.tolist()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Conformal:
        """Undo `as_dict`."""
        return cls(np.array(stored["low"], dtype=float), np.array(stored["high"], dtype=float),
                   np.array(stored["misses"], dtype=np.int64))  # fmt: skip


def quantile(misses: Floats, share: float) -> float:
    """Return the ⌈(n + 1) · share⌉-th smallest miss, the largest where that is beyond them; 0 of none."""
    if not len(misses):
        return 0.0
    place = min(int(np.ceil((len(misses) + 1) * share)), len(misses)) - 1
    return float(np.partition(misses, place)[place])
