"""From a source, or the simulator, to scored books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.models.catalogue import MODELS
from analytics.schema import CORE
from governance.errors import ModelError, SourceError, WorkspaceNotFound, did_you_mean
from governance.settings import Settings, load_settings
from tools.operations.knowledge_base import write_passages
from tools.operations.origin import of_folder, of_simulation
from tools.operations.progress import Progress, part, silent
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics.build import BuildReport as BuildReport
    from analytics.intake.build_log import BuildLog
    from analytics.models.outcome import Outcome as Outcome
    from analytics.warehouse import Writer


#: Sources that are read from a folder.
FOLDER_SOURCES = ("berka", "canonical")
#: Models that `train_model` knows.
TRAINABLE = tuple(MODELS)
EMPTY = "The books hold no transactions. Ingest a source first: `munshi ingest`."


@dataclass(frozen=True)
class Filled:
    """What came into the books: rows added per table, and the data clock."""

    workspace: str
    added: Mapping[str, int]
    data_clock: dt.date | None
    notes: tuple[str, ...] = ()


def open_or_create(name: str, settings: Settings) -> Workspace:
    """Open the workspace, making it when there is none, or its books when its making was cut short."""
    try:
        workspace = Workspace.open(name, settings)
    except WorkspaceNotFound:
        return Workspace.create(name, settings)
    if not workspace.lake.catalog.exists():
        workspace.lake.create()
    return workspace


def make_sandbox(
    *,
    customers: int = 2_000,
    months: int = 42,
    seed: int = 7,
    name: str = "demo",
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Filled:
    """Simulate a lender into a new workspace, build its features, train and score: one publish at the end."""
    from analytics.sandbox import SandboxProfile, simulate

    profile = SandboxProfile(customers=customers, months=months, seed=seed)
    simulating = part(progress, 0.0, 0.4)

    def tables() -> Iterable[Mapping[str, pa.Table]]:
        for position, chunk in enumerate(simulate(profile)):
            simulating("Simulating the lender", position / profile.chunks)
            yield chunk.tables

    terms = of_simulation(customers=customers, months=months, seed=seed)
    return make_books(tables(), terms, name=name, settings=settings, progress=part(progress, 0.4, 1.0))


def make_books(
    batches: Iterable[Mapping[str, pa.Table]],
    terms: Iterable[Mapping[str, Any]],
    *,
    name: str,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Filled:
    """Write simulated tables into a workspace, a new one or what is there, build, train and score: one publish.

    Parameters
    ----------
    batches
        Canonical tables, some customers at a time.
    terms
        What they were made of, as the build keeps it.
    """
    workspace, log = open_or_create(name, settings or load_settings()), _log(terms)
    with workspace, workspace.lake.writer("making the sandbox") as writer:
        filled = _fill(writer, name, "sandbox", batches, log, notes=())
        _examined(writer, log, progress)
        _build(writer, filled.data_clock, part(progress, 0.1, 1.0))
    return filled


def ingest(
    source: str, folder: Path, name: str, *, settings: Settings | None = None, progress: Progress = silent
) -> Filled:
    """Read a source's files and append what is new in them to the canonical tables.

    Raises
    ------
    SourceError
        Unknown source, or a missing or malformed file; the books stay as they were.
    """
    from analytics.ingest import SOURCES

    if source not in SOURCES:
        raise SourceError(f"There is no source '{source}'.{did_you_mean(source, SOURCES)}")
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder. Give the folder that holds the files of {source}.")
    progress(f"Reading {source}", 0.0)
    tables = SOURCES[source].read(folder)
    progress("Writing the books", 0.4)
    log = _log(of_folder(source, folder))
    workspace = open_or_create(name, settings or load_settings())
    with workspace, workspace.lake.writer(f"ingesting {source}") as writer:
        filled = _fill(writer, name, source, [tables], log, notes=SOURCES[source].notes)
        _examined(writer, log, part(progress, 0.6, 1.0))
        return filled


def build_workspace(name: str, *, settings: Settings | None = None, progress: Progress = silent) -> BuildReport:
    """Rebuild loan status, features, models and scores from the canonical tables, and publish."""
    with Workspace.open(name, settings) as workspace, workspace.lake.writer("building") as writer:
        if not writer.count(writer.table("quality", "builds")):  # books of before there were any
            _examined(writer, _log([]), silent)
        return _build(writer, data_clock(writer), progress)


def train_model(
    name: str, model: str = "credit", *, trials: int = 0, settings: Settings | None = None, progress: Progress = silent
) -> BuildReport:
    """Train a model again on the features that are there, validate it and publish.

    It waits as challenger for a decision (`tools.operations.models.approve`); the first of a workspace serves at once.

    Raises
    ------
    ModelError
        No such model can be trained, or there is nothing to train on.
    """
    from analytics.build import train
    from analytics.rules.apply import apply_rules

    if model not in TRAINABLE:
        raise ModelError(f"There is no model '{model}' to train.{did_you_mean(model, TRAINABLE)}")
    with Workspace.open(name, settings) as workspace, workspace.lake.writer(f"training {model}") as writer:
        clock = data_clock(writer)
        if clock is None:
            raise SourceError(EMPTY)
        report = train(writer, clock, progress=progress, model=model, trials=trials)
        apply_rules(writer)
        write_passages(writer, clock)
        return report


def score_workspace(name: str, *, settings: Settings | None = None, progress: Progress = silent) -> BuildReport:
    """Score by the versions that serve on the features that are there, and publish; where none does, train.

    Raises
    ------
    ModelError
        There is nothing to score or train on.
    """
    from analytics.build import score
    from analytics.rules.apply import apply_rules

    with Workspace.open(name, settings) as workspace, workspace.lake.writer("scoring") as writer:
        clock = data_clock(writer)
        if clock is None:
            raise SourceError(EMPTY)
        report = score(writer, clock, progress=progress)
        apply_rules(writer)
        write_passages(writer, clock)
        return report


def _log(inputs: Iterable[Mapping[str, Any]]) -> BuildLog:
    from analytics.intake.build_log import BuildLog

    log = BuildLog("full", dt.datetime.now(dt.UTC))
    log.inputs.extend(inputs)
    return log


def _examined(writer: Writer, log: BuildLog, progress: Progress) -> None:
    """Look for what does not add up and what comes back, check the books, and keep what the build did."""
    from analytics.intake.examine import examine
    from analytics.pipeline.quality.checks import write

    examine(writer, log, progress=progress)
    with log.step("check") as step:
        step["rows_out"] = len(write(writer, log.build_id))
    log.write(writer)


def _fill(
    writer: Writer,
    name: str,
    source: str,
    batches: Iterable[Mapping[str, pa.Table]],
    log: BuildLog,
    *,
    notes: tuple[str, ...],
) -> Filled:
    added = {table.name: 0 for table in CORE}
    with log.step(f"write {source}", 0) as step:
        for batch in batches:
            for table in CORE:
                if table.name in batch and batch[table.name].num_rows:
                    step["rows_in"] += batch[table.name].num_rows
                    added[table.name] += writer.append_new(table, batch[table.name])
        step["rows_out"] = sum(added.values())
    clock = data_clock(writer)
    currencies = writer.execute(
        "SELECT currency FROM books.core.accounts GROUP BY currency ORDER BY count(*) DESC, currency"
    ).rows
    facts = {
        "data_clock": clock.isoformat() if clock else "",
        "currency": currencies[0][0] if currencies else "",
        "source": source,
    }
    for key, value in facts.items():
        if value:
            writer.set_meta(key, value)
    return Filled(name, added, clock, notes)


def data_clock(writer: Writer) -> dt.date | None:
    """Return the newest posting date; None where there is none."""
    found: dt.date | None = writer.execute("SELECT max(posted_at)::DATE FROM books.core.transactions").rows[0][0]
    return found


def _build(writer: Writer, clock: dt.date | None, progress: Progress) -> BuildReport:
    from analytics.build import build
    from analytics.rules.apply import apply_rules

    if clock is None:
        raise SourceError(EMPTY)
    report = build(writer, clock, progress=progress)
    apply_rules(writer)
    write_passages(writer, clock)
    return report
