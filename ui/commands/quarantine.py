"""`munshi quarantine`: the rows that could not be read; look, mend, ignore, put back, try again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from governance.errors import ToolRetry
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from tools.operations.quarantine import IntakeReport

app = typer.Typer(help="List the rows that could not be read, with the reason; show, mend, ignore or try them again.")

FileId = Annotated[str, typer.Argument(help="Id of the file, or its beginning, as the list shows it.")]
Line = Annotated[int, typer.Argument(help="Line or record in the file.")]
#: Figures of a file's id that a list shows; the beginning is enough to name it.
SHOWN_ID = 12


@app.callback(invoke_without_command=True)
def listed(
    context: typer.Context,
    workspace: WorkspaceName = "demo",
    state: Annotated[str, typer.Option(help="Which rows: open, mended, ignored.")] = "open",
    as_json: AsJson = False,
) -> None:
    """List the rows that could not be read, with the reason; their content stays hidden."""
    if context.invoked_subcommand is not None:
        return
    from tools.operations.quarantine import quarantined

    rows = quarantined(workspace, state=state)
    lines = [
        f"{each['file_id'][:SHOWN_ID]}  {each['name'] or ''}  line {each['line']}  {each['reason']}" for each in rows
    ]
    empty = "No row waits: every row was read." if state == "open" else f"No row is {state}."
    out.emit(rows, as_json, "\n".join(lines) or empty)
    if rows and state == "open" and not as_json:
        first = rows[0]
        place = f"{first['file_id'][:SHOWN_ID]} {first['line']} --workspace {workspace}"
        out.say(f"Look at one: `munshi quarantine show {place} --content`; mend it: `munshi quarantine mend {place} "
                "--set \"COLUMN=VALUE\"`.")  # fmt: skip


@app.command()
def show(
    file_id: FileId,
    line: Line,
    content: Annotated[
        bool, typer.Option("--content", help="Show the cells too; they may hold personal data. The audit log keeps it.")
    ] = False,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Show one row: why it was not read, how its columns are called, and its cells when they are asked for."""
    from tools.operations.quarantine import shown

    row = shown(workspace, file_id, line, content=content)
    lines = [f"line {row['line']} of {row['file_id'][:SHOWN_ID]} ({row['source']}), {row['state']}: {row['reason']}"]
    if content:
        names = [*row["columns"], *[""] * (len(row["content"]) - len(row["columns"]))]
        width = max(map(len, names), default=0)
        lines += [f"  {name:<{width}}  {cell}" for name, cell in zip(names, row["content"], strict=False)]
    elif row["columns"]:
        lines.append(f"columns: {', '.join(name for name in row['columns'] if name)}")
    out.emit(row, as_json, "\n".join(lines))


@app.command()
def mend(
    file_id: FileId,
    line: Line,
    changes: Annotated[
        list[str], typer.Option("--set", help='A cell, by its heading in the file or its role: "Txn Date=05/01/2024".')
    ],
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Change cells of a row, read it as its file was read, and take it into the books where it stood."""
    from tools.operations.quarantine import mend as run

    report = run(workspace, file_id, line, _changes(changes))
    _told(report, as_json, f"Line {line} is in the books")


@app.command()
def ignore(
    file_id: FileId,
    line: Line,
    reason: Annotated[
        str, typer.Option("--reason", help="Why it is left out, without personal data; the audit log keeps it.")
    ],
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Leave a row out for good; `reopen` takes that back."""
    from tools.operations.quarantine import ignore as run

    run(workspace, file_id, line, reason)
    out.emit({"file_id": file_id, "line": line, "state": "ignored"}, as_json, f"Line {line} of {file_id} is ignored.")


@app.command()
def reopen(file_id: FileId, line: Line, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Put a mended or ignored row back; what a mended one brought leaves the books again."""
    from tools.operations.quarantine import put_back

    _told(put_back(workspace, file_id, line), as_json, f"Line {line} of {file_id} waits again")


@app.command()
def replay(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Read all open rows again with the layouts of today; those that are postings now come in."""
    from tools.operations.quarantine import replay as run

    report = run(workspace)
    rows = sum(file.rows_kept for file in report.files) if report else 0
    _told(report, as_json, f"{rows:,} rows are postings now" if rows else "No row can be read yet")


def _changes(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    for column, sign, _ in pairs:
        if not sign or not column.strip():
            raise ToolRetry('A change is written as COLUMN=VALUE: --set "Txn Date=05/01/2024".')
    return {column.strip(): value for column, _, value in pairs}


def _told(report: IntakeReport | None, as_json: bool, sentence: str) -> None:
    added, removed = (report.derived.added, report.derived.removed) if report else (0, 0)
    changes = ", ".join(f"{count:,} {what}" for count, what in ((added, "came"), (removed, "left")) if count)
    found = {"rows": [{"file_id": file.file_id, "rows": file.rows_kept} for file in report.files] if report else [],
             "added": added, "removed": removed}  # fmt: skip
    out.emit(found, as_json, f"{sentence}{f': of the postings, {changes}' if changes else ''}.")
