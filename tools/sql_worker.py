"""Runs checked SQL in a process of its own, which is killed at the deadline and started again when next needed."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from governance import errors
from governance.errors import MunshiError, ToolRetry
from governance.tracing import SQL, span
from tools.sql_frames import read_frame, write_frame
from tools.sql_process import OUT_OF_MEMORY, Setup, Spec

GIGABYTE = 1024**3
START_SECONDS = 60.0
SLOW_START = "The process for free SQL did not start in time. Ask again."
SLOW = "The statement ran longer than {:g} s and was stopped. Narrow it, aggregate before joining, or join on a key."
CLOSED = "The books were closed or published anew while the statement ran. Run it again."
_BOOT = "import json,sys; sys.path[:]=json.loads(sys.argv[1]); from tools.sql_process import serve; serve()"


@dataclass(frozen=True)
class Rows:
    """What a statement returned: ``columns`` are (name, engine's type); ``truncated`` when the row limit cut it."""

    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Any, ...]]
    truncated: bool


class SqlWorker:
    """One process with the books open, kept warm between statements; one statement at a time.

    The process has no environment, ends with this one, and hands back values only.

    Parameters
    ----------
    spec
        What opens the books in the process; pickles.
    address_space
        Bytes of memory the process may map; binds on Linux. The engine's own limit is the spec's affair.
    result_bytes
        Bytes a result may have.
    """

    def __init__(self, spec: Spec, *, address_space: int = 6 * GIGABYTE, result_bytes: int = 64_000_000) -> None:
        self._setup = Setup(spec, address_space, result_bytes)
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ending: weakref.finalize[Any, Any] | None = None

    def run(self, sql: str, *, timeout_seconds: float, row_limit: int) -> Rows:
        """Run a statement that `tools.sql_guard.check` has passed.

        Parameters
        ----------
        timeout_seconds
            The statement is killed after that; starting the process does not count.
        row_limit
            Rows to return at the most.

        Raises
        ------
        ToolRetry
            It does not fit the books, or reached a limit; the message says which and what to do.
        ToolRefused
            The engine reads in it what no statement may say.
        """
        with span(SQL, db_system_name="duckdb") as told:
            found = self._run(sql, timeout_seconds, row_limit)
            told.tell(db_response_returned__rows=len(found.rows))
        return found

    def _run(self, sql: str, timeout_seconds: float, row_limit: int) -> Rows:
        if not self._turn.acquire(timeout=timeout_seconds):
            raise ToolRetry("Another statement is still running. Wait for it, then ask again.")
        try:
            process = self._running()
            reply = self._exchange(process, (sql, row_limit), timeout_seconds, SLOW.format(timeout_seconds))
        finally:
            self._turn.release()
        _, columns, rows, truncated = reply
        return Rows(columns, rows, truncated)

    def close(self) -> None:
        """End the process; a statement that runs in it ends too."""
        self._process = None
        if self._ending is not None:
            self._ending()

    def _running(self) -> subprocess.Popen[bytes]:
        """Return the process, started if there is none that lives."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        path = json.dumps([place or str(Path.cwd()) for place in sys.path])
        process = subprocess.Popen(  # noqa: S603  # nosec B603  # a fixed command
            [sys.executable, "-c", _BOOT, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        self._process, self._ending = process, weakref.finalize(self, _end, process)
        self._exchange(process, self._setup, START_SECONDS, SLOW_START)
        return process

    def _exchange(self, process: subprocess.Popen[bytes], message: Any, seconds: float, slow: str) -> tuple[Any, ...]:
        """Send a message and return the reply; the process is killed after ``seconds``, and ``slow`` is the error."""
        late = threading.Event()
        timer = threading.Timer(seconds, _expire, (process, late))
        timer.daemon = True
        timer.start()
        try:
            write_frame(_pipe(process.stdin), message)
            reply: tuple[Any, ...] = read_frame(_pipe(process.stdout))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            was_closed = self._process is not process
            self.close()
            raise ToolRetry(slow if late.is_set() else CLOSED if was_closed else OUT_OF_MEMORY) from None
        finally:
            timer.cancel()
        if reply[0] == "error":
            raise _error(*reply[1:])
        return reply


def _expire(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and let go of its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _pipe(stream: IO[bytes] | None) -> Any:
    if stream is None:
        raise OSError("the process has no pipe")
    return stream


def _error(name: str, message: str) -> MunshiError:
    """Return the error of our tree that the process tells of."""
    kind = getattr(errors, name, ToolRetry)
    return kind(message) if isinstance(kind, type) and issubclass(kind, MunshiError) else ToolRetry(message)
