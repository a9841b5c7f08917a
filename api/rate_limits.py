"""How often a caller may ask: a bucket of tokens each, filled steadily, in this process's memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RateLimits:
    """Buckets by name; the oldest full ones are forgotten.

    Parameters
    ----------
    per_minute
        Tokens a bucket gains and holds, where a caller has no limit of its own.
    """

    MOST = 50_000

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._taking = threading.Lock()

    def take(self, name: str, per_minute: int | None = None) -> float:
        """Take a token; return 0, or the seconds until there is one again."""
        most = float(per_minute or self._per_minute)
        now = self._clock()
        with self._taking:
            tokens, at = self._buckets.pop(name, (most, now))
            tokens = min(most, tokens + (now - at) * most / 60.0)
            taken = tokens >= 1.0
            self._buckets[name] = (tokens - 1.0 if taken else tokens, now)
            while len(self._buckets) > self.MOST:
                del self._buckets[next(iter(self._buckets))]
        return 0.0 if taken else (1.0 - tokens) * 60.0 / most
