"""Jobs that run by the clock: folders taken in, feeds pulled, tables read, models watched; declared in one YAML file.

One process runs them. Jobs of one workspace run one after the other; a run that was missed, or that falls due while the
last one goes on, is made up for once. How each run ended stands in the workspace's audit log.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.acts import BEGUN, acting
from governance.errors import ConfigurationError, MunshiError, SourceError, WorkspaceNotFound, did_you_mean
from governance.principal import local_principal
from governance.settings import Settings, load_settings
from tools.operations.declared import NAME, load_declared, load_yaml
from tools.operations.fill import open_or_create
from tools.workspace import Workspace, workspace_folder

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger("munshi.schedule")
#: Kind → the key that says what it reads; none where it looks at the books alone.
KINDS: Mapping[str, str | None] = {
    "folder": "folder", "feed": "source", "database": "source", "monitor": None, "train": None,
}  # fmt: skip
COMMON = ("name", "kind", "workspace", "every", "cron")
UNITS: Mapping[str, int] = {"s": 1, "m": 60, "h": 3600, "d": 86400}
#: Seconds between the two looks that tell whether a file has come to rest.
SETTLING = 1.0
ACTION = "schedule:"


@dataclass(frozen=True)
class Job:
    """One job: when, what, where to.

    Attributes
    ----------
    reads
        Folder, or declaration of a source; the schedule's own folder for a job that looks at the books alone.
    every, cron
        Seconds between runs, or a crontab expression; one of them.
    """

    name: str
    kind: str
    workspace: str
    reads: Path
    every: int | None = None
    cron: str | None = None

    @property
    def when(self) -> str:
        """When it runs, in words."""
        return f"every {spoken(self.every)}" if self.every else f"cron {self.cron}"


@dataclass(frozen=True)
class Schedule:
    """The jobs of a file, and the time zone that crontab expressions are meant in."""

    jobs: tuple[Job, ...]
    timezone: str = "Asia/Kolkata"


def seconds_of(text: str) -> int:
    """Return a stretch of time, ``30s``, ``10m``, ``6h`` or ``1d``, in seconds.

    Raises
    ------
    ConfigurationError
        It is none.
    """
    hit = re.fullmatch(r"\s*(\d{1,6})\s*([smhd])\s*", str(text))
    if not hit or not int(hit[1]):
        raise ConfigurationError(f"'{text}' is no stretch of time. Write 30s, 10m, 6h or 1d.")
    return int(hit[1]) * UNITS[hit[2]]


def spoken(seconds: int | None) -> str:
    """Return a stretch of time as `seconds_of` reads it."""
    for unit, size in sorted(UNITS.items(), key=lambda each: -each[1]):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return "–"


def load_schedule(path: Path) -> Schedule:
    """Read the jobs.

    Raises
    ------
    SourceError
        The file cannot be read, or something in it is wrong; the message names all of it.
    """
    told = load_yaml(path)
    jobs = told.get("jobs")
    if not isinstance(jobs, list) or not jobs or not all(isinstance(each, dict) for each in jobs):
        raise SourceError(f"{path.name} names no jobs: expected `jobs:` with a list of name, kind, workspace and when.")
    faults = [
        f"`{key}` is not known{did_you_mean(key, ('jobs', 'timezone'))}" for key in set(told) - {"jobs", "timezone"}
    ]
    made = [_job(each, place, path.parent, faults) for place, each in enumerate(jobs, 1)]
    names = [job.name for job in made if job]
    faults += [f"two jobs are called '{name}'" for name in sorted({each for each in names if names.count(each) > 1})]
    schedule = Schedule(tuple(job for job in made if job), str(told.get("timezone", Schedule.timezone)))
    if not faults:
        faults += [fault for job in schedule.jobs if (fault := _when_fault(job, schedule.timezone))]
    if faults:
        raise SourceError(f"{path.name}: {'; '.join(faults)}.")
    return schedule


def _job(told: Mapping[str, Any], place: int, folder: Path, faults: list[str]) -> Job | None:
    name, kind = str(told.get("name", "")), str(told.get("kind", ""))
    called = f"job {name or place}"
    if kind not in KINDS:
        faults.append(f"{called}: `kind` is '{kind}'.{did_you_mean(kind, KINDS)}")
        return None
    reads = KINDS[kind]
    needed = ("name", "workspace", *([reads] if reads else []))
    known = (*COMMON, *([reads] if reads else []))
    wrong = [f"`{key}` is not known{did_you_mean(key, known)}" for key in sorted(set(told) - set(known))]
    wrong += [f"`{key}` is missing" for key in needed if not told.get(key)]
    if name and not NAME.fullmatch(name):
        wrong.append("`name` is no name: letters, digits, '-' and '_', a letter first")
    if ("every" in told) == ("cron" in told):
        wrong.append('say when: either `every: 10m` or `cron: "0 6 * * *"`')
    every = None
    if "every" in told:
        try:
            every = seconds_of(str(told["every"]))
        except ConfigurationError as error:
            wrong.append(str(error).rstrip("."))
    faults += [f"{called}: {each}" for each in wrong]
    if wrong:
        return None
    cron = str(told["cron"]) if "cron" in told else None
    return Job(name, kind, str(told["workspace"]), folder / str(told[reads] if reads else ""), every, cron)


def _when_fault(job: Job, timezone: str) -> str | None:
    try:
        _trigger(job, timezone)
    except (ValueError, KeyError) as error:
        return f"job {job.name}: {error}"
    return None


def _trigger(job: Job, timezone: str) -> Any:
    from zoneinfo import ZoneInfo

    from apscheduler.triggers.cron import CronTrigger
    from apscheduler.triggers.interval import IntervalTrigger

    zone = ZoneInfo(timezone)
    if job.every:
        return IntervalTrigger(seconds=job.every, timezone=zone)
    return CronTrigger.from_crontab(job.cron, timezone=zone)


def run_job(job: Job, settings: Settings | None = None, *, settling: float = SETTLING) -> str:
    """Run a job once and keep how it ended; return that as a sentence without personal data.

    Raises
    ------
    MunshiError
        It failed; that too is kept.
    """
    settings = settings or load_settings()
    who, doing, about = local_principal(job.workspace).name, f"{ACTION}{job.name}", {"kind": job.kind}
    try:
        with (
            open_or_create(job.workspace, settings) as kept,
            acting(kept.control, kept.folder, who, doing, about, outcome="ok", refusal="failed") as act,
        ):
            sentence = act.details["said"] = _done(job, settings, settling)
    except MunshiError as error:
        log.warning("%s failed: %s", job.name, type(error).__name__)
        raise
    log.info("%s: %s", job.name, sentence)
    return sentence


def _done(job: Job, settings: Settings, settling: float) -> str:
    if job.kind == "folder":
        return _folder(job, settings, settling)
    if job.kind in ("monitor", "train"):
        from tools.operations.monitoring import scheduled

        return scheduled(job.workspace, train=job.kind == "train", settings=settings)
    return _source(job, settings)


def _folder(job: Job, settings: Settings, settling: float) -> str:
    from tools.operations.watching import FolderWatch

    watch = FolderWatch(job.reads, job.workspace, settings)
    list(watch.look())
    threading.Event().wait(settling)
    found = list(watch.look())
    refused = sum(each.outcome == "refused" for each in found)
    new = sum(each.rows_added for each in found)
    sentence = f"{len(found)} files, {new:,} new postings, {refused} refused"
    if refused:
        raise SourceError(f"{sentence}: {next(each.sentence for each in found if each.outcome == 'refused')}")
    return sentence


def _source(job: Job, settings: Settings) -> str:
    from tools.operations.pulling import pull_source

    if load_declared(job.reads).kind != job.kind:
        raise SourceError(f"{job.reads.name} declares no {job.kind}, as job {job.name} says.")
    report = pull_source(job.reads, job.workspace, settings=settings)
    return f"{len(report.files)} pages, {report.derived.added:,} new postings"


def last_outcomes(schedule: Schedule, settings: Settings | None = None) -> list[dict[str, Any]]:
    """Return each job with when it runs and how its last run ended; None where it never ran."""
    settings = settings or load_settings()
    return [
        {"job": job.name, "kind": job.kind, "workspace": job.workspace, "when": job.when, **_last(job, settings)}
        for job in schedule.jobs
    ]


def _last(job: Job, settings: Settings) -> dict[str, Any]:
    never = {"last_at": None, "outcome": None, "said": None}
    if not (workspace_folder(job.workspace, settings) / "key.json").exists():
        return never
    try:
        with Workspace.open(job.workspace, settings) as workspace:
            entries = [each for each in workspace.control.audit_entries()
                       if each["action"] == f"{ACTION}{job.name}" and each["outcome"] != BEGUN]  # fmt: skip
    except WorkspaceNotFound:
        return never
    if not entries:
        return never
    last = entries[-1]
    details = json.loads(last["details"])
    return {"last_at": last["at"], "outcome": last["outcome"], "said": details.get("said", details.get("error"))}


def scheduler_of(schedule: Schedule, settings: Settings | None = None) -> BackgroundScheduler:
    """Return a scheduler of the jobs, not yet started: a worker for each workspace, missed runs made up for once."""
    import datetime as dt

    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(
        executors={name: ThreadPoolExecutor(1) for name in {"default", *(job.workspace for job in schedule.jobs)}},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=schedule.timezone,
    )
    for job in schedule.jobs:
        begin = {"next_run_time": dt.datetime.now(dt.UTC)} if job.every else {}
        scheduler.add_job(
            _run_quietly, _trigger(job, schedule.timezone), args=(job, settings), id=job.name, name=job.name,
            executor=job.workspace, **begin,
        )  # fmt: skip
    return scheduler


def _run_quietly(job: Job, settings: Settings | None) -> None:
    """Run a job of the scheduler: how it failed is kept and logged, the next run comes in its time."""
    try:
        run_job(job, settings)
    except MunshiError:
        pass
    except Exception as error:  # noqa: BLE001  a job must not end the scheduler; what it was is kept
        log.error("%s failed: %s", job.name, type(error).__name__)
