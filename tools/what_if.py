"""What would one customer's score be if: with figures changed, or with few changes that bring it under a target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import starmap
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from governance.errors import ToolRetry, did_you_mean
from governance.principal import Principal
from tools import charts
from tools.arguments import CustomerId
from tools.credit_health import champion_card
from tools.result import Column, Fact, Table, ToolResult
from tools.rulings import ruled_trial
from tools.scored_customer import ScoredCustomer, population, scored_customer
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.explain.what_if import Change, WhatIf
    from analytics.features.levers import Move

CAVEAT = "A figure that is changed here is a statement about the model, not a promise and not a cause."
CHANGE_COLUMNS: tuple[Column, ...] = (
    Column(name="change", label="Change"),
    Column(name="part", label="Part"),
    Column(name="figure", label="Figure"),
    Column(name="unit", label="Unit"),
    Column(name="before", label="Before", unit="ratio", type="float"),
    Column(name="after", label="After", unit="ratio", type="float"),
    Column(name="lowest", label="At least", unit="ratio", type="float"),
    Column(name="highest", label="At most", unit="ratio", type="float"),
    Column(name="months", label="Shows in full after", unit="months", type="integer"),
    Column(name="alone", label="Probability with this part alone", unit="percent", type="float"),
)
SCORE_COLUMNS: tuple[Column, ...] = (
    Column(name="when", label="When"),
    Column(name="probability", label="Probability", unit="percent", type="float"),
    Column(name="score", label="Score", unit="score", type="integer"),
    Column(name="band", label="Band"),
)
_NUMBER = r"(\d+(?:\.\d+)?)"
_RELATIVE, _TIMES, _ADDED, _SHARE, _PLAIN = (
    re.compile(shape)
    for shape in (rf"([+-]){_NUMBER}%", rf"[x×*]{_NUMBER}", rf"([+-]){_NUMBER}", rf"{_NUMBER}%", _NUMBER)
)


def what_if(
    workspace: Workspace,
    principal: Principal,
    *,
    customer_id: CustomerId,
    changes: Annotated[
        dict[str, float | str], Field(description='lever or feature → value, "+10%", "-20%", "x2", "+5000"')
    ] = {},  # noqa: B006
    under: Annotated[float | None, Field(description="probability to get under, such as 0.05")] = None,
    model: Annotated[str, Field(description="credit or churn")] = "credit",
) -> ToolResult:
    """Return one customer scored before and after, each change beside what the figure can be.

    Raises
    ------
    ToolRetry
        The customer has no score; the model has no such lever or feature; a value is none or beyond its bounds;
        both ``changes`` and ``under`` are given, or neither and the customer is in the safest band.
    """
    from analytics.explain import what_if as trials

    if changes and under is not None:
        raise ToolRetry("Give either changes to try, or a probability to get under; not both at once.")
    asked = scored_customer(workspace, principal, customer_id, model)
    if changes:
        values, parts = _pulled(asked, changes)
        found = trials.what_if(asked.stored, asked.row, values, parts)
        title = f"What if: {customer_id} with {', '.join(dict.fromkeys(parts.values()))} changed"
    else:
        under = _target(asked) if under is None else under
        reachable = population(workspace, principal, model, asked.stored.features)
        found = trials.counterfactual(asked.stored, asked.row, reachable, under=under)
        title = f"What would bring {customer_id} under {100 * under:g}%"
    found, ruled = ruled_trial(workspace, principal, asked.score, model, found)
    event = str(champion_card(workspace, principal, model).get("event", model))
    currency = asked.score.get("currency") or workspace.meta(principal).get("currency", "")
    return ToolResult(
        title=title,
        table=Table(
            title="Changes", columns=CHANGE_COLUMNS, rows=tuple(starmap(_row, enumerate(found.changes, start=1)))
        ),
        tables=(Table(title="Before and after", columns=SCORE_COLUMNS, rows=_scores(found)),),
        facts=_facts(asked, found, under, event, currency) | ruled | dict(asked.health.facts),
        chart=_chart(found, title),
        sql=asked.sql,
        model_versions=asked.health.versions,
        warnings=asked.health.warnings,
        as_of=asked.score["as_of"],
    )


def move_of(written: float | str) -> Move:
    """Return what a change says: 0, "30%", "+10%", "-20%", "x2", "+5000".

    Raises
    ------
    ToolRetry
        It is none of these.
    """
    from analytics.features.levers import Move

    if isinstance(written, int | float):
        return Move("to", float(written))
    text = re.sub(r"[\s,₹]", "", written.casefold()).replace("−", "-")
    if said := _RELATIVE.fullmatch(text):
        return Move("times", 1 + float(f"{said[1]}{said[2]}") / 100)
    if said := _TIMES.fullmatch(text):
        return Move("times", float(said[1]))
    if said := _ADDED.fullmatch(text):
        return Move("by", float(f"{said[1]}{said[2]}"))
    if said := _SHARE.fullmatch(text):
        return Move("to", float(said[1]) / 100)
    if said := _PLAIN.fullmatch(text):
        return Move("to", float(said[1]))
    raise ToolRetry(f"'{written}' is no change: give a value (0), a share (30%), +10%, -20%, x2, or +5000.")


def _pulled(asked: ScoredCustomer, changes: Mapping[str, float | str]) -> tuple[dict[str, float], dict[str, str]]:
    """What every figure becomes that the changes move and the model reads, and the part it belongs to."""
    from analytics.features.application import EVERY
    from analytics.features.levers import LEVERS, pulled, rounded

    own = {str(name): float(value) for name, value in asked.row.iloc[0].items() if name in EVERY}
    values: dict[str, float] = {}
    parts: dict[str, str] = {}
    for name, written in changes.items():
        move = move_of(written)
        if name in EVERY:
            after = move.of(own.get(name, float("nan")))
            moved = {name: after if move.kind == "to" else rounded(name, after)}
            part = EVERY[name].description
        else:
            lever = lever_of(name, asked.stored.features, asked.model)
            moved, part = pulled(lever, move, own), LEVERS[lever].label
        read = _read(moved, own, asked.stored.features, name)
        own |= moved
        values |= read
        parts |= dict.fromkeys(read, part)
    return values, parts


def _read(
    moved: Mapping[str, float], own: Mapping[str, float], features: Sequence[str], asked: str
) -> dict[str, float]:
    """What the model reads and is not so already; where all of it is, the figure that was spoken of."""
    read = {each: value for each, value in moved.items() if each in features or each == asked}
    if not read:
        raise ToolRetry(f"Nothing that the model reads of this customer follows '{asked}'. Name a figure itself.")
    changed = {each: value for each, value in read.items() if own.get(each) != value}
    return changed or dict([next(iter(read.items()))])


def lever_of(name: str, features: Sequence[str], model: str) -> str:
    """Return the lever that is called so.

    Raises
    ------
    ToolRetry
        There is none, or a model of these features reads nothing it moves; the message lists what there is.
    """
    from analytics.features.levers import LEVERS, levers_of

    folded = " ".join(name.casefold().replace("_", " ").split())
    found = next((key for key, lever in LEVERS.items() if folded in (key.replace("_", " "), lever.label)), None)
    there = levers_of(features)
    if found is None:
        raise ToolRetry(f"There is no lever or figure '{name}'.{did_you_mean(name, there)}")
    if found not in there:
        raise ToolRetry(f"The {model} model reads nothing of {LEVERS[found].label}. It has: {', '.join(there)}.")
    return found


def _target(asked: ScoredCustomer) -> float:
    from analytics.explain.what_if import next_band

    found = next_band(asked.stored, asked.probability)
    if found is None:
        raise ToolRetry(f"{asked.customer_id} is in the safest band already. Give a probability to get under.")
    return found


def _row(place: int, change: Change) -> tuple[Any, ...]:
    return (f"change {place}", change.part, change.label, change.unit, change.before, change.after, change.lowest,
            change.highest, change.months, change.alone)  # fmt: skip


def _scores(found: WhatIf) -> tuple[tuple[Any, ...], ...]:
    return (
        ("now", found.before, found.score_before, found.band_before),
        ("supposed", found.after, found.score_after, found.band_after),
    )


def _facts(asked: ScoredCustomer, found: WhatIf, under: float | None, event: str, currency: str) -> dict[str, Fact]:
    facts = {
        "customer_id": Fact(value=asked.customer_id),
        "event": Fact(value=event),
        "currency": Fact(value=currency),
        "probability_before": Fact(value=found.before, unit="percent"),
        "probability_after": Fact(value=found.after, unit="percent"),
        "score_before": Fact(value=found.score_before, unit="score"),
        "score_after": Fact(value=found.score_after, unit="score"),
        "band_before": Fact(value=found.band_before),
        "band_after": Fact(value=found.band_after),
        "caveat": Fact(value=CAVEAT),
    }
    if under is not None:
        facts |= {"target": Fact(value=under, unit="percent"), "reached": Fact(value=found.reached)}
    return facts | dict(_of_changes(found))


def _of_changes(found: WhatIf) -> Iterator[tuple[str, Fact]]:
    """The figure each part is spoken of by, how many others follow it, and what it does alone."""
    parts: dict[str, list[Change]] = {}
    for change in found.changes:
        parts.setdefault(change.part, []).append(change)
    yield "changes", Fact(value=len(parts), unit="count")
    for place, changes in enumerate(parts.values(), start=1):
        first = changes[0]
        yield f"change_{place}", Fact(value=first.label)
        yield f"change_{place}_before", Fact(value=first.before, unit=first.unit)
        yield f"change_{place}_after", Fact(value=first.after, unit=first.unit)
        yield f"change_{place}_following", Fact(value=len(changes) - 1, unit="count")
        yield f"change_{place}_alone", Fact(value=first.alone, unit="percent")
        yield f"change_{place}_months", Fact(value=max(change.months for change in changes), unit="months")


def _chart(found: WhatIf, title: str) -> Mapping[str, Any] | None:
    alone = {f"{change.part} alone": change.alone for change in found.changes}
    bars = {"before": found.before, **(alone if len(alone) > 1 else {}), "after": found.after}
    return charts.ranking(list(bars), list(bars.values()), label="probability", unit="percent", title=title)
