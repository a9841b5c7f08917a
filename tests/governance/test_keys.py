"""Keys: wrapped, derived, sealed; a wrong or lost one says so."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import KeyUnusable
from governance.keys import WorkspaceKeys, create_workspace_keys, master_key, open_workspace_keys
from governance.settings import Settings

MASTER = bytes(range(32))


def test_the_key_file_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    settings = Settings(key_file=tmp_path / "config" / "master.key", master_key=None)
    made = master_key(settings, create=True)
    assert master_key(settings) == made
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    assert len(made) == 32


def test_a_lost_key_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"does not exist and MUNSHI_MASTER_KEY is not set"):
        master_key(Settings(key_file=tmp_path / "gone", master_key=None))


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_malformed_key_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "k").write_text(text)
    with pytest.raises(KeyUnusable, match="64 hex digits"):
        master_key(Settings(key_file=tmp_path / "k", master_key=None))


def test_a_data_key_opens_with_its_master_only(tmp_path: Path) -> None:
    keys = create_workspace_keys(tmp_path / "key.json", MASTER)
    assert open_workspace_keys(tmp_path / "key.json", MASTER).books == keys.books
    with pytest.raises(KeyUnusable, match="not the key it was made with"):
        open_workspace_keys(tmp_path / "key.json", bytes(32))
    assert keys.books not in (tmp_path / "key.json").read_text()
    assert keys.books not in repr(keys)


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"wrapped": "xyz"})])
def test_a_damaged_key_file_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "key.json").write_text(content)
    with pytest.raises(KeyUnusable, match="damaged"):
        open_workspace_keys(tmp_path / "key.json", MASTER)


def test_a_destroyed_key_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="destroyed or lost"):
        open_workspace_keys(tmp_path / "key.json", MASTER)


@given(st.text(max_size=200))
def test_what_is_sealed_opens_with_its_key_and_record_only(text: str) -> None:
    keys, other = WorkspaceKeys(MASTER), WorkspaceKeys(bytes(32))
    sealed = keys.seal(text, about="R1")
    assert keys.unseal(sealed, about="R1") == text
    for opener, about in ((other, "R1"), (keys, "R2")):
        with pytest.raises(KeyUnusable):
            opener.unseal(sealed, about=about)


def test_tokens_are_stable_and_differ_by_workspace() -> None:
    keys, other = WorkspaceKeys(MASTER), WorkspaceKeys(bytes(32))
    assert keys.token("phone", "+919812345678") == keys.token("phone", "+919812345678")
    assert keys.token("phone", "+919812345678") != other.token("phone", "+919812345678")
    assert "98123" not in keys.token("phone", "+919812345678")


def test_derived_keys_follow_rfc_5869() -> None:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    expected = HKDF(SHA256(), 32, salt=b"munshi", info=b"books").derive(MASTER)
    assert WorkspaceKeys(MASTER).derive("books") == expected
