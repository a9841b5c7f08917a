"""The README says what is so: its commands run, its Python runs, its make targets and files exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics.sandbox import SandboxProfile, simulate
from governance.settings import Settings
from ui.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
LINES = [line for kind, block in BLOCKS if kind == "bash" for line in block.splitlines() if line.strip()]
COMMANDS = [line for line in LINES if line.startswith("munshi ") and "serve" not in line]

STATEMENT = """\
Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
01/01/2026,NEFT CR-CITI0000002-INFOSYS LIMITED-SALARY JAN 26,CITIN26001,01/01/26,,"52,000.00","60,000.00"
03/01/2026,UPI-SWIGGY LIMITED-swiggy@axis-UTIB0000248-600312345678-Payment,600312345678,03/01/26,450.00,,"59,550.00"
"""


@pytest.fixture
def home(own_demo: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with a demo workspace and a folder of one's own data."""
    for name, value in (("HOME", own_demo.home), ("KEY_FILE", own_demo.key_file)):
        monkeypatch.setenv(f"MUNSHI_{name}", str(value))
    here = tmp_path / "here"
    (here / "my-folder").mkdir(parents=True)
    import pyarrow.parquet as pq

    tables = next(iter(simulate(SandboxProfile(customers=60, months=30, seed=3)))).tables
    for name in ("customers", "accounts", "transactions", "loans", "instalments"):
        pq.write_table(tables[name], here / "my-folder" / f"{name}.parquet")
    (here / "statement.csv").write_text(STATEMENT, "utf-8")
    monkeypatch.chdir(here)
    return here


def test_the_commands_run(home: Path) -> None:
    assert len(COMMANDS) >= 10
    for command in COMMANDS:
        words = shlex.split(command)[1:]
        if "berka" in words:
            data = ROOT.parent / "shared" / "data" / "berka"
            if not data.is_dir():
                continue
            words = [str(data) if word.endswith("/berka") else word for word in words]
        ran = CliRunner().invoke(app, words)
        assert ran.exit_code == 0, f"{command}: {ran.output}{ran.exception!r}"


def test_the_python_runs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind, block in BLOCKS:
        if kind == "python":
            exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip().endswith("100")


def test_the_make_targets_exist() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = {line.split()[1] for line in LINES if line.startswith("make ")} | set(
        re.findall(r"`make ([a-z]+)`", README)
    )
    assert named
    assert named <= set(targets)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_what_is_named_exists(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    named = re.findall(r"`((?:analytics|knowledge|tools|assistant|api|ui|governance|docs)/[\w/.]+)`", text)
    for path in {*linked, *named}:
        assert (ROOT / path).exists(), f"{document} names {path}"


def test_every_setting_is_in_the_table() -> None:
    told = set(re.findall(r"`MUNSHI_(\w+)`", README))
    assert {name.upper() for name in Settings.model_fields} - told <= {"WRITER_MEMORY", "THREADS"}
