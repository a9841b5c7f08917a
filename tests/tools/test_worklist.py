"""The worklist: filled from lists with a share held out, worked, undone; sight and consent hold; acting has a worth."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from governance.control import ControlStore
from governance.errors import NotThere, ToolRefused, ToolRetry
from governance.identity.rights import Rights
from governance.identity.store import Identity
from governance.principal import Principal, local_principal
from governance.privacy.consents import Withheld
from governance.sealed import opened_rows
from governance.settings import Settings
from governance.worklist import NewItem, Worklist
from tools.operations import worklist
from tools.toolbox import Toolbox
from tools.worklist.kinds import held_out, kinds
from tools.worklist.worth import newcombe
from tools.workspace import Workspace

LOCAL = local_principal("demo")


@pytest.fixture(scope="module")
def opened(demo_settings: Settings) -> Iterator[Workspace]:
    with Workspace.open("demo", demo_settings) as workspace:
        yield workspace


@pytest.fixture
def workspace(opened: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    control = f"sqlite:///{tmp_path_factory.mktemp('control')}/control.sqlite"
    opened.control = ControlStore(control, "demo", opened.keys)
    return opened


def items(workspace: Workspace, by: Principal = LOCAL, **narrowed: str) -> list[dict]:
    return worklist.listed(workspace, by, **narrowed)["items"]


def test_a_list_is_put_on_it_but_for_the_share_that_is_held_out(workspace: Workspace) -> None:
    table = Toolbox(workspace, LOCAL).top_risky_borrowers(limit=60).table
    ranked = [row[1] for row in table.rows]
    done = worklist.fill(workspace, LOCAL, "risky_borrowers", limit=60, hold_out=0.3)
    alone = {each for each in ranked if held_out(each, kind="risky_borrowers", share=0.3, seed=7)}
    assert (done["listed"], done["held_out"]) == (len(ranked) - len(alone), len(alone))
    assert 0 < len(alone) < len(ranked)
    found = worklist.listed(workspace, LOCAL)
    assert [each["customer_id"] for each in found["items"]] == [each for each in ranked if each not in alone]
    assert found["held_out"] == len(alone)
    again = worklist.fill(workspace, LOCAL, "risky_borrowers", limit=60, hold_out=0.3)
    assert (again["listed"], again["there_already"]) == (0, len(ranked))


def test_one_in_ten_is_held_out_by_the_seed_and_always_the_same() -> None:
    drawn = [held_out(f"C_{number:04X}", kind="risky_borrowers", share=0.1, seed=7) for number in range(20_000)]
    assert sum(drawn) == pytest.approx(2_000, abs=130)  # three standard errors
    assert drawn == [held_out(f"C_{n:04X}", kind="risky_borrowers", share=0.1, seed=7) for n in range(20_000)]
    other = [held_out(f"C_{n:04X}", kind="risky_borrowers", share=0.1, seed=8) for n in range(20_000)]
    assert drawn != other
    assert kinds()["risky_borrowers"].hold_out == kinds()["likely_leavers"].hold_out == 0.1
    assert kinds()["unusual_transactions"].hold_out == 0


def test_it_is_worked_and_taken_back_deed_by_deed(workspace: Workspace) -> None:
    worklist.fill(workspace, LOCAL, "risky_borrowers", limit=5, hold_out=0)
    first = items(workspace)[0]["item_id"]
    kim = Identity(workspace.control).users.add("Kim", "a long enough password", Rights("analyst"))
    assert worklist.assign(workspace, LOCAL, first, to="Kim")["assignee"] == kim.user_id
    assert [each["item_id"] for each in items(workspace, assignee=kim.user_id)] == [first]
    worklist.note(workspace, LOCAL, first, text="called, nobody there")
    with pytest.raises(ToolRetry, match="There are:"):
        worklist.resolve(workspace, LOCAL, first, outcome="retained")
    assert worklist.resolve(workspace, LOCAL, first, outcome="promised", text="by Friday")["outcome_words"]
    assert first not in [each["item_id"] for each in items(workspace)]
    with pytest.raises(ToolRetry, match="is done"):
        worklist.resolve(workspace, LOCAL, first, outcome="paid")
    assert worklist.undo(workspace, LOCAL, first)["state"] == "open"
    assert worklist.undo(workspace, LOCAL, first)["assignee"] == kim.user_id  # the note
    after = worklist.undo(workspace, LOCAL, first)
    assert (after["assignee"], after["undoable"]) == (None, False)
    did = [each["did"] for each in after["history"]]
    assert did == ["listed", "assigned", "noted", "resolved", "undone", "undone", "undone"]
    with pytest.raises(ToolRetry, match="Nothing was done"):
        worklist.undo(workspace, LOCAL, first)
    assert "called" not in json.dumps(workspace.control.audit_entries())


def test_who_sees_a_part_works_that_part(workspace: Workspace) -> None:
    worklist.fill(workspace, LOCAL, "risky_borrowers", limit=40, hold_out=0.2)
    west = Principal("w", "demo", "analyst", {"region": ("West",)})
    theirs = {row[1] for row in Toolbox(workspace, west).top_risky_borrowers(limit=700).table.rows}
    seen = {each["customer_id"] for each in items(workspace, west)}
    everybody = {each["customer_id"]: each["item_id"] for each in items(workspace)}
    assert seen == theirs & set(everybody)
    foreign = next(item for customer, item in everybody.items() if customer not in theirs)
    for deed in (
        lambda: worklist.assign(workspace, west, foreign),
        lambda: worklist.note(workspace, west, foreign, text="x"),
        lambda: worklist.undo(workspace, west, foreign),
        lambda: worklist.shown(workspace, west, foreign),
    ):
        with pytest.raises(NotThere):
            deed()
    with pytest.raises(ToolRefused):
        worklist.fill(workspace, west, "risky_borrowers")
    with pytest.raises(ToolRefused):
        worklist.listed(workspace, Principal("v", "demo", "viewer"))
    users = Identity(workspace.control).users
    users.add("Wes", "a long enough password", Rights("analyst", None, {"region": ("West",)}))
    users.add("Val", "a long enough password", Rights("viewer"))
    for name in ("Wes", "Val", "Nemo"):
        with pytest.raises(ToolRetry):
            worklist.assign(workspace, LOCAL, foreign, to=name)


def test_those_held_out_cannot_be_worked(workspace: Workspace) -> None:
    worklist.fill(workspace, LOCAL, "risky_borrowers", limit=60, hold_out=0.3)
    held = Worklist(workspace.control).listed(arm="hold")[0]
    with pytest.raises(NotThere):
        worklist.resolve(workspace, LOCAL, held.item_id, outcome="paid")


def test_who_withdrew_his_consent_leaves_the_marketing_list_and_no_other(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    worklist.fill(workspace, LOCAL, "likely_leavers", limit=10, hold_out=0)
    worklist.fill(workspace, LOCAL, "risky_borrowers", limit=10, hold_out=0)
    leaver = items(workspace, kind="likely_leavers")[0]
    borrower = items(workspace, kind="risky_borrowers")[0]
    gone = frozenset({leaver["customer_id"], borrower["customer_id"]})
    monkeypatch.setattr(workspace, "withheld", lambda: Withheld("test", float("inf"), {"marketing": gone}))
    assert leaver["item_id"] not in [each["item_id"] for each in items(workspace)]
    with pytest.raises(NotThere):
        worklist.assign(workspace, LOCAL, leaver["item_id"])
    assert worklist.assign(workspace, LOCAL, borrower["item_id"])["assignee"] == "local"


def test_transactions_and_alerts_are_seen_to_too(workspace: Workspace) -> None:
    from tools.operations import alerts

    done = worklist.fill(workspace, LOCAL, "unusual_transactions", limit=3, hold_out=None)
    assert (done["listed"], done["held_out"]) == (3, 0)
    alerts.add_rule(workspace, LOCAL, {"name": "many", "metric": "customers", "above": "1"})
    alerts.check(workspace, LOCAL)
    assert worklist.fill(workspace, LOCAL, "alerts")["listed"] == 1
    (alert,) = items(workspace, kind="alerts")
    assert worklist.resolve(workspace, LOCAL, alert["item_id"], outcome="explained")["state"] == "done"
    west = Principal("w", "demo", "analyst", {"region": ("West",)})
    assert items(workspace, west, kind="alerts", state="all") == []


def test_what_acting_was_worth_is_what_the_books_say_later(workspace: Workspace) -> None:
    clock = workspace.data_clock(LOCAL)
    as_of = (clock.replace(day=1) - dt.timedelta(days=1)).replace(day=1) - dt.timedelta(days=100)
    sql = f"SELECT DISTINCT customer_id FROM semantic.loan_status WHERE as_of > DATE '{as_of}' ORDER BY 1"
    borrowers = [row[0] for row in workspace.query(LOCAL, sql).rows]
    late_sql = (
        "SELECT DISTINCT customer_id FROM semantic.loan_status WHERE days_past_due >= 30 AND as_of = (SELECT "
        f"min(as_of) FROM semantic.loan_status WHERE as_of >= DATE '{as_of + dt.timedelta(days=90)}')"
    )
    late = {row[0] for row in workspace.query(LOCAL, late_sql).rows}
    alone = [each for each in borrowers if held_out(each, kind="risky_borrowers", share=0.4, seed=7)]
    made = [NewItem(each, each, "hold" if each in alone else "work", {}) for each in borrowers]
    Worklist(workspace.control).add("risky_borrowers", made, as_of=str(as_of), by="local")
    told = next(each for each in worklist.worth(workspace, LOCAL) if each["kind"] == "risky_borrowers")["worth"]
    worked = [each for each in borrowers if each not in alone]
    assert (told["worked"]["customers"], told["worked"]["met"]) == (len(worked), len(late & set(worked)))
    assert (told["held"]["customers"], told["held"]["met"]) == (len(alone), len(late & set(alone)))
    assert len(late) > 0
    difference = len(late & set(worked)) / len(worked) - len(late & set(alone)) / len(alone)
    assert told["difference"] == pytest.approx(difference)
    assert told["low"] < difference < told["high"]


def test_before_its_time_nothing_is_said_of_the_worth(workspace: Workspace) -> None:
    assert "Nothing was put" in worklist.worth(workspace, LOCAL)[0]["worth"]["why"]
    worklist.fill(workspace, LOCAL, "risky_borrowers", limit=60)
    told = worklist.worth(workspace, LOCAL)[0]["worth"]
    assert told["difference"] is None
    assert "90 days after the first list" in told["why"]


def test_the_interval_of_a_difference_is_newcombes() -> None:
    low, high = newcombe((56, 70), (48, 80))  # his first example, method 10
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_what_names_a_customer_is_sealed_and_found_again(workspace: Workspace) -> None:
    worklist.fill(workspace, LOCAL, "risky_borrowers", limit=3, hold_out=0)
    found = [each for each in opened_rows(workspace.control) if each.table.name == "worklist"]
    assert len(found) == 3
    customer = items(workspace)[0]["customer_id"]
    assert any(customer in each.text for each in found)
    assert all(each.declared.fate == "deleted" for each in found)
    assert all(customer not in str(each.plain) for each in found)
    assert isinstance(items(workspace)[0]["told"]["exposure"], str)
    assert Decimal(items(workspace)[0]["told"]["exposure"]) > 0
