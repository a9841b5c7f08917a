"""What pages read besides tools, by name: lists of what people keep, as results of tools are. They are never held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tools.result import ToolResult
from ui.pages.kept import admin, compliance, data


@dataclass(frozen=True)
class Listing:
    """A function ``(workspace, principal, **arguments) → ToolResult``; it checks the permission itself."""

    function: Callable[..., ToolResult]


LISTINGS: Mapping[str, Listing] = {
    name: Listing(function)
    for functions in (data.LISTINGS, compliance.LISTINGS, admin.LISTINGS)
    for name, function in functions.items()
}
