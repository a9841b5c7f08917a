"""Calling a tool: the result in full, and the result as a model or a record may see it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.answer import Step
from assistant.privacy import hide_personal, without_personal
from governance.errors import ToolRetry
from tools.result import ToolResult

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.registry import Tool
    from tools.workspace import Workspace


@dataclass(frozen=True)
class Call:
    """A tool call that came back.

    Attributes
    ----------
    result
        Everything, for the screen.
    seen
        The same with tokens instead of personal data, for a model, a receipt, a log.
    hidden
        Token → personal value that stands in ``result``.
    snapshot
        The books it read.
    """

    tool: str
    args: Mapping[str, Any]
    result: ToolResult
    seen: ToolResult
    snapshot: int
    ms: float
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def step(self) -> Step:
        """The call as the answer lists it."""
        return Step(tool=self.tool, args=dict(self.args), ms=self.ms)


def perform(workspace: Workspace, principal: Principal, tool: Tool, args: Mapping[str, Any]) -> Call:
    """Call ``tool`` on one snapshot of the books.

    Raises
    ------
    ToolRetry, ToolRefused
    """
    started = time.perf_counter()
    snapshot = workspace.reader(principal).snapshot
    result, seen, hidden = _both(workspace, principal, tool, args)
    if workspace.reader(principal).snapshot != snapshot:  # published meanwhile: what was read may be of two snapshots
        snapshot = workspace.reader(principal).snapshot
        result, seen, hidden = _both(workspace, principal, tool, args)
    return Call(tool.name, dict(args), result, seen, snapshot, (time.perf_counter() - started) * 1000, hidden)


def _both(
    workspace: Workspace, principal: Principal, tool: Tool, args: Mapping[str, Any]
) -> tuple[ToolResult, ToolResult, Mapping[str, str]]:
    """The result for the screen, the one for others to see, and what differs."""
    if not principal.may("pii:read"):
        result = tool.call(workspace, principal, args)
        return result, result, {}
    masked = tool.call(workspace, without_personal(principal), args)
    try:
        full = tool.call(workspace, principal, args)
    except ToolRetry:  # its message may quote what was masked for the other
        raise ToolRetry(f"{tool.name} failed on data that may not be quoted here. Ask it differently.") from None
    return full, *hide_personal(full, masked, workspace.keys)


@contextmanager
def books_of(workspace: Workspace, principal: Principal, snapshot: int) -> Iterator[Workspace]:
    """The workspace with its books as of ``snapshot``: the open one where it reads just that.

    Raises
    ------
    BooksCorrupt
        The snapshot was expired.
    """
    if workspace.reader(principal).snapshot == snapshot:
        yield workspace
        return
    with workspace.at(snapshot) as then:
        yield then
