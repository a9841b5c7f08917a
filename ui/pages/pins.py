"""The page of pinned answers: each made anew for who looks, with what he may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from assistant.moving import AS_OF
from assistant.pinned import pinned_anew
from governance.errors import MunshiError
from tools.operations import pins
from ui.chart_spec import ChartSpec, chart_spec
from ui.language import say
from ui.markup import part
from ui.pages.pin_rows import COLUMNS
from ui.pages.troubles import Trouble, trouble_of
from ui.pages.visit import Visit, ask
from ui.sql_text import pretty
from ui.table_page import Page, View, table_page

if TYPE_CHECKING:
    from assistant.answer import Answer
    from tools.result import ToolResult
    from ui.pages.acting import Offered
    from ui.pages.declaration import Block
    from ui.pages.framing import Frame

#: Rows of a pinned table, and pixels that a pinned chart is high.
ROWS, HEIGHT = 8, 224


@dataclass(frozen=True)
class Drawn:
    """One pinned answer as the template draws it."""

    pin_id: str
    question: str
    whose: str
    ask: str
    acts: tuple[Offered, ...]
    answer: Answer | None = None
    chart: ChartSpec | None = None
    table: Page | None = None
    sql: tuple[str, ...] = ()
    trouble: Trouble | None = None


def pinned(block: Block, frame: Frame, visit: Visit, result: ToolResult) -> Markup:
    """Each pinned answer, made anew for who looks."""
    names = [column.name for column in COLUMNS]
    rows = [dict(zip(names, row, strict=True)) for row in (result.table.rows if result.table else ())]
    drawn = [_drawn(row, frame, visit) for row in rows]
    return part("pages/pins.html", frame=frame, drawn=drawn, empty=block.empty, height=HEIGHT,
                currency=visit.facts.currency)  # fmt: skip


def _drawn(row: dict[str, Any], frame: Frame, visit: Visit) -> Drawn:
    workspace, principal = visit.toolbox.workspace, visit.toolbox.principal
    base = {"pin_id": row["pin_id"], "question": row["question"], "ask": ask(row["question"].partition(AS_OF)[0]),
            "whose": _whose(row), "acts": frame.offers(row) if frame.offers else ()}  # fmt: skip
    try:
        answer = pinned_anew(workspace, principal, pins.seen(workspace, principal, row["pin_id"]))
    except MunshiError as error:
        return Drawn(**base, trouble=trouble_of(error))
    if answer.status != "answered":
        kind, title = ("locked", "Not within your permissions") if answer.status == "refused" else (
            "unavailable", "Not available here")  # fmt: skip
        return Drawn(**base, trouble=Trouble(kind, title, answer.text))  # type: ignore[arg-type]
    shown = answer.table.model_copy(update={"rows": answer.table.rows[:ROWS]}) if answer.table else None
    return Drawn(
        **{**base, "question": answer.question}, answer=answer, chart=chart_spec(answer.chart),
        table=table_page(shown, View(), visit.facts.currency) if shown else None,
        sql=tuple(pretty(statement) for statement in answer.sql),
    )  # fmt: skip


def _whose(row: dict[str, Any]) -> str:
    if row["whose"] == "shared":
        return say("shared by {name}", name=row["owner"])
    return say("shared with everybody") if row["whose"] == "everybody's" else say("yours alone")
