"""What stands where a figure cannot: what happened, what is unharmed, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.errors import MunshiError, ToolRefused


@dataclass(frozen=True)
class Trouble:
    """Why a part of a page is not there: ``locked`` by a permission, or ``unavailable``."""

    kind: Literal["locked", "unavailable"]
    title: str
    text: str


def trouble_of(error: MunshiError) -> Trouble:
    """An error as the page tells it."""
    if isinstance(error, ToolRefused):
        return Trouble("locked", "Not within your permissions", str(error))
    return Trouble("unavailable", "Not available here", str(error))
