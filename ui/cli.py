"""The `munshi` command."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.errors import ModelError, MunshiError, ToolRetry
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName
from ui.commands.register import add_all

if TYPE_CHECKING:
    from tools.operations.fill import BuildReport
    from tools.operations.progress import Progress

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Munshi answers questions about a lender's customers and their transactions.",
)  # fmt: skip

add_all(app)


@app.command()
def demo(
    workspace: WorkspaceName = "demo",
    customers: Annotated[int, typer.Option(min=50, max=5_000_000, help="Simulated customers.")] = 2_000,
    months: Annotated[int, typer.Option(min=30, max=240, help="Simulated months.")] = 42,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulation.")] = 7,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the screen afterwards.")] = True,
    as_json: AsJson = False,
) -> None:
    """Make the sandbox workspace if there is none, build one of an older version anew, then serve it."""
    from governance.errors import SchemaMismatch
    from tools.operations.scored import is_scored

    made: dict[str, Any] = {"workspace": workspace, "made": False}
    try:
        if is_scored(workspace):
            out.say(f"Workspace {workspace} is there already.")
        else:
            made = _simulate(workspace, customers, months, seed)
    except SchemaMismatch:
        made |= {"migrated": True, "as_of": _rebuilt(workspace)}
    out.emit(made, as_json, f"Workspace {workspace} is ready.")
    if serve_it:
        from ui.server import serve as run

        run(workspace)


def _simulate(workspace: str, customers: int, months: int, seed: int) -> dict[str, Any]:
    from tools.operations.fill import make_sandbox

    with out.progress() as progress:
        filled = make_sandbox(customers=customers, months=months, seed=seed, name=workspace, progress=progress)
    clock = filled.data_clock.isoformat() if filled.data_clock else None
    return {"workspace": workspace, "made": True, "rows": dict(filled.added), "data_clock": clock}


def _rebuilt(workspace: str) -> str:
    """Build books of an older version anew; those of a newer one are left alone, and the error says so."""
    from tools.operations.fill import build_workspace

    with out.progress() as progress:
        return str(build_workspace(workspace, progress=progress).as_of)


@app.command()
def serve(
    workspace: WorkspaceName = "demo",
    host: Annotated[str | None, typer.Option(help="Address to listen on; by default this machine only.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port.")] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes; more than one share a PostgreSQL, and serve no screen.")
    ] = 1,
    screen: Annotated[
        bool, typer.Option("--screen/--no-screen", help="The screen, or the machine faces alone.")
    ] = True,
) -> None:
    """Serve the screen and the machine faces."""
    from ui.server import serve as run

    run(workspace, host=host, port=port, workers=workers, screen=screen)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in words.")],
    workspace: WorkspaceName = "demo",
    conversation: Annotated[str | None, typer.Option(help="Go on with this conversation.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask one question."""
    from assistant.munshi import Munshi

    with Munshi.open(workspace) as munshi:
        answer = munshi.ask(question, conversation)
        currency = munshi.workspace.meta(munshi.principal).get("currency", "")
    if as_json:
        out.print_json(answer.model_dump(mode="json"))
    else:
        out.print_answer(answer, currency)
    code = {"refused": 3, "failed": 1}.get(answer.status, 0)
    if code:
        raise typer.Exit(code)


@app.command()
def tool(
    name: Annotated[str, typer.Argument(help="Name of the tool; `munshi tool list` shows them.")],
    arguments: Annotated[str, typer.Argument(help="Arguments as a JSON object.")] = "{}",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,  # noqa: ARG001  a tool's result is JSON either way
) -> None:
    """Call one tool: JSON in, JSON out."""
    from tools.registry import TOOLS
    from tools.toolbox import Toolbox

    if name == "list":
        out.print_json([{"name": each.name, "scope": each.scope, "description": each.description} for each in TOOLS])
        return
    try:
        given = json.loads(arguments)
    except ValueError as error:
        raise ToolRetry(f"The arguments are not JSON ({error}). Write them as '{{\"limit\": 5}}'.") from None
    if not isinstance(given, dict):
        raise ToolRetry("The arguments are not a JSON object. Write them as '{\"limit\": 5}'.")
    toolbox = Toolbox.open(workspace)
    with toolbox.workspace:
        out.print_json(toolbox.call(name, given).model_dump(mode="json"))


