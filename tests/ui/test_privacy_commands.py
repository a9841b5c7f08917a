"""`munshi privacy`: what it says, and how it ends."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from governance.errors import ToolRefused
from governance.settings import Settings
from tools.workspace import Workspace
from ui.cli import app


@pytest.fixture
def run(own_demo: Settings, monkeypatch: pytest.MonkeyPatch):
    for name, value in (("HOME", own_demo.home), ("KEY_FILE", own_demo.key_file), ("MODEL", "embedded")):
        monkeypatch.setenv(f"MUNSHI_{name}", str(value))
    return lambda *words: CliRunner().invoke(app, ("privacy", *words))


@pytest.fixture
def customer(own_demo: Settings) -> str:
    from governance.principal import local_principal

    with Workspace.open("demo", own_demo) as opened:
        sql = "SELECT min(customer_id) FROM semantic.customers"
        return opened.query(local_principal("demo"), sql).rows[0][0]


def test_consents_holds_exports_and_breaches(run, customer: str, tmp_path: Path) -> None:
    assert run("consent", customer, "marketing", "withdrawn").output == (
        f"{customer}: the consent to marketing is withdrawn.\n"
    )
    assert "marketing          withdrawn    rests on consent" in run("consent", customer).output
    assert run("consent", customer, "marketing").exit_code == 2
    assert "under a legal hold: case 12" in run("hold", customer, "--reason", "case 12").output
    refused = run("erase", customer)
    assert isinstance(refused.exception, ToolRefused)
    assert "case 12" in str(refused.exception)
    assert customer in run("holds").output
    assert "no legal hold any more" in run("release", customer, "--reason", "settled").output
    target = tmp_path / "his.zip"
    assert json.loads(run("export", customer, "-o", str(target), "--json").output)["personal"] is False
    assert target.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(target) as archive:
        assert "•••" in archive.read("core.customers.csv").decode()
    logged = run("breach", "add", "a loss", "--aware", "2026-01-01T00:00:00", "--people", "3")
    assert "overdue       report by 2026-01-04T00:00:00+00:00" in logged.output
    assert "3 people  a loss" in run("breach", "list").output
    assert "receipts" in run("retention", "show").output
    assert "0 records were past" in run("retention", "run").output
    assert "on consent" in run("records").output
    assert run("erasures").output == "Nobody was erased.\n"
