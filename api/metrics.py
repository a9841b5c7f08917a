"""Counts and durations of requests by route, as Prometheus reads them: no caller, no customer, no path as typed."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: Upper ends of the classes of duration, in seconds.
CLASSES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What this process has served since it started."""

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self._durations: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (len(CLASSES) + 1))
        self._seconds: dict[tuple[str, str], float] = defaultdict(float)
        self._under_way = 0

    def began(self) -> None:
        """Count a request that is under way."""
        with self._counting:
            self._under_way += 1

    def ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that has ended."""
        with self._counting:
            self._under_way -= 1
            self._requests[method, route, status] += 1
            self._durations[method, route][bisect_left(CLASSES, seconds)] += 1
            self._seconds[method, route] += seconds

    def text(self) -> str:
        """Everything, as Prometheus reads it."""
        with self._counting:
            return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "# HELP munshi_requests_total Requests that have ended."
        yield "# TYPE munshi_requests_total counter"
        for (method, route, status), count in sorted(self._requests.items()):
            yield f'munshi_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
        yield "# HELP munshi_request_seconds How long requests took."
        yield "# TYPE munshi_request_seconds histogram"
        for (method, route), counts in sorted(self._durations.items()):
            labels, below = f'method="{method}",route="{route}"', 0
            for end, count in zip((*map(str, CLASSES), "+Inf"), counts, strict=True):
                below += count
                yield f'munshi_request_seconds_bucket{{{labels},le="{end}"}} {below}'
            yield f"munshi_request_seconds_sum{{{labels}}} {self._seconds[method, route]:.6f}"
            yield f"munshi_request_seconds_count{{{labels}}} {below}"
        yield "# HELP munshi_requests_under_way Requests being answered."
        yield "# TYPE munshi_requests_under_way gauge"
        yield f"munshi_requests_under_way {self._under_way}"
