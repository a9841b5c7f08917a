"""Client rules from a file to the chat: drafted, tried on history, approved by another, acting everywhere, retired."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from governance.errors import NotThere, ToolRefused, ToolRetry
from governance.principal import Principal, local_principal
from governance.settings import Settings
from tools.batch.jobs import Job
from tools.batch.ruling import ruling_for
from tools.inference import INFERENCES
from tools.inline_rows import Subject, WhatIfAsked
from tools.operations import rules
from tools.toolbox import Toolbox
from tools.workspace import Workspace

RULES = """
rules:
  - id: R12
    model: credit
    when: probability >= 0.05 AND region = 'South' AND band IN ('medium', 'high')
    then: {band: very high, decision: refer}
    text: Lending in the South is held stricter since the floods.
  - id: N1
    model: churn
    then: {thresholds: {medium: 0.09, high: 0.12}}
    text: An NBFC calls a customer at risk earlier.
"""
INFER = {each.name: each for each in INFERENCES}
ASHA, RAVI = {"name": "Asha"}, {"name": "Ravi"}


@pytest.fixture(scope="module")
def home(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("client-rules")
    shutil.copytree(shared_home, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def toolbox(home: Path) -> Iterator[Toolbox]:
    settings = Settings(home=home / "munshi", key_file=home / "config" / "master.key", master_key=None,
                        model="embedded", tracking="off")  # fmt: skip
    opened = Toolbox.open("demo", settings=settings)
    yield opened
    opened.workspace.close()


@pytest.fixture(scope="module")
def before(toolbox: Toolbox) -> dict[str, Any]:
    return said(toolbox)


@pytest.fixture(scope="module")
def simulated(toolbox: Toolbox, before: dict[str, Any]) -> dict[str, Any]:
    """Version 1, drafted by Asha and tried on history."""
    del before
    me = toolbox.principal
    assert rules.draft(toolbox.workspace, me, RULES, reason="floods", **ASHA)["state"] == "draft"
    with pytest.raises(ToolRetry, match=r"Version 1 of the rules is draft: it cannot be approved\. Simulate it"):
        rules.decide(toolbox.workspace, me, 1, "approve", reason="fine", **RAVI)
    return rules.simulate(toolbox.workspace, me, **ASHA)


@pytest.fixture(scope="module")
def acting(toolbox: Toolbox, simulated: dict[str, Any]) -> dict[str, Any]:
    """Version 1, approved by Ravi and acting."""
    assert simulated["state"] == "simulated"
    workspace, me = toolbox.workspace, toolbox.principal
    with pytest.raises(ToolRefused, match="asha drafted version 1 of the rules: another person approves it"):
        rules.decide(workspace, me, 1, "approve", reason="fine", name="asha")
    with pytest.raises(ToolRetry, match="simulated: it cannot be active"):
        rules.decide(workspace, me, 1, "activate", reason="go", **RAVI)
    rules.decide(workspace, me, 1, "approve", reason="committee", **RAVI)
    return rules.decide(workspace, me, 1, "activate", reason="go", **RAVI)


@pytest.fixture(scope="module")
def southerner(toolbox: Toolbox) -> str:
    """A borrower the model holds for medium and R12 does not."""
    sql = ("SELECT customer_id FROM semantic.borrowers WHERE region = 'South' AND probability_of_default > 0.05 "
           "AND model_band = 'medium' ORDER BY rank LIMIT 1")  # fmt: skip
    return toolbox.workspace.query(toolbox.principal, sql).rows[0][0]


def said(toolbox: Toolbox) -> dict[str, Any]:
    """What tools tell of scores, as JSON; sums differ in their last digits when rows lie in another order."""
    calls = {"top_risky_borrowers": {"limit": 40}, "likely_leavers": {"limit": 40},
             "query_metrics": {"metrics": ["scored_borrowers"], "dimensions": ["band"]}}  # fmt: skip
    told = {name: toolbox.call(name, given).model_dump_json(exclude={"sql"}) for name, given in calls.items()}
    return {name: json.loads(each, parse_float=lambda digits: round(float(digits), 9)) for name, each in told.items()}


def bands(toolbox: Toolbox) -> dict[str, int]:
    """Borrowers by band, as they are counted."""
    counted = toolbox.query_metrics(metrics=["scored_borrowers"], dimensions=["band"])
    return dict(counted.table.rows)


def test_a_simulation_says_who_would_move_and_what_became_of_them(toolbox, simulated) -> None:
    found = simulated["simulation"]
    credit, churn = found["models"]["credit"], found["models"]["churn"]
    assert len(credit["as_ofs"]) == 12
    now = credit["as_ofs"][-1]
    sql = ("SELECT count(*), sum(exposure)::DOUBLE FROM semantic.borrowers WHERE region = 'South' AND "
           "probability_of_default >= 0.05 AND band IN ('medium', 'high')")  # fmt: skip
    moved, exposure = toolbox.workspace.query(toolbox.principal, sql).rows[0]
    assert (now["moved"], now["riskier"], now["safer"]) == (moved, moved, 0)
    assert now["exposure_moved"] == pytest.approx(exposure)
    assert sum(each["customers"] for each in now["between"]) == moved == now["decisions"]["refer"]
    assert found["moves"] == moved + churn["as_ofs"][-1]["moved"]
    assert found["said"].startswith(f"It moves {found['moves']} customers now: {moved} of ")
    for told, happened in ((credit, "defaulted"), (churn, "left")):
        for each in told["outcomes"]:
            assert each["rate"] == each[happened] / each["customers"]
            assert each["low"] <= each["rate"] <= each["high"]
    assert {each["way"] for each in churn["outcomes"]} >= {"riskier", "stayed"}
    assert any("R12 looks at region" in note for note in found["notes"])


def test_what_was_only_simulated_changes_nothing(toolbox, before, simulated) -> None:
    assert simulated["state"] == "simulated"
    assert said(toolbox) == before


def test_lists_and_counts_agree_and_the_models_figure_stays(toolbox, before, acting) -> None:
    assert acting["ruled"] > 0
    counted = bands(toolbox)
    was = dict(before["query_metrics"]["table"]["rows"])
    assert counted != was
    assert sum(counted.values()) == sum(was.values())
    for band, count in counted.items():
        listed = toolbox.top_risky_borrowers(limit=10_000, band=[band])
        assert len(listed.table.rows) == listed.facts["eligible"].value == count
    high = toolbox.query_metrics(metrics=["high_risk_borrowers"])
    assert high.table.rows[0][0] == counted["high"] + counted["very high"]
    assert any("after the client's rules, version 1" in warning for warning in high.warnings)
    plain = toolbox.query_metrics(metrics=["average_pd"])
    assert not any("client's rules" in warning for warning in plain.warnings)
    everyone = toolbox.top_risky_borrowers(limit=10_000)
    names = [column.name for column in everyone.table.columns]
    assert names[-3:] == ["model_band", "decision", "rule"]
    rows = [dict(zip(names, row, strict=True)) for row in everyone.table.rows]
    assert all((row["band"] == row["model_band"]) is (row["rule"] is None) for row in rows)
    assert everyone.facts["ruled"].value == sum(row["rule"] == "R12" for row in rows)


def test_churn_thresholds_of_an_nbfc_hold(toolbox, acting) -> None:
    del acting
    found = toolbox.likely_leavers(limit=10_000)
    names = [column.name for column in found.table.columns]
    for row in (dict(zip(names, row, strict=True)) for row in found.table.rows):
        chance = row["probability_of_leaving"]
        begins = {"low": 0.04, "medium": 0.09, "high": 0.12, "very high": 0.32}
        wanted = next((band for band in reversed(begins) if chance >= begins[band]), "very low")
        assert row["band"] == wanted
    assert {row[-1] for row in found.table.rows} == {"N1", None}


def test_one_customer_is_told_with_rule_text_and_version_everywhere(toolbox, acting, southerner) -> None:
    del acting
    words = "(medium) → very high → refer because rule R12 (Lending in the South is held stricter since the floods, "
    for tool in ("explain_prediction", "customer_profile"):
        facts = toolbox.call(tool, {"customer_id": southerner}).facts
        assert (facts["band"].value, facts["model_band"].value) == ("very high", "medium")
        assert words + "version 1)" in str(facts["rule_said"].value)
    compared = toolbox.compare_customers(customer_id=southerner, region=["South"])
    assert words in str(compared.facts["rule_said"].value)
    score = INFER["credit-score"].of(toolbox.workspace, toolbox.principal, Subject(customer_id=southerner))
    assert (score.band, score.ruled.model_band, score.ruled.rule, score.ruled.decision) == (
        "very high", "medium", "R12", "refer",
    )  # fmt: skip


def test_a_what_if_leaves_the_rule_where_its_condition_no_longer_holds(toolbox, acting, southerner) -> None:
    del acting
    found = toolbox.what_if(customer_id=southerner, under=0.045)
    assert found.facts["band_before"].value == "very high"
    assert found.facts["reached"].value
    assert found.facts["band_after"].value in ("very low", "low", "medium")
    asked = WhatIfAsked(customer_id=southerner, under=0.045)
    told = INFER["what-if"].of(toolbox.workspace, toolbox.principal, asked)
    assert (told.counterfactual.band_before, told.counterfactual.band_after) == (
        "very high", found.facts["band_after"].value,
    )  # fmt: skip


def test_the_chat_says_so(toolbox, acting, southerner) -> None:
    del acting
    from assistant.munshi import Munshi

    munshi = Munshi(toolbox.workspace, toolbox.principal)
    ranked = munshi.ask("Who are my top 50 risky borrowers?")
    assert "Client rules (version 1) act on" in ranked.text
    assert "R12 (Lending in the South is held stricter since the floods)" in ranked.text
    why = munshi.ask(f"Why is {southerner} risky?")
    assert "because rule R12 (Lending in the South" in why.text
    assert ranked.grounded
    assert why.grounded


def test_a_file_is_ruled_by_the_version_it_began_with(toolbox, acting) -> None:
    del acting
    job = Job("b_1", "local", "churn", "v", "csv", "running", 0, 1, 0, 0, 0, 0.0, 0.0, None, "")
    found = ruling_for(toolbox.workspace, toolbox.principal, job, None)  # type: ignore[arg-type]
    assert found.active is not None
    assert found.active.version == 1


def test_every_step_is_in_the_audit_log_and_in_the_books(toolbox, acting) -> None:
    del acting
    entries = [each for each in toolbox.workspace.control.audit_entries() if each["action"].startswith("rules:")]
    done = [(each["action"], each["outcome"]) for each in entries if each["outcome"] == "ok"]
    assert done == [(f"rules:{deed}", "ok") for deed in ("draft", "simulate", "approve", "activate")]
    assert "rules:approve" in {each["action"] for each in entries if each["outcome"] == "refused"}
    assert "Asha" not in json.dumps(entries)
    shown = rules.shown(toolbox.workspace, toolbox.principal)
    assert [(step["action"], step["by"]) for step in shown["steps"]] == [
        ("simulate", "Asha"), ("approve", "Ravi"), ("activate", "Ravi"),
    ]  # fmt: skip
    assert shown["content"] == RULES


def test_who_may_not_or_sees_some_rows_only_makes_no_rules(toolbox, acting) -> None:
    del acting
    viewer = Principal("v", "demo", "viewer")
    with pytest.raises(ToolRefused, match="rules:write"):
        rules.draft(toolbox.workspace, viewer, RULES, reason="x")
    local = Principal("p", "demo", "risk_manager", {"region": ("South",)})
    with pytest.raises(ToolRefused, match="some rows only"):
        rules.draft(toolbox.workspace, local, RULES, reason="x")
    with pytest.raises(NotThere, match="no version 9"):
        rules.decide(toolbox.workspace, toolbox.principal, 9, "retire", reason="x")


def test_scoring_anew_keeps_the_rules_and_a_snapshot_keeps_what_they_made(toolbox, acting, monkeypatch) -> None:
    del acting
    from analytics import build
    from tools.operations.fill import score_workspace

    workspace, me = toolbox.workspace, toolbox.principal
    counted, snapshot = bands(toolbox), workspace.reader(me).snapshot
    monkeypatch.setattr(build, "score", partial(build.score, model="credit"))  # one model is enough to see it
    score_workspace("demo", settings=workspace.settings)
    assert bands(toolbox) == counted
    rules.decide(workspace, me, 1, "retire", reason="over", **RAVI)
    assert bands(toolbox) != counted
    with Workspace("demo", workspace.settings, workspace.keys, snapshot=snapshot) as then:
        assert bands(Toolbox(then, local_principal("demo"))) == counted


def test_retired_rules_leave_nothing_behind(toolbox, before, acting) -> None:
    del acting
    assert rules.shown(toolbox.workspace, toolbox.principal, 1)["state"] == "retired"
    now = said(toolbox)
    assert now == before


def test_in_the_sandbox_one_person_may_approve_his_own_and_it_stands_in_the_record(toolbox) -> None:
    workspace, me = toolbox.workspace, toolbox.principal
    made = rules.draft(workspace, me, RULES, reason="again", **ASHA)["version"]
    rules.simulate(workspace, me, made)
    done = rules.decide(workspace, me, made, "approve", reason="nobody else here", alone=True, **ASHA)
    assert [step["alone"] for step in done["steps"]] == [False, True]
    rules.decide(workspace, me, made, "retire", reason="enough")
