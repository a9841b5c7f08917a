"""One customer as a model scored him: the row of scores, the figures behind it, the version that gave it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.errors import NotThere, ToolRetry, did_you_mean
from governance.principal import Principal
from tools.arguments import literal
from tools.consent import refuse_withdrawn
from tools.credit_health import ModelHealth
from tools.customer_profile import unknown_customer
from tools.model_health import model_health, of_version
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer
    from analytics.warehouse import Rows

#: Where the features of a score may lie: of a month end, or of the eve of a loan.
FEATURE_VIEWS = ("customer_monthly", "applications")
#: Whom a model scores, and the view of its scores.
WHO: Mapping[str, str] = {"credit": "borrower", "churn": "customer"}
VIEWS: Mapping[str, str] = {"credit": "borrowers", "churn": "leavers"}
#: The view's column of the probability.
PROBABILITY: Mapping[str, str] = {"credit": "probability_of_default", "churn": "probability_of_leaving"}
#: Customers that reachable figures, backgrounds and cohorts are taken from.
POPULATION = 20_000


@dataclass(frozen=True)
class ScoredCustomer:
    """A customer with a score.

    Attributes
    ----------
    score
        The row of the model's view.
    features
        Feature → value, with ``customer_id`` and ``as_of``.
    stored
        The version that gave the score.
    health
        What an answer that leans on that version says of it.
    sql
        The statements that found score and features.
    """

    customer_id: str
    model: str
    score: Mapping[str, Any]
    features: Mapping[str, Any]
    stored: Scorer
    health: ModelHealth
    sql: tuple[str, ...]

    @cached_property
    def row(self) -> pd.DataFrame:
        """The features as a frame of one row, what is not known as NaN."""
        import pandas as pd

        return as_figures(pd.DataFrame([dict(self.features)]))

    @property
    def probability(self) -> float:
        """The probability as it was scored."""
        return float(self.score[PROBABILITY[self.model]])


def scored_customer(workspace: Workspace, principal: Principal, customer_id: str, model: str) -> ScoredCustomer:
    """Return a customer as the model that serves him scored him.

    Raises
    ------
    ToolRetry
        No such model serves, its scores are not taken apart, or the customer has no score; the message says why.
    ToolRefused
        The model is switched off, or far older than its limit.
    NotThere
        There is no such customer within the caller's sight.
    """
    health = model_health(workspace, principal, model)
    score_sql, score = score_of(workspace, principal, customer_id, model)
    stored = workspace.stored_model(principal, model, score["version"])
    features_sql, features = _features(workspace, principal, score, stored.features)
    return ScoredCustomer(
        customer_id, model, score, features, stored, of_version(health, model, stored), (score_sql, features_sql)
    )


def score_of(workspace: Workspace, principal: Principal, customer_id: str, model: str) -> tuple[str, Mapping[str, Any]]:
    """The statement that finds a customer's newest score, and the row.

    Raises
    ------
    ToolRetry
        The model's scores are not taken apart, or the customer has none; the message says why.
    ToolRefused
        He withdrew his consent to what the scores are for.
    NotThere
        There is no such customer within the caller's sight.
    """
    if model not in VIEWS:
        raise ToolRetry(f"Scores of the {model} model are not taken apart.{did_you_mean(model, WHO)}")
    sql = f"SELECT * FROM semantic.{VIEWS[model]} WHERE customer_id = {literal(customer_id)}"
    scored = workspace.query(principal, sql).dicts()
    if scored:
        return sql, scored[0]
    there = f"SELECT 1 FROM semantic.customers WHERE customer_id = {literal(customer_id)}"
    if workspace.query(principal, there).rows:
        refuse_withdrawn(workspace, customer_id, VIEWS[model])
        why = _not_scored(workspace, principal, customer_id, model)
        if why:
            raise ToolRetry(why)
    raise NotThere(unknown_customer(workspace, principal, customer_id))


def population(
    workspace: Workspace, principal: Principal, model: str, features: Collection[str], where: str = "TRUE"
) -> pd.DataFrame:
    """Return the figures behind the newest scores within the caller's sight, in the order of customer ids.

    Parameters
    ----------
    features
        What the rows have to hold.
    where
        Condition on the model's view, called ``s``.

    Raises
    ------
    ToolRetry
        The books have no such figures.
    """
    key = f"population of {model} on {hash(tuple(features))} where {where}"
    return workspace.remember(principal, key, lambda: _population(workspace, principal, model, features, where))


def as_figures(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of features with every figure a float, what is not known as NaN."""
    from analytics.features.application import EVERY

    return frame.astype({name: float for name in frame.columns if name in EVERY})


def features_frame(rows: Rows) -> pd.DataFrame:
    """Return rows of features as a frame, what is not known as NaN."""
    import pandas as pd

    return as_figures(pd.DataFrame(rows.rows, columns=[name for name, _ in rows.columns]))


def _population(
    workspace: Workspace, principal: Principal, model: str, features: Collection[str], where: str
) -> pd.DataFrame:
    frames = []
    for view in FEATURE_VIEWS:
        sql = (
            f"SELECT f.* FROM semantic.{view} AS f JOIN semantic.{VIEWS[model]} AS s USING (customer_id, as_of) "
            f"WHERE {where} ORDER BY customer_id LIMIT {POPULATION}"
        )
        rows = workspace.query(principal, sql)
        if set(features) <= {name for name, _ in rows.columns}:
            frames.append(features_frame(rows))
    if not frames:
        raise ToolRetry(f"What the {model} model reads is not in the books. Build it: `munshi build`.")
    return max(frames, key=len)


def _not_scored(workspace: Workspace, principal: Principal, customer_id: str, model: str) -> str:
    if model != "credit":
        return f"The {model} model does not score {customer_id}: too little history, or dormant already."
    left_out = workspace.query(
        principal, f"SELECT cause FROM semantic.excluded_borrowers WHERE customer_id = {literal(customer_id)}"
    ).rows
    if left_out:
        return f"{customer_id} is not scored: {left_out[0][0]}. `customer_profile` shows the loans."
    return f"{customer_id} is not scored: there is no open loan at the newest as-of."


def _features(
    workspace: Workspace, principal: Principal, score: Mapping[str, Any], wanted: Collection[str]
) -> tuple[str, Mapping[str, Any]]:
    """The row the score was made from: of a month end, or of the eve of a loan."""
    for view in FEATURE_VIEWS:
        sql = (
            f"SELECT * FROM semantic.{view} WHERE customer_id = {literal(score['customer_id'])} "
            f"AND as_of = DATE '{score['as_of']}'"
        )
        rows = workspace.query(principal, sql).dicts()
        if rows and set(wanted) <= set(rows[0]):
            return sql, rows[0]
    raise ToolRetry(
        f"The features {score['customer_id']} was scored on are not in the books. Build them: `munshi build`."
    )
