"""A million rows of the credit model's features as a CSV file: through the door for files, beside predict plus I/O."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np

from benchmarks import place
from benchmarks.load import cpu_seconds, served
from benchmarks.processes import MeasurementError
from benchmarks.report import Cell, Report, Target

ROWS, PER_SECOND = 1_000_000, 100_000
MUNSHI, BARE = "benchmarks.serving_munshi", "benchmarks.batch_bare"
PATIENCE = 1_800.0
MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True)
class Passed:
    """A file through the door: seconds up to each step's end, those of processor, bytes of the result."""

    uploaded: float
    scored: float
    whole: float
    cpu: float | None
    size: int


def run() -> Report:
    """Upload, score, download, as CSV and as Parquet; then the same CSV read, predicted and written in one process."""
    with TemporaryDirectory() as folder, _server() as (client, pid):
        features = _features(client)
        sources = _write(Path(folder), features)
        passed = {form: _passed(client, pid, source, form) for form, source in sources.items()}
        bare, bare_cpu = _bare(sources["csv"], Path(folder) / "bare.csv")
    rows: list[tuple[Cell, ...]] = [
        (f"munshi, {form}", each.whole, each.uploaded, each.scored, each.cpu, ROWS / each.whole)
        for form, each in passed.items()
    ]
    rates = {form: ROWS / each.whole for form, each in passed.items()}
    return Report(
        "batch", f"{ROWS:,} rows × {len(features)} features of the credit model, one file over HTTP",
        ("by", "seconds", "upload s", "scoring s", "processor s", "rows a second"),
        [*rows, ("bare, csv", bare, None, None, bare_cpu, ROWS / bare)],
        targets=tuple(Target(f"{form}: rows a second, from upload to the last byte of the result", rate, PER_SECOND, "",
                             at_least=True) for form, rate in rates.items()),
        notes=(
            f"CSV's ratio to the bare process: {rates['csv'] * bare / ROWS:.2f}×",
            "munshi: key, sealed pieces, faults by row, the champion calibrated, rules, a sealed result, downloaded",
            "bare: pyarrow reads the CSV, 200 trees predict in place, pyarrow writes ids and probabilities",
            f"result of {passed['csv'].size / 1e6:,.0f} MB; upload and scoring follow each other",
        ),
    )  # fmt: skip


def _passed(client: httpx.Client, pid: int, source: Path, form: str) -> Passed:
    began, used = time.perf_counter(), cpu_seconds(pid)
    with source.open("rb") as file:
        taken = client.post("/api/v1/batch/credit", content=file, headers={"Content-Type": MEDIA[form]})
    if taken.status_code != 202:
        raise MeasurementError(f"The file was not taken: {taken.text[:300]}")
    uploaded = time.perf_counter() - began
    job = _ended(client, taken.json()["job_id"])
    scored = time.perf_counter() - began - uploaded
    size = _downloaded(client, job["job_id"], form)
    whole = time.perf_counter() - began
    if job["rows"] != ROWS or job["rows_wrong"]:
        raise MeasurementError(f"{job['rows']:,} rows came, {job['rows_wrong']:,} of them wrong.")
    return Passed(uploaded, scored, whole, None if used is None else (cpu_seconds(pid) or 0.0) - used, size)


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


def _write(folder: Path, features: list[str]) -> dict[str, Path]:
    import pyarrow as pa
    from pyarrow import csv, parquet

    draw = np.random.default_rng(7)
    columns = {name: np.round(draw.normal(size=ROWS), 4) for name in features}
    table = pa.table({"customer_id": pa.array([f"C{at:07d}" for at in range(ROWS)]), **columns})
    paths = {form: folder / f"rows.{form}" for form in MEDIA}
    csv.write_csv(table, paths["csv"])
    parquet.write_table(table, paths["parquet"])
    return paths


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


def _downloaded(client: httpx.Client, job_id: object, form: str) -> int:
    with client.stream("GET", f"/api/v1/jobs/{job_id}/result?format={form}") as told:
        return sum(map(len, told.iter_bytes()))


def _bare(source: Path, target: Path) -> tuple[float, float]:
    """Seconds that the bare process needs, and of processor; its start and the fit of its booster left out."""
    command = [sys.executable, "-m", BARE, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MeasurementError(f"The bare process failed: {done.stderr[-300:]}")
    seconds, processor = map(float, done.stdout.split())
    return seconds, processor
