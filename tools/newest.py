"""What was used last, up to a number."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """Values under keys; the least recently used goes first once there are more than ``most``."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, T] = OrderedDict()
        self._keeping = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        """What is kept under a key, or None."""
        with self._keeping:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: Hashable, value: T) -> None:
        """Keep a value under a key."""
        with self._keeping:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)


def keep_newest(held: dict[str, Any], most: int) -> None:
    """Let the oldest go until no more than ``most`` are held."""
    while len(held) > most:
        del held[next(iter(held))]
