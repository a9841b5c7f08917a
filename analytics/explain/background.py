"""Whom a customer is compared with: versioned sets of borrowers, near a cut-off or of the whole population."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer

#: Rows of a background.
ROWS = 100
#: Probability at which a lender declines, where nobody said another: the lower end of the band "high".
CUT_OFF = 0.08
Against = Literal["cut-off", "population"]


@dataclass(frozen=True)
class Background:
    """Rows that contributions are measured against.

    Attributes
    ----------
    version
        Digest of the model's version, of who is in it and of the kind: the same rows, the same name.
    """

    against: Against
    version: str
    rows: pd.DataFrame

    @property
    def words(self) -> str:
        """With whom the comparison is, for a reader."""
        whom = "borrowers near the cut-off" if self.against == "cut-off" else "borrowers of the whole book"
        return f"{len(self.rows)} {whom} ({self.version})"


def background(
    model: Scorer, frame: pd.DataFrame, against: Against, *, cut_off: float = CUT_OFF, seed: int = 0
) -> Background:
    """Choose the rows: the nearest to the cut-off in log-odds, or a sample of all.

    Parameters
    ----------
    frame
        Features of the scored borrowers of one as-of.

    Raises
    ------
    ModelError
        There is nobody to compare with.
    """
    if frame.empty:
        raise ModelError("There are no borrowers to compare with at this as-of.")
    ordered = frame.sort_values("customer_id", ignore_index=True)
    if against == "cut-off":
        wanted = np.log(cut_off / (1 - cut_off))
        distance = np.abs(model.score(ordered)["log_odds"].to_numpy(dtype=float) - wanted)
        chosen = np.sort(np.argsort(distance, kind="stable")[:ROWS])
    else:
        count = min(ROWS, len(ordered))
        chosen = np.sort(np.random.default_rng(seed).choice(len(ordered), count, replace=False))
    rows = ordered.iloc[chosen].reset_index(drop=True)
    named = ",".join([model.version, against, *rows["customer_id"].astype(str), *rows["as_of"].astype(str)])
    return Background(against, hashlib.sha256(named.encode()).hexdigest()[:10], rows)
