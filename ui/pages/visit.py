"""One visit to a page: who comes, what the address names, and the tools as they answer him."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

from governance.errors import MunshiError
from tools.result import ToolResult
from tools.toolbox import Toolbox
from ui.facts import ScreenFacts
from ui.pages.declaration import Read
from ui.pages.filters import NARROWINGS, where
from ui.pages.periods import PERIODS, newest_month, period

OF = "$of"


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
        """Call the tool; a second read of the same is the first one's result.

        Raises
        ------
        ToolRetry, ToolRefused
            The tool cannot, or the caller may not.
        """
        return self.call(read.tool, self.arguments(read))

    def call(self, tool: str, arguments: dict[str, Any]) -> ToolResult:
        """Call a tool with these arguments, once a visit."""
        key = f"{tool} {json.dumps(arguments, sort_keys=True, default=str)}"
        if key not in self._held:
            try:
                self._held[key] = self.toolbox.call(tool, arguments)
            except MunshiError as error:
                self._held[key] = error
        held = self._held[key]
        if isinstance(held, MunshiError):
            raise held
        return held

    def arguments(self, read: Read) -> dict[str, Any]:
        """What the read's tool is called with here."""
        given = {name: self._resolved(value) for name, value in read.arguments.items()}
        narrowed = {name: self.chosen[name] for name in read.takes if name in self.chosen}
        if read.filters_as == "arguments":
            return given | narrowed
        conditions = [{"field": name, "value": value} for name, value in narrowed.items()]
        return given | ({"filters": [*given.get("filters", []), *conditions]} if conditions else {})

    def question(self, written: str) -> str:
        """A declared question as it is asked here."""
        month, _ = newest_month(self.clock)
        return written.format(where=where(self.chosen), of=self.of, month=f"{month:%B %Y}")

    def ask(self, written: str) -> str:
        """Address in Ask of a declared question."""
        return f"#/ask?q={quote(self.question(written))}" if written else ""

    def _resolved(self, value: Any) -> Any:
        if value == OF:
            return self.of
        if isinstance(value, str) and value in PERIODS:
            return period(value, self.clock)
        if isinstance(value, list | tuple):
            return [self._resolved(each) for each in value]
        return {name: self._resolved(each) for name, each in value.items()} if isinstance(value, Mapping) else value


def split(told: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The address's words: filters, and the rest."""
    filters = {name: value for name, value in told.items() if name in NARROWINGS and value}
    return filters, {name: value for name, value in told.items() if name not in NARROWINGS}
