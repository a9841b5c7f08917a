"""`munshi users` and `munshi keys`, on a workspace with empty books."""

from __future__ import annotations

import io
import json
import sys

import pytest
from typer.testing import CliRunner

from governance.errors import IdentityError, NotSignedIn
from governance.settings import Settings
from tools.operations.access import identity_of, rows_written
from tools.workspace import Workspace
from ui.cli import app

PASSWORD = "nine blue tractors sing"


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    Workspace.create("shop", settings).close()
    monkeypatch.setenv("MUNSHI_HOME", str(settings.home))
    monkeypatch.setenv("MUNSHI_KEY_FILE", str(settings.key_file))
    monkeypatch.delenv("MUNSHI_MASTER_KEY", raising=False)

    def command(*words: str, said: str = ""):
        done = CliRunner().invoke(app, [*words, "--workspace", "shop"], input=said)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return command


def test_a_person_is_added_listed_and_disabled(run, settings: Settings) -> None:
    made = run("users", "add", "Asha", "--role", "analyst", "--rows", "city=Pune,Delhi", "--password-stdin", "--json",
               said=f"{PASSWORD}\n")  # fmt: skip
    user = json.loads(made.stdout)
    assert (user["role"], user["partitions"]) == ("analyst", {"city": ["Pune", "Delhi"]})
    assert PASSWORD not in made.output
    with identity_of("shop", settings) as (_, identity):
        assert identity.sign_in("asha", PASSWORD)[1].partitions == {"city": ("Pune", "Delhi")}
    assert "Asha" in run("users", "list").stdout
    run("users", "disable", "asha")
    assert json.loads(run("users", "list", "--json").stdout)[0]["active"] is False
    with identity_of("shop", settings) as (workspace, identity):
        with pytest.raises(NotSignedIn):
            identity.sign_in("asha", PASSWORD)
        actions = [entry["action"] for entry in workspace.control.audit_entries()]
        assert actions == ["user:add", "sign-in", "user:disable", "sign-in"]
        assert "Asha" not in json.dumps(workspace.control.audit_entries())


def test_a_key_is_created_rotated_and_revoked(run, settings: Settings) -> None:
    text = run("keys", "create", "till", "--role", "service", "--scope", "scores:read").stdout.strip()
    with identity_of("shop", settings) as (_, identity):
        assert identity.bearer(text)[0].scopes == {"scores:read"}
    (listed,) = json.loads(run("keys", "list", "--json").stdout)
    assert listed["label"] == "till"
    assert text.split("_")[2] not in json.dumps(listed)
    second = run("keys", "rotate", listed["key_id"], "--grace-days", "0").stdout.strip()
    run("keys", "revoke", second.split("_")[1])
    with identity_of("shop", settings) as (_, identity):
        for gone in (text, second):
            with pytest.raises(NotSignedIn):
                identity.bearer(gone)
    assert "revoked" in run("keys", "list").stdout


def test_what_cannot_be_is_told(run, monkeypatch: pytest.MonkeyPatch) -> None:
    for words, said in (
        (("users", "add", "Asha", "--role", "boss", "--password-stdin"), "There is no role 'boss'"),
        (("users", "add", "Asha", "--rows", "Pune", "--password-stdin"), "write COLUMN=VALUE"),
        (("users", "disable", "nobody"), "There is no user 'nobody'"),
        (("keys", "revoke", "000000000000"), "There is no key '000000000000'"),
        (("keys", "create", "x", "--scope", "pii:read"), "The role service does not hold pii:read"),
    ):
        with pytest.raises(IdentityError, match=said):
            run(*words, said=f"{PASSWORD}\n")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(IdentityError, match="--password-stdin"):
        run("users", "add", "Asha")


def test_rows_are_written_column_by_column() -> None:
    assert rows_written(["city=Pune, Delhi", "occupation=gig"]) == {"city": ("Pune", "Delhi"), "occupation": ("gig",)}
