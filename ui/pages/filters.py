"""What a page can be narrowed to: named in its address, offered as a choice, spoken of in its questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tools.model_state import serving_models
from tools.toolbox import Toolbox
from tools.worklist.kinds import kinds

#: The model a page is of where the address names none.
FIRST_MODEL = "credit"
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
    found
        Its values, where no view has them.
    unchosen
        What the page is of while none is chosen.
    """

    field: str
    label: str
    view: str
    column: str
    phrase: str
    scope: str = "books:read"
    order: tuple[str, ...] = ()
    found: Callable[[Toolbox], tuple[str, ...]] | None = None
    unchosen: str = ""

    def values(self, toolbox: Toolbox) -> tuple[str, ...]:
        """What can be chosen, in its order."""
        if self.found is not None:
            return self.found(toolbox)
        found = toolbox.workspace.values(toolbox.principal, self.view, self.column)
        return tuple(each for each in self.order if each in found) or found


def _models(toolbox: Toolbox) -> tuple[str, ...]:
    serving = [model for model, _, _ in serving_models(toolbox.workspace, toolbox.principal)]
    return tuple(each for each in serving if each != FIRST_MODEL)


NARROWINGS: Mapping[str, Narrowing] = {
    each.field: each
    for each in (
        Narrowing("region", "Region", "customers", "region", "in the {} region"),
        Narrowing("state", "State", "customers", "state", "in {}"),
        Narrowing("city", "City", "customers", "city", "in {}"),
        Narrowing("occupation", "Occupation", "customers", "occupation", "with occupation {}"),
        Narrowing("product", "Product", "loans", "product", "with product {}"),
        Narrowing("band", "Risk band", "borrowers", "band", "with risk band {}", "scores:read", BANDS),
        Narrowing("list", "List", "", "", "of the list {}", "worklist:work", found=lambda _: tuple(kinds())),
        Narrowing("whose", "Whose", "", "", "of {}", "worklist:work", found=lambda _: ("me", "nobody")),
        Narrowing(
            "standing",
            "State",
            "",
            "",
            "that are {}",
            "worklist:work",
            found=lambda _: ("done", "all"),
            unchosen="open",
        ),
        Narrowing("model", "Model", "", "", "for {}", "models:read", found=_models, unchosen=FIRST_MODEL),
    )
}


@dataclass(frozen=True)
class Choice:
    """A filter as the page offers it."""

    field: str
    label: str
    values: tuple[str, ...]
    chosen: str = ""
    unchosen: str = ""


def choices(toolbox: Toolbox, fields: Sequence[str], asked: Mapping[str, str]) -> tuple[Choice, ...]:
    """The filters that the caller may use, each with its values and the one that is chosen."""
    offered = []
    for each in (NARROWINGS[field] for field in fields):
        if not toolbox.principal.may(each.scope):
            continue
        values, chosen = each.values(toolbox), asked.get(each.field, "")
        offered.append(Choice(each.field, each.label, values, chosen if chosen in values else "", each.unchosen))
    return tuple(offered)


def where(chosen: Mapping[str, str]) -> str:
    """What is chosen, as the end of a question: `` in the West region with product home loan``."""
    return "".join(f" {NARROWINGS[field].phrase.format(value.replace('_', ' '))}" for field, value in chosen.items())
