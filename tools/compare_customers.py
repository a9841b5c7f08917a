"""Why one customer's score is not another's, or a cohort's: points by concept, figures side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from governance.errors import ToolRetry
from governance.principal import Principal
from tools import charts
from tools.arguments import CustomerId, OneOrMore
from tools.credit_health import champion_card
from tools.filters import Wanted, checked, condition
from tools.result import Column, Fact, Table, ToolResult
from tools.rulings import Ruling
from tools.scored_customer import VIEWS, WHO, ScoredCustomer, population, scored_customer
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from analytics.explain.comparison import Comparison
    from analytics.explain.parts import ConceptPart

#: Concepts that are told as facts.
TOLD = 3
PLACES = ("city", "state", "region")
CONCEPT_COLUMNS: tuple[Column, ...] = (
    Column(name="concept", label="Concept"),
    Column(name="points", label="Points more than the other", unit="points", type="float"),
)
SCORE_COLUMNS: tuple[Column, ...] = (
    Column(name="who", label="Who"),
    Column(name="probability", label="Probability", unit="percent", type="float"),
    Column(name="score", label="Score", unit="score", type="float"),
)


def compare_customers(
    workspace: Workspace,
    principal: Principal,
    *,
    customer_id: CustomerId,
    other: Annotated[str | None, Field(max_length=64, description="customer to compare with")] = None,
    city: OneOrMore = [],  # noqa: B006
    state: OneOrMore = [],  # noqa: B006
    region: OneOrMore = [],  # noqa: B006
    occupation: OneOrMore = [],  # noqa: B006
    product: OneOrMore = [],  # noqa: B006
    band: OneOrMore = [],  # noqa: B006
    model: Annotated[str, Field(description="credit or churn")] = "credit",
) -> ToolResult:
    """Return what sets one customer's score apart from another's, or from the mean of a cohort.

    Raises
    ------
    ToolRetry
        One of them has no score; a cohort's value does not occur, or nobody else is in it; both another customer and a
        cohort are given, or the customer himself.
    """
    from analytics.explain.comparison import compared

    cohort = {"city": city, "state": state, "region": region, "occupation": occupation, "main_product": product,
              "band": band}  # fmt: skip
    if other == customer_id or (other and any(cohort.values())):
        raise ToolRetry("Compare with another customer, or with a cohort, or with neither: everybody then.")
    asked = scored_customer(workspace, principal, customer_id, model)
    if other:
        beside = scored_customer(workspace, principal, other, model)
        rows, whom, sql, warnings = beside.row, other, beside.sql, _versions(asked, beside)
    else:
        rows, whom = _others(workspace, principal, asked, cohort)
        sql, warnings = (), ()
    found = compared(asked.stored, asked.row, rows)
    scored = asked.stored.score(rows)
    theirs = (float(scored["probability"].mean()), float(scored["score"].mean()), len(rows))
    event = str(champion_card(workspace, principal, model).get("event", model))
    return ToolResult(
        title=f"{customer_id} beside {whom}",
        table=Table(title="Points by concept", columns=CONCEPT_COLUMNS,
                    rows=tuple((part.concept, round(part.points, 1)) for part in found.concepts)),
        tables=(_figures(found, customer_id, whom),
                Table(title="Scores", columns=SCORE_COLUMNS,
                      rows=((customer_id, asked.probability, float(asked.score["score"])), (whom, *theirs[:2])))),
        facts=_facts(asked, found, whom, theirs, event)
        | {"currency": Fact(value=asked.score.get("currency") or workspace.meta(principal).get("currency", ""))}
        | Ruling.of(asked.score, asked.probability).facts
        | dict(asked.health.facts),
        chart=charts.waterfall(
            [(part.concept, part.points) for part in found.concepts], base=theirs[1], start=whom, end=customer_id,
            title=f"From {whom} to {customer_id}, in points",
        ),
        sql=(*asked.sql, *sql),
        model_versions=asked.health.versions,
        warnings=(*asked.health.warnings, *warnings),
        as_of=asked.score["as_of"],
    )  # fmt: skip


def _versions(asked: ScoredCustomer, beside: ScoredCustomer) -> tuple[str, ...]:
    if asked.stored.version == beside.stored.version:
        return ()
    return (
        f"{beside.customer_id}'s own score is of {beside.stored.version}; both are scored here by "
        f"{asked.stored.version}, the version that scored {asked.customer_id}.",
    )


def _others(
    workspace: Workspace, principal: Principal, asked: ScoredCustomer, cohort: Wanted
) -> tuple[pd.DataFrame, str]:
    """The figures of everybody else in a cohort, and whom they are of in words."""
    known = {column.name for column in workspace.vocabulary.views[VIEWS[asked.model]].columns}
    absent = [column for column, values in cohort.items() if values and column not in known]
    if absent:
        raise ToolRetry(f"Customers of the {asked.model} model have no {absent[0].removeprefix('main_')} to go by.")
    who = WHO[asked.model]
    wanted = checked(workspace, principal, VIEWS[asked.model], cohort, who=who, called={"main_product": "product"})
    rows = population(workspace, principal, asked.model, asked.stored.features, condition(wanted))
    rows = rows[rows["customer_id"] != asked.customer_id]
    if rows.empty:
        raise ToolRetry(f"Nobody but {asked.customer_id} is a {who}{_of_whom(wanted)}.")
    return rows, f"the other {who}s{_of_whom(wanted)}"


def _of_whom(wanted: Wanted) -> str:
    """The cohort in words: " in Pune, with product home loan"."""
    said = {column: " or ".join(value.replace("_", " ") for value in values) for column, values in wanted.items()}
    places = [words for column, words in said.items() if column in PLACES]
    others = [f"{column.removeprefix('main_')} {words}" for column, words in said.items() if column not in PLACES]
    parts = [*([f"in {', '.join(places)}"] if places else []), *([f"with {', '.join(others)}"] if others else [])]
    return f" {' '.join(parts)}" if parts else ""


def _figures(found: Comparison, customer_id: str, whom: str) -> Table:
    columns = (
        Column(name="concept", label="Concept"),
        Column(name="figure", label="Figure"),
        Column(name="unit", label="Unit"),
        Column(name="value", label=customer_id, unit="ratio", type="float"),
        Column(name="other", label=whom, unit="ratio", type="float"),
        Column(name="points", label="Points", unit="points", type="float"),
    )
    rows = tuple(
        (part.concept, figure.label, figure.unit, figure.value, figure.other, round(figure.points, 1))
        for part in found.concepts
        for figure in part.figures
    )
    return Table(title="Figures side by side", columns=columns, rows=rows)


def _facts(
    asked: ScoredCustomer, found: Comparison, whom: str, theirs: tuple[float, float, int], event: str
) -> dict[str, Fact]:
    probability, score, count = theirs
    return {
        "customer_id": Fact(value=asked.customer_id),
        "beside": Fact(value=whom),
        "beside_customers": Fact(value=count, unit="count"),
        "event": Fact(value=event),
        "probability": Fact(value=asked.probability, unit="percent"),
        "probability_beside": Fact(value=probability, unit="percent"),
        "score": Fact(value=asked.score["score"], unit="score"),
        "score_beside": Fact(value=score, unit="score"),
        "points": Fact(value=round(found.points, 1), unit="points"),
        **dict(_told("less", found.concepts)),
        **dict(_told("more", tuple(reversed(found.concepts)))),
    }


def _told(way: str, parts: Sequence[ConceptPart]) -> Iterator[tuple[str, Fact]]:
    """The concepts that make the score lower (``less``) or higher (``more``) than the other's, and a figure of each."""
    sign = -1 if way == "less" else 1
    found = [part for part in parts if sign * part.points >= 1][:TOLD]
    for place, part in enumerate(found, start=1):
        figure = max(part.figures, key=lambda each: sign * each.points)
        yield f"{way}_{place}", Fact(value=part.concept)
        yield f"{way}_{place}_points", Fact(value=round(part.points, 1), unit="points")
        yield f"{way}_{place}_figure", Fact(value=figure.label)
        yield f"{way}_{place}_value", Fact(value=figure.value, unit=figure.unit)
        yield f"{way}_{place}_beside", Fact(value=figure.other, unit=figure.unit)
