"""From features to the numbers a linear model can take: clipped, filled, on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
#: Rows worked on at a time, so that what a step leaves is still in the cache for the next.
BLOCK = 4_096

#: Values are held to ± this.
LARGEST = 1e30


@dataclass(frozen=True)
class Design:
    """Each feature on a symmetric log scale, clipped at its 1 % and 99 % quantiles, missing as median, standardised.

    Attributes
    ----------
    low, high, centre, mean, spread
        By feature, in the order of ``names``.
    """

    names: tuple[str, ...]
    low: Floats
    high: Floats
    centre: Floats
    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, frame: pd.DataFrame, names: Sequence[str]) -> Design:
        """Learn the scale of a frame. A feature that is never known becomes a column of zeros."""
        values = _log_scale(matrix(frame, names))
        known = [column[~np.isnan(column)] for column in values.T]
        low, centre, high = np.array(
            [np.quantile(column, [0.01, 0.5, 0.99]) if len(column) else np.zeros(3) for column in known]
        ).T
        filled = np.clip(np.where(np.isnan(values), centre, values), low, high)
        spread = filled.std(axis=0)
        return cls(tuple(names), low, high, centre, filled.mean(axis=0), np.where(spread > 1e-12, spread, np.inf))

    def apply(self, frame: pd.DataFrame) -> Floats:
        """Return the (rows, features) matrix of a frame."""
        values = _log_scale(matrix(frame, self.names))
        filled = np.clip(np.where(np.isnan(values), self.centre, values), self.low, self.high)
        return np.asarray((filled - self.mean) / self.spread)

    def line(self, values: Floats, weights: Floats) -> Floats:
        """Return `apply` times weights, summed, of a block.

        The same figures as ``apply(frame) @ weights`` to some 1e-15, without a matrix for every step.
        """
        weigh = np.flatnonzero(weights)  # what is held to its direction often weighs nothing
        values = values[:, weigh]
        size = np.abs(values)
        size += (
            1.0  # log1p is 2.6 times as dear; what it would keep is under 1e-16 of a value that is standardised next
        )
        np.log(size, out=size)
        np.copysign(size, values, out=values)
        np.copyto(values, np.broadcast_to(self.centre[weigh], values.shape), where=np.isnan(values))
        np.clip(values, self.low[weigh], self.high[weigh], out=values)
        slopes = weights[weigh] / self.spread[weigh]
        return np.asarray(values @ slopes - self.mean[weigh] @ slopes)

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        numbers = {name: getattr(self, name).tolist() for name in ("low", "high", "centre", "mean")}
        spread = [value if np.isfinite(value) else None for value in self.spread.tolist()]
        return {"names": list(self.names), **numbers, "spread": spread}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Design:
        """Undo `as_dict`."""
        numbers = [np.array(values[name], dtype=float) for name in ("low", "high", "centre", "mean")]
        spread = np.array([np.inf if value is None else value for value in values["spread"]], dtype=float)
        low, high, centre, mean = numbers
        return cls(tuple(values["names"]), low, high, centre, mean, spread)


def matrix(frame: pd.DataFrame, names: Sequence[str]) -> Floats:
    """Return features as doubles, missing and infinite ones as NaN; one the frame lacks is missing throughout.

    Values beyond ±`LARGEST` are held to it: learners count in single precision.
    """
    return _held(frame.reindex(columns=list(names)).to_numpy(dtype=float, na_value=np.nan))


def single(frame: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float32]:
    """Return `matrix` in single precision, in which trees compare."""
    return np.ascontiguousarray(matrix(frame, names), dtype=np.float32)


def blocks(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[tuple[slice, Floats]]:
    """Yield features a few thousand rows at a time, as doubles."""
    wanted = frame if list(frame.columns) == list(names) else frame.reindex(columns=list(names))
    for start in range(0, len(wanted), BLOCK):
        rows = slice(start, min(start + BLOCK, len(wanted)))
        yield rows, _held(np.ascontiguousarray(wanted.iloc[rows].to_numpy(dtype=float, na_value=np.nan)))


def _held(values: Floats) -> Floats:
    """Return values with infinite ones missing, the others held to `LARGEST`; the array itself where none is beyond."""
    if not (np.abs(values) > LARGEST).any():
        return values
    return np.asarray(np.clip(np.where(np.isinf(values), np.nan, values), -LARGEST, LARGEST))


def _log_scale(values: Floats) -> Floats:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))
