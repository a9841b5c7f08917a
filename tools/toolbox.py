"""The Python face: ``Toolbox.open("demo").top_risky_borrowers(limit=100)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from governance.principal import Principal, local_principal
from governance.settings import Settings
from tools.registry import TOOLS, tool
from tools.result import ToolResult
from tools.workspace import Workspace


class Toolbox:
    """Every tool as a method, called as one principal on one workspace."""

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self.workspace = workspace
        self.principal = principal

    @classmethod
    def open(
        cls, name: str = "demo", *, settings: Settings | None = None, principal: Principal | None = None
    ) -> Toolbox:
        """Open a workspace by name, by default as the caller on the machine itself."""
        return cls(Workspace.open(name, settings), principal or local_principal(name))

    def __getattr__(self, name: str) -> Callable[..., ToolResult]:
        """Return the tool of that name as a function of its arguments."""
        if name.startswith("_"):
            raise AttributeError(name)
        found = tool(name)
        return lambda **arguments: found.call(self.workspace, self.principal, arguments)

    def __dir__(self) -> list[str]:
        """The tools, for completion in a notebook."""
        return [*super().__dir__(), *(each.name for each in TOOLS)]

    def call(self, name: str, arguments: dict[str, Any]) -> ToolResult:
        """Call a tool by name with JSON-like arguments."""
        return tool(name).call(self.workspace, self.principal, arguments)
