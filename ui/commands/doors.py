"""`munshi pull`, `munshi watch`, `munshi schedule` and `munshi take-in`: what comes in by itself."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.errors import ModelError
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from tools.operations.scheduling import Job
    from tools.operations.watching import Outcome

Build = Annotated[bool, typer.Option("--build/--no-build", help="Score afterwards, where something came in.")]


def pull(
    source: Annotated[
        Path, typer.Argument(help="YAML file that declares a feed (url, token …) or a table of a database.")
    ],
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would bring; write nothing.")] = False,
    workspace: WorkspaceName = "demo",
    build_it: Build = True,
    as_json: AsJson = False,
) -> None:
    """Pull what a declared feed or table has that the books have not; a feed goes on where the last pull ended."""
    if preview:
        from tools.operations.pulling import preview_source

        found = preview_source(source)
        if as_json:
            out.print_json(asdict(found))
        else:
            out.print_preview(found)
        return
    from tools.operations.pulling import pull_source

    with out.progress() as progress:
        report = pull_source(source, workspace, progress=progress)
    rejected = sum(file.rows_rejected for file in report.files if not file.there_already)
    sentence = f"{source.name}: {report.derived.added:,} postings are new in {workspace}"
    if rejected:
        sentence += f"; {rejected:,} rows wait in quarantine: `munshi quarantine --workspace {workspace}`"
    if build_it and report.changed:
        _score(workspace)
    out.emit({"workspace": workspace, **asdict(report)}, as_json, f"{sentence}.")


def watch(
    folder: Annotated[Path, typer.Argument(help="Folder that statements and exports are put into.")],
    every: Annotated[str, typer.Option(help="How often to look: 30s, 10m, 6h, 1d.")] = "30s",
    once: Annotated[bool, typer.Option("--once", help="Take in what is there and at rest, then end.")] = False,
    workspace: WorkspaceName = "demo",
    build_it: Build = True,
    as_json: AsJson = False,
) -> None:
    """Take in every new or changed file of a folder, in the order of their names, until stopped.

    A file counts once it has not changed between two looks. FILE.mapping.yaml, or mapping.yaml for all, says how an
    unknown layout is read; owners.csv (file, account, customer) says whose a file is that names no account.
    """
    from tools.operations.scheduling import SETTLING, seconds_of
    from tools.operations.watching import FolderWatch

    pause = seconds_of(every)
    looking = FolderWatch(folder, workspace)
    told: list[Outcome] = []
    with _until_stopped() as stop:
        if not once:
            out.say(f"Watching {folder} for {workspace}, every {every}. Stop with Ctrl-C.")
        list(looking.look())
        while not stop.wait(min(pause, SETTLING) if once else pause):
            found = _told(looking.look(), as_json, stop)
            told += found
            if build_it and any(each.rows_added for each in found):
                _score(workspace)
            if once:
                break
    refused = sum(each.outcome == "refused" for each in told)
    if once:
        out.emit([asdict(each) for each in told], as_json, f"{len(told)} files looked at, {refused} refused."
                 if told else f"No file of {folder} is new.")  # fmt: skip
    if once and refused:
        raise typer.Exit(1)


def take_in(workspace: WorkspaceName = "demo", build_it: Build = True, as_json: AsJson = False) -> None:
    """Bring the postings that were sent in real time into the books; any other intake does so beside its files."""
    from tools.operations.intake import take_in_arrivals

    with out.progress() as progress:
        report = take_in_arrivals(workspace, progress=progress)
    if build_it and report.changed:
        _score(workspace)
    sentence = f"{report.derived.added:,} postings are new in {workspace}." if report.files else "No posting waits."
    out.emit({"workspace": workspace, **asdict(report)}, as_json, sentence)


def _told(outcomes: Iterator[Outcome], as_json: bool, stop: threading.Event) -> list[Outcome]:
    """Say what became of each file as it happens; a stop waits for the file at hand, not for the rest."""
    found = []
    for each in outcomes:
        found.append(each)
        (out.say if as_json else print)(each.sentence)
        if stop.is_set():
            break
    return found


def schedule(
    jobs: Annotated[Path, typer.Argument(help="YAML file with the jobs: name, kind, workspace, every or cron.")],
    list_them: Annotated[
        bool, typer.Option("--list", help="Say when each job runs and how its last run ended.")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="Run every job once, in order, then end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run jobs by the clock until stopped: folders taken in, feeds pulled, tables read, models monitored and trained.

    Each job names its own --workspace in the file. A run that was missed is made up for once.
    """
    from tools.operations.scheduling import last_outcomes, load_schedule, scheduler_of

    declared = load_schedule(jobs)
    if list_them:
        rows = last_outcomes(declared)
        out.emit(rows, as_json, "\n".join(_line(row) for row in rows))
        return
    if once:
        done = [_run(job) for job in declared.jobs]
        out.emit(done, as_json, "\n".join(f"{each['job']}: {each['said']}" for each in done))
        if any(each["outcome"] == "failed" for each in done):
            raise typer.Exit(1)
        return
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s  %(message)s")
    logging.getLogger("munshi.schedule").setLevel(logging.INFO)
    with _until_stopped() as stop:
        scheduler = scheduler_of(declared)
        scheduler.start()
        out.say(f"{len(declared.jobs)} jobs run by the clock. Stop with Ctrl-C; `--list` says how they went.")
        stop.wait()
        scheduler.shutdown(wait=True)
    out.say("Stopped.")


def _run(job: Job) -> dict[str, Any]:
    from governance.errors import MunshiError
    from tools.operations.scheduling import run_job

    try:
        return {"job": job.name, "outcome": "ok", "said": run_job(job)}
    except MunshiError as error:
        return {"job": job.name, "outcome": "failed", "said": f"failed: {error}"}


def _line(row: dict[str, Any]) -> str:
    last = f"{row['outcome']} at {row['last_at'][:19]} UTC: {row['said']}" if row["last_at"] else "has not run yet"
    return f"{row['job']:<16} {row['kind']:<9} {row['workspace']:<16} {row['when']:<20} {last}"


def _score(workspace: str) -> None:
    from tools.operations.fill import score_workspace

    try:
        with out.progress() as progress:
            out.say(out.build_sentence(score_workspace(workspace, progress=progress)))
    except ModelError as nothing_yet:
        out.say(f"note: {nothing_yet}")


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """Yield what is set when the process is asked to end; what is being written is written to its end."""
    stop = threading.Event()
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
