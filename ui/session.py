"""One browser session's conversation, as plain data both ways."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.answer import Answer
from tools.result import Table
from ui.table_page import View


def _conversation_id() -> str:
    return f"c_{secrets.token_hex(8)}"


@dataclass
class Session:
    """The conversation, which answer's evidence is shown, and how its tables are looked at.

    Attributes
    ----------
    answers
        In the order they were given.
    selected
        Place of the answer whose evidence is shown; None before the first.
    views
        Place of a table among the selected answer's → how it is looked at.
    """

    conversation_id: str = field(default_factory=_conversation_id)
    answers: list[Answer] = field(default_factory=list)
    selected: int | None = None
    views: dict[int, View] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> Session:
        """Rebuild a session from what `to_dict` gave; an empty mapping is a new session."""
        if not state:
            return cls()
        return cls(
            conversation_id=state["conversation_id"],
            answers=[Answer.model_validate(answer) for answer in state["answers"]],
            selected=state["selected"],
            views={int(place): View(**view) for place, view in state["views"].items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """The session as dictionaries, lists and scalars."""
        return {
            "conversation_id": self.conversation_id,
            "answers": [answer.model_dump() for answer in self.answers],
            "selected": self.selected,
            "views": {place: asdict(view) for place, view in self.views.items()},
        }

    @property
    def current(self) -> Answer | None:
        """The answer whose evidence is shown."""
        return None if self.selected is None else self.answers[self.selected]

    def add(self, answer: Answer) -> None:
        """Append an answer and show its evidence."""
        self.answers.append(answer)
        self.select(len(self.answers) - 1)

    def select(self, place: int) -> None:
        """Show the evidence of an answer; a place that does not exist changes nothing."""
        if 0 <= place < len(self.answers) and place != self.selected:
            self.selected, self.views = place, {}

    def table(self, place: int) -> Table | None:
        """A table of the selected answer."""
        tables = tables_of(self.current) if self.current else ()
        return tables[place] if 0 <= place < len(tables) else None

    def sort(self, place: int, column_name: str) -> None:
        """Press a column's heading; an unknown table or column changes nothing."""
        table = self.table(place)
        column = next((column for column in table.columns if column.name == column_name), None) if table else None
        if column is not None:
            self.views[place] = self.views.get(place, View()).sorted_by(column)

    def turn_page(self, place: int, page: int) -> None:
        """Show another window of a table."""
        if self.table(place) is not None:
            view = self.views.get(place, View())
            self.views[place] = View(view.sort, view.descending, max(page, 0))


def tables_of(answer: Answer) -> tuple[Table, ...]:
    """The answer's tables, its principal one first, each once."""
    first = (answer.table,) if answer.table is not None else ()
    return (*first, *(table for table in answer.tables if table not in first))
