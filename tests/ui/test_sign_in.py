"""The screen's gate over a real server: the sandbox opens on this machine, every other workspace asks who is there."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.service import Service
from governance.identity.rights import Rights
from governance.settings import Settings
from tools.workspace import Workspace

sys.path.insert(0, str(Path(__file__).parents[1] / "api"))
from live_server import serving

PASSWORD = "nine blue tractors sing"
PAGE = {"Accept": "text/html"}
#: Gradio's own addresses: what shows the page, what runs an event, what lists everything.
GUARDED = (("GET", "/"), ("GET", "/config"), ("GET", "/gradio_api/info"), ("GET", "/gradio_api/queue/data"),
           ("POST", "/gradio_api/queue/join"), ("POST", "/gradio_api/upload"), ("GET", "/anything"))  # fmt: skip


@pytest.fixture(scope="module")
def services(shared_home: Path, demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    home = tmp_path_factory.mktemp("gate") / "home"
    shutil.copytree(shared_home, home)
    folder = home / "munshi" / "workspaces"
    shutil.copytree(folder / "demo", folder / "bank")
    (folder / "bank" / "control.sqlite").unlink(missing_ok=True)
    place = {"home": home / "munshi", "key_file": home / "config" / "master.key"}
    settings = demo_settings.model_copy(update=place)
    with Workspace.open("demo", settings) as demo, Workspace.open("bank", settings) as bank:
        yield {each.name: Service(each, loopback=True) for each in (demo, bank)}


@pytest.fixture(scope="module")
def addresses(services: dict[str, Service]) -> Iterator[dict[str, str]]:
    from ui.server import served_app

    services["bank"].identity.users.add("Asha", PASSWORD, Rights("viewer"))
    services["bank"].identity.users.add("Ravi", PASSWORD, Rights("analyst", None, {"city": ("Pune",)}))
    with serving(served_app(services["demo"])) as demo, serving(served_app(services["bank"])) as bank:
        yield {"demo": demo, "bank": bank}


@pytest.fixture
def bank(addresses: dict[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=addresses["bank"], timeout=60) as client:
        yield client


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return client.post("/sign-in", data={"name": name, "password": password}, headers=headers)


def test_the_sandbox_shows_its_page_on_this_machine_and_nowhere_else(addresses) -> None:
    with httpx.Client(base_url=addresses["demo"], timeout=60) as client:
        assert client.get("/", headers=PAGE).status_code == 200
        away = client.get("/", headers={**PAGE, "X-Forwarded-For": "10.0.0.9"})
        assert (away.status_code, away.headers["location"]) == (303, "/sign-in")


def test_no_address_of_the_screen_is_open_without_a_session(bank: httpx.Client) -> None:
    for method, path in GUARDED:
        assert bank.request(method, path).status_code == 401, path
    told = bank.get("/", headers=PAGE)
    assert (told.status_code, told.headers["location"]) == (303, "/sign-in")


def test_a_person_signs_in_sees_the_screen_and_signs_out(bank: httpx.Client) -> None:
    page = bank.get("/sign-in")
    assert "Workspace bank" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    wrong = sign_in(bank, "asha", "something else again")
    assert (wrong.status_code, "wrong, or there were too many" in wrong.text) == (401, True)
    assert sign_in(bank, "asha", Origin="http://evil.example").status_code == 403
    told = sign_in(bank, "asha")
    assert (told.status_code, told.headers["location"]) == (303, "/")
    assert bank.get("/", headers=PAGE).status_code == 200
    assert bank.get("/config").json()["title"] == "Munshi"
    evil = bank.post("/gradio_api/queue/join", json={}, headers={"Origin": "http://evil.example"})
    assert evil.status_code == 403
    cookie = {"Cookie": f"munshi={bank.cookies['munshi']}"}
    assert bank.post("/sign-out").headers["location"] == "/sign-in"
    assert bank.get("/config", headers=cookie).status_code == 401


def test_a_name_is_written_on_the_page_as_text(bank: httpx.Client) -> None:
    told = sign_in(bank, "<img src=x onerror=alert(1)>", "x")
    assert "<img" not in told.text


def test_each_person_has_a_desk_of_his_own_with_his_own_rights(services: dict[str, Service], addresses) -> None:
    from ui.desks import Desks

    service = services["bank"]
    people = {user.name: user.user_id for user in service.identity.users.list()}
    desks = Desks(service)
    asha, ravi = desks.of(people["Asha"]), desks.of(people["Ravi"])
    assert "Asha · viewer" in asha.header()
    assert "Ravi · analyst" in ravi.header()
    question = "How many customers are there?"
    counts = {name: list(desk.ask({}, question))[-1] for name, desk in (("Asha", asha), ("Ravi", ravi))}
    in_pune = "SELECT count(*) FROM books.core.customers WHERE city = 'Pune'"
    everyone = "SELECT count(*) FROM books.core.customers"
    for name, sql in (("Asha", everyone), ("Ravi", in_pune)):
        counted = service.workspace.query(service.local, sql).rows[0][0]
        assert str(counted) in counts[name].conversation
    refused = list(asha.ask({}, "Who are my top 5 risky borrowers?"))[-1]
    assert "scores:read" in refused.conversation
    stolen = ravi.pick(counts["Asha"].state, 0)
    assert stolen.state["answers"] == []
    assert question not in stolen.conversation


def test_who_is_disabled_loses_his_screen(services: dict[str, Service], bank: httpx.Client) -> None:
    service = services["bank"]
    service.identity.users.add("Tara", PASSWORD, Rights("viewer"))
    sign_in(bank, "tara")
    assert bank.get("/config").status_code == 200
    service.identity.users.disable("tara")
    service.identity.forget()
    assert bank.get("/config").status_code == 401
