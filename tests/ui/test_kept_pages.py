"""Data, Compliance and Admin: each role sees its parts, does what it may, and takes back what can be taken back."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from own_look import LOOK

from assistant.munshi import Munshi
from governance.control import ControlStore
from governance.principal import ROLES, Principal
from governance.settings import Settings
from tools.operations.uploads import MOST_BYTES
from tools.workspace import Workspace
from ui.pages import door
from ui.pages.declaration import declaration
from ui.pages.registry import PAGES, pages_of

STATEMENT = """Account No : 50100123456789
Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
01/04/24,UPI-ASHOK TEST,R1,01/04/24,100.00,,900.00
02/04/24,UPI-TWO,R2,02/04/24,,50.00,950.00
31/02/24,UPI-THREE,R3,,1.00,,949.00
"""
KEPT = ("data", "compliance", "admin")
#: Role → what the navigation names of the three.
SEEN = {
    "viewer": ("data",), "analyst": ("data", "admin"), "risk_manager": KEPT, "compliance": KEPT,
    "data_steward": ("data", "admin"), "admin": ("compliance", "admin"), "service": ("data",),
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(
    shared_home: Path, demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    """A copy of the sandbox, with control data of its own."""
    home = tmp_path_factory.mktemp("kept") / "home"
    shutil.copytree(shared_home, home)
    place = {"home": home / "munshi", "key_file": home / "config" / "master.key"}
    with Workspace.open("demo", demo_settings.model_copy(update=place)) as opened:
        opened.control = ControlStore(f"sqlite:///{home}/control.sqlite", "demo", opened.keys)
        yield opened
    shutil.rmtree(home)


def client_of(workspace: Workspace, role: str, **rights: object) -> TestClient:
    app = FastAPI()
    caller = Munshi(workspace, Principal(f"u_{role}", workspace.name, role, **rights))  # type: ignore[arg-type]
    door.add_pages(app, lambda _: caller)
    return TestClient(app)


def block(client: TestClient, page: str, key: str, **words: str) -> str:
    answer = client.get(f"/screen/{page}", params={"block": key, **words})
    assert answer.status_code == 200, answer.text
    return answer.text


def press(client: TestClient, page: str, action: str, told: dict | None = None, **entered: object) -> dict:
    answer = client.post(f"/act/{page}", json={"action": action, "told": told or {}, "entered": entered})
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def undone(client: TestClient, page: str, done: dict) -> str:
    answer = client.post(f"/act/{page}", json={"undo": done["undo"]})
    assert answer.status_code == 200, answer.json()
    return str(answer.json()["said"])


@pytest.mark.parametrize("role", sorted(SEEN))
def test_the_navigation_names_what_a_role_may_see_and_the_address_refuses_the_rest(workspace: Workspace, role: str):
    caller = Principal("x", "demo", role)
    assert tuple(page.key for page in pages_of(caller) if page.key in KEPT) == SEEN[role]
    client = client_of(workspace, role)
    for page in PAGES:
        if page.key in KEPT and page.key not in SEEN[role]:
            told = client.get(f"/screen/{page.key}")
            assert (told.status_code, "takes the permission" in told.text) == (403, True)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_part_is_there_for_those_who_may_and_no_other(workspace: Workspace, role: str):
    client = client_of(workspace, role)
    for key in KEPT:
        page = client.get(f"/screen/{key}")
        if page.status_code == 403:
            continue
        there = set(re.findall(r'data-block="(\w+)"', page.text))
        declared = {each.key: each.scope for each in declaration(key).blocks}
        assert there == {name for name, scope in declared.items() if not scope or scope in ROLES[role]}
        for name in declared.keys() - there:
            assert client.get(f"/screen/{key}", params={"block": name}).status_code == 404
        assert "Not within your permissions" not in page.text


@pytest.mark.parametrize(("page", "role"), [("data", "data_steward"), ("compliance", "compliance"), ("admin", "admin")])
def test_every_part_of_a_page_can_be_read(workspace: Workspace, page: str, role: str):
    client = client_of(workspace, role)
    for each in declaration(page).blocks:
        if not each.scope or each.scope in ROLES[role]:
            told = block(client, page, each.key)
            assert "Not available here" not in told, (each.key, told)


def test_who_sees_some_rows_only_is_told_nothing_of_all(workspace: Workspace):
    client = client_of(workspace, "data_steward", partitions={"city": ("Pune",)})
    for key in ("freshness", "quarantine", "merchants"):
        assert "you see some of them only" in block(client, "data", key) or "sees some rows only" in block(
            client, "data", key
        )
    told = client.post("/intake?name=a.csv", content=STATEMENT)
    assert (told.status_code, "some rows only" in told.text) == (403, True)


def test_a_key_is_shown_once_and_revoked(workspace: Workspace):
    client = client_of(workspace, "admin")
    done = press(client, "admin", "create_key", label="nightly", role="service", days="30")
    assert len(done["shown"]) > 20
    listed = block(client, "admin", "keys")
    assert "nightly" in listed
    assert done["shown"] not in listed
    assert "lets nobody in" in undone(client, "admin", done)
    assert "revoked" in block(client, "admin", "keys")


def test_a_person_is_added_and_disabled_but_not_oneself(workspace: Workspace):
    client = client_of(workspace, "admin")
    wrong = client.post("/act/admin", json={"action": "add_person", "told": {}, "entered": {
        "name": "Ravi", "password": "short", "role": "analyst"}})  # fmt: skip
    assert wrong.status_code == 422
    done = press(client, "admin", "add_person", name="Ravi", password="long enough a word", role="analyst",
                 rows="city=Pune")  # fmt: skip
    assert "city: Pune" in block(client, "admin", "people")
    assert "Ravi is disabled" in undone(client, "admin", done)
    viewer = client_of(workspace, "risk_manager")
    told = viewer.post("/act/admin", json={"action": "disable", "told": {"name": "Ravi"}})
    assert (told.status_code, "identity:manage" in told.json()["said"]) == (403, True)


def test_a_look_is_set_refused_with_its_faults_and_taken_back(workspace: Workspace):
    client = client_of(workspace, "admin")
    done = press(client, "admin", "set_look", theme=LOOK)
    assert workspace.themes.now().theme.name == "Sahyadri Finance"
    wrong = client.post("/act/admin", json={"action": "set_look", "told": {}, "entered": {
        "theme": "colours: {accent: '#f0c000'}"}})  # fmt: skip
    assert "short of 4.5" in wrong.json()["said"]
    assert "look of before" in undone(client, "admin", done)
    assert workspace.themes.now().theme.name == ""


def test_a_budget_and_a_document_come_and_go(workspace: Workspace):
    client, steward = client_of(workspace, "admin"), client_of(workspace, "data_steward")
    done = press(client, "admin", "budget", whose="each", per="day", tokens="1000")
    assert "1,000" in block(client, "admin", "budgets")
    undone(client, "admin", done)
    assert "No budget" in block(client, "admin", "budgets")
    added = press(steward, "admin", "add_document", name="Gold loans", text="## Limits\n\nAt most 75 percent of value.")
    assert "Gold loans" in block(steward, "admin", "documents")
    assert "out of the knowledge base" in undone(steward, "admin", added)


def test_a_hold_is_put_and_released_and_the_audit_log_finds_it(workspace: Workspace):
    client = client_of(workspace, "compliance")
    customer = workspace.query(
        Principal("x", "demo", "compliance"), "SELECT min(customer_id) FROM books.core.customers"
    )
    name = str(customer.rows[0][0])
    done = press(client, "compliance", "hold", customer_id=name, reason="a court asked")
    assert name in block(client, "compliance", "holds")
    assert "under no hold" in undone(client, "compliance", done)
    found = block(client, "compliance", "entries", action="privacy:hold", outcome="done")
    assert found.count("privacy:hold") == 1
    assert "No entry fits" in block(client, "compliance", "entries", actor="nobody at all")
    assert "whole: each entry links" in block(client, "compliance", "chain")
    with workspace.control.writing() as connection:
        connection.exec_driver_sql("UPDATE audit SET outcome = 'ok' WHERE action = 'privacy:hold'")
    assert "is broken at entry" in block(client, "compliance", "chain")


def test_a_case_is_decided_and_its_letter_drafted(workspace: Workspace):
    client = client_of(workspace, "compliance")
    waiting = block(client, "compliance", "queue")
    told = re.search(r'data-act="uphold" data-told="([^"]*)"', waiting)
    assert told is not None
    case = dict(re.findall(r"&#34;(\w+)&#34;: &#34;([^&]*)&#34;", told[1]))
    drafted = press(client, "compliance", "letter", {"customer_id": case["customer_id"]})
    assert "no person has reviewed" in drafted["shown"]
    press(client, "compliance", "uphold", case, reason="as the policy says")
    assert "as the policy says" in block(client, "compliance", "decided")
    assert case["case_id"] not in block(client, "compliance", "queue")


def test_a_category_is_corrected_and_taken_back_and_back_again(workspace: Workspace):
    client = client_of(workspace, "data_steward")
    first = re.search(r'data-act="correct" data-told="([^"]*)"', block(client, "data", "merchants"))
    assert first is not None
    merchant = dict(re.findall(r"&#34;(\w+)&#34;: &#34;([^&]*)&#34;", first[1]))["merchant"]
    done = press(client, "data", "correct", {"merchant": merchant}, category="groceries")
    assert merchant in block(client, "data", "corrections")
    undone(client, "data", done)
    assert "Nothing was corrected" in block(client, "data", "corrections")
    wrong = client.post("/act/data", json={"action": "correct", "told": {"merchant": merchant},
                                           "entered": {"category": "grocerys"}})  # fmt: skip
    assert "Did you mean 'groceries'" in wrong.json()["said"]


def test_a_file_is_looked_at_masked_and_not_taken_into_the_sandbox(workspace: Workspace):
    client = client_of(workspace, "data_steward")
    seen = client.post("/intake?name=..%2Fstatement.csv", content=STATEMENT)
    assert seen.status_code == 200
    assert "What statement.csv would bring" in seen.text
    assert "ASHOK" not in seen.text
    assert "hdfc" in seen.text
    assert "1 ×" in seen.text
    token = re.search(r'data-token="([^"]+)"', seen.text)
    assert token is not None
    other = client_of(workspace, "compliance").get(f"/intake/{token[1]}")
    assert other.status_code == 422
    assert client.post(f"/intake/{token[1]}/take", headers={"origin": "https://elsewhere.example"}).status_code == 403
    client.post(f"/intake/{token[1]}/take")
    for _ in range(200):
        told = client.get(f"/intake/{token[1]}").text
        if 'data-state="running"' not in told:
            break
        time.sleep(0.1)
    assert "simulated lender" in told


@pytest.mark.parametrize("content", [b"", b"x" * (MOST_BYTES + 1), b"\x00\x01\x02"])
def test_what_is_no_file_to_take_says_so(workspace: Workspace, content: bytes):
    told = client_of(workspace, "data_steward").post("/intake?name=a.csv", content=content)
    assert told.status_code == 422
    assert 'role="alert"' in told.text


def test_a_viewer_brings_no_file(workspace: Workspace):
    told = client_of(workspace, "viewer").post("/intake?name=a.csv", content=STATEMENT)
    assert (told.status_code, "postings:write" in told.text) == (403, True)


@pytest.mark.parametrize("form", ["html", "pdf", "xlsx"])
def test_a_page_without_a_row_is_a_file_all_the_same(workspace: Workspace, form: str):
    told = client_of(workspace, "risk_manager").get(f"/file/admin.{form}")
    assert told.status_code == 200
    assert len(told.content) > 1_000


def test_a_meaning_is_accepted_out_of_an_unanswered_question_and_taken_back(workspace: Workspace):
    manager = client_of(workspace, "risk_manager")
    asker = Munshi(workspace, Principal("asker", workspace.name, "risk_manager"))
    assert asker.ask("credited by month").status == "abstained"
    told = re.search(r'data-act="accept_word" data-told="(.*?)" data-asks', block(manager, "admin", "questions"))
    form = unescape(manager.get("/act/admin/accept_word", params={"told": unescape(told[1])}).text)
    assert "credited → credits (Inflow)" in form
    done = press(manager, "admin", "accept_word", json.loads(unescape(told[1])), which="credited → credits")
    assert asker.ask("credited by month").table == asker.ask("inflow by month").table
    assert "Inflow" in block(manager, "admin", "words")
    undone(manager, "admin", done)
    assert asker.ask("credited by month").status == "abstained"
    steward = client_of(workspace, "data_steward")
    assert "accept_word" not in block(steward, "admin", "questions")
    refused = steward.post("/act/admin", json={"action": "accept_word", "entered": {"which": "credited → credits"}})
    assert refused.status_code == 403
