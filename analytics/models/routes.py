"""Part of a model's people scored by another version: a registered one, or a graph that came from elsewhere.

A route names an attribute of the customer and a value of it. What it leads to is validated out of time on those people
alone, beside the logistic regression of the house on the same rows, and a person takes it on himself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.models import applications, registry, validation, vintages
from analytics.models.credit import CREDIT
from analytics.models.credit_data import training_frame as credit_frame
from analytics.models.foreign import ForeignModel
from analytics.models.learners import Blended
from analytics.models.scorecard import Scorecard
from analytics.models.serving import scorer
from analytics.models.supervised import SupervisedModel
from governance.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer
    from analytics.models.scheme import Scheme
    from analytics.models.supervised import How
    from analytics.pipeline.books import Books, BooksWriter

#: Attributes of a customer that a route can go by, and the one of his loans: the product he owes most on.
OF_CUSTOMER = ("region", "state", "city", "occupation")
PRODUCT = "product"
ATTRIBUTES = (*OF_CUSTOMER, PRODUCT)
OURS, HOUSE = "probability", "baseline"


@dataclass(frozen=True)
class Kind:
    """What a route needs of a model: what it is about, and the rows it learns from."""

    scheme: Scheme
    labelled: Callable[[BooksWriter, Books, Sequence[dt.date], dt.date], pd.DataFrame]


#: Models whose people can be routed. Churn's horizons are those of the version that serves: another's would differ.
KINDS: Mapping[str, Kind] = MappingProxyType({"credit": Kind(CREDIT, credit_frame)})


@dataclass(frozen=True)
class Route:
    """Whom a version scores in place of the one that serves.

    Attributes
    ----------
    attribute
        One of `ATTRIBUTES`.
    value
        The attribute's value.
    """

    attribute: str
    value: str

    def __str__(self) -> str:
        return f"{self.attribute} = {self.value}"

    @classmethod
    def parsed(cls, text: str) -> Route:
        """Read ``attribute=value``.

        Raises
        ------
        ModelError
            It is not of that form, or there is no such attribute.
        """
        attribute, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise ModelError(f"'{text}' is no route. Write attribute=value, such as region=West.")
        if attribute not in ATTRIBUTES:
            raise ModelError(f"A route does not go by '{attribute}'.{did_you_mean(attribute, ATTRIBUTES)}")
        return cls(attribute, value)


def known(writer: BooksWriter, name: str) -> list[tuple[Route, Scorer]]:
    """Return the routes of a model that are open, the oldest first, each with the version it leads to."""
    open_ = [each for each in registry.versions(writer, name) if each.alias == "route"]
    return [
        (Route(**each.card["route"]), scorer(registry.payload(writer, name, each.version)))
        for each in sorted(open_, key=lambda each: each.version)
    ]


def marked(writer: BooksWriter, books: Books, frame: pd.DataFrame, route: Route) -> pd.Series[bool]:
    """Return which rows (``customer_id, as_of``) a route takes."""
    if route.attribute == PRODUCT:
        found = frame[["customer_id", "as_of"]].merge(
            _products(writer, books), on=["customer_id", "as_of"], how="left", validate="many_to_one"
        )
    else:
        customers = writer.frame(books.customers.select("customer_id", route.attribute))
        found = frame[["customer_id"]].merge(customers, on="customer_id", how="left", validate="many_to_one")
    values: pd.Series[Any] = found[route.attribute].set_axis(frame.index)
    return (values.fillna("").astype(str).str.casefold() == route.value.casefold()).rename(None)


def _products(writer: BooksWriter, books: Books) -> pd.DataFrame:
    """Return the product each customer owes most on, at each as-of."""
    status = writer.table("core", "loan_status")
    owed = status.inner_join(books.loans.select("loan_id", "product"), "loan_id")
    owed = owed.select("customer_id", "as_of", "loan_id", "product", "outstanding")
    rows = writer.frame(owed).sort_values(["customer_id", "as_of", "outstanding", "loan_id"])
    return rows.drop_duplicates(["customer_id", "as_of"], keep="last")[["customer_id", "as_of", PRODUCT]]


def routed(writer: BooksWriter, books: Books, name: str, frame: pd.DataFrame) -> list[tuple[Scorer, pd.Series[bool]]]:
    """Return the versions that routes lead to, each with the rows it scores."""
    return [(model, marked(writer, books, frame, route)) for route, model in known(writer, name)]


def refuse_unroutable(writer: BooksWriter, books: Books, name: str, month_ends: Sequence[dt.date]) -> None:
    """Refuse a route where there is nobody to route.

    Raises
    ------
    ModelError
        The model's people cannot be routed, or not in these books, or nothing of it serves.
    """
    if name not in KINDS:
        raise ModelError(f"The people of '{name}' cannot be routed.{did_you_mean(name, KINDS)}")
    if applications.has_outcomes(writer, books):
        raise ModelError("Loans of this source are scored on their eve, each once: there is nobody to route.")
    if not month_ends or registry.champion(writer, name) is None:
        raise ModelError(f"No {name} model serves here, so that nobody can be routed from it. Build: `munshi build`.")


def validated(
    writer: BooksWriter, books: Books, month_ends: Sequence[dt.date], data_clock: dt.date, name: str,
    route: Route, model: SupervisedModel | ForeignModel,
) -> tuple[SupervisedModel | ForeignModel, Mapping[str, Any]]:  # fmt: skip
    """Validate a version out of time on the people of a route.

    A graph is tested as it is, at as-ofs since it was trained; of one of our own, its learner is fitted anew for each
    fold on what was known by then.

    Returns
    -------
    model, house
        The version with route, background and validation on its card, and a card of the house's logistic regression on
        the same rows, for the gate to set beside it.

    Raises
    ------
    ModelError
        The books know nobody of the route, or no label is complete since the graph was trained.
    """
    scheme, last = KINDS[name].scheme, month_ends[-1]
    frame = KINDS[name].labelled(writer, books, vintages.training_dates(month_ends, scheme.window_months), data_clock)
    mine = marked(writer, books, frame, route)
    if not mine.any():
        raise ModelError(f"Nobody with a known outcome has {route}.")
    tested = vintages.fold_dates(last, scheme.window_months)
    ways: tuple[How, ...] = ()
    if isinstance(model, ForeignModel):
        tested = [day for day in tested if day >= model.trained_as_of]
        if not tested:
            raise ModelError(
                f"{model.version} was trained as of {model.trained_as_of}; no {scheme.name} label that began since is "
                f"complete, so that nothing can test it out of time."
            )
    else:
        ways = (_way(model),)
    trained = vintages.fitted(vintages.train(scheme, frame, tested, last, ways), tested)
    folds = [_fold(frame[mine], each, model, ways) for each in trained]
    folds = [fold for fold in folds if len(fold.scored)]
    report = _report(folds, OURS)
    medians = {each: float(value) for each, value in frame.loc[mine, list(model.features)].median().dropna().items()}
    facts = {"model": name, "route": vars(route), "validation": report, "background": {"medians": medians}}
    return model.with_facts(**facts), {"validation": _report(folds, HOUSE)}


def _report(folds: Sequence[validation.Fold], ours: str) -> dict[str, Any]:
    events = sum(fold.bads for fold in folds)
    if not events or events == sum(len(fold.scored) for fold in folds):
        return {"refused": f"{events} events among those tested: nothing can be told.", "bads": events}
    return validation.report(folds, ours=ours, baseline=HOUSE)


def _fold(
    frame: pd.DataFrame, trained: vintages.Trained, model: SupervisedModel | ForeignModel, ways: Sequence[How]
) -> validation.Fold:
    if trained.baseline is None:
        raise ModelError("A fold was trained without its baseline. Train again.")
    own: Scorer = trained.models[ways[0]] if ways else model
    day = trained.baseline.trained_as_of
    test = frame[frame["as_of"].dt.date == day]
    scored = test[["customer_id", "as_of", "bad", "indeterminate"]].assign(
        **{OURS: own.score(test)["probability"], HOUSE: trained.baseline.score(test)["probability"]}
    )
    return validation.Fold(day, scored)


def _way(model: SupervisedModel) -> How:
    if isinstance(model.learner, Scorecard):
        return "scorecard"
    return "blend" if isinstance(model.learner, Blended) else "held logistic"


def opened(writer: BooksWriter, name: str, model: SupervisedModel | ForeignModel) -> str:
    """Add a validated version to the registry as a route, in place of an earlier one of the same people."""
    route = model.card()["route"]
    same = [each for each in registry.versions(writer, name) if each.alias == "route" and each.card["route"] == route]
    registry.realias(writer, name, {each.version: "retired" for each in same})
    wanted = f"{model.version.partition('@')[0]}@{route['value']}"
    model = model.as_version(registry.fresh_version(writer, name, wanted))
    registry.add(writer, name, model, "route")
    return model.version
