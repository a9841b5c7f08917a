"""Answers that people keep: pinned, and made anew for each who looks, under his own rights."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.moving import moved_on
from assistant.munshi import Munshi
from assistant.pinned import pinned_anew
from governance.control import ControlStore
from governance.pins import Pins
from governance.principal import Principal
from governance.sealed import opened_rows
from governance.settings import Settings
from tools.workspace import Workspace
from ui.pages import door

LOSS, RISKY = "Expected loss by city", "Who are my top 5 risky borrowers?"


@pytest.fixture(scope="module")
def workspace(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sandbox, with control data of its own."""
    with Workspace.open("demo", demo_settings) as opened:
        kept = f"sqlite:///{tmp_path_factory.mktemp('answers')}/control.sqlite"
        opened.control = ControlStore(kept, "demo", opened.keys)
        yield opened


class Caller:
    """One person: what he asks, and his browser."""

    def __init__(self, workspace: Workspace, name: str, role: str = "analyst", **rights: object) -> None:
        self.munshi = Munshi(workspace, Principal(name, "demo", role, **rights))  # type: ignore[arg-type]
        app = FastAPI()
        door.add_pages(app, lambda _: self.munshi)
        self.client = TestClient(app)

    def press(self, page: str, action: str, told: dict | None = None, **entered: object) -> dict:
        answer = self.client.post(f"/act/{page}", json={"action": action, "told": told or {}, "entered": entered})
        return {"status": answer.status_code, **answer.json()}

    def undo(self, page: str, done: dict) -> None:
        assert self.client.post(f"/act/{page}", json={"undo": done["undo"]}).status_code == 200

    def shown(self, page: str, key: str, **words: str) -> str:
        return unescape(self.client.get(f"/screen/{page}", params={"block": key, **words}).text)


@pytest.fixture(scope="module")
def asha(workspace: Workspace) -> Caller:
    return Caller(workspace, "u_asha")


def acts(page: str, name: str) -> list[dict]:
    """What a button of that name sends, each place it stands."""
    return [json.loads(told) for told in re.findall(rf'data-act="{name}" data-told="(.*?)"(?: data-asks)?>', page)]


def test_a_pinned_answer_stands_on_its_page_and_comes_back_when_that_is_undone(asha: Caller):
    assert "Nothing is pinned yet" in asha.shown("pinned", "pins")
    answer = asha.munshi.ask(LOSS)
    done = asha.press("pinned", "pin", {"receipt_id": answer.receipt_id})
    assert done["status"] == 200
    assert asha.press("pinned", "pin", {"receipt_id": answer.receipt_id})["status"] == 200  # once is enough
    page = asha.shown("pinned", "pins")
    assert page.count("<article") == 1
    assert answer.text.split(":")[0] in page
    assert "data-figure" in page
    (told,) = acts(page, "unpin")
    gone = asha.press("pinned", "unpin", told)
    assert "Nothing is pinned yet" in asha.shown("pinned", "pins")
    asha.undo("pinned", gone)
    assert asha.shown("pinned", "pins").count("<article") == 1


def test_a_pin_is_its_owners_until_it_is_shared_and_then_each_ones_own(workspace: Workspace, asha: Caller):
    asha.press("pinned", "pin", {"receipt_id": asha.munshi.ask(RISKY).receipt_id})
    pune = Caller(workspace, "u_ravi", partitions={"city": ("Pune",)})
    assert "Nothing is pinned yet" in pune.shown("pinned", "pins")
    told = acts(asha.shown("pinned", "pins"), "share")[-1]
    assert asha.press("pinned", "share", told)["status"] == 200
    page = pune.shown("pinned", "pins")
    assert "shared by u_asha" in page
    assert acts(page, "unpin") == acts(page, "share") == []
    assert pune.press("pinned", "unpin", told)["status"] == 422
    pin = next(each for each in Pins(workspace.control).seen_by("u_ravi"))
    made = pinned_anew(workspace, pune.munshi.principal, pin)
    assert {row[8] for row in made.table.rows} == {"Pune"}
    viewer = Caller(workspace, "u_vi", "viewer")
    locked = viewer.shown("pinned", "pins")
    assert "Not within your permissions" in locked
    assert "scores:read" in locked
    assert "C_" not in locked
    assert asha.press("pinned", "keep", told)["status"] == 200
    assert "Nothing is pinned yet" in viewer.shown("pinned", "pins")


def test_what_may_not_be_pinned_or_shared_is_told_and_done_is_audited(workspace: Workspace, asha: Caller):
    other = Caller(workspace, "u_other", "viewer")
    mine = other.munshi.ask("How many customers do we have?")
    assert "another caller" in asha.press("pinned", "pin", {"receipt_id": mine.receipt_id})["said"]
    nothing = asha.munshi.ask("turnover of the moon")
    assert "called no tool" in asha.press("pinned", "pin", {"receipt_id": nothing.receipt_id})["said"]
    other.press("pinned", "pin", {"receipt_id": mine.receipt_id})
    pin = Pins(workspace.control).seen_by("u_other")[0]
    assert other.press("pinned", "share", {"pin_id": pin.pin_id})["status"] == 403
    assert asha.press("pinned", "unpin", {"pin_id": pin.pin_id})["status"] == 404
    deeds = {entry["action"] for entry in workspace.control.audit_entries()}
    assert {"pin:add", "pin:remove", "pin:share", "pin:unshare"} <= deeds
    assert {"pins"} <= {row.table.name for row in opened_rows(workspace.control)}


def test_a_pin_moves_along_with_the_books_unless_its_question_names_its_dates(workspace: Workspace, asha: Caller):
    june, august = dt.date(2026, 6, 30), dt.date(2026, 8, 31)
    asked = asha.munshi.ask("Monthly inflow over the last 12 months")
    plan = workspace.control.receipt(asked.receipt_id).content["plan"]
    (call,) = moved_on("Monthly inflow over the last 12 months", plan, june, august)
    assert call.args["period"] == {"start": "2025-09-01", "end": "2026-09-01"}
    (still,) = moved_on("Monthly inflow in 2025", plan, june, august)
    assert still.args["period"] == plan[0]["args"]["period"]
    asha.press("pinned", "pin", {"receipt_id": asked.receipt_id})
    pin = Pins(workspace.control).seen_by("u_asha")[-1]
    back = pinned_anew(workspace, asha.munshi.principal, replace(pin, data_clock="2026-04-30"))
    assert back.steps[0].args["period"] == {"start": "2025-09-01", "end": "2026-09-01"}
    assert back.table.rows[-1][0] == dt.date(2026, 6, 1)
