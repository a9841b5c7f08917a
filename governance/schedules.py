"""Schedules of a workspace and what their runs gave, sealed; of many processes one runs what is due.

Whoever runs a due schedule claims it first. It stays due until the run is kept, which takes the claim: so of two that
ran it one run is kept, and what a process that died began is run by another once the claim is too old.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.errors import NotThere, ToolRetry
from governance.identity.tables import Clock, wall_clock

RunState = Literal["ok", "failed"]
#: Schedules a workspace may have; runs of each whose results are kept.
MOST, KEPT_RUNS = 200, 24
#: Seconds after which a claim is nobody's any more, and how many processes may die over one run.
LEASE, TRIES = 600.0, 3

SCHEDULES = sa.Table(
    "schedules",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("schedule_id", sa.String(16), primary_key=True),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("next_at", sa.Float, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

RUNS = sa.Table(
    "schedule_runs",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("run_id", sa.String(16), primary_key=True),
    sa.Column("schedule_id", sa.String(16), nullable=False, index=True),
    sa.Column("due_at", sa.Float, nullable=False),
    sa.Column("ran_at", sa.Float, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("missed", sa.Integer, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

CLAIMS = sa.Table(
    "schedule_claims",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("schedule_id", sa.String(16), primary_key=True),
    sa.Column("due_at", sa.Float, nullable=False),
    sa.Column("token", sa.String(16), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
)


@dataclass(frozen=True)
class Claim:
    """The right to run a due schedule.

    Attributes
    ----------
    tries
        How many processes took it up for this due time, this one among them.
    """

    token: str
    tries: int


@dataclass(frozen=True)
class Scheduled:
    """A schedule.

    Attributes
    ----------
    what
        ``question`` or ``report``, its text or name, whom it is mailed to, and whether the file travels along.
    """

    schedule_id: str
    made_by: str
    created_at: float
    active: bool
    next_at: float
    when: str
    zone: str
    what: Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """One run.

    Attributes
    ----------
    missed
        Due times before this one at which nothing ran.
    said
        The answer's first words, or why it failed.
    receipt_id
        The answer's; empty for a report.
    """

    run_id: str
    schedule_id: str
    due_at: float
    ran_at: float
    state: RunState
    missed: int
    said: str
    receipt_id: str = ""
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)


class Schedules:
    """The schedules of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self.clock = clock
        control.create(METADATA)

    def add(self, when: str, zone: str, what: Mapping[str, Any], *, next_at: float, by: str) -> Scheduled:
        """Keep a schedule.

        Raises
        ------
        ToolRetry
            There are as many as may be.
        """
        schedule_id = f"sc_{secrets.token_hex(5)}"
        content = json.dumps({"when": when, "zone": zone, "what": dict(what)})
        count = sa.select(sa.func.count()).select_from(SCHEDULES).where(self._mine(SCHEDULES))
        with self._control.writing() as connection:
            if connection.execute(count).scalar_one() >= MOST:
                raise ToolRetry(f"A workspace has {MOST} schedules at the most. Remove one: `munshi schedules remove`.")
            connection.execute(SCHEDULES.insert().values(
                workspace=self._control.workspace, schedule_id=schedule_id, made_by=by, created_at=self.clock(),
                active=True, next_at=next_at,
                sealed=self._control.keys.seal(content, about=f"schedule {schedule_id}"),
            ))  # fmt: skip
        return self.one(schedule_id)

    def listed(self) -> list[Scheduled]:
        """All schedules, the oldest first."""
        query = sa.select(SCHEDULES).where(self._mine(SCHEDULES)).order_by(SCHEDULES.c.created_at)
        with self._control.reading() as connection:
            return [self._opened(row) for row in connection.execute(query)]

    def one(self, schedule_id: str) -> Scheduled:
        """One schedule.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        found = next((each for each in self.listed() if each.schedule_id == schedule_id), None)
        if found is None:
            raise NotThere(f"There is no schedule '{schedule_id}'. `munshi schedules list` shows those there are.")
        return found

    def set_active(self, schedule_id: str, active: bool, next_at: float) -> None:
        """Let it run, or rest."""
        with self._control.writing() as connection:
            connection.execute(self._change(schedule_id).values(active=active, next_at=next_at))

    def remove(self, schedule_id: str) -> None:
        """Take a schedule out, with what its runs gave."""
        with self._control.writing() as connection:
            for table in (RUNS, CLAIMS, SCHEDULES):
                connection.execute(table.delete().where(self._mine(table), table.c.schedule_id == schedule_id))

    def due(self) -> list[Scheduled]:
        """Those that are due, the longest due first."""
        now = self.clock()
        found = [each for each in self.listed() if each.active and each.next_at <= now]
        return sorted(found, key=lambda each: each.next_at)

    def claim(self, due: Scheduled) -> Claim | None:
        """Take a due schedule to run it; None where another process runs it, or has."""
        now, token = self.clock(), secrets.token_hex(8)
        mine = (self._mine(CLAIMS), CLAIMS.c.schedule_id == due.schedule_id)
        there = sa.select(SCHEDULES.c.schedule_id).where(
            self._mine(SCHEDULES), SCHEDULES.c.schedule_id == due.schedule_id, SCHEDULES.c.next_at == due.next_at,
            SCHEDULES.c.active,
        )  # fmt: skip
        with self._control.writing() as connection:
            if connection.execute(there).one_or_none() is None:
                return None
            held = connection.execute(sa.select(CLAIMS).where(*mine, CLAIMS.c.due_at == due.next_at)).one_or_none()
            if held is not None and abs(now - held.at) < LEASE:  # one of the future is not believed for longer either
                return None
            claim = Claim(token, 1 if held is None else held.tries + 1)
            connection.execute(CLAIMS.delete().where(*mine))
            connection.execute(CLAIMS.insert().values(
                workspace=self._control.workspace, schedule_id=due.schedule_id, due_at=due.next_at, token=token,
                at=now, tries=claim.tries,
            ))  # fmt: skip
        return claim

    def keep(
        self, of: Scheduled, claim: Claim, state: RunState, *, next_at: float, missed: int, said: str,
        receipt_id: str = "", file_name: str = "", file: bytes = b"",
    ) -> Run | None:  # fmt: skip
        """Keep how a run ended, what it gave, and when the schedule is due next; the oldest runs go.

        Returns
        -------
        Run or None
            None where another process took the run over, or the schedule is gone: nothing is kept.
        """
        run_id = f"rn_{secrets.token_hex(5)}"
        content = json.dumps({"said": said, "receipt_id": receipt_id, "file_name": file_name,
                              "file": base64.b64encode(file).decode()})  # fmt: skip
        newest = sa.select(RUNS.c.run_id).where(self._mine(RUNS), RUNS.c.schedule_id == of.schedule_id)
        newest = newest.order_by(RUNS.c.ran_at.desc()).limit(KEPT_RUNS)
        with self._control.writing() as connection:
            taken = CLAIMS.delete().where(self._mine(CLAIMS), CLAIMS.c.token == claim.token)
            if connection.execute(taken).rowcount != 1:
                return None
            connection.execute(self._change(of.schedule_id).where(SCHEDULES.c.next_at == of.next_at)
                               .values(next_at=next_at))  # fmt: skip
            connection.execute(RUNS.insert().values(
                workspace=self._control.workspace, run_id=run_id, schedule_id=of.schedule_id, due_at=of.next_at,
                ran_at=self.clock(), state=state, missed=missed,
                sealed=self._control.keys.seal(content, about=f"run {run_id}"),
            ))  # fmt: skip
            kept = [row[0] for row in connection.execute(newest)]
            connection.execute(RUNS.delete().where(
                self._mine(RUNS), RUNS.c.schedule_id == of.schedule_id, RUNS.c.run_id.not_in(kept)
            ))  # fmt: skip
        return self.run(run_id)

    def runs(self, schedule_id: str) -> list[Run]:
        """The runs of a schedule, the newest first."""
        query = sa.select(RUNS).where(self._mine(RUNS), RUNS.c.schedule_id == schedule_id)
        with self._control.reading() as connection:
            return [self._opened_run(row) for row in connection.execute(query.order_by(RUNS.c.ran_at.desc()))]

    def run(self, run_id: str) -> Run:
        """One run with what it gave.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        with self._control.reading() as connection:
            row = connection.execute(sa.select(RUNS).where(self._mine(RUNS), RUNS.c.run_id == run_id)).one_or_none()
        if row is None:
            raise NotThere(f"There is no run '{run_id}'. `munshi schedules runs` lists those of a schedule.")
        return self._opened_run(row)

    def _mine(self, table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.workspace == self._control.workspace

    def _change(self, schedule_id: str) -> sa.Update:
        return SCHEDULES.update().where(self._mine(SCHEDULES), SCHEDULES.c.schedule_id == schedule_id)

    def _opened(self, row: Any) -> Scheduled:
        kept = json.loads(self._control.keys.unseal(row.sealed, about=f"schedule {row.schedule_id}"))
        return Scheduled(row.schedule_id, row.made_by, row.created_at, row.active, row.next_at, kept["when"],
                         kept["zone"], kept["what"])  # fmt: skip

    def _opened_run(self, row: Any) -> Run:
        kept = json.loads(self._control.keys.unseal(row.sealed, about=f"run {row.run_id}"))
        return Run(row.run_id, row.schedule_id, row.due_at, row.ran_at, row.state, row.missed, kept["said"],
                   kept["receipt_id"], kept["file_name"], base64.b64decode(kept["file"]))  # fmt: skip
