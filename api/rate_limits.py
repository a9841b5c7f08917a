"""How often a caller may ask: a bucket of tokens each, filled steadily; in memory, or shared by several servers."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

from governance.control import METADATA

if TYPE_CHECKING:
    from governance.control import ControlStore


class RateLimits:
    """Buckets by name; the oldest full ones are forgotten.

    Parameters
    ----------
    per_minute
        Tokens a bucket gains and holds, where a caller has no limit of its own.
    """

    waits = False
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


#: Rate limits as several servers keep them in common; the name is a keyed digest: it may be somebody's address.
BUCKETS = sa.Table(
    "rate_buckets",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("name_mac", sa.String(64), primary_key=True),
    sa.Column("tokens", sa.Float, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)
#: What a bucket gains until now; a clock that was set back fills it, else it would stand still until that moment comes.
_GAINED = "(CASE WHEN excluded.at < held.at - 1 THEN :most ELSE greatest(0, excluded.at - held.at) * :most / 60.0 END)"
#: Fills a bucket up to now, by the database's clock, and draws from it where it holds enough: one statement, so that
#: two servers never draw the same token.
_DRAW = sa.text(
    f"""
    INSERT INTO rate_buckets AS held (workspace, name_mac, tokens, at)
    VALUES (:workspace, :name, :most - :wanted, extract(epoch FROM clock_timestamp()))
    ON CONFLICT (workspace, name_mac) DO UPDATE SET
        tokens = least(:most, held.tokens + {_GAINED}) - :wanted,
        at = excluded.at
    WHERE least(:most, held.tokens + {_GAINED}) >= :wanted
    RETURNING tokens
    """
)
_LEFT = sa.text(
    """
    SELECT least(:most, tokens + greatest(0, extract(epoch FROM clock_timestamp()) - at) * :most / 60.0)
    FROM rate_buckets WHERE workspace = :workspace AND name_mac = :name
    """
)


class SharedRateLimits:
    """The same buckets for several servers on one PostgreSQL.

    Who asks often is given tokens by the handful, so that not every request costs a commit: a server draws twice as
    many as the last time when it comes back within a second, at most a twentieth of the bucket, and lets go of what it
    has not given out after a second. So all servers together never give more than the limit, and may give a twentieth
    of it less.

    Parameters
    ----------
    what
        Which limits these are: the same name has a bucket in each.
    """

    #: The database is asked: not for the event loop.
    waits = True
    HELD = 1.0

    def __init__(
        self, control: ControlStore, what: str, per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._control = control
        self._what = what
        self._per_minute = per_minute
        self._clock = clock
        self._handfuls: dict[str, tuple[int, int, float]] = {}
        self._taking = threading.Lock()
        control.create(METADATA)

    def take(self, name: str, per_minute: int | None = None) -> float:
        """Take a token; return 0, or the seconds until there is one again.

        Raises
        ------
        ControlUnavailable
        """
        most = per_minute or self._per_minute
        with self._taking:
            left, drawn, at = self._handfuls.get(name, (0, 0, float("-inf")))
            fresh = 0 <= self._clock() - at < self.HELD
            if fresh and left > 0:
                self._handfuls[name] = (left - 1, drawn, at)
                return 0.0
        wanted = max(1, min(2 * drawn, most // 20)) if fresh else 1
        return self._drawn(name, most, wanted)

    def _drawn(self, name: str, most: int, wanted: int) -> float:
        whose = {"workspace": self._control.workspace, "name": self._mac(name), "most": float(most)}
        with self._control.drawing() as connection:
            for count in dict.fromkeys((wanted, 1)):
                if connection.execute(_DRAW, {**whose, "wanted": float(count)}).one_or_none() is not None:
                    self._keep(name, count)
                    return 0.0
            left = connection.execute(_LEFT, whose).scalar_one()
        return max(1.0 - float(left), 0.0) * 60.0 / most or 0.001

    def _keep(self, name: str, count: int) -> None:
        """Hold what was drawn beyond the token given out, beside what another thread drew meanwhile."""
        with self._taking:
            left, _, at = self._handfuls.pop(name, (0, 0, float("-inf")))
            now = self._clock()
            held = left if 0 <= now - at < self.HELD else 0
            self._handfuls[name] = (held + count - 1, count, now)
            while len(self._handfuls) > RateLimits.MOST:
                del self._handfuls[next(iter(self._handfuls))]

    def _mac(self, name: str) -> str:
        key = self._control.keys.derive("rate-limits")
        return hmac.new(key, f"{self._what}\n{name}".encode(), hashlib.sha256).hexdigest()


def rate_limits(control: ControlStore, what: str, per_minute: int) -> RateLimits | SharedRateLimits:
    """Return limits in this process's memory, or in the database where several servers share it."""
    if control.shared:
        return SharedRateLimits(control, what, per_minute)
    return RateLimits(per_minute)


async def taken(limits: RateLimits | SharedRateLimits, name: str, per_minute: int | None = None) -> float:
    """What ``take`` returns, without keeping others waiting while a database is asked."""
    if limits.waits:
        return await run_in_threadpool(limits.take, name, per_minute)
    return limits.take(name, per_minute)
