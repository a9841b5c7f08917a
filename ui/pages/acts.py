"""What can be done on a page: declared like what stands on it, offered to those who may, done by a named operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Entry(BaseModel):
    """One thing to be filled in before an action is done.

    Attributes
    ----------
    name
        Argument of the operation.
    values
        What can be chosen, where that never changes; a value is shown as its words.
    choices
        Name in `ui.pages.choosing`, where that depends on the workspace, or on the row.
    at
        What it stands at first; ``$column`` is the row's.
    most
        Characters it may have.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    kind: Literal["text", "long", "password", "number", "date", "choice"] = "text"
    values: tuple[str, ...] = ()
    choices: str = ""
    required: bool = True
    hint: str = ""
    at: str = ""
    most: int = 400


class Act(BaseModel):
    """An action: a button, and the operation it stands for.

    Attributes
    ----------
    operation
        Name in `ui.pages.operations.OPERATIONS`.
    given
        Argument → column of the row it is pressed on; ``$of`` is what the address names.
    fixed
        Argument → value that is always given.
    when
        Column → values of the row at which it is offered.
    entries
        What is asked first.
    confirm
        A sentence that says what will happen, to be agreed to first; ``{column}`` is the row's.
    grave
        Whether it takes something away: the button says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    operation: str
    given: Mapping[str, str] = Field(default_factory=dict)
    fixed: Mapping[str, Any] = Field(default_factory=dict)
    when: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    confirm: str = ""
    grave: bool = False

    @property
    def asks(self) -> bool:
        """Whether something is asked before it is done."""
        return bool(self.entries or self.confirm)

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Whether it is offered on a row."""
        return all(str(row.get(column)) in values for column, values in self.when.items())

    def told_of(self, row: Mapping[str, Any], of: str = "") -> dict[str, str]:
        """What of a row the browser sends along when it is pressed."""
        columns = {*self.given.values(), *_columns_of(self.confirm), *(each.at[1:] for each in self.entries)}
        named = {"of": of, **{name: str(value) for name, value in row.items() if value is not None}}
        wanted = {column.removeprefix("$") for column in columns}
        return {name: value for name, value in named.items() if name in wanted}

    def arguments(self, told: Mapping[str, str], entered: Mapping[str, Any]) -> dict[str, Any]:
        """What the operation is called with; what was left empty is not given, nor is what is not declared."""
        given = {name: told[column.removeprefix("$")] for name, column in self.given.items()
                 if column.removeprefix("$") in told}  # fmt: skip
        filled = {each.name: entered[each.name] for each in self.entries if entered.get(each.name) not in (None, "")}
        return {**given, **filled, **self.fixed}


def _columns_of(sentence: str) -> Sequence[str]:
    from string import Formatter

    return [name for _, name, _, _ in Formatter().parse(sentence) if name]
