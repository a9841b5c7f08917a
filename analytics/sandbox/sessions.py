"""Logins and app opens: as frequent as the customer is attached, a little more when money is short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from analytics.sandbox.arrays import SECONDS, Ints, pick
from analytics.sandbox.scene import Scene
from analytics.sandbox.state import MOVED
from analytics.schema import SESSIONS, arrow_schema

if TYPE_CHECKING:
    from analytics.sandbox.arrays import Floats

CHANNELS = ("app", "web", "ivr", "branch")
CHANNEL_ODDS: Floats = np.array([0.82, 0.12, 0.035, 0.025])
MONTHLY_RATE = 11.0


@dataclass
class Logins:
    """The sessions of a chunk, month by month."""

    customers: list[Ints] = field(default_factory=list)
    seconds: list[Ints] = field(default_factory=list)
    channels: list[Ints] = field(default_factory=list)

    def log_in(self, scene: Scene) -> None:
        """Draw one month's sessions."""
        people, state, month, rng = scene.people, scene.state, scene.month, scene.rng
        rate = MONTHLY_RATE * people.engagement**1.4 * state.fade**1.5 * (1 + 0.4 * state.stress)
        rate = np.where(scene.active, rate, 0.0) * np.where(state.stage == MOVED, 0.5, 1.0)
        who = np.repeat(np.arange(len(people)), rng.poisson(rate))
        opened = scene.opened[who]
        day = opened + (rng.random(len(who)) * (month.days - opened)).astype(np.int64)
        self.customers.append(who)
        self.seconds.append((month.first_day + day) * SECONDS + rng.integers(21_600, 86_000, len(who)))
        self.channels.append(pick(rng, CHANNEL_ODDS, len(who)))

    def table(self, customers: pa.Table) -> pa.Table:
        """Return the canonical sessions table, by customer and time."""
        who, second = np.concatenate(self.customers), np.concatenate(self.seconds)
        order = np.lexsort((second, who))
        return pa.table(
            {
                "customer_id": customers["customer_id"].combine_chunks().take(pa.array(who[order])),
                "started_at": pa.array(second[order] * 1_000_000).cast(pa.timestamp("us")),
                "channel": pa.array(CHANNELS).take(pa.array(np.concatenate(self.channels)[order])),
            },
            schema=arrow_schema(SESSIONS),
        )
