"""`POST /batch/{model}` and `/jobs`: a file of rows in, a job that scores them, a file of scores out."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from api.caller import Asking, Caller
from api.endpoint import Endpoint, as_json
from api.problems import PLAIN, TOO_MANY, Kind, Problem
from governance.errors import NotThere, SourceError, did_you_mean
from tools.batch import jobs as states
from tools.batch.jobs import Job, Jobs
from tools.batch.pieces import PIECE_BYTES, Pieces
from tools.batch.reading import CSV, PARQUET, check_names, header_of, open_parquet, unused_names
from tools.batch.scoring import as_csv, as_parquet
from tools.batch.worker import GIVEN, MADE, service_model

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Models whose features a file can hold.
MODELS = ("credit", "churn")
FORMS = {"text/csv": CSV, "application/vnd.apache.parquet": PARQUET, "application/x-parquet": PARQUET}
MEDIA = {CSV: "text/csv; charset=utf-8", PARQUET: "application/vnd.apache.parquet"}
#: Unfinished jobs a caller may have.
MOST_WAITING = 10
UNFINISHED = Kind(409, "unfinished", "The job has not ended")
JobId = Annotated[str, Path(pattern=r"^b_[0-9a-f]{16}$")]
Model = Annotated[str, Path(max_length=64)]


class JobTold(BaseModel):
    """A job: how far it is, how many rows could not be scored, columns that nothing reads and, where it failed, why."""

    model_config = ConfigDict(protected_namespaces=())

    job_id: str
    model: str
    version: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: float
    rows: int
    rows_wrong: int
    bytes: int
    created_at: float
    changed_at: float
    detail: str
    unused: list[str] = []


class JobList(BaseModel):
    """The caller's own jobs, the newest first."""

    jobs: list[JobTold]


async def submit(request: Request, caller: Asking, model: Model) -> Response:
    """Take a file: ``customer_id`` and a column for each of the model's features, CSV or Parquet."""
    form = FORMS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if form is None:
        raise Problem(PLAIN[415], f"Send the file itself as one of {', '.join(FORMS)}.")
    version, wanted = await run_in_threadpool(_asked, caller, model)
    job_id = Jobs.new_id()
    pieces = caller.service.batch.pieces(job_id)
    try:
        size, count = await _kept(request.stream(), pieces, by_line=form == CSV)
        await run_in_threadpool(_checked, pieces, form, wanted)
    except BaseException:
        pieces.remove()
        raise
    job = await run_in_threadpool(_queued, caller, job_id, model, version, form, size, count)
    return as_json(told(caller, job), {"Location": f"/api/v1/jobs/{job_id}"}, status=202)


def _asked(caller: Caller, model: str) -> tuple[str, Sequence[str]]:
    """The version that serves and its features, where the caller may have another job."""
    service = caller.service
    if model not in MODELS:
        raise NotThere(f"There is no model '{model}' that scores files.{did_you_mean(model, MODELS)}")
    waiting = [each for each in service.jobs.listed(caller.principal.name) if each.state in states.UNFINISHED]
    if len(waiting) >= MOST_WAITING:
        raise Problem(
            TOO_MANY, f"{len(waiting)} of your jobs have not ended. Wait, or cancel one.", {"Retry-After": "30"}
        )
    version, found = service_model(service.workspace, caller.principal, model)
    return version, found.features


async def _kept(stream: AsyncIterator[bytes], pieces: Pieces, *, by_line: bool) -> tuple[int, int]:
    """Seal what comes, piece by piece, cut after a line where lines are the rows; return bytes and pieces."""
    held, size, count = bytearray(), 0, 0
    async for part in stream:
        held += part
        size += len(part)
        while len(held) >= PIECE_BYTES:
            cut = held.rfind(b"\n", 0, PIECE_BYTES) + 1 if by_line else PIECE_BYTES
            if cut == 0:
                raise SourceError(f"The file has a line of more than {PIECE_BYTES >> 20} MiB: it is no CSV of rows.")
            await run_in_threadpool(pieces.write, GIVEN, count, bytes(held[:cut]), durable=False)
            del held[:cut]
            count += 1
    if held:
        await run_in_threadpool(pieces.write, GIVEN, count, bytes(held), durable=False)
        count += 1
    if not count:
        raise SourceError("The file is empty.")
    await run_in_threadpool(pieces.settle, GIVEN)
    return size, count


