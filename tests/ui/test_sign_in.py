"""The screen's gate over a real server: the sandbox opens on this machine, every other workspace asks who is there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from serving import served_by

from api.service import Service
from governance.identity.rights import Rights
from governance.identity.store import BELIEVED
from governance.settings import Settings
from tools.operations.access import identity_of
from tools.toolbox import Toolbox
from tools.workspace import Workspace

PASSWORD = "nine blue tractors sing"
PAGE = {"Accept": "text/html"}
#: Gradio's own addresses: what shows the page, what runs an event, what lists everything.
GUARDED = (("GET", "/"), ("GET", "/config"), ("GET", "/gradio_api/info"), ("GET", "/gradio_api/queue/data"),
           ("POST", "/gradio_api/queue/join"), ("POST", "/gradio_api/upload"), ("GET", "/anything"))  # fmt: skip


@pytest.fixture(scope="module")
def place(shared_home: Path, demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with the sandbox, and with another workspace in which three people may sign in."""
    home = tmp_path_factory.mktemp("gate") / "home"
    shutil.copytree(shared_home, home)
    folder = home / "munshi" / "workspaces"
    shutil.copytree(folder / "demo", folder / "bank")
    (folder / "bank" / "control.sqlite").unlink(missing_ok=True)
    lies = {"home": home / "munshi", "key_file": home / "config" / "master.key"}
    settings = demo_settings.model_copy(update=lies)
    with identity_of("bank", settings) as (_, identity):
        identity.users.add("Asha", PASSWORD, Rights("viewer"))
        identity.users.add("Ravi", PASSWORD, Rights("analyst", None, {"city": ("Pune",)}))
        identity.users.add("Tara", PASSWORD, Rights("viewer"))
    return settings


@pytest.fixture(scope="module")
def addresses(place: Settings) -> Iterator[dict[str, str]]:
    """`munshi serve` of both."""
    where = {"MUNSHI_HOME": str(place.home), "MUNSHI_KEY_FILE": str(place.key_file)}
    command = ("-m", "ui.cli", "serve", "--workspace")
    with (
        served_by(*command, "demo", "--port", seconds=300, **where) as demo,
        served_by(*command, "bank", "--port", seconds=300, **where) as bank,
    ):
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


def test_each_person_has_a_desk_of_his_own_with_his_own_rights(place: Settings) -> None:
    from ui.desks import Desks

    with Workspace.open("bank", place) as workspace:
        service = Service(workspace, loopback=True)
        people = {user.name: user.user_id for user in service.identity.users.list()}
        desks = Desks(service)
        asha, ravi = desks.of(people["Asha"]), desks.of(people["Ravi"])
        assert "Asha · viewer" in asha.header()
        assert "Ravi · analyst" in ravi.header()
        question = "How many customers are there?"
        shown = {name: list(desk.ask({}, question))[-1] for name, desk in (("Asha", asha), ("Ravi", ravi))}
        counts = {name: desk.state["answers"][0]["table"]["rows"][0][0] for name, desk in shown.items()}
        for name in counts:
            caller = Toolbox(workspace, service.principal_named(people[name]))
            assert caller.query_metrics(metrics=["customers"]).table.rows[0][0] == counts[name]
        assert 0 < counts["Ravi"] < counts["Asha"]
        asked = list(asha.ask({}, "Who are my top 5 risky borrowers?"))[-1]
        assert asked.state["answers"][0]["status"] in ("refused", "abstained")
        assert asked.state["answers"][0]["table"] is None
        stolen = ravi.pick(shown["Asha"].state, 0)
        assert stolen.state["answers"] == []
        assert question not in stolen.conversation


def test_who_is_disabled_loses_his_screen(place: Settings, bank: httpx.Client) -> None:
    sign_in(bank, "tara")
    assert bank.get("/config").status_code == 200
    with identity_of("bank", place) as (_, identity):
        identity.users.disable("tara")
    time.sleep(BELIEVED)
    assert bank.get("/config").status_code == 401
