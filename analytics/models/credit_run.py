"""One build of the credit model: vintages, validation, card, scores."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analytics.features.catalogue import FEATURES
from analytics.models import credit, validation
from analytics.models.credit import NAME, CreditModel
from analytics.models.credit_card import completed
from analytics.models.credit_data import scoring_frame, training_frame
from analytics.models.scores import as_arrow, score_rows
from analytics.pipeline.periods import add_months
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from analytics.pipeline.books import Books, BooksWriter

#: Month ends scored, and months between two trainings.
SCORED_MONTHS = 12
MONTHS_PER_VINTAGE = 3
#: Month ends of history before a training as-of, so that half-year windows are whole.
WARM_UP_MONTHS = 6
FOLDS = 3
DIRECTIONS: Mapping[str, int] = {name: feature.direction for name, feature in FEATURES.items()}


@dataclass(frozen=True)
class Outcome:
    """What a run made."""

    as_of: dt.date | None = None
    champion: str | None = None
    scored: int = 0
    refusal: str | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,
    *,
    progress: Callable[[str, float], None],
) -> Outcome:
    """Train a vintage each quarter, validate, score the last twelve month ends, write registry and scores."""
    if not month_ends:
        return Outcome(refusal="There is no whole month of postings.")
    progress("Collecting labels", 0.5)
    frame = training_frame(writer, books, month_ends[WARM_UP_MONTHS - 1 :], data_clock)
    progress("Training the credit model", 0.55)
    try:
        vintages = train_vintages(frame, month_ends[-1])
    except ModelError as refusal:
        return Outcome(as_of=month_ends[-1], refusal=str(refusal))
    progress("Validating out of time", 0.75)
    folds = validate(frame, month_ends)
    progress("Scoring borrowers", 0.9)
    scoring = scoring_frame(writer, books, month_ends[-SCORED_MONTHS:])
    champion = completed(vintages[0], frame, scoring, folds)
    rows = score_history([champion, *vintages[1:]], scoring)
    _write(writer, [champion, *vintages[1:]], rows, month_ends[-1])
    return Outcome(
        as_of=month_ends[-1], champion=champion.version, scored=int((rows["as_of"] == rows["as_of"].max()).sum()),
        metrics=champion.card()["validation"].get("metrics", {}),
    )  # fmt: skip


def train_vintages(frame: pd.DataFrame, last: dt.date) -> list[CreditModel]:
    """Fit at the last month end and each quarter before it, newest first, as far back as there are labels enough.

    Raises
    ------
    ModelError
        Not even the newest can be fitted.
    """
    vintages: list[CreditModel] = []
    for back in range(0, SCORED_MONTHS + 1, MONTHS_PER_VINTAGE):
        as_of = add_months(last, -back)
        try:
            model = credit.fit(validation.complete_before(frame, as_of), trained_as_of=as_of, features=DIRECTIONS)
        except ModelError:
            if not vintages:
                raise
            break
        vintages.append(model)
    return vintages


def validate(frame: pd.DataFrame, month_ends: Sequence[dt.date]) -> list[validation.Fold]:
    """Return the folds the history allows, newest first: a quarter apart, each with a year of labels before and after."""
    folds: list[validation.Fold] = []
    for number in range(FOLDS):
        test = add_months(month_ends[-1], -credit_months() - number * MONTHS_PER_VINTAGE)
        try:
            folds += validation.out_of_time(frame, [test], features=DIRECTIONS)
        except ModelError:
            break
    return folds


def credit_months() -> int:
    """Months of a label window."""
    from analytics.models.credit_labels import WINDOW_MONTHS

    return WINDOW_MONTHS


def score_history(vintages: Sequence[CreditModel], scoring: pd.DataFrame) -> pd.DataFrame:
    """Score each as-of by the newest vintage trained by then, else by the oldest there is, marked backcast."""
    import pandas as pd

    parts = []
    for moment, frame in scoring.groupby("as_of", sort=True):
        as_of = pd.Timestamp(moment).date()
        in_time = [model for model in vintages if model.trained_as_of <= as_of]
        model = in_time[0] if in_time else vintages[-1]
        parts.append(score_rows(model, frame, name=NAME, backcast=not in_time))
    return pd.concat(parts, ignore_index=True)


def _write(writer: BooksWriter, vintages: Sequence[CreditModel], rows: pd.DataFrame, last: dt.date) -> None:
    import pyarrow as pa

    for qualified in ("scores.history", "scores.latest", "models.registry"):
        there = writer.table(*qualified.split("."))
        writer.replace(qualified, there.filter(there.model != NAME))
    registry = {
        "model": [NAME] * len(vintages),
        "version": [model.version for model in vintages],
        "trained_at_as_of": [model.trained_as_of for model in vintages],
        "champion": [number == 0 for number in range(len(vintages))],
        "payload": [model.to_bytes() for model in vintages],
        "card": [json.dumps(dict(model.card()), ensure_ascii=False) for model in vintages],
    }
    writer.append("models.registry", pa.table(registry))
    writer.append("scores.history", as_arrow(rows))
    newest = rows[(rows["as_of"].dt.date == last) & (rows["version"] == vintages[0].version)]
    writer.append("scores.latest", as_arrow(newest))
