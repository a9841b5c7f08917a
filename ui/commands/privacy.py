"""`munshi privacy`: erasure with its proof, export, holds, consents, retention, breaches, records of processing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="A person's data: erase, export, hold, consent; retention, breaches.")
retention = typer.Typer(no_args_is_help=True, help="How long records are kept: show, run.")
breach = typer.Typer(no_args_is_help=True, help="The breach log: add, list.")
app.add_typer(retention, name="retention")
app.add_typer(breach, name="breach")

Customer = Annotated[str, typer.Argument(help="Id of the customer.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with the record.")]


@app.command()
def erase(
    customer_id: Customer, reason: Reason = "", workspace: WorkspaceName = "demo", as_json: AsJson = False
) -> None:
    """Erase a customer from everything under the home, and prove it."""
    from tools.operations.privacy import erasure

    with out.progress() as progress:
        done = _with(workspace, lambda opened, by: erasure.erase(
            opened, by, customer_id, reason=reason, progress=progress))  # fmt: skip
    out.emit(done, as_json, "\n".join(_erasure_lines(customer_id, done)))
    if not done["complete"]:
        raise typer.Exit(1)


@app.command()
def erasures(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List what was erased, with each proof; of whom stands nowhere."""
    from tools.operations.privacy import registers

    found = _with(workspace, registers.erasures)
    lines = [f"{each['at']}  {each['record_id']}  {'proved' if each['complete'] else 'INCOMPLETE'}  "
             f"{each['proof']['files']} files, {each['reason']}" for each in found]  # fmt: skip
    out.emit(found, as_json, "\n".join(lines) or "Nobody was erased.")


