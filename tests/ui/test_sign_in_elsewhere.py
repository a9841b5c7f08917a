"""The whole way in by another provider, as a browser goes it: there, back once, on with a session, and out again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from live_server import serving
from oidc_provider import AUDIENCE, CLIENT, SECRET, OidcProvider, oidc_provider
from pydantic import SecretStr

from api.app import create_app
from api.problems import add_handlers
from api.service import Service
from governance.oidc_settings import OidcSettings
from governance.settings import Settings
from tools.workspace import Workspace
from ui.elsewhere import BACK, BEGIN, LEFT, LOCAL_BEGUN
from ui.server import bound
from ui.sign_in import Gate, add_sign_in

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with oidc_provider() as served:
        yield served


@pytest.fixture(scope="module")
def munshi(
    shared_home: Path, demo_settings: Settings, provider: OidcProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a workspace whose people come by that provider alone."""
    home = tmp_path_factory.mktemp("elsewhere") / "home"
    shutil.copytree(shared_home, home, ignore=shutil.ignore_patterns("control.sqlite*"))
    (home / "munshi" / "workspaces" / "demo").rename(home / "munshi" / "workspaces" / "bank")
    with bound("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
    oidc = OidcSettings(issuer=provider.issuer, client_id=CLIENT, client_secret=SecretStr(SECRET), audience=AUDIENCE,
                        public_url=f"http://127.0.0.1:{port}", roles={"munshi-analysts": "analyst"},
                        name="Example Bank")  # fmt: skip
    place = {"home": home / "munshi", "key_file": home / "config" / "master.key", "oidc": oidc}
    with Workspace.open("bank", demo_settings.model_copy(update=place)) as workspace:
        service = Service(workspace, loopback=True)
        service.attempts._per_minute = 1_000
        app = create_app(service)
        add_handlers(app)
        add_sign_in(app, service)
        app.add_middleware(Gate, service=service)
        with serving(app, port) as address:
            yield address
    shutil.rmtree(home)


@pytest.fixture
def browser(munshi: str) -> Iterator[httpx.Client]:
    """A browser at the screen's address."""
    with httpx.Client(base_url=munshi, timeout=60) as client:
        yield client


def sent_back(browser: httpx.Client) -> dict[str, str]:
    """Begin, go through the provider; return what it sends back."""
    begun = browser.get(BEGIN)
    assert begun.status_code == 303
    return dict(parse_qsl(urlsplit(httpx.get(begun.headers["location"]).headers["location"]).query))


def test_a_person_goes_there_and_back_is_let_in_and_leaves_both(browser: httpx.Client, provider: OidcProvider) -> None:
    assert browser.get("/", headers=PAGE).headers["location"] == "/sign-in"
    assert f'<a href="{BEGIN}">Sign in with Example Bank</a>' in browser.get("/sign-in").text
    begun = browser.get(BEGIN)
    kept = begun.headers["set-cookie"]
    assert kept.startswith(f"{LOCAL_BEGUN}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in kept.split(";")}
    back = httpx.get(begun.headers["location"]).headers["location"]
    assert back.startswith(f"{str(browser.base_url).rstrip('/')}{BACK}?")
    told = browser.get(back)
    assert told.status_code == 200
    assert 'http-equiv="refresh" content="0;url=/"' in told.text  # a redirect would go without the session's cookie
    assert any("SameSite=strict" in each and "HttpOnly" in each for each in told.headers.get_list("set-cookie"))
    assert LOCAL_BEGUN not in browser.cookies
    me = browser.get("/api/v1/me").json()
    assert (me["role"], me["open_sandbox"]) == ("analyst", False)
    assert browser.get("/no-page-of-ours", headers=PAGE).status_code == 404  # past the gate
    out = browser.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, LEFT)
    assert browser.get("/api/v1/me").status_code == 401
    assert f"{provider.issuer}/leave?client_id={CLIENT}" in browser.get(LEFT).text


def test_what_came_back_lets_no_other_browser_in_and_nobody_twice(browser: httpx.Client, munshi: str) -> None:
    told = sent_back(browser)
    address = f"{BACK}?{urlencode(told)}"
    with httpx.Client(base_url=munshi) as thief:
        stolen = thief.get(address)
        assert (stolen.status_code, "set-cookie" in stolen.headers) == (401, False)
    assert browser.get(address).status_code == 401  # and what somebody else tried is good for nobody any more
    address = f"{BACK}?{urlencode(sent_back(browser))}"
    assert [browser.get(address).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize("query", ["", "state=x&code=y", "error=access_denied&error_description=%3Cb%3Ehello",
                                   "a=b&a=c", "state=" + "x" * 5_000, "&".join(f"a{n}=1" for n in range(40))],
                         ids=range(6))  # fmt: skip
def test_whatever_else_comes_back_is_a_sign_in_page_that_repeats_none_of_it(browser: httpx.Client, query: str) -> None:
    told = browser.get(f"{BACK}?{query}")
    assert told.status_code == 401
    assert "Begin again" in told.text
    assert "hello" not in told.text
    assert "munshi=" not in told.headers.get("set-cookie", "")


def test_another_sites_page_cannot_begin_a_sign_in(browser: httpx.Client) -> None:
    assert browser.get(BEGIN, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_provider_that_is_away_is_said_on_the_page(browser: httpx.Client, provider: OidcProvider) -> None:
    told = sent_back(browser)
    provider.away = True
    try:
        wrong = browser.get(f"{BACK}?{urlencode(told)}")
    finally:
        provider.away = False
    assert (wrong.status_code, "does not answer" in wrong.text) == (503, True)


def test_a_machine_brings_its_access_token_to_the_api(browser: httpx.Client, provider: OidcProvider) -> None:
    def asked(token: str) -> httpx.Response:
        return browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert asked(provider.access_token()).json()["role"] == "analyst"
    assert asked(provider.token(provider.claims(CLIENT))).status_code == 401
    assert asked(provider.access_token(roles=["nothing"])).status_code == 401
