"""What every model is: fitted on a frame, scores a frame, explains itself, describes itself, travels as bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.scale import Bands


@runtime_checkable
class Fitted(Protocol):
    """What the registry keeps of any model."""

    @property
    def version(self) -> str:
        """Name of this fit, unique within the model."""

    @property
    def trained_as_of(self) -> dt.date:
        """The day by whose end everything it learnt from was known."""

    def card(self) -> Mapping[str, Any]:
        """Return what is to be known before use, as plain JSON values."""

    def to_bytes(self) -> bytes:
        """Return the model as bytes that no interpreter executes on loading."""


@runtime_checkable
class Model(Fitted, Protocol):
    """A fitted model that scores customers.

    A frame has ``customer_id``, ``as_of`` and a column for each feature; further columns are ignored.
    """

    def score(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return ``customer_id, as_of, log_odds, probability, score, band``, a row for each of ``frame``."""

    def contributions(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return log-odds by feature with a column ``base``; rows sum to the calibrated log-odds."""


@runtime_checkable
class Scorer(Model, Protocol):
    """A model as scores and explanations use it: ours, or one that came from elsewhere."""

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features, in the model's order."""

    @property
    def bands(self) -> Bands:
        """Upper end of the probability in each band, in order."""

    def explained(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return `score` and `contributions` of a frame."""
