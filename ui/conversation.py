"""The left side: what was asked, what was answered, and what may be asked next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.answer import Answer, Step
from ui.facts import ScreenFacts
from ui.language import say
from ui.markup import plainly, render
from ui.session import Session, tables_of
from ui.theme.figures import duration


@dataclass(frozen=True)
class Example:
    """A first question and the strength it shows."""

    question: str
    shows: str


EXAMPLES: tuple[Example, ...] = (
    Example("Who are my top 100 risky borrowers?", "an exact list, with reasons"),
    Example("Expected loss by city", "any measure, any split"),
    Example("Monthly inflow over the last 12 months", "a trend, drawn"),
    Example("What is SMA-2?", "the rule, with its source"),
    Example("How good is the credit model?", "a model's own record"),
)

#: Status → the line above the answer's text: what happened, and what is unharmed.
BANNERS: Mapping[str, str] = {
    "refused": "Refused. Nothing was read beyond your permissions; the refusal is on record.",
    "failed": "Not answered. Your books and earlier answers are unharmed: asking only reads.",
    "abstained": "Not answered: better no figure than a guessed one.",
}


@dataclass
class Pending:
    """A question on its way, and the steps seen so far."""

    question: str
    steps: list[Step] = field(default_factory=list)

    def see(self, step: Step) -> None:
        """Add a step, or finish the one that was announced when it began."""
        begun = self.steps and self.steps[-1].ms == 0 and self.steps[-1].tool == step.tool
        if begun and self.steps[-1].args == step.args:
            self.steps[-1] = step
        else:
            self.steps.append(step)


def conversation_html(session: Session, facts: ScreenFacts, pending: Pending | None = None) -> str:
    """The conversation; example questions when there is none yet."""
    return render(
        "conversation.html",
        answers=session.answers,
        selected=session.selected,
        pending=pending,
        facts=facts,
        conversation_id=session.conversation_id,
        examples=EXAMPLES,
        banners=BANNERS,
        steps_line=steps_line,
        arguments=arguments_line,
        holds=lambda answer: holds(answer, facts.counted),
    )


def steps_line(steps: Sequence[Step], milliseconds: float) -> str:
    """The fold's label: how many steps, how long."""
    count = say("1 step") if len(steps) == 1 else say("{count} steps", count=len(steps))
    return f"{count}, {duration(milliseconds or sum(step.ms for step in steps))}"


def arguments_line(arguments: Mapping[str, Any]) -> str:
    """A step's arguments in words, the unset ones left out."""
    given = {name: value for name, value in arguments.items() if value not in (None, "", [], {}, ())}
    return ", ".join(f"{plainly(name).lower()} {_plain(value)}" for name, value in given.items())


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return arguments_line(value)
    if isinstance(value, list | tuple):
        return ", ".join(_plain(each) for each in value)
    return str(value).replace("_", " ")


def holds(answer: Answer, counted: Callable[[int], str]) -> str:
    """What the evidence of an answer holds, for the button that opens it."""
    tables = tables_of(answer)
    if len(tables) > 1:
        parts = [say("{count} tables", count=len(tables))]
    else:
        parts = [_rows(len(table.rows), counted) for table in tables]
    parts += [say("chart")] if answer.chart else []
    sources = len(answer.sources)
    parts += [say("1 source") if sources == 1 else say("{count} sources", count=sources)] if sources else []
    return ", ".join(parts) or say("receipt")


def _rows(number: int, counted: Callable[[int], str]) -> str:
    return say("1 row") if number == 1 else say("{total} rows", total=counted(number))
