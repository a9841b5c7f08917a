"""What every model is: fitted on a frame, scores a frame, explains itself, describes itself, travels as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import pandas as pd


@runtime_checkable
class Model(Protocol):
    """A fitted model.

    A frame has ``customer_id``, ``as_of`` and a column for each feature; further columns are ignored.
    """

    @property
    def version(self) -> str:
        """Name of this fit, unique within the model."""

    def score(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return ``customer_id, as_of, log_odds, probability, score, band``, a row for each of ``frame``."""

    def contributions(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return log-odds by feature with a column ``base``; rows sum to the calibrated log-odds."""

    def card(self) -> Mapping[str, Any]:
        """Return what is to be known before use, as plain JSON values."""

    def to_bytes(self) -> bytes:
        """Return the model as bytes that no interpreter executes on loading."""
