"""What the browser is given at ``/screen``: whose it is, what is kept, what is told when it cannot be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.munshi import Munshi
from governance.control import ControlStore
from governance.principal import Principal
from governance.settings import Settings
from ui.pages import door
from ui.pages.door import add_pages

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def munshi(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Munshi]:
    with Munshi.open("demo", settings=demo_settings) as opened:
        audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"  # refusals leave the shared books alone
        opened.workspace.control = ControlStore(audit, "demo", opened.workspace.keys)
        yield opened


def client_of(munshi: Munshi, role: str = "risk_manager", **partitions: tuple[str, ...]) -> TestClient:
    app = FastAPI()
    caller = Munshi(munshi.workspace, Principal(f"the {role}", "demo", role, partitions))
    add_pages(app, lambda _: caller)
    return TestClient(app)


@pytest.fixture(scope="module")
def client(munshi: Munshi) -> TestClient:
    return client_of(munshi)


def test_a_page_comes_without_being_kept_by_the_browser(client: TestClient):
    told = client.get("/screen/customers")
    assert told.status_code == 200
    assert told.headers["cache-control"] == "no-store"
    assert "200 of" in told.text or "borrowers, the riskiest first" in told.text


def test_an_address_that_leads_nowhere_names_the_pages(client: TestClient):
    told = client.get("/screen/nowhere")
    assert told.status_code == 404
    assert 'href="#/overview"' in told.text
    assert 'href="#/customer"' not in told.text
    assert client.get("/screen/overview?block=nowhere").status_code == 404


def test_a_value_that_does_not_occur_narrows_nothing(client: TestClient):
    whole, wrong = (client.get(f"/screen/customers{end}").text for end in ("", "?region=Atlantis"))
    assert wrong == whole
    assert client.get("/screen/customers?region=West").text != whole


@pytest.mark.parametrize("address", ["/screen/customer?of={}", "/screen/customers?region={}", "/screen/{}"])
def test_what_stands_in_the_address_stays_text(client: TestClient, address: str):
    told = client.get(address.format(HOSTILE))
    assert HOSTILE not in told.text


def test_a_statement_holds_what_the_address_says_as_a_text(client: TestClient):
    told = client.get("/screen/customer", params={"of": "C_1' OR '1'='1", "block": "timeline"})
    assert told.status_code == 200
    assert "No row matches" in told.text
    told = client.get("/screen/customer", params={"of": "$where", "block": "timeline", "transaction": "$of"})
    assert "No row matches" in told.text


def test_a_second_visit_asks_the_books_nothing(munshi: Munshi, monkeypatch: pytest.MonkeyPatch):
    client, asked = client_of(munshi), []
    address = "/screen/customers?block=active"
    query = munshi.workspace.query
    monkeypatch.setattr(munshi.workspace, "query", lambda *given: asked.append(given) or query(*given))
    first = client.get(address).text
    assert asked
    asked.clear()
    assert client.get(address).text == first
    assert asked == []
    monkeypatch.setattr(munshi.workspace.lake, "publish_id", lambda: "published anew")
    client.get(address)
    assert asked


def test_pages_of_two_callers_are_never_mixed_up(munshi: Munshi):
    app, callers = FastAPI(), {}
    add_pages(app, lambda _: callers["now"])
    client = TestClient(app)
    callers["now"] = Munshi(munshi.workspace, Principal("the risk_manager", "demo", "risk_manager"))
    whole = client.get("/screen/customers").text
    callers["now"] = Munshi(munshi.workspace, Principal("west", "demo", "analyst", {"region": ("West",)}))
    west = client.get("/screen/customers").text
    assert west != whole
    assert '<option value="South">' in whole
    assert '<option value="South">' not in west


def test_a_viewer_is_shown_locks_with_the_permission_that_opens_them(munshi: Munshi):
    client = client_of(munshi, "viewer")
    page = client.get("/screen/overview").text
    assert page.count("Not within your permissions") == 2
    assert "scores:read" in page
    told = client.get("/screen/portfolio")
    assert told.status_code == 403
    assert "scores:read" in told.text


def test_names_are_masked_but_for_those_who_may_see_them(munshi: Munshi, client: TestClient):
    sql = "SELECT customer_id, full_name FROM books.core.customers ORDER BY 1 LIMIT 1"
    (customer, name), *_ = munshi.workspace.query(munshi.principal, sql).rows
    assert name not in client.get(f"/screen/customer?of={customer}").text
    assert "masked" in client.get(f"/screen/customer?of={customer}").text
    assert name in client_of(munshi, "compliance").get(f"/screen/customer?of={customer}").text


def test_a_fault_is_told_with_its_number(client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("scripted")

    monkeypatch.setattr(door, "facts_of", broken)
    told = client.get("/screen/overview?region=South")
    assert told.status_code == 500
    assert "your books are unharmed" in told.text.lower()
    assert "ZeroDivisionError" not in told.text
    assert any("incident e_" in record.getMessage() for record in caplog.records)
