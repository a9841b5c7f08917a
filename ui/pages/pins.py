"""The page of pinned answers: each made anew for who looks, with what he may do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from assistant.moving import AS_OF
from assistant.pinned import pinned_anew
from governance.errors import MunshiError
from tools.operations import pins
from ui.language import say
from ui.markup import part
from ui.pages.made_answers import Made, made
from ui.pages.pin_rows import COLUMNS
from ui.pages.troubles import trouble_of
from ui.pages.visit import Visit

if TYPE_CHECKING:
    from tools.result import ToolResult
    from ui.pages.declaration import Block
    from ui.pages.framing import Frame

#: Rows of a pinned table.
ROWS = 8


def pinned(block: Block, frame: Frame, visit: Visit, result: ToolResult) -> Markup:
    """Each pinned answer, made anew for who looks."""
    names = [column.name for column in COLUMNS]
    rows = [dict(zip(names, row, strict=True)) for row in (result.table.rows if result.table else ())]
    drawn = [_drawn(row, frame, visit) for row in rows]
    return part("pages/pins.html", frame=frame, drawn=drawn, empty=block.empty,
                currency=visit.facts.currency)  # fmt: skip


def _drawn(row: dict[str, Any], frame: Frame, visit: Visit) -> Made:
    workspace, principal = visit.toolbox.workspace, visit.toolbox.principal
    try:
        pin = pins.seen(workspace, principal, row["pin_id"])
        answer: Any = pinned_anew(workspace, principal, pin)
    except MunshiError as error:
        answer = trouble_of(error)
    return made(
        row["pin_id"], row["question"].partition(AS_OF)[0], answer, visit.facts.currency, beside=_whose(row), rows=ROWS,
        question=row["question"], acts=frame.offers(row) if frame.offers else (),
    )  # fmt: skip


def _whose(row: dict[str, Any]) -> str:
    if row["whose"] == "shared":
        return say("shared by {name}", name=row["owner"])
    return say("shared with everybody") if row["whose"] == "everybody's" else say("yours alone")
