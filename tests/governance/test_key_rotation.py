"""A new master key takes the old one's place; at no moment does a workspace not open, wherever it breaks off."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from governance import key_rotation
from governance.errors import ConfigurationError, KeyUnusable
from governance.key_rotation import rotate, unlock
from governance.keys import create_workspace_keys, master_key, open_workspace_keys
from governance.settings import Settings

NAMES = ("anand", "bharat", "chitra")


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home", key_file=tmp_path / "config" / "master.key", master_key=None)
    master = master_key(settings, create=True)
    for name in NAMES:
        folder = settings.workspaces / name
        folder.mkdir(parents=True)
        create_workspace_keys(folder / "key.json", master)
    return settings


def opened(settings: Settings) -> list[str]:
    """What each workspace's books open with."""
    return [unlock(settings.workspaces / name / "key.json", settings).books for name in NAMES]


def test_data_keys_stay_and_are_wrapped_by_another_master(home: Settings) -> None:
    before, old = opened(home), master_key(home)
    names, kept = rotate(home)
    assert names == list(NAMES)
    assert master_key(home) != old
    assert opened(home) == before
    with pytest.raises(KeyUnusable, match="does not open this workspace"):
        open_workspace_keys(home.workspaces / "anand" / "key.json", old)
    assert kept is not None
    assert kept.read_text() == old.hex()
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.key_file.parent.iterdir()} == {0o600}


def test_the_old_key_can_be_forgotten(home: Settings) -> None:
    before = opened(home)
    assert rotate(home, forget_old=True)[1] is None
    assert [path.name for path in home.key_file.parent.iterdir()] == ["master.key"]
    assert opened(home) == before


@pytest.mark.parametrize("breaking", range(len(NAMES)))
def test_a_rotation_that_breaks_off_leaves_all_open_and_goes_on(home, monkeypatch, breaking: int) -> None:
    before, old, real = opened(home), master_key(home), key_rotation.write_workspace_keys

    def write(path: Path, *given: object) -> None:
        if path.parent.name == NAMES[breaking]:
            raise OSError("power cut")
        real(path, *given)

    with monkeypatch.context() as patched:
        patched.setattr(key_rotation, "write_workspace_keys", write)
        with pytest.raises(OSError, match="power cut"):
            rotate(home)
    assert opened(home) == before
    assert master_key(home) == old
    rotate(home)
    assert opened(home) == before
    assert master_key(home) != old


def test_who_opens_in_the_moment_the_key_changes_place_gets_in(home: Settings, monkeypatch) -> None:
    before, stale = opened(home), master_key(home)
    rotate(home)
    told = iter([stale])  # read before the change
    monkeypatch.setattr(key_rotation, "master_key", lambda settings: next(told, None) or master_key(settings))
    assert unlock(home.workspaces / "anand" / "key.json", home).books == before[0]


def test_a_workspace_that_opens_with_no_key_stops_it_by_name(home: Settings) -> None:
    create_workspace_keys(home.workspaces / "bharat" / "key.json", bytes(32))
    with pytest.raises(KeyUnusable, match="bharat: The master key does not open"):
        rotate(home)
    assert unlock(home.workspaces / "anand" / "key.json", home)


def test_a_key_of_the_environment_is_not_rotated_here(home: Settings) -> None:
    with pytest.raises(ConfigurationError, match="MUNSHI_MASTER_KEY"):
        rotate(home.model_copy(update={"master_key": Settings(master_key="ab" * 32).master_key}))
