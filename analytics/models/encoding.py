"""Categories as numbers a learner takes, learnt from the training rows alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

#: Rows of the training set under which a category is not told apart.
LEAST_ROWS = 20


@dataclass(frozen=True)
class Encoding:
    """A column of zeros and ones for each known category.

    A category that training did not know, or knew too little, is zero in all of them: it is scored like what is common
    to the others, and never an error.

    Attributes
    ----------
    levels
        Column → its known categories.
    """

    levels: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, frame: pd.DataFrame, columns: Sequence[str]) -> Encoding:
        """Learn the categories of the columns."""
        known = {}
        for name in columns:
            counts = frame[name].astype(str).value_counts()
            known[name] = tuple(sorted(str(level) for level in counts.index[counts >= LEAST_ROWS]))
        return cls(known)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it makes: ``column = category``."""
        return tuple(f"{name} = {level}" for name, levels in self.levels.items() for level in levels)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with its categorical columns replaced."""
        made: dict[str, NDArray[np.float64]] = {
            f"{name} = {level}": np.asarray(frame[name].astype(str) == level, dtype=np.float64)
            for name, levels in self.levels.items()
            for level in levels
        }
        return frame.drop(columns=list(self.levels)).assign(**made)
