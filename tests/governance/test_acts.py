"""No act stands without its entry, whatever ends the process between the two."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from postgres_server import PostgresServer
from pydantic import SecretStr

from governance.acts import FOLDER, OPEN_ACTS, acting, close_left_open, control_of
from governance.control import ControlStore
from governance.errors import IdentityError, StorageFull, ToolRefused
from governance.identity.rights import Rights
from governance.identity.store import Identity
from governance.keys import WorkspaceKeys
from governance.permission import permit
from governance.principal import Principal
from governance.settings import Settings, control_url
from tools.operations.access import create_key, revoke_key
from tools.workspace import Workspace

ROOT = Path(__file__).parents[2]
KEYS = WorkspaceKeys(bytes(32))
ADMIN = Principal("a", "bank", "admin")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str | None:
    if request.param == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres")
    address = server.made(f"acts_{abs(hash(request.node.name)) % 10**9}")
    return str(control_url(Settings(control_url=SecretStr(address))))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bank").mkdir()
    return tmp_path / "bank"


@pytest.fixture
def control(folder: Path, url: str | None) -> Iterator[ControlStore]:
    made = control_of(folder, KEYS, url)
    yield made
    made.close()


def entries(control: ControlStore) -> list[tuple[str, str]]:
    return [(each["action"], each["outcome"]) for each in control.audit_entries()]


def test_an_act_whose_entry_cannot_be_written_is_not_done(control: ControlStore, monkeypatch) -> None:
    identity = Identity(control)
    kept, _ = identity.api_keys.create("x", Rights("viewer"))

    def fails(*_: object) -> None:
        raise StorageFull("no room")

    monkeypatch.setattr(control, "_append", fails)
    workspace = type("Opened", (), {"control": control})()
    with pytest.raises(StorageFull):
        create_key(workspace, identity, ADMIN, "y", Rights("viewer"), days=None, per_minute=None)
    with pytest.raises(StorageFull):
        revoke_key(workspace, identity, ADMIN, kept.key_id)
    assert [(key.label, key.revoked_at) for key in identity.api_keys.list()] == [("x", None)]


def test_what_is_taken_back_takes_its_entries_along_but_for_refusals(control: ControlStore) -> None:
    identity = Identity(control)
    with pytest.raises(ToolRefused), control.together():
        identity.api_keys.create("x", Rights("viewer"))
        control.audit("a", "key:create", "done", {})
        permit(control, ADMIN, "books:read", doing="tool:x", what="reading")
    assert entries(control) == [("tool:x", "refused")]
    with control.together():
        identity.api_keys.create("kept", Rights("viewer"))
        with pytest.raises(IdentityError):
            identity.api_keys.revoke("0" * 12)
        control.audit("a", "key:create", "done", {})
    assert [key.label for key in identity.api_keys.list()] == ["kept"]
    assert control.verify_audit() == 2


def test_an_act_on_the_books_is_told_before_and_after(control: ControlStore, folder: Path) -> None:
    with acting(control, folder, "local", "books:change", {"file": "a"}, outcome="ok") as act:
        assert entries(control) == [("books:change", "begun")]
        assert close_left_open(control, folder) == 0  # it is under way
        act.details["rows"] = 3
    with pytest.raises(ToolRefused), acting(control, folder, "local", "books:change", {}):
        raise ToolRefused("no")
    with pytest.raises(ZeroDivisionError), acting(control, folder, "local", "books:change", {}):
        1 / 0  # noqa: B018
    assert [outcome for _, outcome in entries(control)] == ["begun", "ok", "begun", "refused", "begun", "failed"]
    told = [json.loads(each["details"]) for each in control.audit_entries()]
    assert told[0]["act"] == told[1]["act"] != told[2]["act"]
    assert (told[1]["rows"], told[3]["error"]) == (3, "ToolRefused")
    assert not list((folder / FOLDER).iterdir())
    with control.reading() as connection:
        assert not connection.execute(sa.select(OPEN_ACTS)).all()


def test_an_act_whose_end_could_not_be_written_is_closed_as_unknown(control: ControlStore, folder: Path) -> None:
    append = control._append
    with pytest.raises(StorageFull), acting(control, folder, "local", "books:change", {"file": "a"}):
        control._append = _full  # type: ignore[method-assign]
    control._append = append  # type: ignore[method-assign]
    assert close_left_open(control, folder) == 1
    assert close_left_open(control, folder) == 0
    assert entries(control) == [("books:change", "begun"), ("books:change", "unknown")]


def _full(*_: object) -> None:
    raise StorageFull("no room")


def killed(kind: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, str(Path(__file__).with_name("killed_act.py")), kind, str(folder)], cwd=ROOT,
                          env={"PYTHONPATH": str(ROOT)}, timeout=60)  # fmt: skip
    assert done.returncode == -9


def test_a_process_that_is_killed_between_act_and_entry_leaves_neither_or_both(folder: Path) -> None:
    killed("within", folder)
    killed("elsewhere", folder)
    assert (folder / "changed").exists()
    with_folder = control_of(folder, KEYS, None)
    assert entries(with_folder) == [("books:change", "begun"), ("books:change", "unknown")]
    assert not Identity(with_folder).api_keys.list()
    assert with_folder.verify_audit() == 2
    assert not list((folder / FOLDER).iterdir())
    with_folder.close()


def test_whoever_opens_a_workspace_closes_what_was_left_open(settings: Settings) -> None:
    with Workspace.create("shop", settings) as shop:
        with acting(shop.control, shop.folder, "local", "books:change", {}):
            with Workspace.open("shop", settings) as again:
                assert entries(again.control) == [("books:change", "begun")]
            (shop.folder / FOLDER).joinpath(next((shop.folder / FOLDER).iterdir()).name).unlink()
            with Workspace.open("shop", settings) as again:
                assert entries(again.control)[-1] == ("books:change", "unknown")
        assert entries(shop.control)[-1] == ("books:change", "unknown")  # told once: it was taken for dead
