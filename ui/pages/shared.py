"""The page that a link opens: somebody's conversation, each answer read again under the reader's own rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from assistant.moving import AS_OF
from assistant.shared import shared_answer
from tools.operations import conversations, worklist
from ui.language import say
from ui.markup import part
from ui.pages.made_answers import made
from ui.pages.visit import Visit

if TYPE_CHECKING:
    from tools.result import ToolResult
    from ui.pages.declaration import Block
    from ui.pages.framing import Frame

#: Rows of a table that a shared answer shows.
ROWS = 100


def shared(block: Block, frame: Frame, visit: Visit, _: ToolResult) -> Markup:
    """Each answer of the conversation, made for who reads."""
    workspace, reader = visit.toolbox.workspace, visit.toolbox.principal
    share, receipts = conversations.opened(workspace, reader, visit.of)
    by = say("asked by {name}", name=worklist.staff(workspace).get(share.owner, share.owner))
    drawn = [
        made(each.receipt_id, each.content["question"].partition(AS_OF)[0], shared_answer(workspace, reader, each),
             visit.facts.currency, beside=by, rows=ROWS)
        for each in receipts
    ]  # fmt: skip
    return part("pages/pins.html", frame=frame, drawn=drawn, empty=block.empty,
                currency=visit.facts.currency)  # fmt: skip
