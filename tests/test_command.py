"""The `munshi` command: what goes to which stream, and what it ends with.

Most runs are `main()` in this process, the streams caught at their file descriptors; the last tests start processes.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main

from analytics.schema import (
    ANOMALIES,
    ANOMALY_PROFILES,
    FORECASTS,
    GOALS,
    MODELS_DECISIONS,
    MODELS_HEALTH,
    OWN_DOCUMENTS,
    QUALITY,
    RAW,
    RECURRING_PAYMENTS,
    RULES,
    SCORES_HAZARDS,
    SCORES_RULED,
    SEGMENTS,
)
from assistant.answer import Answer
from governance.settings import Settings
from tools.registry import TOOLS
from tools.result import ToolResult
from tools.toolbox import Toolbox
from tools.workspace import Workspace
from ui.cli import app, main

ROOT = Path(__file__).parents[1]
FLAGSHIP = "Who are my top 5 risky borrowers?"
COMMANDS = sorted(typer.main.get_command(app).commands)


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int | str | None
    out: str
    err: str

    @property
    def told(self) -> Any:
        """Standard output as JSON, which it has to be alone."""
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture(scope="module")
def home(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with `demo` of its own: asking writes receipts."""
    folder = tmp_path_factory.mktemp("command")
    shutil.copytree(shared_home, folder, dirs_exist_ok=True)
    return folder


def environment(home: Path, **more: str) -> dict[str, str]:
    ours = {"MUNSHI_HOME": str(home / "munshi"), "MUNSHI_KEY_FILE": str(home / "config" / "master.key"),
            "MUNSHI_TRACKING": "off"}  # fmt: skip
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("MUNSHI_")}
    return {**theirs, **ours, "COLUMNS": "200", **{f"MUNSHI_{name}": value for name, value in more.items()}}


