"""From a first training to a challenger, an approval, a rollback and the switch: one story through the command."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics import build
from analytics.models.onnx_export import to_onnx
from analytics.monitor import gate
from governance.errors import ToolRefused, ToolRetry
from governance.settings import Settings
from tools.toolbox import Toolbox
from ui.cli import main

WHO = ("--by", "R. Rao", "--reason", "quarterly review")


@pytest.fixture(scope="module")
def home(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("life-cycle")
    shutil.copytree(shared_home, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def munshi(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run the command in this process: what it ended with, its JSON or its complaint."""

    def run(*argv: str) -> tuple[int, Any]:
        with monkeypatch.context() as patched:
            for name in [name for name in os.environ if name.startswith("MUNSHI_")]:
                patched.delenv(name)
            patched.setenv("MUNSHI_HOME", str(home / "munshi"))
            patched.setenv("MUNSHI_TRACKING", "off")
            patched.setenv("MUNSHI_KEY_FILE", str(home / "config" / "master.key"))
            patched.setattr(sys, "argv", ["munshi", *argv, "--json"])
            capfd.readouterr()
            code: Any = 0
            try:
                main()
            except SystemExit as ended:
                code = ended.code or 0
        told, complained = capfd.readouterr()
        return code, json.loads(told) if code == 0 else complained

    return run


def opened(home: Path) -> Toolbox:
    return Toolbox.open("demo", settings=Settings(home=home / "munshi", key_file=home / "config" / "master.key",
                                                  master_key=None))  # fmt: skip


def served(home: Path) -> tuple[str, int]:
    """The version behind the scores that are served, and how many there are."""
    toolbox = opened(home)
    with toolbox.workspace:
        sql = (
            "SELECT any_value(version), count(*), count(DISTINCT version) FROM books.scores.latest "
            "WHERE model = 'credit'"
        )
        version, rows, versions = toolbox.workspace.query(toolbox.principal, sql).rows[0]
    assert versions <= 1
    return version, rows


def aliases(listed: list[dict[str, Any]]) -> dict[str, str]:
    return {
        row["version"]: row["alias"]
        for row in listed
        if row["model"] == "credit" and row["alias"] not in ("vintage", "beside")
    }


def test_retrain_challenge_approve_serve_roll_back(munshi: Callable[..., Any], home: Path) -> None:
    _, listed = munshi("models")
    (first,) = aliases(listed)
    assert aliases(listed) == {first: "champion"}
    before = served(home)
    assert before[0] == first

    code, trained = munshi("train", "credit")
    second = trained["challenger"]
    assert (code, trained["champion"]) == (0, first)
    assert second not in (None, first)
    assert served(home) == before, "a challenger serves nobody"
    assert aliases(munshi("models")[1]) == {first: "champion", second: "challenger"}

    code, complaint = munshi("models", "approve", "credit", first, *WHO)
    assert code == 1
    assert f"{first} is a champion, no challenger. Waiting: {second}." in complaint

    code, done = munshi("models", "approve", "credit", second, *WHO)
    assert (code, done["champion"], done["scored"]) == (0, second, before[1])
    assert {check["status"] for check in done["gate"]} <= {"passed", "cannot say"}
    assert served(home) == (second, before[1])
    assert aliases(munshi("models")[1]) == {second: "champion", first: "previous"}

    code, back = munshi("models", "rollback", "credit", *WHO)
    assert (code, back["champion"]) == (0, first)
    assert served(home) == before
    assert aliases(munshi("models")[1]) == {first: "champion", second: "retired"}
    assert munshi("models", "rollback", "credit", *WHO)[0] == 1

    kept = [each for each in munshi("models", "decisions")[1] if each["model"] == "credit"]
    assert [(each["action"], each["version"]) for each in kept] == [
        ("register", first), ("promote", first), ("register", second), ("approve", second), ("promote", second),
        ("rollback", first),
    ]  # fmt: skip
    assert {each["by"] for each in kept if each["action"] in ("approve", "rollback")} == {"R. Rao"}
    assert all(each["gate"] for each in kept if each["action"] in ("register", "approve"))


