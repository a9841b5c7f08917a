"""`munshi rules`: the client's own rules about scores, tried on history before they act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.errors import SourceError
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="The client's rules: check, draft, simulate, approve, activate, retire.")

File = Annotated[Path, typer.Argument(help="YAML file of rules.")]
Version = Annotated[int, typer.Argument(min=1, help="Version, as the list shows it.")]
Newest = Annotated[int | None, typer.Argument(min=1, help="Version; the newest by default.")]
By = Annotated[str | None, typer.Option("--by", help="Who stands for it; the books keep the name.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; the books keep it.")]


@app.command()
def check(file: File, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Say what is wrong with a file of rules; nothing is kept."""
    from tools.operations import rules

    found = _with(workspace, lambda opened, by: rules.check(opened, by, _content(file)))
    out.emit(found, as_json, "\n".join([f"{found['rules']} rules, nothing wrong.", *_notes(found["notes"])]))


@app.command()
def draft(
    file: File, reason: Reason = "drafted", by: By = None, workspace: WorkspaceName = "demo", as_json: AsJson = False
) -> None:
    """Keep a file of rules as a new version; it acts on nothing yet."""
    from tools.operations import rules

    made = _with(workspace, lambda opened, who: rules.draft(opened, who, _content(file), reason=reason, name=by))
    number = made["version"]
    out.emit(made, as_json, f"Version {number} is drafted. Try it on history: `munshi rules simulate {number}`.")


@app.command()
def simulate(version: Newest = None, by: By = None, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Try a version on the scores of the last month ends: who moves which way, and what became of them."""
    from tools.operations import rules

    found = _with(workspace, lambda opened, who: rules.simulate(opened, who, version, name=by))
    out.emit(found, as_json, "\n".join(_simulation(found["simulation"])))


@app.command()
def approve(
    version: Version,
    reason: Reason,
    by: By = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="Author and approver are one person: sandbox only, and kept.")
    ] = False,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Approve a version that was simulated; another person than its author does."""
    from tools.operations import rules

    done = _with(
        workspace,
        lambda opened, who: rules.decide(opened, who, version, "approve", reason=reason, name=by, alone=alone),
    )
    out.emit(done, as_json, f"Version {version} is approved. Activate it: `munshi rules activate {version}`.")


@app.command()
def activate(
    version: Version, reason: Reason, by: By = None, workspace: WorkspaceName = "demo", as_json: AsJson = False
) -> None:
    """Let an approved version act in the place of the one that does."""
    from tools.operations import rules

    done = _with(workspace, lambda opened, who: rules.decide(opened, who, version, "activate", reason=reason, name=by))
    out.emit(done, as_json, f"Version {version} acts; it makes something of {done['ruled']:,} scores.")


@app.command()
def retire(
    version: Version, reason: Reason, by: By = None, workspace: WorkspaceName = "demo", as_json: AsJson = False
) -> None:
    """Let a version act no more; it stays in the list."""
    from tools.operations import rules

    done = _with(workspace, lambda opened, who: rules.decide(opened, who, version, "retire", reason=reason, name=by))
    out.emit(done, as_json, f"Version {version} is retired.")


@app.command("list")
def list_versions(workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """List every version with its state."""
    from tools.operations import rules

    found = _with(workspace, rules.listed)
    lines = [f"{each['version']:>4}  {each['state']:<10} {each['drafted_by']}: {each['reason']}" for each in found]
    out.emit(found, as_json, "\n".join(lines) or "None yet: `munshi rules draft FILE`.")


@app.command()
def show(version: Newest = None, workspace: WorkspaceName = "demo", as_json: AsJson = False) -> None:
    """Show a version: its file, who did what with it and why, what simulating it found."""
    from tools.operations import rules

    found = _with(workspace, lambda opened, who: rules.shown(opened, who, version))
    steps = [
        f"{step['at'][:16].replace('T', ' ')}  {step['action']:<9} {step['by']}: {step['reason']}"
        f"{' (author and approver are one)' if step['alone'] else ''}"
        for step in found["steps"]
    ]
    simulated = _simulation(found["simulation"]) if found["simulation"] else []
    head = f"Version {found['version']}, {found['state']}, drafted by {found['drafted_by']}: {found['reason']}"
    out.emit(found, as_json, "\n".join([head, *steps, "", found["content"].rstrip(), "", *simulated]).rstrip())


def _with(name: str, do: Callable[[Workspace, Principal], Any]) -> Any:
    from governance.principal import local_principal
    from tools.workspace import Workspace

    with Workspace.open(name) as opened:
        return do(opened, local_principal(name))


def _content(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{file} cannot be read as rules ({error}). Give a YAML file in UTF-8.") from None


def _notes(notes: list[str]) -> list[str]:
    return [f"note: {each}" for each in notes]


def _simulation(found: Mapping[str, Any]) -> list[str]:
    beside = f"version {found['baseline']}" if found["baseline"] else "the models alone"
    lines = [f"{found['said']} Beside {beside}."]
    for model, told in found["models"].items():
        lines += [
            f"  {model:<7} {each['as_of']}  {each['moved']:>7,} of {each['scored']:,} move "
            f"({each['riskier']:,} riskier, {each['safer']:,} safer); exposure {each['exposure_moved']:,.0f}, "
            f"expected loss {each['expected_loss_moved']:,.0f}"
            for each in told["as_ofs"]
        ]
        for each in told["outcomes"]:
            bad = each.get("defaulted", each.get("left"))
            lines.append(
                f"  {model:<7} {each['way']:<8} {bad:,} of {each['customers']:,} {told['event']}: {each['rate']:.1%} "
                f"({each['low']:.1%} to {each['high']:.1%})"
            )
    return [*lines, *_notes(found["notes"])]
