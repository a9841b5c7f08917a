"""What a build did, step by step: its row in ``quality.builds``."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from analytics.schema import BUILDS, arrow_schema

if TYPE_CHECKING:
    from analytics.writer import Writer


class BuildLog:
    """Collects inputs and steps of one build.

    Parameters
    ----------
    kind
        ``full`` or ``incremental``.
    started_at
        Load time, UTC.
    """

    def __init__(self, kind: str, started_at: dt.datetime) -> None:
        self.kind = kind
        self.started_at = started_at.replace(tzinfo=None)
        self.inputs: list[Mapping[str, Any]] = []
        self.steps: list[dict[str, Any]] = []
        self._clock = time.monotonic()

    @property
    def build_id(self) -> str:
        """Start and a digest of the inputs."""
        digest = hashlib.sha256(json.dumps([self.kind, *self.inputs], sort_keys=True).encode()).hexdigest()
        return f"{self.started_at:%Y%m%dT%H%M%S%f}-{digest[:8]}"

    @contextmanager
    def step(self, name: str, rows_in: int | None = None) -> Iterator[dict[str, Any]]:
        """Time a step; what it learns (``rows_in``, ``rows_out``) goes into the dictionary it is given.

        A step of the same name that ran before, on another part of the books, is added to.
        """
        told: dict[str, Any] = {"step": name, "rows_in": rows_in, "rows_out": None}
        begun = time.monotonic()
        yield told
        told["seconds"] = time.monotonic() - begun
        before = next((step for step in self.steps if step["step"] == name), None)
        if before is None:
            self.steps.append({**told, "seconds": round(told["seconds"], 3)})
            return
        for count in ("rows_in", "rows_out"):
            if told[count] is not None:
                before[count] = (before[count] or 0) + told[count]
        before["seconds"] = round(before["seconds"] + told["seconds"], 3)

    def write(self, writer: Writer) -> str:
        """Keep the build in the books and return its id."""
        import pyarrow as pa

        row = {
            "build_id": self.build_id,
            "kind": self.kind,
            "started_at": self.started_at,
            "seconds": round(time.monotonic() - self._clock, 3),
            "inputs": json.dumps(self.inputs, sort_keys=True),
            "steps": json.dumps(self.steps),
        }
        writer.append(BUILDS.qualified, pa.Table.from_pylist([row], schema=arrow_schema(BUILDS)))
        return self.build_id
