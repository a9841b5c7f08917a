"""Answers that people keep: pinned, found again, shared by link; made for each who looks, under his own rights."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
import sqlalchemy as sa
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
from ui.desk import Desk
from ui.facts import facts_of
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


def token_of(done: dict) -> str:
    assert done["status"] == 200, done
    return str(done["shown"]).removeprefix("#/shared/")


def test_conversations_are_found_by_their_words_named_and_gone_on_with(workspace: Workspace):
    meera = Caller(workspace, "u_meera")
    first = meera.munshi.ask(LOSS)
    meera.munshi.ask("and for Pune?", first.conversation_id)
    other = meera.munshi.ask("What is SMA-2?")
    page = meera.shown("conversations", "conversations")
    assert "2 conversations" in page
    assert page.index("What is SMA-2?") < page.index(LOSS)
    assert f"#/ask?c={first.conversation_id}" in page
    assert "SMA-2" not in meera.shown("conversations", "conversations", words="pune LOSS")
    named = meera.press("conversations", "rename", {"conversation_id": first.conversation_id}, name="Board, July")
    assert "Board, July" in meera.shown("conversations", "conversations", words="board")
    meera.undo("conversations", named)
    assert "No conversation here" in meera.shown("conversations", "conversations", words="board")
    again = meera.munshi.conversation(first.conversation_id)
    assert [each.question for each in again] == [LOSS, "and for Pune?"]
    assert again[0].table == first.table
    assert again[0].receipt_id == first.receipt_id
    assert Desk(meera.munshi, lambda: facts_of(meera.munshi)).resume(first.conversation_id).state["selected"] == 1
    else_ = Caller(workspace, "u_else")
    assert else_.munshi.conversation(first.conversation_id) == []
    assert else_.press("conversations", "rename", {"conversation_id": other.conversation_id}, name="x")["status"] == 404
    assert "No conversation here" in else_.shown("conversations", "conversations")


def test_a_link_opens_a_conversation_as_it_stood_under_the_readers_own_rights(workspace: Workspace):
    owner = Caller(workspace, "u_owner")
    asked = owner.munshi.ask(RISKY)
    owner.munshi.ask("How many customers do we have?", asked.conversation_id)
    told = {"conversation_id": asked.conversation_id}
    token = token_of(owner.press("conversations", "share", told))
    owner.munshi.ask("Total inflow", asked.conversation_id)

    reader = Caller(workspace, "u_reader")
    page = reader.shown("shared", "shared", of=token)
    assert page.count("<article") == 2
    assert "Total inflow" not in page
    assert asked.text.split(".")[0] in page
    assert asked.table.rows[0][1] in page

    pune = Caller(workspace, "u_pune", partitions={"city": ("Pune",)})
    theirs = pune.shown("shared", "shared", of=token)
    assert "whoever asked may see others" in theirs
    assert asked.text.split(".")[0] not in theirs
    elsewhere = [row[1] for row in asked.table.rows if row[8] != "Pune"]
    assert elsewhere
    assert not any(customer in theirs for customer in elsewhere)

    viewer = Caller(workspace, "u_viewer", "viewer").shown("shared", "shared", of=token)
    assert "scores:read" in viewer
    assert not any(row[1] in viewer for row in asked.table.rows)
    assert "customers whose relationship is open" in viewer


def test_a_link_says_nothing_is_taken_back_and_is_audited(workspace: Workspace):
    owner, reader = Caller(workspace, "u_sharer"), Caller(workspace, "u_guest")
    asked = owner.munshi.ask(LOSS)
    token = token_of(owner.press("conversations", "share", {"conversation_id": asked.conversation_id}))
    with workspace.control.reading() as connection:
        kept = [str(dict(row)) for row in connection.execute(sa.text("SELECT * FROM shared_conversations")).mappings()]
    assert not any(token in row for row in kept)
    assert len(token) >= 43
    gone = "There is no such conversation here"
    assert gone in reader.shown("shared", "shared", of=token[:-1])
    assert gone not in reader.shown("shared", "shared", of=token)
    told = acts(owner.shown("conversations", "links"), "revoke")[0]
    assert reader.press("conversations", "revoke", told)["status"] == 404
    back = owner.press("conversations", "revoke", told)
    assert gone in reader.shown("shared", "shared", of=token)
    owner.undo("conversations", back)
    assert gone not in reader.shown("shared", "shared", of=token)
    bystander = Caller(workspace, "u_by", "viewer")
    mine = bystander.munshi.ask("How many customers do we have?")
    assert bystander.press("conversations", "share", {"conversation_id": mine.conversation_id})["status"] == 403
    assert reader.press("conversations", "share", {"conversation_id": asked.conversation_id})["status"] == 404
    deeds = [(each["action"], each["actor"], each["outcome"]) for each in workspace.control.audit_entries()]
    assert ("conversation:open", "u_guest", "done") in deeds
    assert ("conversation:open", "u_guest", "refused") in deeds
    assert ("conversation:revoke", "u_sharer", "done") in deeds
    assert token not in str(workspace.control.audit_entries())


def test_another_tenants_link_is_not_found(workspace: Workspace):
    owner = Caller(workspace, "u_tenant")
    token = token_of(owner.press("conversations", "share", {"conversation_id": owner.munshi.ask(LOSS).conversation_id}))
    with workspace.control.writing() as connection:  # both tenants in one database, as on PostgreSQL
        connection.execute(sa.text("UPDATE shared_conversations SET workspace = 'bank' WHERE owner = 'u_tenant'"))
    assert "There is no such conversation here" in owner.shown("shared", "shared", of=token)
    stranger = Caller(workspace, "u_tenant")
    stranger.munshi.principal = replace(stranger.munshi.principal, tenant="bank")
    assert stranger.client.get("/screen/shared", params={"of": token, "block": "shared"}).text.count("<article") == 0
