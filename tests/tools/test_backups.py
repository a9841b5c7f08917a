"""A workspace leaves, comes back, or does not; whatever fails changes nothing."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from governance.errors import (
    ConfigurationError,
    KeyUnusable,
    MunshiError,
    SourceError,
    WorkspaceBusy,
    WorkspaceExists,
    WorkspaceNotFound,
)
from governance.principal import local_principal
from governance.settings import Settings
from tools.operations.backups import back_up, destroy, restore
from tools.workspace import Workspace, workspace_names

Members = dict[str, bytes]


def settings_in(home: Path) -> Settings:
    return Settings(home=home / "munshi", key_file=home / "master.key", master_key=None)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home of one workspace whose books are empty, and its backup."""
    folder = tmp_path_factory.mktemp("original")
    with Workspace.create("shop", settings_in(folder)) as made:
        made.control.audit("local", "open", "done", {})
    back_up("shop", folder / "shop.tar", settings=settings_in(folder))
    return folder


@pytest.fixture
def home(original: Path, tmp_path: Path) -> Settings:
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    return settings_in(tmp_path)


@pytest.fixture
def backup(home: Settings, tmp_path: Path) -> Path:
    return tmp_path / "shop.tar"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def members(backup: Path) -> Members:
    with tarfile.open(backup) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive if entry.isfile()}


def packed(target: Path, inside: Members) -> Path:
    with tarfile.open(target, "w") as archive:
        for name, body in inside.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return target


def test_a_workspace_comes_back_byte_for_byte(home: Settings, backup: Path) -> None:
    before = contents(home.workspaces / "shop" / "lake")
    destroy("shop", settings=home)
    assert restore(backup, settings=home) == "shop"
    assert contents(home.workspaces / "shop" / "lake") == before
    with Workspace.open("shop", home) as back:
        assert [entry["action"] for entry in back.control.audit_entries()] == ["open"]
        assert back.control.verify_audit() == 1


def test_nobody_else_may_look_into_what_came_back(home: Settings, backup: Path) -> None:
    destroy("shop", settings=home)
    restore(backup, settings=home)
    folder = home.workspaces / "shop"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "key.json").stat().st_mode) == 0o600


def test_a_backup_names_its_files_by_what_is_in_them_and_holds_no_master_key(home: Settings, backup: Path) -> None:
    inside = members(backup)
    manifest = json.loads(inside.pop("manifest.json"))
    assert manifest["sha256"] == {name: hashlib.sha256(body).hexdigest() for name, body in inside.items()}
    key = home.key_file.read_text().strip()
    assert key.encode() not in backup.read_bytes()
    assert bytes.fromhex(key) not in backup.read_bytes()


def test_a_destroyed_workspace_leaves_no_file(home: Settings) -> None:
    destroy("shop", settings=home)
    assert contents(home.workspaces) == {}
    assert workspace_names(home) == []
    with pytest.raises(WorkspaceNotFound):
        Workspace.open("shop", home)


def test_a_workspace_whose_keys_are_lost_can_be_destroyed(home: Settings) -> None:
    home.key_file.unlink()
    (home.workspaces / "shop" / "key.json").unlink()
    destroy("shop", settings=home)
    assert contents(home.workspaces) == {}


def with_manifest(inside: Members, **changed: object) -> Members:
    manifest = {**json.loads(inside["manifest.json"]), **changed}
    return {**inside, "manifest.json": json.dumps(manifest).encode()}


def without(inside: Members, *names: str) -> Members:
    return {name: body for name, body in inside.items() if name not in names}