@pytest.fixture
def munshi(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process."""

    def run(*argv: str, at: Path = home, **more: str) -> Done:
        with monkeypatch.context() as patched:
            for name in [name for name in os.environ if name.startswith("MUNSHI_")]:
                patched.delenv(name)
            for name, value in environment(at, **more).items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["munshi", *argv])
            capfd.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
        return Done(ended.value.code, *capfd.readouterr())

    return run


# ── what it says ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", COMMANDS)
def test_every_subcommand_explains_itself(munshi: Run, command: str) -> None:
    own = {
        "users": "list",
        "keys": "list",
        "verified": "list",
        "semantic": "hold",
        "rules": "list",
        "review": "list",
        "tenants": "list",
        "corrections": "list",
        "knowledge": "list",
        "privacy": "records",
        "report": "board",
        "alerts": "list",
        "schedules": "list",
        "theme": "show",
        "worklist": "list",
        "audit": "search",
    }  # what they do is in their own commands
    done = munshi(command, *([own[command]] if command in own else []), "--help")
    assert (done.code, done.err) == (0, "")
    assert "Usage: munshi" in done.out
    if command not in ("restore", "doctor", "tenants"):  # jobs of a schedule name theirs in its file, tenants are named
        assert "--workspace" in done.out
    if command not in ("serve", "mcp"):
        assert "--json" in done.out


def test_the_command_alone_lists_its_subcommands(munshi: Run) -> None:
    for done in (munshi(), munshi("--help")):
        assert all(command in done.out + done.err for command in COMMANDS)


def test_the_tools_are_listed_as_json(munshi: Run) -> None:
    done = munshi("tool", "list")
    assert (done.code, done.err) == (0, "")
    assert [each["name"] for each in done.told] == [each.name for each in TOOLS]


def test_a_tool_prints_its_result_as_json_alone(munshi: Run, home: Path) -> None:
    settings = Settings(home=home / "munshi", key_file=home / "config" / "master.key", master_key=None)
    toolbox = Toolbox.open("demo", settings=settings)
    with toolbox.workspace:
        expected = toolbox.top_risky_borrowers(limit=5).model_dump(mode="json")
    done = munshi("tool", "top_risky_borrowers", '{"limit": 5}')
    assert (done.code, done.err, done.told) == (0, "", expected)
    assert len(ToolResult.model_validate(done.told).table.rows) == 5


def test_an_answer_is_told_in_words_with_table_and_receipt(munshi: Run) -> None:
    done = munshi("ask", FLAGSHIP)
    answer = munshi("ask", FLAGSHIP, "--json").told
    assert (done.code, done.err) == (0, "")
    assert all(row[1] in done.out for row in answer["table"]["rows"])
    assert "receipt " in done.out
    assert "probability of default" in " ".join(done.out.split())


def test_an_answer_as_json_is_json_alone_and_replays(munshi: Run) -> None:
    asked = munshi("ask", FLAGSHIP, "--json")
    answer = Answer.model_validate(asked.told)
    assert (asked.code, asked.err) == (0, "")
    assert set(asked.told) == set(Answer.model_fields)
    replayed = munshi("replay", answer.receipt_id, "--json")
    assert (replayed.code, replayed.err, replayed.told["same"]) == (0, "", True)
    assert "every figure and every row is the same" in munshi("replay", answer.receipt_id).out


def test_a_conversation_goes_on(munshi: Run) -> None:
    first = munshi("ask", FLAGSHIP, "--json").told
    second = munshi("ask", "Why the first one?", "--json", "--conversation", first["conversation_id"]).told
    assert second["conversation_id"] == first["conversation_id"]
    assert [step["tool"] for step in second["steps"]] == ["explain_prediction"]
    assert second["steps"][0]["args"]["customer_id"] == first["table"]["rows"][0][1]


def test_what_comes_in_is_told_as_json_with_progress_on_the_other_stream(munshi: Run, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "customers.csv").write_text("customer_id,city\nZ_1,Pune\nZ_2,Delhi\n")
    (source / "accounts.csv").write_text("account_id,customer_id,currency\nZA_1,Z_1,INR\n")
    (source / "transactions.csv").write_text(
        "account_id,customer_id,posted_at,amount,currency\nZA_1,Z_1,2026-01-05 10:00:00,-250.00,INR\n"
    )
    done = munshi("ingest", str(source), "--source", "canonical", "-w", "shop", "--no-build", "--json", at=tmp_path)
    assert done.code == 0
    assert (done.told["rows_added"]["customers"], done.told["data_clock"]) == (2, "2026-01-05")
    assert "Reading canonical" in done.err
    counted = munshi("tool", "workspace_status", "-w", "shop", at=tmp_path)
    assert dict(counted.told["table"]["rows"])["transactions"] == 1


# ── what it ends with ─────────────────────────────────────────────────────────────────────────────────────────────────

#: Arguments → exit code and what stands on standard error: 1 failed, 2 usage, 3 refused.
FAILURES: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("tool", "top_risky_borrowers", '{"limit": 0}'), 2, "limit: Input should be greater than or equal to 1"),
    (("tool", "top_risky_borrowers", '{"limit"'), 2, "The arguments are not JSON"),
    (("tool", "top_risky_borrowers", "[5]"), 2, "The arguments are not a JSON object"),
    (("tool", "top_risky_borrowers", '{"city": "Atlantis"}'), 2, "No borrower has city 'Atlantis'"),
    (("tool", "top_risky_borrower"), 2, "Did you mean 'top_risky_borrowers'?"),
    (("tool", "customer_profile", '{"customer_id": "C_nobody"}'), 2, "There is no customer 'C_nobody' among the"),
    (("tool", "query_metrics", '{"metrics": []}'), 2, "query_metrics: metrics: "),
    (("tool", "run_sql", '{"sql": "DROP TABLE customers"}'), 3, "DROP is not a query"),
    (("tool", "run_sql", '{"sql": "SELECT * FROM core.customers"}'), 3, ""),
    (("tool", "model_card", "{}", "-w", "nowhere"), 1, "There is no workspace 'nowhere' in"),
    (("ask", FLAGSHIP, "--json", "-w", "demoo"), 1, "Did you mean 'demo'?"),
    (("ask", FLAGSHIP, "-w", "../demo"), 2, "'../demo' cannot name a workspace"),
    (("replay", "0123456789abcdef", "--json"), 1, "There is no receipt '0123456789abcdef' in workspace demo"),
    (("ingest", "{tmp}", "--source", "berkaa", "-w", "new"), 1, "There is no source 'berkaa'. Did you mean 'berka'?"),
    (("ingest", "{tmp}", "--source", "berka", "-w", "new", "--json"), 1, "account.csv.gz is missing in {tmp}"),
    (("ingest", "{tmp}", "--source", "canonical", "-w", "new"), 1, "{tmp} holds no canonical table"),
    (("ingest", "{tmp}/none", "--source", "canonical"), 1, "{tmp}/none is not a folder"),
    (("train", "weather"), 1, "There is no model 'weather' to train"),
    (("backup", "{tmp}/none/demo.tar"), 2, "There is no folder {tmp}/none to write demo.tar to"),
    (("backup", "{tmp}/there", "--json"), 1, "nothing was overwritten"),
    (("restore", "{tmp}/there"), 1, "is not a whole Munshi backup"),
    (("restore", "{tmp}/none"), 1, "is not a whole Munshi backup"),
    (("backup", f"{{tmp}}/{'x' * 300}"), 1, "File name too long"),
    (("destroy", "--yes", "-w", "nowhere"), 1, "There is no workspace 'nowhere'"),
    (("destroy", "--yes"), 2, "Missing option '--workspace'"),
    (("demo", "--customers", "10", "--no-serve"), 2, "Invalid value for '--customers'"),
    (("ask",), 2, "Missing argument"),
    (("ask", FLAGSHIP, "--loudly"), 2, "No such option: --loudly"),
    (("aks", FLAGSHIP), 2, "No such command 'aks'"),
)


@pytest.mark.parametrize(
    ("argv", "code", "told"), FAILURES, ids=lambda value: " ".join(value)[:50] if isinstance(value, tuple) else ""
)
def test_a_command_that_cannot_be_done_says_why_and_prints_no_result(
    munshi: Run, tmp_path: Path, home: Path, argv: tuple[str, ...], code: int, told: str
) -> None:
    (tmp_path / "there").write_text("no backup")
    done = munshi(*[word.replace("{tmp}", str(tmp_path)) for word in argv])
    assert (done.code, done.out) == (code, "")
    assert told.replace("{tmp}", str(tmp_path)) in done.err
    assert "Traceback" not in done.err
    assert [path.name for path in (home / "munshi" / "workspaces").iterdir()] == ["demo"]
    assert (tmp_path / "there").read_text() == "no backup"


def test_a_question_that_is_refused_ends_with_three(munshi: Run) -> None:
    done = munshi("ask", "spend by gender for each customer", "--json")
    assert (done.code, done.told["status"]) == (3, "refused")


def test_a_question_that_is_not_understood_is_no_failure(munshi: Run) -> None:
    done = munshi("ask", "colourless green ideas sleep furiously", "--json")
    assert (done.code, done.told["status"], done.told["table"]) == (0, "abstained", None)
    assert done.told["follow_ups"] or done.told["alternatives"]


def test_destroying_asks_first(munshi: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    done = munshi("destroy", "-w", "demo")
    assert (done.code, done.out.strip()) == (1, "")
    assert "Erase workspace demo?" in done.err
    assert (home / "munshi" / "workspaces" / "demo" / "key.json").exists()


#: What an operator set wrongly → exit code, what is said.
WRONG_SETTINGS: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"MASTER_KEY": "00" * 32}, 1, "The master key does not open this workspace"),
    ({"MASTER_KEY": "secret"}, 1, "The master key in MUNSHI_MASTER_KEY is not 64 hex digits"),
    ({"KEY_FILE": "/nowhere/master.key"}, 1, "There is no master key: /nowhere/master.key does not exist"),
    ({"PORT": "http", "THREADS": "0"}, 2, "MUNSHI_PORT: Input should be a valid integer"),
    ({"HOME": "/nowhere"}, 1, "There is none yet: `munshi demo` makes the sandbox"),
)


@pytest.mark.parametrize(("settings", "code", "told"), WRONG_SETTINGS, ids=str)
def test_a_wrong_setting_is_named(munshi: Run, settings: dict[str, str], code: int, told: str) -> None:
    done = munshi("tool", "workspace_status", **settings)
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert "secret" not in done.err
    assert "00" * 32 not in done.err


# ── the doctor ────────────────────────────────────────────────────────────────────────────────────────────────────────


def findings(done: Done) -> dict[tuple[str, str], str | None]:
    return {(each["subject"], each["check"]): each["finding"] for each in done.told}


def test_the_doctor_finds_nothing_where_all_is_well(munshi: Run) -> None:
    done = munshi("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    assert {finding for (subject, _), finding in findings(done).items() if subject == "demo"} == {None}
    assert ("demo", "audit chain") in findings(done)
    assert "ok    demo" in munshi("doctor").out


def test_the_doctor_names_a_lost_and_a_wrong_key(munshi: Run) -> None:
    lost = findings(munshi("doctor", "--json", KEY_FILE="/nowhere/master.key"))
    assert "demo cannot be read without it" in lost["machine", "master key"]
    wrong = findings(munshi("doctor", "--json", MASTER_KEY="00" * 32))
    assert "The master key does not open this workspace" in wrong["demo", "opens"]


@pytest.mark.parametrize("harm", ["overwritten", "cut", "gone"])
def test_a_damaged_catalog_is_one_sentence_and_a_finding(munshi: Run, home: Path, tmp_path: Path, harm: str) -> None:
    shutil.copytree(home, tmp_path / "harmed")
    catalog = tmp_path / "harmed" / "munshi" / "workspaces" / "demo" / "lake" / "catalog.duckdb"
    body = catalog.read_bytes()
    catalog.unlink()
    if harm != "gone":
        catalog.write_bytes(os.urandom(len(body)) if harm == "overwritten" else body[: len(body) // 2])
    done = munshi("tool", "workspace_status", at=tmp_path / "harmed")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert done.err.startswith("munshi: ")
    examined = findings(munshi("doctor", "--json", at=tmp_path / "harmed"))
    assert examined["demo", "opens"] is not None
    assert examined["demo", "audit chain"] is None


# ── as a process ──────────────────────────────────────────────────────────────────────────────────────────────────────


def process(home: Path, *argv: str) -> Done:
    done = subprocess.run(argv, env=environment(home), cwd=ROOT, capture_output=True, text=True, timeout=300)
    return Done(done.returncode, done.stdout, done.stderr)


def test_the_installed_command_prints_json_alone(home: Path) -> None:
    done = process(home, str(Path(sys.executable).with_name("munshi")), "ask", FLAGSHIP, "--json")
    assert (done.code, done.err) == (0, "")
    assert len(Answer.model_validate(done.told).table.rows) == 5


def test_a_refusal_ends_the_process_with_three(home: Path) -> None:
    done = process(home, sys.executable, "-m", "ui.cli", "tool", "run_sql", '{"sql": "INSTALL httpfs"}')
    assert (done.code, done.out) == (3, "")
    assert done.err == "munshi: INSTALL is not a query. Allowed is one read-only SELECT over the semantic views.\n"


def test_a_demo_of_an_older_version_is_built_anew(munshi: Run, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "old")
    settings = Settings(home=tmp_path / "old" / "munshi", key_file=home / "config" / "master.key", master_key=None)
    with Workspace.open("demo", settings) as workspace, workspace.lake.writer("ageing") as writer:
        later = (
            SCORES_HAZARDS,
            FORECASTS,
            ANOMALIES,
            ANOMALY_PROFILES,
            SEGMENTS,
            GOALS,
            MODELS_DECISIONS,
            MODELS_HEALTH,
            OWN_DOCUMENTS,
            *RULES,
            SCORES_RULED,
        )
        writer.execute("ALTER TABLE books.models.registry ADD COLUMN champion BOOLEAN")
        writer.execute("UPDATE books.models.registry SET champion = (alias = 'champion')")
        writer.execute("ALTER TABLE books.models.registry DROP COLUMN alias")
        for scores in ("scores.history", "scores.latest"):
            writer.execute(
                f"CREATE OR REPLACE TABLE books.{scores} AS SELECT * EXCLUDE (thin_file) FROM books.{scores}"
            )
        for table in (*RAW, *QUALITY, RECURRING_PAYMENTS, *later):
            writer.execute(f"DROP TABLE books.{table.qualified}")
        writer.set_meta("schema_version", "2")
    done = munshi("demo", "--no-serve", "--json", at=tmp_path / "old")
    assert (done.code, done.told) == (0, {"workspace": "demo", "made": False, "migrated": True, "as_of": "2026-06-30"})
    assert munshi("tool", "workspace_status", at=tmp_path / "old").code == 0
