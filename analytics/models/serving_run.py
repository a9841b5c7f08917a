"""What every supervised run ends with: the newest version enters the registry, and what serves scores.

A first version whose validation found it wanting enters and does not serve: its scores stay out of the books.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.models import routes, serving, vintages
from analytics.models.outcome import Outcome
from analytics.models.registry import champion, fresh_version, write_scores
from analytics.monitor.life_cycle import enrol

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.supervised import SupervisedModel
    from analytics.pipeline.books import Books, BooksWriter

#: Writes what goes beside the scores of the newest as-of: (writer, the version that serves, its rows).
Beside = Callable[["BooksWriter", "SupervisedModel", "pd.DataFrame"], None]


@dataclass(frozen=True)
class Served:
    """A model as its scores are written.

    Attributes
    ----------
    name
        In the registry.
    people
        Whom it scores, in the plural.
    rows
        What makes the rows of ``scores.history``.
    beside
        What else is written of the newest as-of.
    """

    name: str
    people: str
    rows: vintages.ScoreRows
    beside: Beside | None = None


def entered(
    writer: BooksWriter,
    books: Books,
    served: Served,
    models: Sequence[SupervisedModel],
    scoring: pd.DataFrame,
    last: dt.date,
    beside: Sequence[SupervisedModel] = (),
) -> Outcome:
    """Enrol versions and score where the newest serves.

    Parameters
    ----------
    models
        The newest first; the others are its vintages.
    scoring
        Features of those scored, at every as-of.
    beside
        Fitted with the newest, and not chosen.

    Returns
    -------
    Outcome
        With a challenger where another version serves, with a refusal where none does.
    """
    best = models[0].as_version(fresh_version(writer, served.name, models[0].version))
    enrolled = enrol(writer, served.name, [best, *models[1:]], beside=beside)
    if enrolled.alias == "champion":
        return written(writer, books, served, [best, *models[1:]], scoring, last)
    now = champion(writer, served.name)
    return Outcome(
        last,
        now.version if now else None,
        metrics=_metrics(best),
        people=served.people,
        challenger=best.version,
        refusal=None if now else enrolled.refusal,
    )


def rescored(writer: BooksWriter, books: Books, served: Served, scoring: pd.DataFrame, last: dt.date) -> Outcome:
    """Score each as-of by what had been trained by then and served; no training."""
    return written(writer, books, served, serving.serving_versions(writer, served.name), scoring, last)


def written(
    writer: BooksWriter,
    books: Books,
    served: Served,
    models: Sequence[SupervisedModel],
    scoring: pd.DataFrame,
    last: dt.date,
) -> Outcome:
    """Write the scores of versions, the newest first, and of those that routes lead to, and say what they are."""
    routed = routes.routed(writer, books, served.name, scoring)
    rows = vintages.score_history(models, scoring, served.rows, routed)
    serving_now = [models[0].version, *(model.version for model, _ in routed)]
    latest = rows[(rows["as_of"].dt.date == last) & rows["version"].isin(serving_now)]
    write_scores(writer, served.name, rows, latest)
    if served.beside:
        served.beside(writer, models[0], scoring[scoring["as_of"].dt.date == last])
    return Outcome(last, models[0].version, len(latest), people=served.people, metrics=_metrics(models[0]))


def _metrics(model: SupervisedModel) -> dict[str, Any]:
    return dict(model.card().get("validation", {}).get("metrics", {}))