def _checked(pieces: Pieces, form: str, wanted: Sequence[str]) -> None:
    """Pass a file that has the columns, and keep which of them nothing reads."""
    if form == CSV:
        names = header_of(pieces.read(GIVEN, 0))[1]
        check_names(names, wanted)
    else:
        names = tuple(open_parquet(b"".join(pieces.all(GIVEN)), wanted).schema_arrow.names)
    pieces.keep_unused(unused_names(names, wanted))


def _queued(caller: Caller, job_id: str, model: str, version: str, form: str, size: int, count: int) -> Job:
    service = caller.service
    with service.workspace.control.together():
        job = service.jobs.add(job_id, caller.principal.name, model=model, version=version, form=form, size=size,
                               pieces=count)  # fmt: skip
        service.audit(caller.principal, f"batch:{model}", "queued", job=job_id, version=version, bytes=size)
    service.batch.call()
    return job


def listed(caller: Asking) -> Response:
    """The caller's own jobs."""
    return as_json(JobList(jobs=[told(caller, each) for each in caller.service.jobs.listed(caller.principal.name)]))


def job_of(job_id: JobId, caller: Asking) -> Response:
    """One job."""
    return as_json(told(caller, caller.service.jobs.of(job_id, caller.principal.name)))


def result(
    job_id: JobId, caller: Asking, form: Annotated[Literal["csv", "parquet"], Query(alias="format")] = "csv"
) -> Response:
    """The scores: ``row, customer_id, probability, score, band, error``, a row for each that was sent."""
    service = caller.service
    job = service.jobs.of(job_id, caller.principal.name)
    if job.state != states.DONE:
        raise Problem(UNFINISHED, f"Job {job_id} is {job.state}. {job.said or 'Its result is there once it is done.'}")
    made = service.batch.pieces(job_id).all(MADE)
    service.audit(caller.principal, f"batch:{job.model}", "downloaded", job=job_id, rows=job.rows_done, form=form)
    content = as_csv(made) if form == CSV else as_parquet(made)
    first = next(content, b"")
    headers = {"Content-Disposition": f'attachment; filename="{job.model}-{job_id}.{form}"'}
    return StreamingResponse(itertools.chain([first], content), media_type=MEDIA[form], headers=headers)


def cancel(job_id: JobId, caller: Asking) -> Response:
    """Cancel a job, or forget one that has ended, with what was sent and made."""
    service = caller.service
    job = service.jobs.of(job_id, caller.principal.name)
    with service.workspace.control.together():
        service.jobs.cancel(job)
        if job.state not in states.UNFINISHED:
            service.jobs.forget(job)
        service.audit(caller.principal, f"batch:{job.model}", "cancelled", job=job_id, state=job.state)
    service.batch.pieces(job_id).remove()
    return Response(status_code=204)


def told(caller: Caller, job: Job) -> JobTold:
    """A job as a caller is told of it."""
    share = 1.0 if job.state == states.DONE else min(job.pieces_done / max(job.pieces, 1), 0.99)
    known = {name: getattr(job, name) for name in
             ("job_id", "model", "version", "state", "rows_wrong", "bytes", "created_at", "changed_at")}  # fmt: skip
    unused = caller.service.batch.pieces(job.job_id).unused()
    more = {"progress": round(share, 4), "rows": job.rows_done, "detail": job.said, "unused": unused}
    return JobTold.model_validate({**known, **more})


_FILE = {"content": {media: {"schema": {"type": "string", "format": "binary"}} for media in FORMS}}
_SCORES = {200: {"content": {media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                             for media in MEDIA.values()}}}  # fmt: skip

BATCH_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("POST", "/batch/{model}", "scores:read", submit, "Score a file of rows, as a job", answer=JobTold,
             statuses=(404, 415, 507), status=202, body=_FILE),
    Endpoint("GET", "/jobs", "scores:read", listed, "One's own jobs", answer=JobList),
    Endpoint("GET", "/jobs/{job_id}", "scores:read", job_of, "How far a job is", answer=JobTold, statuses=(404,)),
    Endpoint("GET", "/jobs/{job_id}/result", "scores:read", result, "The scores, as CSV or Parquet",
             statuses=(404, 409), responses=_SCORES),
    Endpoint("DELETE", "/jobs/{job_id}", "scores:read", cancel, "Cancel a job, or forget its result",
             statuses=(404,), status=204),
)  # fmt: skip