@app.command()
def ingest(
    path: Annotated[Path, typer.Argument(help="A statement, an export or a dump; or the folder of a source's files.")],
    source: Annotated[str | None, typer.Option(help="Layout of the file; of a folder: berka, canonical.")] = None,
    account: Annotated[str | None, typer.Option(help="Id of the account, where the file names none.")] = None,
    customer: Annotated[str | None, typer.Option(help="Id of the account's owner.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="JSON file that says which column tells what.")] = None,
    save_mapping: Annotated[Path | None, typer.Option(help="Write what was guessed of the columns here.")] = None,
    currency: Annotated[str | None, typer.Option(help="Currency of the amounts, where the file does not say.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what the file would bring; write nothing.")] = False,
    workspace: WorkspaceName = "demo",
    build_it: Annotated[bool, typer.Option("--build/--no-build", help="Build features and scores afterwards.")] = True,
    as_json: AsJson = False,
) -> None:
    """Read a file or a source's folder into the books, then build."""
    if preview or save_mapping:
        _preview(path, source, account, customer, mapping, save_mapping, currency, as_json)
        return
    from tools.operations.fill import FOLDER_SOURCES

    if not path.is_dir() and source not in FOLDER_SOURCES:
        _take_in(path, source, account, customer, mapping, currency, workspace, build_it, as_json)
        return
    if source is None:
        raise ToolRetry("A folder needs the name of its source: --source berka or --source canonical.")
    from tools.operations.fill import build_workspace
    from tools.operations.fill import ingest as run

    with out.progress() as progress:
        filled = run(source, path, workspace, progress=progress)
        built = build_workspace(workspace, progress=progress) if build_it else None
    clock = filled.data_clock.isoformat() if filled.data_clock else None
    report = {"workspace": workspace, "rows_added": dict(filled.added), "data_clock": clock, "notes": filled.notes}
    added = ", ".join(f"{rows:,} {table}" for table, rows in filled.added.items() if rows)
    out.emit(report, as_json, f"Added {added or 'nothing new'} to {workspace}; data to {clock}.")
    for note in () if as_json else filled.notes:
        out.say(f"note: {note}")
    if built is not None:
        out.say(out.build_sentence(built))


def _take_in(
    path: Path,
    source: str | None,
    account: str | None,
    customer: str | None,
    mapping: Path | None,
    currency: str | None,
    workspace: str,
    build_it: bool,
    as_json: bool,
) -> None:
    from tools.operations.intake import ingest_file

    with out.progress() as progress:
        report = ingest_file(
            path, workspace, source=source, account=account, customer=customer, mapping_file=mapping,
            currency=currency, progress=progress,
        )  # fmt: skip
        built = _scored(workspace, progress) if build_it and report.changed else None
    (file,) = report.files
    sentence = f"{file.name} ({file.source}): {report.derived.added:,} postings are new in {workspace}"
    if file.rows_rejected:
        sentence += f"; {file.rows_rejected:,} rows wait in quarantine: `munshi quarantine --workspace {workspace}`"
    out.emit({"workspace": workspace, **asdict(report)}, as_json, f"{sentence}.")
    for note in () if as_json else file.notes:
        out.say(f"note: {note}")
    if built is not None:
        out.say(out.build_sentence(built))


def _scored(workspace: str, progress: Progress) -> BuildReport | None:
    """Score what an ingest brought; before the first whole month there is nothing to score, and it says so."""
    from tools.operations.fill import score_workspace

    try:
        return score_workspace(workspace, progress=progress)
    except ModelError as nothing_yet:
        out.say(f"note: {nothing_yet}")
        return None


def _preview(
    path: Path,
    source: str | None,
    account: str | None,
    customer: str | None,
    mapping: Path | None,
    save_mapping: Path | None,
    currency: str | None,
    as_json: bool,
) -> None:
    from tools.operations.preview import preview_file

    found = preview_file(
        path, source=source, account=account, customer=customer, mapping_file=mapping, save_mapping=save_mapping,
        currency=currency,
    )  # fmt: skip
    if as_json:
        out.print_json(asdict(found))
    else:
        out.print_preview(found)


@app.command()
def build(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Rebuild loan status, features and scores; migrates older books first. The models that serve stay."""
    from tools.operations.fill import build_workspace

    with out.progress() as progress:
        report = build_workspace(workspace, progress=progress)
    out.emit(asdict(report), as_json, out.build_sentence(report))


@app.command()
def train(
    model: Annotated[str, typer.Argument(help="Model to train.")] = "credit",
    tune: Annotated[int, typer.Option(min=0, max=1000, help="Settings of the trees to try first.")] = 0,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Train and validate a model on the features that are there; it waits for `munshi models approve`."""
    from tools.operations.fill import train_model
    from tools.operations.tracking import track_version

    with out.progress() as progress:
        report = train_model(workspace, model, trials=tune, progress=progress)
    if version := report.challenger or report.champion:
        track_version(workspace, model, version)
    out.emit(asdict(report), as_json, out.build_sentence(report))


@app.command()
def replay(
    receipt_id: Annotated[str, typer.Argument(help="Id that stands under the answer.")],
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Run an answer again on the books it was made from, and compare."""
    from assistant.munshi import Munshi

    with Munshi.open(workspace) as munshi:
        found = munshi.replay(receipt_id)
    out.emit(found.model_dump(mode="json"), as_json, found.summary())
    if not found.same:
        raise typer.Exit(1)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="File to write.")],
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Write a workspace, encrypted as it lies, to one file."""
    from tools.operations.backups import back_up

    with out.progress() as progress:
        back_up(workspace, target, progress=progress)
    size = target.stat().st_size
    sentence = (
        f"{workspace} is in {target} ({size / 1e6:.1f} MB). It opens only with the master key: keep that elsewhere."
    )
    out.emit({"workspace": workspace, "file": str(target), "bytes": size}, as_json, sentence)


@app.command()
def restore(source: Annotated[Path, typer.Argument(help="Backup file.")], as_json: AsJson = False) -> None:
    """Bring a backed-up workspace back."""
    from tools.operations.backups import restore as run

    with out.progress() as progress:
        name = run(source, progress=progress)
    out.emit({"workspace": name}, as_json, f"Workspace {name} is back.")


@app.command()
def destroy(
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="Name of the workspace; there is no default.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a workspace for good, its data key first."""
    from tools.operations.backups import destroy as run

    if not yes:
        typer.confirm(f"Erase workspace {workspace}? Without a backup nothing brings it back.", abort=True, err=True)
    run(workspace)
    out.emit({"workspace": workspace, "destroyed": True}, as_json, f"Workspace {workspace} is erased.")


@app.command()
def quality(
    workspace: WorkspaceName = "demo",
    html: Annotated[Path | None, typer.Option(help="Write the report as a page to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what the books think of their own quality: checks, doubts, what could not be read."""
    from tools.operations.quality import quality as examine
    from tools.operations.quality import write_report

    found = examine(workspace)
    if html is not None:
        write_report(found, html)
        out.say(f"The report is in {html}.")
    out.emit(found, as_json, out.quality_table(found))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Examine the machine and every workspace."""
    from tools.operations.doctor import examine

    findings = examine()
    out.emit([vars(each) for each in findings], as_json, out.findings_table(findings))


def main() -> None:
    """Run the command; an error becomes one sentence and an exit code (1 failed, 2 usage, 3 refused)."""
    try:
        app(prog_name="munshi")
    except MunshiError as error:
        out.say(f"munshi: {error}")
        sys.exit(error.exit_code)
    except OSError as error:  # a folder that cannot be written, say: the system's own words
        out.say(f"munshi: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        out.say("munshi: stopped.")
        sys.exit(130)


if __name__ == "__main__":
    main()
