"""A pinned answer made anew: its calls on the newest books, its periods moved along, under the reader's own rights."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from assistant.answer import Answer
from assistant.by_hand import carried_out
from assistant.composing import gathered, unique
from assistant.moving import moved_on
from assistant.privacy import Veil
from tools.registry import tools_of

if TYPE_CHECKING:
    from governance.pins import Pin
    from governance.principal import Principal
    from tools.workspace import Workspace


def pinned_anew(workspace: Workspace, principal: Principal, pin: Pin) -> Answer:
    """Make a pinned answer for a reader.

    Returns
    -------
    Answer
        Refused or abstained, with the tool's own words, where he may not see it or it cannot be made any more. It has
        no receipt: looking is no asking.
    """
    clock = workspace.data_clock(principal)
    calls = moved_on(pin.question, pin.plan, dt.date.fromisoformat(pin.data_clock), clock)
    tools = {tool.name: tool for tool in tools_of(workspace)}
    thought = carried_out(workspace, principal, tools, calls, read="the pinned answer")
    veil = Veil(workspace.keys)
    for call in thought.calls:
        veil.learn(call.hidden)
    warnings = unique(warning for call in thought.calls for warning in call.result.warnings)
    told: dict[str, Any] = {"question": pin.question, "text": thought.text}
    if principal.may("pii:read"):
        told = {name: veil.reveal(text) for name, text in told.items()}
    return Answer(
        receipt_id="", status=thought.status, steps=thought.steps, warnings=tuple(warnings), **told,
        **gathered(thought.calls),
    )  # fmt: skip
