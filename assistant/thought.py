"""What thinking about a question came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.prompting import prompt

if TYPE_CHECKING:
    from assistant.answer import Status, Step
    from assistant.calls import Call
    from assistant.minds import Mind
    from assistant.screening import Screened
    from assistant.turn import Turn


@dataclass(frozen=True)
class Thought:
    """What thinking came to, before it is checked against the results.

    Attributes
    ----------
    turns
        Every mind's turn, the one that came to this last.
    beside
        What the mind said beside its text: interpretation, alternatives, follow_ups.
    warnings
        Minds that gave no answer, and why.
    """

    text: str
    status: Status
    turns: tuple[Turn, ...] = ()
    beside: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def mind(self) -> Mind | None:
        """The mind that answered; None where none was needed."""
        return self.turns[-1].mind if self.turns else None

    @property
    def calls(self) -> Sequence[Call]:
        """The tool calls the text rests on."""
        return self.turns[-1].calls if self.turns else ()

    @property
    def faults(self) -> Sequence[str]:
        """What the tools said of calls that could be mended: what exists, and what does not."""
        return self.turns[-1].faults if self.turns else ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of the mind that answered, faulty ones too."""
        return tuple(self.turns[-1].steps) if self.turns else ()

    @property
    def sent_to(self) -> list[Mind]:
        """The minds outside this process that were shown something."""
        return [turn.mind for turn in self.turns if turn.mind.external and turn.model_calls]


def which_customer(screened: Screened) -> Thought:
    """Ask back which of several customers of one name is meant; needs no mind."""
    named = screened.unclear[0]
    ids = ", ".join(named.customer_ids)
    text = prompt("which_customer").format(count=len(named.customer_ids), ids=ids)
    again = [screened.text.replace(named.token, f"customer {customer_id}") for customer_id in named.customer_ids]
    return Thought(text, "abstained", beside={"interpretation": screened.text, "follow_ups": again})


def too_long(limit: int) -> Thought:
    """Decline a question longer than anyone asks."""
    return Thought(prompt("too_long").format(limit=limit), "abstained")
