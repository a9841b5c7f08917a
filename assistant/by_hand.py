"""Calls that a person makes himself, without a mind: an answer as of another month, a statement that he edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.calls import Call, perform
from assistant.composing import plain_statement
from assistant.planner.plan import Call as Planned
from assistant.planner.plan import frame_of
from assistant.prose.compose import compose
from assistant.thought import Thought
from governance.errors import MunshiError, ToolRefused

if TYPE_CHECKING:
    from assistant.answer import Step
    from governance.principal import Principal
    from knowledge.vocabulary import Vocabulary
    from tools.registry import Tool
    from tools.result import ToolResult
    from tools.workspace import Workspace


@dataclass(frozen=True)
class ByHand(Thought):
    """What calls made by hand came to."""

    made: tuple[Call, ...] = ()

    @property
    def calls(self) -> Sequence[Call]:
        """The calls that were made."""
        return self.made

    @property
    def steps(self) -> tuple[Step, ...]:
        """Each call as the answer lists it."""
        return tuple(call.step for call in self.made)


def carried_out(
    workspace: Workspace, principal: Principal, tools: Mapping[str, Tool], planned: Sequence[Planned], *, read: str,
    lead: str = "",
) -> ByHand:  # fmt: skip
    """Make calls and tell what they brought, under the caller's own rights.

    Parameters
    ----------
    read
        How it was understood.
    lead
        A sentence that comes first.

    Returns
    -------
    ByHand
        Refused or abstained, with the tool's own words, where a call may not or cannot be made.
    """
    try:
        made = tuple(perform(workspace, principal, tools[call.tool], call.args) for call in planned)
    except ToolRefused as refusal:
        return ByHand(str(refusal), "refused")
    except MunshiError as error:
        return ByHand(str(error), "abstained")
    vocabulary = workspace.vocabulary_of(principal)
    told = [told_of(Planned(call.tool, call.args), call.result, vocabulary) for call in made]
    return ByHand(
        "\n\n".join([*([lead] if lead else []), *told]), "answered", beside={"interpretation": read}, made=made
    )


def told_of(call: Planned, result: ToolResult, vocabulary: Vocabulary) -> str:
    """What a call brought, in the planner's words; plainly where it has none for it."""
    frame = frame_of(call)
    return plain_statement(result) if frame is None else compose(frame, result, vocabulary)
