"""The credit model of a source that tells how loans ended but not their instalments.

Label. A loan is bad when the source says that it ended unpaid, or ran in debt on the last day observed. Each loan is
seen once, on the eve of its disbursal: nothing posted on that day or later is read. Only loans whose account history
before the loan is whole are used.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.features.application import APPLICATION, TERM_COLUMNS
from analytics.features.build import application_features
from analytics.models import credit, registry, serving, validation
from analytics.models.credit import MINIMUM_BADS, NAME, PEOPLE, CreditModel
from analytics.models.credit_card import LIMITS
from analytics.models.loss import SECURED, SECURED_PRODUCTS, UNSECURED
from analytics.models.outcome import Outcome
from analytics.models.scores import score_rows
from analytics.monitor.life_cycle import enrol
from governance.errors import ModelError

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from analytics.pipeline.books import Books, BooksWriter

#: Consecutive parts of the loans after the first training set, each scored by a model of the loans before it.
FOLDS = 5
DIRECTIONS: Mapping[str, int] = {name: feature.direction for name, feature in APPLICATION.items()}
APPLICATION_LIMITS: tuple[str, ...] = (
    "Scores a loan on its eve; it does not know how the loan has run since.",
    "Outcomes are those of the last day observed: a running loan may still turn, and a fold's training outcomes were "
    "not all known on its test dates.",
    *LIMITS[2:],
)


def has_outcomes(writer: BooksWriter, books: Books) -> bool:
    """Whether the source tells outcomes and no instalments."""
    counts = books.loan_outcomes.aggregate(rows=books.loan_outcomes.count())
    due = books.instalments.aggregate(rows=books.instalments.count())
    return bool(writer.frame(counts)["rows"].iloc[0]) and not bool(writer.frame(due)["rows"].iloc[0])


def run(writer: BooksWriter, books: Books, data_clock: dt.date, *, progress: Callable[[str, float], None]) -> Outcome:
    """Train on loans with outcomes, validate in rolling time, score each loan on its eve."""
    progress("Collecting loans and their outcomes", 0.5)
    frame = loan_frame(writer, books)
    progress("Training the credit model", 0.7)
    try:
        champion = _fit(frame, data_clock)
    except ModelError as refusal:
        return Outcome(as_of=data_clock, people=PEOPLE, refusal=str(refusal))
    folds = rolling_folds(frame)
    tested = [fold for fold, _, _ in folds]
    champion = champion.with_facts(
        event="the loan ending unpaid or running in debt",
        label=" ".join((__doc__ or "").split("Label. ")[1].split()),
        background={"as_ofs": [], "medians": {n: float(v) for n, v in frame[list(DIRECTIONS)].median().items()}},
        validation=validation.report(tested) if tested else {"refused": "Too few bad loans for a fold in time."},
        loss_given_default={"unsecured": UNSECURED, "secured": SECURED, "secured_products": list(SECURED_PRODUCTS)},
        limits=list(APPLICATION_LIMITS),
    )
    champion = replace(champion, version=registry.fresh_version(writer, NAME, champion.version))
    metrics = champion.card()["validation"].get("metrics", {})
    enrolled = enrol(writer, NAME, [champion, *(model for _, model, _ in folds)])
    if enrolled.alias != "champion":
        return Outcome(
            data_clock,
            enrolled.serving,
            metrics=metrics,
            people=PEOPLE,
            challenger=champion.version,
            refusal=enrolled.refusal,
        )
    progress("Scoring loans", 0.9)
    history, latest = _scores(champion, folds, frame)
    registry.write_scores(writer, NAME, history, latest)
    return Outcome(data_clock, champion.version, len(latest), metrics=metrics, people=PEOPLE)


def score(writer: BooksWriter, books: Books, data_clock: dt.date, *, progress: Callable[[str, float], None]) -> Outcome:
    """Score each customer's newest loan on its eve by the champion; rows of earlier loans stay as they are."""
    import pandas as pd

    champion = serving.serving_versions(writer, NAME)[0]
    progress("Scoring loans", 0.9)
    frame = loan_frame(writer, books)
    newest = frame.drop_duplicates("customer_id", keep="last")
    latest = score_rows(champion, newest, name=NAME, backcast=True)
    there = writer.table("scores", "history")
    kept = writer.frame(there.filter(there.model == NAME))
    known = set(zip(kept["customer_id"], pd.to_datetime(kept["as_of"]), strict=True))
    unseen = [key not in known for key in zip(frame["customer_id"], pd.to_datetime(frame["as_of"]), strict=True)]
    if any(unseen):
        kept = pd.concat([kept, score_rows(champion, frame.loc[unseen], name=NAME, backcast=False)], ignore_index=True)
    registry.write_scores(writer, NAME, kept, latest)
    metrics = champion.card().get("validation", {}).get("metrics", {})
    return Outcome(data_clock, champion.version, len(latest), metrics=metrics, people=PEOPLE)


