"""`munshi tenants`: one workspace for each client, made, suspended, resumed, handed out, destroyed; the master key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ui import cli_output as out
from ui.commands.options import AsJson

app = typer.Typer(no_args_is_help=True, help="Clients, one workspace each: create, list, suspend, resume, destroy.")

Name = Annotated[str, typer.Argument(help="Name of the tenant.")]


@app.command()
def create(name: Name, as_json: AsJson = False) -> None:
    """Make a tenant with empty books and a data key of its own."""
    from tools.operations import tenants

    out.emit(tenants.create(name), as_json, f"{name} is there: `munshi ingest … --workspace {name}` fills it.")


@app.command("list")
def list_tenants(as_json: AsJson = False) -> None:
    """List the tenants: whether each answers, what it holds, how large it is."""
    from tools.operations import tenants

    found = tenants.listed()
    lines = [_line(each) for each in found]
    out.emit(found, as_json, "\n".join(lines) or "None yet: `munshi tenants create NAME`.")


@app.command()
def suspend(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", help="Why; shown in the list.")],
    as_json: AsJson = False,
) -> None:
    """Let a tenant answer nobody, in every process, from now on."""
    from tools.operations import tenants

    done = tenants.suspend(name, reason=reason)
    out.emit(done, as_json, f"{name} answers nobody any more. Back: `munshi tenants resume {name}`.")


@app.command()
def resume(name: Name, as_json: AsJson = False) -> None:
    """Let a suspended tenant answer again."""
    from tools.operations import tenants

    out.emit(tenants.resume(name), as_json, f"{name} answers again.")


@app.command()
def export(name: Name, target: Annotated[Path, typer.Argument(help="File to write.")], as_json: AsJson = False) -> None:
    """Hand a tenant out as one file, encrypted as it lies."""
    from tools.operations import tenants

    with out.progress() as progress:
        done = tenants.export(name, target, progress=progress)
    out.emit(
        done, as_json, f"{name} is in {target} ({done['bytes'] / 1e6:.1f} MB). It opens with the master key alone."
    )


@app.command()
def destroy(
    name: Name,
    confirm: Annotated[
        str | None, typer.Option("--confirm", help="The tenant's name; asked for where missing.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Destroy a tenant's data key, show that its files open no more, and take them away."""
    from tools.operations import tenants

    typed = confirm if confirm is not None else typer.prompt(f"Type {name} to destroy it for good", err=True)
    done = tenants.destroy(name, confirmed=typed)
    out.emit(done, as_json, "\n".join(_destroyed(name, done["proof"])))


@app.command("rotate-key")
def rotate_key(
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Keep the old key nowhere; backups made before open no more.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Wrap every tenant's data key by a new master key; servers go on meanwhile."""
    from governance.key_rotation import rotate
    from governance.settings import load_settings

    names, kept = rotate(load_settings(), forget_old=forget_old)
    old = f" The old key is in {kept}: backups made before open with it." if kept else " The old key is gone."
    told = {"tenants": names, "old_key": str(kept) if kept else None}
    out.emit(told, as_json, f"{len(names)} tenants are wrapped by a new master key.{old}")


def _line(each: dict[str, Any]) -> str:
    about = each.get("reason") or f"{each['source'] or 'empty'}, up to {each['data_clock'] or 'nothing'}"
    return f"{each['tenant']:<24} {each['state']:<10} {each['bytes'] / 1e6:>9,.1f} MB  {about}"


def _destroyed(name: str, proof: dict[str, Any]) -> list[str]:
    lines = [f"The data key of {name} is destroyed. What was tried on the files before they went:"]
    lines += [f"  {what}: {said}" for what, said in proof["refused"].items()]
    files = proof["encrypted_files"]
    lines.append(f"  {files:,} data files, every one encrypted." if files else "  It held no data files.")
    return [*lines, "Backups made before hold the wrapped key: they open with the master key. Destroy them too."]