def test_what_is_switched_off_is_refused_beneath_every_face(
    munshi: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = served(home)
    assert munshi("models", "switch-off", "credit", "--by", "R. Rao", "--reason", "wrong since the merger")[0] == 0
    toolbox = opened(home)
    with toolbox.workspace:
        for call in (
            lambda: toolbox.top_risky_borrowers(limit=3),
            lambda: toolbox.explain_prediction(customer_id="C00000001"),
            lambda: toolbox.query_metrics(metrics=["scored_borrowers"]),
        ):
            with pytest.raises(ToolRefused, match=r"switched off, by R\. Rao on .*: wrong since the merger"):
                call()
        assert toolbox.run_sql(sql="SELECT count(*) FROM borrowers").table.rows[0][0] == 0
        card = toolbox.model_card()
        assert any("switched off" in said for said in card.warnings)
        who = toolbox.run_sql(sql="SELECT customer_id FROM customers ORDER BY customer_id LIMIT 1").table.rows[0][0]
        profile = toolbox.customer_profile(customer_id=who)
        assert "probability_of_default" not in profile.facts
        assert any("switched off" in said for said in profile.warnings)
    code, complaint = munshi("tool", "top_risky_borrowers", '{"limit": 3}')
    assert (code, "switched off" in complaint) == (3, True)
    with monkeypatch.context() as patched:
        patched.setattr(build, "MODELS", {"credit": build.MODELS["credit"]})  # the others cannot bring it back
        _, built = munshi("build")
    assert (built["scored"], "switched off" in built["refusal"]) == (0, True), "a build does not bring it back"
    assert munshi("models", "switch-on", "credit", "--by", "R. Rao", "--reason", "mended")[0] == 0
    assert served(home) == before


def test_a_decision_needs_a_name(munshi: Callable[..., Any]) -> None:
    code, complaint = munshi("models", "reject", "credit", "whatever", "--by", " ", "--reason", "r")
    assert (code, "a name and a reason" in complaint) == (1, True)
    assert munshi("models", "switch-off", "churned", *WHO)[0] == 1


def test_reports_exports_and_inventory(munshi: Callable[..., Any], home: Path, tmp_path: Path) -> None:
    page, sheet = tmp_path / "report.html", tmp_path / "report.pdf"
    code, told = munshi("models", "report", "credit", "--html", str(page), "--pdf", str(sheet))
    assert code == 0
    titles = [section["title"] for section in told["sections"]]
    assert {"Discrimination and calibration out of time", "Stability by month", "Fairness by group", "Sensitivity",
            "Steadiness of reasons", "Limitations"} <= set(titles)  # fmt: skip
    html = page.read_text()
    assert html.count("<svg") >= 4
    assert "http" not in html.replace("http://www.w3.org/2000/svg", ""), "the page fetches nothing"
    assert sheet.read_bytes().startswith(b"%PDF")
    _, listed = munshi("models", "inventory")
    _, card = munshi("models", "card", "credit")
    credit = next(each for each in listed if each["model"] == "credit")
    assert credit["version"] == card["version"]
    assert credit["metrics"]["auc"] == card["validation"]["metrics"]["auc"]
    code, written = munshi("models", "export", "credit", str(tmp_path / "onnx"))
    assert (code, written["version"]) == (0, card["version"])
    assert (tmp_path / "onnx" / "model.onnx").stat().st_size == written["bytes"]
    assert munshi("models", "export", "credit", str(tmp_path / "x"), "--format", "pickle")[0] == 1


def test_monitoring_is_kept_and_shown(munshi: Callable[..., Any]) -> None:
    code, told = munshi("monitor")
    assert code == 0
    found: dict[str, set[str]] = {}
    for each in told["findings"]:
        found.setdefault(each["model"], set()).add(each["check"])
    looked_at = {"drift", "features", "performance", "calibration", "staleness", "retraining"}
    assert looked_at <= found["credit"] & found["churn"]
    assert {"staleness", "retraining"} <= found["forecast"] & found["segments"] & found["anomalies"] & found["goals"]
    assert told["challengers"] == {}
    champion = next(row for row in munshi("models")[1] if (row["model"], row["alias"]) == ("credit", "champion"))
    assert champion["health"] in ("ok", "cannot say", "warn", "alarm")


def test_a_borrower_is_explained_beyond_the_reasons(munshi: Callable[..., Any], home: Path) -> None:
    toolbox = opened(home)
    with toolbox.workspace:
        riskiest, second = (row[1] for row in toolbox.top_risky_borrowers(limit=2).table.rows)
    code, told = munshi("explain", riskiest, "--if", "days_past_due=0", "--under", "0.05", "--beside", second,
                        "--second-opinion")  # fmt: skip
    assert code == 0
    assert [each["whom"].split(" (")[0] for each in told["against"]] == [
        "100 borrowers near the cut-off", "100 borrowers of the whole book",
    ]  # fmt: skip
    tried, reaching, beside = (told[part]["facts"] for part in ("what_if", "counterfactual", "compared"))
    assert tried["probability_before"]["value"] == pytest.approx(told["probability"], rel=1e-9)
    assert reaching["reached"]["value"] == (reaching["probability_after"]["value"] < 0.05)
    assert beside["beside"]["value"] == second
    assert {"fidelity", "stability", "reliable"} <= set(told["second_opinion"])
    assert munshi("explain", "C_nobody")[0] == 2
    assert munshi("explain", riskiest, "--if", "postings_3m=3")[0] == 2
    assert "Did you mean 'city'" in munshi("explain", riskiest, "--cohort", "citty=Pune")[1]


def scorers(home: Path) -> dict[tuple[str, str], int]:
    """How many borrowers of each occupation each version scores."""
    toolbox = opened(home)
    with toolbox.workspace:
        sql = (
            "SELECT s.version, c.occupation, count(*) FROM books.scores.latest AS s JOIN books.core.customers AS c "
            "USING (customer_id) WHERE s.model = 'credit' GROUP BY ALL"
        )
        return {(row[0], row[1]): row[2] for row in toolbox.workspace.query(toolbox.principal, sql).rows}


def graph_of_a_vintage(home: Path, folder: Path) -> Path:
    """The oldest vintage of the credit model as a graph with its declaration, as a partner would hand it over."""
    toolbox = opened(home)
    with toolbox.workspace:
        sql = (
            "SELECT version FROM books.models.registry WHERE model = 'credit' AND alias = 'vintage' "
            "ORDER BY trained_at_as_of LIMIT 1"
        )
        (version,) = toolbox.workspace.query(toolbox.principal, sql).rows[0]
        model = toolbox.workspace.stored_model(toolbox.principal, "credit", version)
    document = to_onnx(model)
    (folder / "partner.onnx").write_bytes(document)
    told = {"name": "partner", "file": "partner.onnx", "sha256": hashlib.sha256(document).hexdigest(),
            "features": f"[{', '.join(model.features)}]", "output": "probability",
            "trained_as_of": model.trained_as_of.isoformat()}  # fmt: skip
    path = folder / "partner.yaml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in told.items()))
    return path


def test_a_segment_is_scored_by_a_graph_that_passed_on_it(
    munshi: Callable[..., Any], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scorers(home)
    (serving,) = {version for version, _ in before}
    file = str(graph_of_a_vintage(home, tmp_path))
    where = ("--where", "occupation=salaried", "--to", file)
    assert munshi("models", "route", "credit", "--where", "shoe_size=9", "--to", file, *WHO)[0] == 1
    assert "Nobody" in munshi("models", "route", "credit", "--where", "city=Atlantis", "--to", file, *WHO)[1]
    monkeypatch.setattr(gate, "FEWEST_BADS", 1_000)
    code, complaint = munshi("models", "route", "credit", *where, *WHO)
    assert (code, "did not pass the gate on occupation = salaried: enough events" in complaint) == (3, True)
    assert scorers(home) == before

    monkeypatch.setattr(gate, "FEWEST_BADS", 1)
    code, done = munshi("models", "route", "credit", *where, *WHO)
    assert code == 0, done
    after = scorers(home)
    assert after[done["version"], "salaried"] == before[serving, "salaried"]
    assert {key: n for key, n in after.items() if key[0] == serving} == {
        key: n for key, n in before.items() if key[1] != "salaried"
    }
    toolbox = opened(home)
    with toolbox.workspace:
        sql = f"SELECT customer_id FROM books.scores.latest WHERE version = '{done['version']}' ORDER BY rank LIMIT 1"
        (who,) = toolbox.workspace.query(toolbox.principal, sql).rows[0]
        why = toolbox.explain_prediction(customer_id=who)
        parts = sum(row[1] for row in why.table.rows) + why.facts["base_points"].value
        assert abs(parts - why.facts["score"].value) < 1.5, "its contributions add up to the score, each rounded"
        tried = toolbox.what_if(customer_id=who, under=0.02)
        assert tried.model_versions == why.model_versions == {"credit": done["version"]}
        assert tried.facts["probability_before"].value == pytest.approx(why.facts["probability_of_default"].value)
        other = f"SELECT customer_id FROM books.scores.latest WHERE version = '{serving}' ORDER BY rank LIMIT 1"
        beside = toolbox.compare_customers(
            customer_id=who, other=toolbox.workspace.query(toolbox.principal, other).rows[0][0]
        )
        assert any(f"own score is of {serving}" in said for said in beside.warnings)
        ranks = toolbox.run_sql(sql="SELECT count(DISTINCT rank), max(rank) FROM borrowers").table.rows[0]
        assert ranks[0] == ranks[1] == sum(before.values()), "one ranking over all"
        assert any(done["version"] in said for said in toolbox.top_risky_borrowers(limit=3).warnings)
    told = munshi("explain", who)
    assert (told[0], told[1]["version"]) == (0, done["version"])

    assert munshi("models", "unroute", "credit", serving, *WHO)[0] == 1
    assert munshi("models", "unroute", "credit", done["version"], *WHO)[0] == 0
    assert scorers(home) == before


def test_what_failed_its_validation_serves_nobody(
    munshi: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toolbox = opened(home)
    with toolbox.workspace as workspace, workspace.lake.writer("test") as writer:
        registry = writer.table("models", "registry")
        writer.replace("models.registry", registry.filter(registry.model != "churn"))
        latest = writer.table("scores", "latest")
        writer.replace("scores.latest", latest.filter(latest.model != "churn"))
    monkeypatch.setattr(gate, "GINI_DROP", -9.0)
    code, told = munshi("train", "churn")
    assert code == 0
    assert (told["champion"], told["scored"]) == (None, 0)
    assert "did not pass its validation and does not serve: gini drop (out of time" in told["refusal"]
    toolbox = opened(home)
    with toolbox.workspace, pytest.raises(ToolRetry, match=f"{told['challenger']} was trained and may not"):
        toolbox.likely_leavers(limit=3)
    assert munshi("models", "approve", "churn", told["challenger"], *WHO)[0] == 3
