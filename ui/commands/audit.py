"""`munshi audit`: whether the chain is whole, who did what, and the log to take along."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from governance.audit_chain import Known
from governance.errors import ToolRetry
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="The audit log: verify, search, export.")

Who = Annotated[str, typer.Option("--who", help="Id of a user or key, or a user's name; a part will do.")]
What = Annotated[str, typer.Option("--what", help="What was done, as recorded: key:create; a part will do.")]
Outcome = Annotated[str, typer.Option("--outcome", help="How it ended: done, ok, refused, failed, unknown …")]
Since = Annotated[str, typer.Option("--since", help="First day, or moment (UTC).")]
Until = Annotated[str, typer.Option("--until", help="Last day, or moment (UTC).")]
Words = Annotated[str, typer.Option("--words", help="Text within the details.")]
#: Columns of an export; ``details`` is what was recorded, ``scope`` the permission that was wanting.
COLUMNS = ("entry", "when", "who", "what", "outcome", "scope", "details", "previous", "digest")


@app.command()
def verify(
    known: Annotated[
        str, typer.Option("--known", help="ENTRIES:DIGEST, as an earlier run said: shows what was cut off since.")
    ] = "",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Walk the whole chain: how long it is and its last digest, or where it breaks and how."""
    from tools.operations import audit_log

    kept = _known(known) if known else None
    found = _with(workspace, lambda opened, by: audit_log.chain(opened, by, kept))
    lines = [f"{each['kind']}: {each['says']}." for each in found["breaks"]]
    whole = f"The audit log of {workspace} is whole: {found['entries']} entries, each linked to the one before."
    told = [whole, f"Keep to verify against: {found['entries']}:{found['last']}"] if found["intact"] else [
        f"The audit log of {workspace} is BROKEN; it has {found['entries']} entries.", *lines]  # fmt: skip
    out.emit(found, as_json, "\n".join(told))
    if not found["intact"]:
        raise typer.Exit(1)


@app.command()
def search(
    who: Who = "",
    what: What = "",
    outcome: Outcome = "",
    since: Since = "",
    until: Until = "",
    words: Words = "",
    limit: Annotated[int, typer.Option(min=1, help="Entries shown at the most, the newest.")] = 50,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Show the newest entries that fit, and how many fit in all."""
    from tools.operations import audit_log

    sought = audit_log.Sought(who, what, outcome, since, until, words)
    found = _with(workspace, lambda opened, by: audit_log.find(opened, by, sought, most=limit))
    shown = [recorded(each) for each in found.entries]
    lines = [f"{each['entry']:>7}  {each['when'][:19]}  {each['who']:<20}  {each['what']:<24}  {each['outcome']:<9} "
             f" {json.dumps(each['details'], ensure_ascii=False)}" for each in shown]  # fmt: skip
    told = f"{found.total} entries fit" + (f"; these are the newest {len(shown)}." if len(shown) < found.total else ".")
    out.emit({"total": found.total, "entries": shown}, as_json, "\n".join([*lines, told]))


@app.command()
def export(
    target: Annotated[Path, typer.Option("-o", "--out", help="File to write; it must not be there yet.")],
    form: Annotated[Literal["jsonl", "csv"] | None, typer.Option("--format", help="By default the file's end.")] = None,
    who: Who = "",
    what: What = "",
    outcome: Outcome = "",
    since: Since = "",
    until: Until = "",
    words: Words = "",
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Write all entries that fit to a file, the oldest first; that it was done is audited."""
    from tools.operations import audit_log

    as_csv = (form or target.suffix.lstrip(".").lower()) == "csv"
    if target.exists():
        raise ToolRetry(f"{target} is there already; nothing was overwritten. Name another file.")
    if not target.parent.is_dir():
        raise ToolRetry(f"There is no folder {target.parent} to write {target.name} to.")
    sought = audit_log.Sought(who, what, outcome, since, until, words)
    rows = [recorded(each) for each in _with(workspace, lambda opened, by: audit_log.export(opened, by, sought))]
    content = (_csv(rows) if as_csv else "".join(f"{json.dumps(row)}\n" for row in rows)).encode()
    target.touch(0o600)
    target.write_bytes(content)
    told = {"file": str(target), "entries": len(rows), "sha256": hashlib.sha256(content).hexdigest()}
    out.emit(told, as_json, f"{len(rows)} entries are in {target} (SHA-256 {told['sha256']}).")


def recorded(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as it is told: everything it is, under the words of `COLUMNS`; who acted by id alone."""
    details = json.loads(entry["details"])
    scope = details.get("scope", "") if isinstance(details, dict) else ""
    told = (entry["sequence"], entry["at"], entry["actor"], entry["action"], entry["outcome"], scope, details,
            entry["previous"], entry["digest"])  # fmt: skip
    return dict(zip(COLUMNS, told, strict=True))


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    from ui.csv_file import guarded

    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    for row in rows:
        flat = {**row, "details": json.dumps(row["details"])}
        writer.writerow([guarded(str(flat[name])) for name in COLUMNS])
    return sheet.getvalue()


def _known(text: str) -> Known:
    if not re.fullmatch(r"[0-9]{1,12}:[0-9a-f]{64}", text):
        raise ToolRetry(
            f"'{text}' is no known state of an audit log: give ENTRIES:DIGEST as `munshi audit verify` says."
        )
    entries, digest = text.split(":")
    return Known(int(entries), digest)


def _with(name: str, do: Callable[[Workspace, Principal], Any]) -> Any:
    from governance.principal import privacy_officer
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, privacy_officer(name))
