"""The embedded planner: a deterministic chat model that needs no key and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.planner.model import EmbeddedPlanner

__all__ = ["EmbeddedPlanner"]


def __getattr__(name: str) -> Any:
    if name != "EmbeddedPlanner":
        raise AttributeError(name)
    from assistant.planner.model import EmbeddedPlanner

    return EmbeddedPlanner
