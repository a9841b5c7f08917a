"""Buttons of a page: who is offered them, what they send, how they are taken back; nothing undeclared is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.munshi import Munshi
from governance.control import ControlStore
from governance.errors import ToolRetry
from governance.permission import permit
from governance.principal import Principal
from governance.settings import Settings
from tools.result import Column, Table, ToolResult
from tools.workspace import Workspace
from ui.pages import acting, door, registry
from ui.pages import page as pages
from ui.pages.declaration import PageDeclaration
from ui.pages.listings import LISTINGS, Listing
from ui.pages.operation import Done, Operation, Undo
from ui.pages.operations import OPERATIONS
from ui.pages.page import DeclaredPage

SHELF: dict[str, str] = {}
DECLARED = {
    "title": "Shelf",
    "reads": {"books": {"listing": "shelf"}},
    "acts": {
        "lend": {"label": "Lend", "operation": "shelf.set", "given": {"book": "book"}, "fixed": {"state": "lent"},
                 "when": {"state": ["in"]}},
        "name": {"label": "Note", "operation": "shelf.set", "given": {"book": "book"}, "confirm": "Of {book}: sure?",
                 "entries": [{"name": "state", "label": "State", "kind": "text", "at": "$state"}], "grave": True},
    },
    "blocks": [{"key": "books", "show": "table", "title": "Books", "read": "books", "row_acts": ["lend", "name"]}],
}  # fmt: skip


def shelf(_: Workspace, __: Principal) -> ToolResult:
    columns = (Column(name="book", label="Book"), Column(name="state", label="State"))
    return ToolResult(title="Shelf", table=Table(columns=columns, rows=tuple(SHELF.items())))


def put(workspace: Workspace, by: Principal, book: str, state: str) -> Done:
    permit(workspace.control, by, "rules:write", doing="shelf", what="changing the shelf")
    if book not in SHELF:
        raise ToolRetry(f"There is no book '{book}'.")
    before, SHELF[book] = SHELF[book], state
    return Done(f"{book} is {state}.", Undo("shelf.set", {"book": book, "state": before}))


def broken(_: Workspace, __: Principal, state: str) -> Done:
    raise ZeroDivisionError(state)


@pytest.fixture
def munshi(
    demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Munshi]:
    page = DeclaredPage("shelf", "Shelf")
    monkeypatch.setattr(pages, "declaration", lambda _: PageDeclaration.model_validate(DECLARED))
    monkeypatch.setattr(registry, "PAGES", (page,))
    monkeypatch.setitem(LISTINGS, "shelf", Listing(shelf))
    monkeypatch.setitem(OPERATIONS, "shelf.set", Operation(put, "rules:write"))
    SHELF.clear()
    SHELF.update({"<b>ledger": "in", "atlas": "lent"})
    with Munshi.open("demo", settings=demo_settings) as opened:
        audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"
        opened.workspace.control = ControlStore(audit, "demo", opened.workspace.keys)
        yield opened


def client_of(munshi: Munshi, role: str = "analyst", name: str = "") -> TestClient:
    app = FastAPI()
    caller = Munshi(munshi.workspace, Principal(name or f"the {role}", "demo", role))
    door.add_pages(app, lambda _: caller)
    return TestClient(app)


def buttons(page: str) -> list[tuple[str, str]]:
    return [(key, unescape(told)) for key, told in re.findall(r'data-act="(\w+)" data-told="([^"]*)"', page)]


def test_a_row_offers_what_fits_it_to_those_who_may(munshi: Munshi):
    page = client_of(munshi).get("/screen/shelf").text
    assert buttons(page) == [
        ("lend", '{"book": "<b>ledger"}'),
        ("name", '{"book": "<b>ledger", "state": "in"}'),
        ("name", '{"book": "atlas", "state": "lent"}'),
    ]
    assert "<b>ledger" not in page
    assert buttons(client_of(munshi, "viewer").get("/screen/shelf").text) == []


def test_it_is_done_the_page_shows_it_at_once_and_undone(munshi: Munshi):
    client = client_of(munshi)
    client.get("/screen/shelf")
    done = client.post("/act/shelf", json={"action": "lend", "told": {"book": "<b>ledger"}}).json()
    assert done["said"] == "<b>ledger is lent."
    assert done["blocks"] == ["books"]
    assert [key for key, _ in buttons(client.get("/screen/shelf?block=books").text)] == ["name", "name"]
    assert [key for key, _ in buttons(client.get("/screen/shelf").text)] == ["name", "name"]
    other = client_of(munshi, name="somebody else").post("/act/shelf", json={"undo": done["undo"]})
    assert (other.status_code, SHELF["<b>ledger"]) == (422, "lent")
    assert client.post("/act/shelf", json={"undo": done["undo"]}).status_code == 200
    assert SHELF["<b>ledger"] == "in"


def test_the_way_back_closes_after_a_while(munshi: Munshi, monkeypatch: pytest.MonkeyPatch):
    client = client_of(munshi)
    monkeypatch.setattr(acting, "UNDOABLE", -1.0)
    done = client.post("/act/shelf", json={"action": "lend", "told": {"book": "atlas"}}).json()
    told = client.post("/act/shelf", json={"undo": done["undo"]})
    assert told.status_code == 422
    assert "by hand" in told.json()["said"]


def test_a_form_asks_first_and_holds_what_the_row_says(munshi: Munshi):
    client = client_of(munshi)
    asked = client.get("/act/shelf/name", params={"told": '{"book": "<i>x", "state": "in"}'}).text
    assert "Of &lt;i&gt;x: sure?" in asked
    assert 'value="in"' in asked
    told = client.post("/act/shelf", json={"action": "name", "told": {"book": "atlas"}, "entered": {"state": ""}})
    assert (told.status_code, told.json()["said"]) == (422, "Fill in: State.")
    entered = {"state": "torn", "book": "<b>ledger", "other": "x"}
    client.post("/act/shelf", json={"action": "name", "told": {"book": "atlas"}, "entered": entered})
    assert SHELF == {"<b>ledger": "in", "atlas": "torn"}


@pytest.mark.parametrize(
    ("role", "sent", "headers", "status"),
    [
        ("viewer", {"action": "lend", "told": {"book": "atlas"}}, {}, 403),
        ("admin", {"action": "lend", "told": {"book": "atlas"}}, {}, 403),
        ("analyst", {"action": "burn", "told": {"book": "atlas"}}, {}, 404),
        ("analyst", {"action": "lend", "told": {"book": "codex"}}, {}, 422),
        ("analyst", {"action": "lend", "told": {}}, {}, 422),
        ("analyst", {"undo": "AAAA"}, {}, 422),
        ("analyst", ["lend"], {}, 400),
        ("analyst", {"action": "lend", "told": {"book": "atlas"}}, {"content-type": "text/plain"}, 400),
        ("analyst", {"action": "lend", "told": {"book": "atlas"}}, {"origin": "https://elsewhere.example"}, 403),
    ],
)
def test_nothing_is_done_that_may_not_be(munshi: Munshi, role: str, sent: object, headers: dict, status: int):
    before = dict(SHELF)
    told = client_of(munshi, role).post("/act/shelf", json=sent, headers=headers)
    assert told.status_code == status
    assert told.json()["said"]
    assert before == SHELF


def test_a_fault_is_told_with_its_number(munshi: Munshi, monkeypatch: pytest.MonkeyPatch, caplog):
    monkeypatch.setitem(OPERATIONS, "shelf.set", Operation(broken, "rules:write"))
    told = client_of(munshi).post("/act/shelf", json={"action": "lend", "told": {}})
    assert told.status_code == 500
    assert re.search(r"e_\w{8}", told.json()["said"])
    assert "ZeroDivisionError" not in told.text
