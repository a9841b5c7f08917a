"""The models there are, in the order in which a build makes them."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

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
    run
        ``module:function``, a `Run`; imported when it is called.
    """

    name: str
    answers: str
    run: str

    def load(self) -> Run:
        """Import what runs it."""
        module, function = self.run.split(":")
        found: Run = getattr(importlib.import_module(module), function)
        return found


MODELS: Mapping[str, ModelKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            ModelKind(
                "credit",
                "Who will be 90 days past due within 12 months?",
                "analytics.models.credit_source:run",
            ),
            ModelKind("churn", "Who is at risk of leaving within 90 days?", "analytics.models.churn_run:run"),
        )
    }
)
