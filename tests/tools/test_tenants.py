"""Tenants: each its own key; suspended, none answers; destroyed, nothing opens; older backups come back."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from analytics.warehouse import ReaderSpec
from governance.errors import KeyUnusable, ToolRetry, WorkspaceExists, WorkspaceNotFound, WorkspaceSuspended
from governance.key_rotation import rotate
from governance.principal import local_principal
from governance.settings import Settings
from tools.operations import tenants
from tools.operations.backups import back_up, restore
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("tenants")
    made = Settings(home=home / "munshi", key_file=home / "master.key", master_key=None)
    for name in ("anand", "bharat"):
        tenants.create(name, made)
    return made


def test_each_tenant_has_a_key_of_its_own(place: Settings) -> None:
    with Workspace.open("anand", place) as one, Workspace.open("bharat", place) as other:
        assert one.keys.books != other.keys.books
        with pytest.raises(KeyUnusable):
            ReaderSpec(one.folder, other.keys.books).open()
    with pytest.raises(WorkspaceExists):
        tenants.create("anand", place)


def test_a_suspended_tenant_answers_nobody_also_where_it_was_open_already(place: Settings) -> None:
    with Workspace.open("anand", place) as held:
        me = local_principal("anand")
        assert held.query(me, "SELECT 1").rows == [(1,)]
        assert tenants.suspend("anand", reason="unpaid", settings=place)["state"] == "suspended"
        for asked in (
            lambda: held.query(me, "SELECT 1"),
            lambda: held.meta(me),
            lambda: Workspace.open("anand", place),
        ):
            with pytest.raises(WorkspaceSuspended, match=r"anand is suspended since .*munshi tenants resume anand"):
                asked()
        with pytest.raises(ToolRetry, match="suspended already"):
            tenants.suspend("anand", reason="again", settings=place)
        listed = {each["tenant"]: each for each in tenants.listed(place)}
        assert (listed["anand"]["state"], listed["anand"]["reason"]) == ("suspended", "unpaid")
        assert listed["bharat"]["state"] == "active"
        tenants.resume("anand", place)
        assert held.query(me, "SELECT 1").rows == [(1,)]
        doings = [each["action"] for each in held.control.audit_entries() if each["outcome"] == "ok"]
        assert doings == ["tenant:create", "tenant:suspend", "tenant:resume"]
        assert held.control.verify_audit() == 5


def test_a_tenant_is_handed_out_also_while_it_is_suspended(place: Settings, tmp_path: Path) -> None:
    tenants.suspend("bharat", reason="leaving", settings=place)
    done = tenants.export("bharat", tmp_path / "bharat.tar", settings=place)
    tenants.resume("bharat", place)
    assert done["bytes"] == (tmp_path / "bharat.tar").stat().st_size > 0


def test_a_destroyed_tenant_opens_no_more_and_is_gone(own_demo: Settings) -> None:
    folder = own_demo.workspaces / "demo"
    with pytest.raises(ToolRetry, match="You typed 'dmeo', not 'demo'"):
        tenants.destroy("demo", confirmed="dmeo", settings=own_demo)
    with Workspace.open("demo", own_demo):
        pass
    done = tenants.destroy("demo", confirmed="demo", settings=own_demo)
    assert "key.json is gone" in done["proof"]["refused"]["the workspace"]
    assert set(done["proof"]["refused"]) == {"the workspace", "the books, with another key"}
    assert done["proof"]["encrypted_files"] > 10
    assert not folder.exists()
    with pytest.raises(WorkspaceNotFound):
        Workspace.open("demo", own_demo)


def test_a_file_in_the_clear_is_no_proof(place: Settings) -> None:
    folder = place.workspaces / "chitra"
    tenants.create("chitra", place)
    clear = folder / "lake" / "data" / "x.parquet"
    clear.write_bytes(b"PAR1" + secrets.token_bytes(64) + b"PAR1")
    with pytest.raises(KeyUnusable, match=r"1 files of chitra are not encrypted, x\.parquet first"):
        tenants.destroy("chitra", confirmed="chitra", settings=place)
    assert not (folder / "key.json").exists()


def test_a_backup_of_before_a_rotation_comes_back_under_the_new_master(place: Settings, tmp_path: Path) -> None:
    back_up("bharat", tmp_path / "bharat.tar", settings=place)
    rotate(place)
    tenants.destroy("bharat", confirmed="bharat", settings=place)
    assert restore(tmp_path / "bharat.tar", settings=place) == "bharat"
    rotate(place, forget_old=True)
    with Workspace.open("bharat", place) as back:
        assert back.query(local_principal("bharat"), "SELECT 1").rows == [(1,)]
