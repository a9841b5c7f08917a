"""Many callers' entries in one transaction: a commit costs the disk the same for one entry as for fifty."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class _Waiting(Generic[T]):
    """Entries of one caller on their way."""

    __slots__ = ("done", "entries", "error")

    def __init__(self, entries: Sequence[T]) -> None:
        self.entries = entries
        self.done = False
        self.error: BaseException | None = None


class GroupCommit(Generic[T]):
    """Collects what comes while a transaction runs and writes it with the next one.

    The first caller writes at once; those that come meanwhile wait, and one of them writes for all. No thread, no
    delay: a single caller waits for its own commit only.

    Parameters
    ----------
    write
        Writes entries in order, all or none, and returns when they are durable.
    """

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
        self._changed = threading.Condition()
        self._waiting: list[_Waiting[T]] = []
        self._writing = False

    def add(self, entry: T) -> None:
        """Return when ``entry`` is durable; raise what writing it raised."""
        self.add_all((entry,))

    def add_all(self, entries: Sequence[T]) -> None:
        """Return when ``entries`` are durable, in one transaction; raise what writing them raised."""
        mine = _Waiting(entries)
        with self._changed:
            self._waiting.append(mine)
            self._changed.wait_for(lambda: mine.done or not self._writing)
            if not mine.done:
                self._writing = True
                batch, self._waiting = self._waiting, []
        if not mine.done:
            self._write_all(batch)
        if mine.error is not None:
            raise mine.error

    def _write_all(self, batch: Sequence[_Waiting[T]]) -> None:
        error: BaseException | None = None
        try:
            self._write([entry for each in batch for entry in each.entries])
        except BaseException as raised:  # noqa: BLE001  each of those who wait has to hear of it
            error = raised
        with self._changed:
            for each in batch:
                each.done, each.error = True, error
            self._writing = False
            self._changed.notify_all()
