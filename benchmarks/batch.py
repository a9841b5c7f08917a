"""A million rows of the credit model's features as a CSV file: through the door for files, beside predict plus I/O."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np

from benchmarks import place
from benchmarks.load import cpu_seconds, served
from benchmarks.processes import MeasurementError
from benchmarks.report import Report, Target

ROWS, PER_SECOND = 1_000_000, 100_000
MUNSHI, BARE = "benchmarks.serving_munshi", "benchmarks.batch_bare"
PATIENCE = 1_800.0


def run() -> Report:
    """Upload, score, download; then the same file read, predicted and written in one bare process."""
    with TemporaryDirectory() as folder, _server() as (client, pid):
        source = Path(folder) / "rows.csv"
        features = _features(client)
        _write(source, features)
        began, used = time.perf_counter(), cpu_seconds(pid)
        with source.open("rb") as file:
            taken = client.post("/api/v1/batch/credit", content=file, headers={"Content-Type": "text/csv"})
        if taken.status_code != 202:
            raise MeasurementError(f"The file was not taken: {taken.text[:300]}")
        uploaded = time.perf_counter() - began
        job = _ended(client, taken.json()["job_id"])
        scored = time.perf_counter() - began - uploaded
        size = _downloaded(client, job["job_id"])
        whole = time.perf_counter() - began
        cpu = None if used is None else (cpu_seconds(pid) or 0.0) - used
        bare, bare_cpu = _bare(source, Path(folder) / "bare.csv")
    if job["rows"] != ROWS or job["rows_wrong"]:
        raise MeasurementError(f"{job['rows']:,} rows came, {job['rows_wrong']:,} of them wrong.")
    rates = (ROWS / whole, ROWS / bare)
    return Report(
        "batch", f"{ROWS:,} rows × {len(features)} features of the credit model, one CSV file over HTTP",
        ("by", "seconds", "upload s", "scoring s", "processor s", "rows a second"),
        [("munshi", whole, uploaded, scored, cpu, rates[0]), ("bare", bare, None, None, bare_cpu, rates[1])],
        targets=(Target("rows a second, from upload to the last byte of the result", rates[0], PER_SECOND, "",
                        at_least=True),),
        notes=(
            f"ratio to the bare process: {rates[0] / rates[1]:.2f}×",
            "munshi: key, sealed pieces, faults by row, the champion calibrated, rules, a sealed result, downloaded",
            "bare: pyarrow reads the CSV, 200 trees predict in place, pyarrow writes ids and probabilities",
            f"result of {size / 1e6:,.0f} MB; upload and scoring follow each other",
        ),
    )  # fmt: skip


@contextmanager
def _server() -> Iterator[tuple[httpx.Client, int]]:
    here = place.settings()
    place.demo_workspace(here)
    with served([sys.executable, "-m", MUNSHI], place.environment(here)) as (port, pid, told):
        headers = {"Authorization": f"Bearer {told.split()[0]}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=PATIENCE) as client:
            yield client, pid


def _features(client: httpx.Client) -> list[str]:
    """The champion's features, by what a file without them is told."""
    told = client.post("/api/v1/batch/credit", content=b"customer_id\n1\n", headers={"Content-Type": "text/csv"})
    listed = told.json()["detail"].partition("lacks the columns ")[2].partition(".")[0]
    if not listed:
        raise MeasurementError(f"The features were not told: {told.text[:300]}")
    return [name.strip() for name in listed.split(",")]


def _write(path: Path, features: list[str]) -> None:
    import pyarrow as pa
    from pyarrow import csv

    draw = np.random.default_rng(7)
    columns = {name: np.round(draw.normal(size=ROWS), 4) for name in features}
    ids = pa.array([f"C{at:07d}" for at in range(ROWS)])
    csv.write_csv(pa.table({"customer_id": ids, **columns}), path)


def _ended(client: httpx.Client, job_id: str) -> dict[str, object]:
    until = time.monotonic() + PATIENCE
    while (job := client.get(f"/api/v1/jobs/{job_id}").json())["state"] in ("queued", "running"):
        if time.monotonic() > until:
            raise MeasurementError(f"The job did not end: {job}")
        time.sleep(0.1)
    if job["state"] != "done":
        raise MeasurementError(f"The job failed: {job['detail']}")
    found: dict[str, object] = job
    return found


def _downloaded(client: httpx.Client, job_id: object) -> int:
    with client.stream("GET", f"/api/v1/jobs/{job_id}/result") as told:
        return sum(map(len, told.iter_bytes()))


def _bare(source: Path, target: Path) -> tuple[float, float]:
    """Seconds that the bare process needs, and of processor; its start and the fit of its booster left out."""
    command = [sys.executable, "-m", BARE, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MeasurementError(f"The bare process failed: {done.stderr[-300:]}")
    seconds, processor = map(float, done.stdout.split())
    return seconds, processor
