"""What a page can be narrowed to: named in its address, offered as a choice, spoken of in its questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.toolbox import Toolbox

BANDS = ("very low", "low", "medium", "high", "very high")


@dataclass(frozen=True)
class Narrowing:
    """One dimension to choose a value of.

    Attributes
    ----------
    view, column
        Where its values are found.
    phrase
        How a question says it.
    order
        Values in an order of their own; by default as they are sorted.
    """

    field: str
    label: str
    view: str
    column: str
    phrase: str
    scope: str = "books:read"
    order: tuple[str, ...] = ()


NARROWINGS: Mapping[str, Narrowing] = {
    each.field: each
    for each in (
        Narrowing("region", "Region", "customers", "region", "in the {} region"),
        Narrowing("state", "State", "customers", "state", "in {}"),
        Narrowing("city", "City", "customers", "city", "in {}"),
        Narrowing("occupation", "Occupation", "customers", "occupation", "with occupation {}"),
        Narrowing("product", "Product", "loans", "product", "with product {}"),
        Narrowing("band", "Risk band", "borrowers", "band", "with risk band {}", "scores:read", BANDS),
    )
}


@dataclass(frozen=True)
class Choice:
    """A filter as the page offers it."""

    field: str
    label: str
    values: tuple[str, ...]
    chosen: str = ""


def choices(toolbox: Toolbox, fields: Sequence[str], asked: Mapping[str, str]) -> tuple[Choice, ...]:
    """The filters that the caller may use, each with its values and the one that is chosen."""
    workspace, principal = toolbox.workspace, toolbox.principal
    offered = []
    for narrowing in (NARROWINGS[field] for field in fields):
        if not principal.may(narrowing.scope):
            continue
        found = workspace.values(principal, narrowing.view, narrowing.column)
        values = tuple(each for each in narrowing.order if each in found) or found
        chosen = asked.get(narrowing.field, "")
        offered.append(Choice(narrowing.field, narrowing.label, values, chosen if chosen in values else ""))
    return tuple(offered)


def where(chosen: Mapping[str, str]) -> str:
    """What is chosen, as the end of a question: `` in the West region with product home loan``."""
    return "".join(f" {NARROWINGS[field].phrase.format(value.replace('_', ' '))}" for field, value in chosen.items())
