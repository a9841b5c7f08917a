"""How long work says where it is."""

from __future__ import annotations

from collections.abc import Callable

#: Called with what is being done and how much of the whole is behind, 0 to 1.
Progress = Callable[[str, float], None]


def silent(_what: str, _share: float) -> None:
    """Say nothing."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """A progress whose 0 to 1 is the stretch from ``start`` to ``end`` of another's."""
    return lambda what, share: progress(what, start + (end - start) * share)