@app.command()
def export(
    customer_id: Customer,
    target: Annotated[Path, typer.Option("-o", "--out", help="Zip to write.")],
    personal: Annotated[bool, typer.Option("--personal", help="Show personal columns; audited.")] = False,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Write everything that is kept of a customer to a zip: JSON, CSV, and what each file is."""
    from tools.operations.privacy import export as exporting

    content = _with(workspace, lambda opened, by: exporting.export(opened, by, customer_id), personal=personal)
    target.write_bytes(content)
    target.chmod(0o600)
    told = {"customer_id": customer_id, "file": str(target), "bytes": len(content), "personal": personal}
    out.emit(told, as_json, f"Everything that is kept of {customer_id} is in {target}.")


@app.command()
def hold(customer_id: Customer, reason: Reason, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Put a customer's data under a legal hold: nothing of him is erased."""
    from tools.operations.privacy import holds

    done = _with(workspace, lambda opened, by: holds.hold(opened, by, customer_id, reason=reason))
    out.emit(done, as_json, f"{customer_id} is under a legal hold: {done['reason']}")


@app.command()
def release(customer_id: Customer, reason: Reason, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Release a customer's data from a legal hold."""
    from tools.operations.privacy import holds

    done = _with(workspace, lambda opened, by: holds.release(opened, by, customer_id, reason=reason))
    out.emit(done, as_json, f"{customer_id} is under no legal hold any more.")


@app.command("holds")
def list_holds(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List who is under a legal hold, and why."""
    from tools.operations.privacy import holds

    found = _with(workspace, holds.listed)
    lines = [f"{each['customer_id']}  since {each['at']}  {each['by']}: {each['reason']}" for each in found]
    out.emit(found, as_json, "\n".join(lines) or "Nobody is under a legal hold.")


@app.command()
def consent(
    customer_id: Customer,
    purpose: Annotated[str, typer.Argument(help="Purpose; none shows what stands.")] = "",
    said: Annotated[Literal["given", "withdrawn"] | None, typer.Argument(help="What the customer said.")] = None,
    notice: Annotated[str, typer.Option("--notice", help="Version of the notice he was shown.")] = "",
    days: Annotated[float | None, typer.Option("--days", help="Days after which it expires.")] = None,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Show a customer's consents, or write down one that he gave or withdrew."""
    from tools.operations.privacy import consents

    if purpose and said is None:
        raise typer.BadParameter("say whether it was 'given' or 'withdrawn'", param_hint="SAID")
    if said is None:
        found = _with(workspace, lambda opened, by: consents.of(opened, by, customer_id))
        lines = [f"{each['purpose']:<18} {each['state']:<12} rests on {each['basis']}" for each in found["purposes"]]
        out.emit(found, as_json, "\n".join(lines))
        return
    done = _with(workspace, lambda opened, by: consents.record(
        opened, by, customer_id, purpose, said, notice=notice, days=days))  # fmt: skip
    out.emit(done, as_json, f"{customer_id}: the consent to {purpose} is {said}.")


@retention.command("show")
def show_retention(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Show how long each kind of record is kept, why, and how many are past it."""
    from tools.operations.privacy import retention as keeping

    found = _with(workspace, keeping.show)
    lines = [
        f"{each['name']:<17} {_period(each['days']):<14} {each['past']:>6} past  {each['source']}" for each in found
    ]
    out.emit(found, as_json, "\n".join(lines))


@retention.command("run")
def run_retention(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Erase what is past its period, except what names a customer under a legal hold."""
    from tools.operations.privacy import retention as keeping

    done = _with(workspace, keeping.run)
    erased, held = sum(done["erased"].values()), sum(done["held"].values())
    out.emit(done, as_json, f"{erased} records were past their period and are erased; {held} stay under a legal hold.")


@breach.command("add")
def add_breach(
    what: Annotated[str, typer.Argument(help="What happened; name nobody.")],
    aware: Annotated[dt.datetime, typer.Option("--aware", help="When the lender became aware, UTC.")],
    people: Annotated[int, typer.Option("--people", min=0, help="How many it touches; 0: not known yet.")] = 0,
    measures: Annotated[str, typer.Option("--measures", help="What was done.")] = "",
    reported: Annotated[dt.datetime | None, typer.Option("--reported", help="When it was reported, UTC.")] = None,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Log a breach of personal data; the 72 hours to report it run from when the lender became aware."""
    from tools.operations.privacy import registers

    done = _with(workspace, lambda opened, by: registers.add_breach(
        opened, by, what=what, aware_at=aware, people=people, measures=measures, reported_at=reported))  # fmt: skip
    out.emit(done, as_json, _breach_line(done))


@breach.command("list")
def list_breaches(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List the breaches, with the time each has to be reported by."""
    from tools.operations.privacy import registers

    found = _with(workspace, registers.breaches)
    out.emit(found, as_json, "\n".join(map(_breach_line, found)) or "No breach was logged.")


@app.command()
def records(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Show the records of processing (GDPR Article 30)."""
    from tools.operations.privacy import registers

    found = _with(workspace, registers.records)
    lines = [f"{each['activity']}\n  {each['purpose']}, on {each['basis']}; {each['data']}; "
             f"kept {_period(each['days_kept'])}" for each in found["records"]]  # fmt: skip
    out.emit(found, as_json, "\n".join(lines))


def _with(name: str, do: Callable[[Workspace, Principal], Any], *, personal: bool = False) -> Any:
    from governance.principal import privacy_officer
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, privacy_officer(name, personal=personal))


def _erasure_lines(customer_id: str, done: dict[str, Any]) -> list[str]:
    proof = done["proof"]
    deleted, kept, redacted = (sum(each[what] for each in done["books"])
                               for what in ("deleted", "kept_under_token", "redacted"))  # fmt: skip
    beside = sum(sum(counts.values()) for counts in done["kept_data"].values())
    lines = [
        f"{customer_id} is erased: {deleted:,} rows of the books deleted, {kept:,} loan records kept under a token, "
        f"{redacted:,} rows of others redacted, {beside:,} records beside the books.",
        f"Searched {proof['files']:,} files ({proof['bytes']:,} bytes), {proof['data_files']} data files and "
        f"{proof['catalog_tables']} tables of the catalog decrypted, {proof['sealed_rows']} sealed records: "
        + ("nothing names him." if proof["clean"] else "NOT CLEAN."),
    ]  # fmt: skip
    lines += [f"Found: {place}" for place in proof["found"]]
    return lines + [f"Could not be opened: {place}" for place in proof["unopened"]]


def _breach_line(each: dict[str, Any]) -> str:
    due = f"report by {each['report_by']}"
    return f"{each['record_id']}  {each['state']:<13} {due}  {each['people']} people  {each['what']}"


def _period(days: int | None) -> str:
    return f"{days} days" if days else "without end"
