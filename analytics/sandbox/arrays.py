"""Names for the arrays the simulation passes around, and small numeric steps on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Columns of one length and mixed types, by name.
Columns = dict[str, npt.NDArray[Any]]

SECONDS = 86_400


def sigmoid(z: Floats) -> Floats:
    """Map z-scores to shares between 0 and 1."""
    out: Floats = 1.0 / (1.0 + np.exp(-z))
    return out


def whole(values: npt.NDArray[Any]) -> Ints:
    """Cut values to whole numbers."""
    out: Ints = values.astype(np.int64)
    return out


def paise(rupees: Floats, step: int = 100) -> Ints:
    """Turn rupees into whole paise, rounded to ``step`` paise and at least one step."""
    steps: Ints = np.maximum(np.rint(rupees * (100 / step)), 1).astype(np.int64)
    return steps * step


def pick(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Draw ``count`` indices with the given weights."""
    edges = np.cumsum(weights) / np.sum(weights)
    drawn: Ints = np.searchsorted(edges, rng.random(count), side="right").astype(np.int64)
    return np.minimum(drawn, len(weights) - 1)
