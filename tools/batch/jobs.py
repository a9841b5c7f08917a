"""Jobs in the control data: what was asked, how far it is, who works on it; they outlive the process."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from governance.control import METADATA
from governance.errors import NotThere

if TYPE_CHECKING:
    from governance.control import ControlStore

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
UNFINISHED = (QUEUED, RUNNING)
#: Seconds without a sign after which another process takes a running job over; seconds a finished one is kept.
LEASE, KEPT = 15.0, 86_400.0

JOBS = sa.Table(
    "jobs",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("principal", sa.String(64), nullable=False),
    sa.Column("model", sa.String(64), nullable=False),
    sa.Column("version", sa.String(64), nullable=False),
    sa.Column("form", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("pieces", sa.Integer, nullable=False),
    sa.Column("pieces_done", sa.Integer, nullable=False, default=0),
    sa.Column("rows_done", sa.BigInteger, nullable=False, default=0),
    sa.Column("rows_wrong", sa.BigInteger, nullable=False, default=0),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
    sa.Column("owner", sa.String(64)),
    sa.Column("said", sa.Text, nullable=False, default=""),
)


@dataclass(frozen=True)
class Job:
    """One job as it stands; moments are seconds since 1970."""

    job_id: str
    principal: str
    model: str
    version: str
    form: str
    state: str
    bytes: int
    pieces: int
    pieces_done: int
    rows_done: int
    rows_wrong: int
    created_at: float
    changed_at: float
    owner: str | None
    said: str


class Jobs:
    """The jobs of one workspace."""

    def __init__(self, control: ControlStore) -> None:
        self._control = control
        control.create(METADATA)

    @staticmethod
    def new_id() -> str:
        """An id for a job that is to come."""
        return f"b_{secrets.token_hex(8)}"

    def add(self, job_id: str, principal: str, *, model: str, version: str, form: str, size: int, pieces: int) -> Job:
        """Queue a job whose pieces are all there."""
        now = time.time()
        row = {"workspace": self._control.workspace, "job_id": job_id, "principal": principal, "model": model,
               "version": version, "form": form, "state": QUEUED, "bytes": size, "pieces": pieces,
               "created_at": now, "changed_at": now}  # fmt: skip
        with self._control.writing() as connection:
            connection.execute(JOBS.insert().values(row))
        return self.of(job_id, principal)

    def of(self, job_id: str, principal: str) -> Job:
        """A caller's own job.

        Raises
        ------
        NotThere
            He has none of that id.
        """
        found = [each for each in self._found(JOBS.c.job_id == job_id) if each.principal == principal]
        if not found:
            raise NotThere(f"You have no job '{job_id}'. `GET /jobs` lists those you have; they are kept for a day.")
        return found[0]

    def listed(self, principal: str) -> list[Job]:
        """A caller's own jobs, the newest first."""
        return self._found(JOBS.c.principal == principal)

    def claim(self, owner: str) -> Job | None:
        """Take the oldest job that nobody works on; None where there is none."""
        now = time.time()
        silent = (JOBS.c.changed_at < now - LEASE) | (JOBS.c.changed_at > now + LEASE)  # or the clock was set back
        free = (JOBS.c.state == QUEUED) | ((JOBS.c.state == RUNNING) & silent)
        with self._control.writing() as connection:
            query = sa.select(JOBS.c.job_id).where(self._mine(), free).order_by(JOBS.c.created_at).limit(1)
            job_id = connection.execute(query).scalar_one_or_none()
            if job_id is None:
                return None
            taken = {"state": RUNNING, "owner": owner, "changed_at": now}
            connection.execute(JOBS.update().where(self._mine(), JOBS.c.job_id == job_id).values(taken))
        return self._found(JOBS.c.job_id == job_id)[0]

    def moved(self, job: Job, owner: str, **values: Any) -> bool:
        """Say how far a job is; False where it was cancelled, or another took it over."""
        with self._control.writing() as connection:
            done = connection.execute(
                JOBS.update()
                .where(self._mine(), JOBS.c.job_id == job.job_id, JOBS.c.owner == owner, JOBS.c.state == RUNNING)
                .values(changed_at=time.time(), **values)
            )
        return done.rowcount == 1

    def cancel(self, job: Job) -> None:
        """Cancel a job that has not ended; one that has stays as it is."""
        with self._control.writing() as connection:
            connection.execute(
                JOBS.update()
                .where(self._mine(), JOBS.c.job_id == job.job_id, JOBS.c.state.in_(UNFINISHED))
                .values(state=CANCELLED, changed_at=time.time())
            )

    def outdated(self) -> Sequence[Job]:
        """Finished jobs that have been kept long enough."""
        return self._found(JOBS.c.state.not_in(UNFINISHED), JOBS.c.changed_at < time.time() - KEPT)

    def known(self, job_id: str) -> bool:
        """Whether there is a job of that id, whosoever's."""
        return bool(self._found(JOBS.c.job_id == job_id))

    def forget(self, job: Job) -> None:
        """Take a job out."""
        with self._control.writing() as connection:
            connection.execute(JOBS.delete().where(self._mine(), JOBS.c.job_id == job.job_id))

    def _found(self, *conditions: sa.ColumnElement[bool]) -> list[Job]:
        query = sa.select(JOBS).where(self._mine(), *conditions).order_by(JOBS.c.created_at.desc())
        with self._control.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [Job(**{name: row[name] for name in Job.__dataclass_fields__}) for row in rows]

    def _mine(self) -> sa.ColumnElement[bool]:
        return JOBS.c.workspace == self._control.workspace
