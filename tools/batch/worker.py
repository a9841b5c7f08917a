"""Works through the jobs of a workspace in a thread: piece by piece, so that it can stop, be stopped, and go on."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.errors import ControlUnavailable, MunshiError
from governance.principal import local_principal
from governance.suspension import is_suspended
from tools.batch import jobs as states
from tools.batch.jobs import Job, Jobs
from tools.batch.pieces import FOLDER, Pieces
from tools.batch.reading import CSV, Rows, check_names, csv_rows, header_of, open_parquet, parquet_batches, parquet_rows
from tools.batch.ruling import ruling_for
from tools.batch.scoring import packed, scored

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics.models.protocol import Scorer
    from tools.workspace import Workspace

_log = logging.getLogger("munshi.batch")
#: Reads one part.
Read = Callable[[], Rows]
GIVEN, MADE = "given", "made"
#: Seconds between two looks for jobs that another process left.
PAUSE = 5.0


class Worker:
    """One thread that scores what is queued, the oldest first."""

    def __init__(self, workspace: Workspace, jobs: Jobs) -> None:
        self._workspace = workspace
        self._jobs = jobs
        self._me = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._called = threading.Event()

    def start(self) -> None:
        """Begin, also with what an earlier process left."""
        if self._thread is None or not self._thread.is_alive():
            self._stopping.clear()
            self._thread = threading.Thread(target=self._work, name="batch", daemon=True)
            self._thread.start()

    def call(self) -> None:
        """Say that there is something to do."""
        self.start()
        self._called.set()

    def stop(self) -> None:
        """End after the piece at hand; what is unfinished goes on at the next start."""
        self._stopping.set()
        self._called.set()
        if self._thread is not None:
            self._thread.join(60)

    def pieces(self, job_id: str) -> Pieces:
        """The files of a job."""
        return Pieces(self._workspace.folder, job_id, self._workspace.keys)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                busy = not is_suspended(self._workspace.folder) and self._look()
            except MunshiError as error:  # the control data are away: looked for again after the pause
                _log.error("batch: %s", type(error).__name__)
                busy = False
            if not busy:
                self._called.wait(PAUSE)
                self._called.clear()

    def _look(self) -> bool:
        """Work on the job that is next; without one, tidy up."""
        job = self._jobs.claim(self._me)
        if job is None:
            self._tidy()
            return False
        self._take(job)
        return True

    def _tidy(self) -> None:
        """Take away what has been kept long enough, and uploads that broke off with their process."""
        for old in self._jobs.outdated():
            self.pieces(old.job_id).remove()
            self._jobs.forget(old)
        for folder in (self._workspace.folder / FOLDER).glob("b_*"):
            if folder.stat().st_mtime < time.time() - states.KEPT and not self._jobs.known(folder.name):
                self.pieces(folder.name).remove()

    def _take(self, job: Job) -> None:
        """Work on one job to its end; what goes wrong is said of the job."""
        try:
            ended = self._score(job)
        except ControlUnavailable:  # who takes it over when they are back goes on where it was
            raise
        except MunshiError as error:
            self._ended(job, states.FAILED, str(error))
            return
        except FileNotFoundError:  # who cancels a job takes its pieces away
            if not self._cancelled(job):
                self._ended(job, states.FAILED, "Its file is gone. Send it again.")
            return
        except Exception as error:  # noqa: BLE001  the job says that it failed, the log where; the thread goes on
            frames = traceback.extract_tb(error.__traceback__)[-6:]
            where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
            _log.error("job %s failed: %s at %s", job.job_id, type(error).__name__, where)  # its words may quote a row
            said = "Something broke inside Munshi; the server's log says what. Nothing was lost: send the file again."
            self._ended(job, states.FAILED, said)
            return
        if ended:
            self._ended(job, states.DONE)
            self.pieces(job.job_id).forget(GIVEN)

    def _ended(self, job: Job, state: str, said: str = "") -> None:
        """Keep how a job ended, in the audit log too: events are made of that."""
        with self._workspace.control.together():
            if not self._jobs.moved(job, self._me, state=state, said=said):
                return
            now = self._jobs.of(job.job_id, job.principal)
            details = {"job": job.job_id, "version": job.version, "rows": now.rows_done, "rows_wrong": now.rows_wrong}
            self._workspace.control.audit(job.principal, f"batch:{job.model}", state, details)

    def _score(self, job: Job) -> bool:
        """Score piece after piece; False where it was stopped, cancelled or taken over."""
        principal = local_principal(self._workspace.name)
        model = self._workspace.stored_model(principal, job.model, job.version)
        pieces = self.pieces(job.job_id)
        with ruling_for(self._workspace, principal, job, pieces).opened() as ruled:
            return self._score_all(job, pieces, model, lambda rows, first: ruled(scored(model, rows, first), rows))

    def _score_all(self, job: Job, pieces: Pieces, model: Scorer, score: Callable[[Rows, int], pa.Table]) -> bool:
        done, wrong = job.rows_done, job.rows_wrong
        for number, rows in _ahead(_parts(pieces, job, model.features), self._workspace.settings.threads):
            if self._stopping.is_set():
                self._jobs.moved(job, self._me, state=states.QUEUED)
                return False
            pieces.write(MADE, number, packed(score(rows, done + 1)))
            done, wrong = done + len(rows.ids), wrong + len(rows.faults) - rows.faults.null_count
            if not self._jobs.moved(job, self._me, pieces_done=number + 1, rows_done=done, rows_wrong=wrong):
                self._cancelled(job)
                return False
        return True

    def _cancelled(self, job: Job) -> bool:
        """Whether a job was cancelled; what is left of it goes."""
        there = [each for each in self._jobs.listed(job.principal) if each.job_id == job.job_id]
        if there and there[0].state != states.CANCELLED:
            return False
        self.pieces(job.job_id).remove()
        return True


def _ahead(parts: Iterator[tuple[int, Read]], threads: int) -> Iterator[tuple[int, Rows]]:
    """Read the next parts while the one at hand is scored: parsing is most of the work, and keeps none back."""
    with ThreadPoolExecutor(threads, "batch-reading") as pool:
        coming: deque[tuple[int, Future[Rows]]] = deque()
        for number, read in parts:
            coming.append((number, pool.submit(read)))
            if len(coming) > threads:
                first, rows = coming.popleft()
                yield first, rows.result()
        for first, rows in coming:
            yield first, rows.result()


def _parts(pieces: Pieces, job: Job, wanted: Sequence[str]) -> Iterator[tuple[int, Read]]:
    """What reads the parts that are still to be scored, each with its number."""
    if job.form == CSV:
        delimiter, names = header_of(pieces.read(GIVEN, 0))
        check_names(names, wanted)
        for number in range(job.pieces_done, job.pieces):
            yield number, partial(_piece, pieces, number, delimiter, names, wanted)
    else:
        file = open_parquet(b"".join(pieces.all(GIVEN)), wanted)
        for number, batch in enumerate(parquet_batches(file, wanted)):
            if number >= job.pieces_done:
                yield number, partial(parquet_rows, batch, wanted)


def _piece(pieces: Pieces, number: int, delimiter: str, names: Sequence[str], wanted: Sequence[str]) -> Rows:
    content = pieces.read(GIVEN, number)
    return csv_rows(content.partition(b"\n")[2] if number == 0 else content, delimiter, names, wanted)


def service_model(workspace: Workspace, principal: Any, model: str) -> tuple[str, Scorer]:
    """The version that serves, and the model; for who queues a job.

    Raises
    ------
    ToolRetry, ToolRefused
        No such model serves, or no answer may lean on it.
    """
    from tools.model_state import leant_on

    state = leant_on(workspace, principal, model)
    return state.version, workspace.stored_model(principal, model, state.version)