def loan_frame(writer: BooksWriter, books: Books) -> pd.DataFrame:
    """Write the features of each loan with a whole history, and return them with its outcome, earliest first.

    ``exposure`` and ``loss_given_default`` are of the principal asked for, ``bad`` is the outcome.
    """
    spine = _spine(books)
    loans = writer.frame(spine)
    writer.replace("features.applications", application_features(books, spine), sort_by=("customer_id", "as_of"))
    rows = writer.frame(writer.table("features", "applications"))
    frame = loans.merge(rows, on=["customer_id", "as_of"])
    share = frame["product"].isin(SECURED_PRODUCTS).map({True: SECURED, False: UNSECURED}).astype(float)
    frame = frame.assign(
        exposure=frame["principal"].astype(float),
        loss_given_default=frame["principal"].astype(float) * share,
        bad=frame["bad"].astype(bool),
        indeterminate=False,
    )
    return frame.sort_values(["as_of", "loan_id"], ignore_index=True)


def _spine(books: Books) -> ibis.Table:
    """Return loans with an outcome: where the source says which histories are whole, those only."""
    import ibis

    outcomes = books.loan_outcomes.select("loan_id", "bad")
    loans = books.loans.inner_join(outcomes, "loan_id")
    whole = books.loan_histories.select("loan_id", "complete")
    known = loans.left_join(whole, "loan_id", rname="{name}_whole").filter(ibis._.complete.fill_null(True))
    eve = (known.disbursed_on - ibis.interval(days=1)).cast("date")
    return known.select("loan_id", "customer_id", *TERM_COLUMNS, "product", "bad", as_of=eve)


def rolling_folds(frame: pd.DataFrame) -> list[tuple[validation.Fold, CreditModel, pd.DataFrame]]:
    """Split the loans in time: train on all before, test the next part; start where there are bads enough to train."""
    import numpy as np

    enough = frame["bad"].cumsum().searchsorted(MINIMUM_BADS) + 1
    if enough >= len(frame):
        return []
    edges = np.linspace(enough, len(frame), FOLDS + 1).astype(int)
    folds = []
    for start, end in itertools.pairwise(edges):
        past, test = frame.iloc[:start], frame.iloc[start:end]
        model = _fit(past, test["as_of"].iloc[0].date())
        scored = test[["customer_id", "as_of", "bad", "indeterminate"]].assign(
            probability=model.score(test)["probability"], baseline=_terms_only(past, test)
        )
        folds.append((validation.Fold(model.trained_as_of, scored), model, test))
    return folds


def _fit(frame: pd.DataFrame, trained_as_of: dt.date, features: Mapping[str, int] = DIRECTIONS) -> CreditModel:
    return credit.fit(frame, trained_as_of=trained_as_of, features=features, how="held logistic")


def _terms_only(past: pd.DataFrame, test: pd.DataFrame) -> pd.Series[float]:
    """Return the baseline: what the terms of the loan alone say."""
    terms = {name: DIRECTIONS[name] for name in ("emi_asked", "tenor_asked")}
    return _fit(past, test["as_of"].iloc[0].date(), terms).score(test)["probability"]


def _scores(
    champion: CreditModel, folds: Sequence[tuple[validation.Fold, CreditModel, pd.DataFrame]], frame: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a row for each loan by the model before it, and the champion's row for each customer's newest loan.

    Loans before the first fold, and all of the latter, were part of training: backcast. Ranks are within the part
    scored.
    """
    import pandas as pd

    tested = {index for _, _, test in folds for index in test.index}
    rest = frame.loc[[index for index in frame.index if index not in tested]]
    background = champion.card()["background"]
    parts = [
        score_rows(model.with_facts(background=background), test, name=NAME, backcast=False) for _, model, test in folds
    ]
    newest = frame.drop_duplicates("customer_id", keep="last")
    history = pd.concat([score_rows(champion, rest, name=NAME, backcast=True), *parts], ignore_index=True)
    return history, score_rows(champion, newest, name=NAME, backcast=True)
