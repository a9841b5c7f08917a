"""The models there are, in the order in which a build makes them."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from analytics.models.outcome import Outcome
    from analytics.pipeline.books import Books, BooksWriter


class Run(Protocol):
    """Trains, validates, scores, and writes what it made into the books."""

    def __call__(
        self,
        writer: BooksWriter,
        books: Books,
        month_ends: Sequence[dt.date],
        data_clock: dt.date,
        *,
        progress: Callable[[str, float], None],
        **more: Any,
    ) -> Outcome:
        """Return what the run made; a `governance.errors.ModelError` where nothing could be fitted."""


@dataclass(frozen=True)
class ModelKind:
    """A model of the house.

    Attributes
    ----------
    name
        Its name in the registry and the scores.
    answers
        The question it answers.
    module
        Where its ``run``, which trains, and ``score``, which scores by what serves, are; imported when called.
    is_refitted
        Whether each build fits it anew and that fit serves, without a gate: it has no ``score`` then.
    leans_on
        Models whose scores it reads.
    """

    name: str
    answers: str
    module: str
    is_refitted: bool = False
    leans_on: tuple[str, ...] = ()

    @property
    def run(self) -> Run:
        """What trains, validates, enrols, and scores where the new version serves."""
        found: Run = importlib.import_module(self.module).run
        return found

    @property
    def score(self) -> Run:
        """What scores by the version that serves."""
        found: Run = importlib.import_module(self.module).score
        return found


_HERE = "analytics.models"

MODELS: Mapping[str, ModelKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            ModelKind("credit", "Who will be 90 days past due within 12 months?", f"{_HERE}.credit_source"),
            ModelKind("churn", "Who is at risk of leaving within 90 days?", f"{_HERE}.churn_run"),
            ModelKind("forecast", "What will be spent and received in the next months?", f"{_HERE}.forecast.run", True),
            ModelKind("segments", "What kinds of customers are there?", f"{_HERE}.segments.run", True),
            ModelKind("anomalies", "Which postings stand out?", f"{_HERE}.anomalies.run", True),
            ModelKind("goals", "What do postings say a customer is up to?", f"{_HERE}.goals.run", True, ("credit",)),
        )
    }
)
