"""One visit to a page: who comes, what the address names, and the tools as they answer him."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

from governance.errors import MunshiError
from tools.arguments import literal
from tools.filters import condition
from tools.periods import PERIODS, newest_month, period
from tools.result import ToolResult
from tools.toolbox import Toolbox
from tools.workspace import Workspace
from ui.facts import ScreenFacts
from ui.language import say
from ui.pages.declaration import Read
from ui.pages.filters import NARROWINGS
from ui.pages.filters import where as in_words

#: What a declaration calls what the address says: ``$of``, ``$where``, or any other word of it; in a statement SQL.
_WORD = re.compile(r"\$([a-z]+)")


@dataclass(frozen=True)
class Visit:
    """What a page is made from.

    Attributes
    ----------
    of
        What the address names within the page: a customer, a model; empty where it names none.
    chosen
        Filter → value, as the address has them and the books know them.
    told
        Everything else the address says: what sliders stand at.
    """

    toolbox: Toolbox
    facts: ScreenFacts
    of: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    _held: dict[str, ToolResult | MunshiError] = field(default_factory=dict)

    @cached_property
    def clock(self) -> dt.date:
        """The data clock."""
        return self.toolbox.workspace.data_clock(self.toolbox.principal)

    def read(self, read: Read) -> ToolResult:
        """Call the tool; a second read of the same is the first one's result. A listing is read anew.

        Raises
        ------
        ToolRetry, ToolRefused
            The tool cannot, or the caller may not.
        """
        if read.listing:
            from ui.pages.listings import LISTINGS

            found = LISTINGS[read.listing].function
            return _named(found(self.toolbox.workspace, self.toolbox.principal, **self.arguments(read)), read)
        return _named(self.call(read.tool, self.arguments(read)), read)

    def call(self, tool: str, arguments: dict[str, Any]) -> ToolResult:
        """Call a tool with these arguments: once a visit, and once for a caller while the books stand as they are."""
        key = f"{tool} {json.dumps(arguments, sort_keys=True, default=str)}"
        if key not in self._held:
            try:
                self._held[key] = self._found(key, tool, arguments)
            except MunshiError as error:
                self._held[key] = error
        held = self._held[key]
        if isinstance(held, MunshiError):
            raise held
        return held

    def _found(self, key: str, tool: str, arguments: dict[str, Any]) -> ToolResult:
        """What any page found of the same; a trouble is no finding, and is looked at anew."""
        workspace, principal = self.toolbox.workspace, self.toolbox.principal
        place = (principal.identity, standing(workspace), key)
        found = workspace.results.get(place)
        if found is None:
            found = self.toolbox.call(tool, arguments)
            workspace.results.keep(place, found)
        return found

    def arguments(self, read: Read) -> dict[str, Any]:
        """What the read's tool is called with here."""
        narrowed = {name: self.chosen[name] for name in read.takes if name in self.chosen}
        where = condition({read.columns.get(name, name): [value] for name, value in narrowed.items()})
        given = {name: self._resolved(value, where) for name, value in read.arguments.items()}
        if read.filters_as == "conditions" and narrowed:
            conditions = [{"field": name, "value": value} for name, value in narrowed.items()]
            return given | {"filters": [*given.get("filters", []), *conditions]}
        return given | narrowed if read.filters_as == "arguments" else given

    def wider(self, read: Read) -> str:
        """What is chosen and does not narrow this read, in words; nothing where all of it does."""
        left = [say(NARROWINGS[name].label).lower() for name in self.chosen if name not in read.takes]
        return say("whatever the {what}", what=f" {say('and')} ".join(left)) if left else ""

    def question(self, written: str, takes: Collection[str] = ()) -> str:
        """A declared question as it is asked here, of what its read is narrowed by."""
        month, _ = newest_month(self.clock)
        narrowed = {name: value for name, value in self.chosen.items() if name in takes}
        return written.format(where=in_words(narrowed), of=self.of, month=f"{month:%B %Y}")

    def _resolved(self, value: Any, where: str) -> Any:
        if isinstance(value, str):
            if value in PERIODS:
                return period(value, self.clock)
            word = _WORD.fullmatch(value)
            return self._word(word[1]) if word else _WORD.sub(lambda found: self._in_sql(found[1], where), value)
        if isinstance(value, list | tuple):
            return [self._resolved(each, where) for each in value]
        if isinstance(value, Mapping):
            return {name: self._resolved(each, where) for name, each in value.items()}
        return value

    def _word(self, name: str) -> str:
        return self.of if name == "of" else self.told.get(name, "")

    def _in_sql(self, name: str, where: str) -> str:
        return where if name == "where" else literal(self._word(name))


def _named(result: ToolResult, read: Read) -> ToolResult:
    """The result with its columns called, and measured, as the read says."""
    if result.table is None or not read.named:
        return result
    columns = [
        column.model_copy(update=read.named[column.name].model_dump()) if column.name in read.named else column
        for column in result.table.columns
    ]
    return result.model_copy(update={"table": result.table.model_copy(update={"columns": tuple(columns)})})


def ask(question: str) -> str:
    """Address in Ask of a question as it stands."""
    return f"#/ask?q={quote(question)}"


def standing(workspace: Workspace) -> tuple[str, str]:
    """How the books stand: the newest publish, and the consents of this moment. What was read holds until it moves."""
    return workspace.lake.publish_id(), workspace.withheld().version


def split(told: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The address's words: filters, and the rest."""
    filters = {name: value for name, value in told.items() if name in NARROWINGS and value}
    return filters, {name: value for name, value in told.items() if name not in NARROWINGS}
