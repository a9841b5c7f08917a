"""Scores by the version that serves, on the features that are there: no training."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from analytics.models import registry
from analytics.models.outcome import Outcome
from governance.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from analytics.models.credit import CreditModel
    from analytics.pipeline.books import Books, BooksWriter

Progress = Callable[[str, float], None]


def _credit(stored: bytes) -> CreditModel:
    from analytics.models.credit import CreditModel

    return CreditModel.from_bytes(stored)


#: Model → what reads its stored bytes.
READERS: Mapping[str, Callable[[bytes], CreditModel]] = MappingProxyType({"credit": _credit})


def load(writer: BooksWriter, name: str, version: str) -> CreditModel:
    """Return a stored version.

    Raises
    ------
    ModelError
        No such model or version, or its bytes or features cannot be read any more.
    """
    from analytics.features.application import EVERY

    if name not in READERS:
        raise ModelError(f"Nothing reads a stored model '{name}'.{did_you_mean(name, READERS)}")
    model = READERS[name](registry.payload(writer, name, version))
    gone = sorted(set(model.features) - set(EVERY))
    if gone:
        raise ModelError(f"{name} {version} reads features that are gone: {', '.join(gone[:3])}. Train it again.")
    return model


def serving_versions(writer: BooksWriter, name: str) -> list[CreditModel]:
    """Return the champion and what was trained before it, the newest first; empty where none serves.

    Raises
    ------
    ModelError
        The champion cannot be read any more.
    """
    champion = registry.champion(writer, name)
    if champion is None:
        return []
    older = [
        each
        for each in registry.versions(writer, name)
        if each.trained_as_of < champion.trained_as_of and each.alias != "challenger"
    ]
    return [load(writer, name, each.version) for each in (champion, *older)]


def score_credit(writer: BooksWriter, books: Books, month_ends: Sequence[dt.date], *, progress: Progress) -> Outcome:
    """Score the last twelve month ends, each by what had been trained by then, and replace the model's scores."""
    from analytics.models.credit_data import scoring_frame
    from analytics.models.credit_run import NAME, SCORED_MONTHS, score_history

    vintages = serving_versions(writer, NAME)
    progress("Scoring borrowers", 0.9)
    scoring = scoring_frame(writer, books, month_ends[-SCORED_MONTHS:])
    rows = score_history(vintages, scoring)
    latest = rows[rows["as_of"].dt.date == month_ends[-1]]
    registry.write_scores(writer, NAME, rows, latest)
    return Outcome(month_ends[-1], vintages[0].version, len(latest), metrics=_metrics(vintages[0]))


def score_applications(writer: BooksWriter, books: Books, data_clock: dt.date, *, progress: Progress) -> Outcome:
    """Score each customer's newest loan on its eve by the champion; rows of earlier loans stay as they are."""
    import pandas as pd

    from analytics.models.applications import NAME, loan_frame
    from analytics.models.scores import score_rows

    champion = serving_versions(writer, NAME)[0]
    progress("Scoring loans", 0.9)
    frame = loan_frame(writer, books)
    newest = frame.drop_duplicates("customer_id", keep="last")
    latest = score_rows(champion, newest, name=NAME, backcast=True)
    there = writer.table("scores", "history")
    kept = writer.frame(there.filter(there.model == NAME))
    known = set(zip(kept["customer_id"], pd.to_datetime(kept["as_of"]), strict=True))
    unseen = [key not in known for key in zip(frame["customer_id"], pd.to_datetime(frame["as_of"]), strict=True)]
    if any(unseen):
        added = score_rows(champion, frame.loc[unseen], name=NAME, backcast=False)
        kept = pd.concat([kept, added], ignore_index=True)
    registry.write_scores(writer, NAME, kept, latest)
    return Outcome(data_clock, champion.version, len(latest), metrics=_metrics(champion))


def _metrics(model: CreditModel) -> Mapping[str, object]:
    return dict(model.card().get("validation", {}).get("metrics", {}))
