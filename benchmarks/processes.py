"""Child processes with their time, processor time and peak memory, interleaved so that all meet the same weather."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from governance.errors import MunshiError

T = TypeVar("T")


class MeasurementError(MunshiError):
    """What was to be measured did not run; the message carries the end of what it said."""


@dataclass(frozen=True)
class Run:
    """One process from its start to its end.

    Attributes
    ----------
    seconds
        Wall clock.
    cpu_seconds
        Processor time over all its threads: steady where others use the machine.
    peak_mb
        Largest resident memory, in 10⁶ bytes.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str

    def text(self) -> str:
        """Return the figures as a phrase."""
        return f"{self.seconds:.2f} s ({self.cpu_seconds:.2f} s of processor, {self.peak_mb:.0f} MB)"


def run(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Run:
    """Run a command to its end.

    Raises
    ------
    MeasurementError
        It ended with another code than 0.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], stdout=said, stderr=complained, env=environment, cwd=folder
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complained.seek(0)
        if process.returncode:
            raise MeasurementError(
                f"{Path(command[0]).name} ended with {process.returncode}: {_end(complained.read())}"
            )
        return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6, said.read())


def interleaved(things: Mapping[str, Callable[[], T]], times: int) -> dict[str, list[T]]:
    """Do each thing in turn, as many rounds as asked, and return what each gave."""
    gave: dict[str, list[T]] = {name: [] for name in things}
    for _ in range(times):
        for name, do in things.items():
            gave[name].append(do())
    return gave


def _end(text: str) -> str:
    return " ".join(text.strip().splitlines()[-3:]) or "it said nothing"