#: What was done to a backup → the error, and what it says.
DAMAGES: dict[str, tuple[Callable[[Members], Members], type[MunshiError], str]] = {
    "a byte of the catalog is another": (
        lambda inside: {**inside, "lake/catalog.duckdb": b"\x00" + inside["lake/catalog.duckdb"][1:]},
        SourceError, "lake/catalog.duckdb changed since",
    ),
    "a file is gone": (lambda inside: without(inside, "lake/catalog.duckdb"), SourceError, "not a whole Munshi backup"),
    "a file came in": (lambda inside: {**inside, "lake/data/x": b"x"}, SourceError, "lake/data/x changed since"),
    "the manifest is gone": (lambda inside: without(inside, "manifest.json"), SourceError, "not a whole Munshi backup"),
    "the manifest is no manifest": (lambda inside: {**inside, "manifest.json": b"[]"}, SourceError, "not a whole"),
    "the manifest lists nothing": (lambda inside: with_manifest(inside, sha256=[7]), SourceError, "not a whole"),
    "the name leads elsewhere": (
        lambda inside: with_manifest(inside, workspace="../../elsewhere"), ConfigurationError, "cannot name",
    ),
    "a member leads elsewhere": (lambda inside: {**inside, "../../out": b"x"}, SourceError, "not a whole"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_with_nothing_changed(
    home: Settings, backup: Path, tmp_path: Path, damage: str
) -> None:
    change, kind, told = DAMAGES[damage]
    destroy("shop", settings=home)
    broken = packed(tmp_path / "broken.tar", change(members(backup)))
    before = contents(tmp_path)
    with pytest.raises(kind, match=told):
        restore(broken, settings=home)
    assert contents(tmp_path) == before
    assert list(home.workspaces.iterdir()) == []


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 this is no tar", None], ids=["empty", "another format", "cut"])
def test_what_is_no_backup_is_refused_with_nothing_changed(
    home: Settings, backup: Path, tmp_path: Path, body: bytes | None
) -> None:
    other = tmp_path / "other.tar"
    other.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2] if body is None else body)
    before = contents(home.workspaces)
    with pytest.raises(SourceError, match=r"not a whole Munshi backup .*Nothing was changed"):
        restore(other, settings=home)
    assert contents(home.workspaces) == before


def test_a_backup_that_is_not_there_is_told(home: Settings, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        restore(tmp_path / "nowhere.tar", settings=home)


def test_another_master_key_does_not_bring_it_back(home: Settings, backup: Path, tmp_path: Path) -> None:
    elsewhere = settings_in(tmp_path / "elsewhere")
    elsewhere.key_file.parent.mkdir()
    elsewhere.key_file.write_text("ab" * 32)
    with pytest.raises(KeyUnusable, match="master key does not open this workspace"):
        restore(backup, settings=elsewhere)
    assert list(elsewhere.workspaces.iterdir()) == []


def test_no_master_key_does_not_bring_it_back_nor_make_a_new_one(backup: Path, tmp_path: Path) -> None:
    elsewhere = settings_in(tmp_path / "elsewhere")
    with pytest.raises(KeyUnusable, match="There is no master key"):
        restore(backup, settings=elsewhere)
    assert not elsewhere.key_file.exists()


def test_a_workspace_that_is_there_is_not_overwritten(home: Settings, backup: Path) -> None:
    before = contents(home.workspaces)
    with pytest.raises(WorkspaceExists, match="There is a workspace 'shop' already"):
        restore(backup, settings=home)
    assert contents(home.workspaces) == before


def test_a_file_that_is_there_is_not_overwritten(home: Settings, backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(WorkspaceExists, match="nothing was overwritten"):
        back_up("shop", backup, settings=home)
    assert backup.read_bytes() == before


def test_a_folder_that_is_not_there_is_told(home: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"There is no folder .*nowhere to write shop.tar to"):
        back_up("shop", tmp_path / "nowhere" / "shop.tar", settings=home)


def test_while_somebody_writes_it_stays_and_he_is_named(home: Settings, tmp_path: Path) -> None:
    with Workspace.open("shop", home) as busy, busy.lake.writer("building"):
        for act in (lambda: back_up("shop", tmp_path / "x.tar", settings=home), lambda: destroy("shop", settings=home)):
            with pytest.raises(WorkspaceBusy, match="building"):
                act()
    with Workspace.open("shop", home) as there:
        assert there.meta(local_principal("shop"))
    assert not (tmp_path / "x.tar").exists()


@pytest.mark.parametrize("name", ["nowhere", "shopp"])
def test_a_workspace_that_is_not_there_is_told_with_those_that_are(home: Settings, tmp_path: Path, name: str) -> None:
    for act in (lambda: back_up(name, tmp_path / "x.tar", settings=home), lambda: destroy(name, settings=home)):
        with pytest.raises(WorkspaceNotFound, match="There are: shop"):
            act()
