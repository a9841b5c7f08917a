"""From a fresh clone to a served page: install, sandbox to scores, first page; then served again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from threading import Thread

from benchmarks import place
from benchmarks.processes import MeasurementError
from benchmarks.processes import run as run_process
from benchmarks.report import Cell, Report, Target

ALL_SECONDS, SCORES_SECONDS, AGAIN_SECONDS = 150.0, 60.0, 12.0
PATIENCE_SECONDS = 900.0
READY, SERVING = "is ready", "Munshi is at"
#: Lines of progress on standard error: share, then what is being done.
STAGE = re.compile(r"\s*\d+%\s+(.+)")


@dataclass
class Service:
    """`munshi demo` as a process, and when it said what."""

    process: subprocess.Popen[str]
    started: float = field(default_factory=time.perf_counter)
    said: list[tuple[float, str]] = field(default_factory=list)

    def listen(self) -> None:
        """Note each line with the seconds since the start."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append((time.perf_counter() - self.started, line.rstrip()))

    def when(self, words: str) -> float:
        """Return when it first said ``words``."""
        return next(seconds for seconds, line in self.said if words in line)


def run() -> Report:
    """Clone, install, make, serve, serve again, in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="munshi-startup-") as scratch:
        clone = Path(scratch) / "munshi"
        run_process(["git", "clone", "--quiet", place.ROOT, clone])
        environment = _environment(Path(scratch))
        installing = [_make(target, clone, environment) for target in (".venv/bin/uv", ".venv/.installed")]
        first = _until_page(clone, environment)
        again = _until_page(clone, environment)
    return _report(installing, first, again)


def _report(installing: list[float], first: tuple[Service, float], again: tuple[Service, float]) -> Report:
    service, page = first
    ready, total = service.when(READY), sum(installing) + page
    stages = [("environment: venv, uv", installing[0]), ("environment: packages", installing[1])]
    stages += [*_stages(service), ("serving: from scores to the page", page - ready)]
    rows: list[tuple[Cell, ...]] = [(name, seconds, f"{seconds / total:.0%}") for name, seconds in stages]
    rows += [("all", total, "100%"), ("again, on the existing workspace", again[1], None)]
    return Report(
        "startup", "a fresh clone, 2,000 customers", ("step", "seconds", "share"), rows,
        targets=(
            Target("clone → served page", total, ALL_SECONDS, "s"),
            Target("of which sandbox → scores", ready, SCORES_SECONDS, "s"),
            Target("served again", again[1], AGAIN_SECONDS, "s"),
        ),
        notes=("packages come from uv's cache where they are in it, else over the network",),
    )  # fmt: skip


def _stages(service: Service) -> list[tuple[str, float]]:
    """Return what `munshi demo` did up to the scores, and how long each took."""
    marks = [(0.0, "starting")]
    marks += [(seconds, found[1]) for seconds, line in service.said if (found := STAGE.match(line))]
    ends = [seconds for seconds, _ in marks[1:]] + [service.when(READY)]
    return [(f"demo: {name}", end - start) for (start, name), end in zip(marks, ends, strict=True)]


def _environment(scratch: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MUNSHI_", "VIRTUAL_ENV", "PYTHON"))}
    return {
        **kept,
        "MUNSHI_HOME": str(scratch / "home"),
        "MUNSHI_KEY_FILE": str(scratch / "config" / "master.key"),
        "MUNSHI_PORT": str(_free_port()),
        "PYTHONUNBUFFERED": "1",
    }


def _free_port() -> int:
    with socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _make(target: str, clone: Path, environment: dict[str, str]) -> float:
    python = getattr(sys, "_base_executable", sys.executable)
    return run_process(["make", "--silent", f"PYTHON={python}", target], environment=environment, folder=clone).seconds


def _until_page(clone: Path, environment: dict[str, str]) -> tuple[Service, float]:
    """Start `munshi demo` and return it, ended, with the seconds until the page came."""
    address = f"http://127.0.0.1:{environment['MUNSHI_PORT']}/"
    with _service(clone, environment) as service:
        while service.process.poll() is None and time.perf_counter() - service.started < PATIENCE_SECONDS:
            if _answers(address):
                return service, time.perf_counter() - service.started
            time.sleep(0.05)
        said = " ".join(line for _, line in service.said[-3:])
        raise MeasurementError(f"munshi demo served no page: {said or 'it said nothing'}")


@contextmanager
def _service(clone: Path, environment: dict[str, str]) -> Iterator[Service]:
    process = subprocess.Popen(
        [clone / ".venv" / "bin" / "munshi", "demo"], cwd=clone, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    service = Service(process)
    listener = Thread(target=service.listen, daemon=True)
    listener.start()
    try:
        yield service
    finally:
        process.terminate()
        process.wait(timeout=30)
        listener.join()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False
