"""Keys, tokens and sessions over HTTP; the open sandbox; forgery, attempts and limits."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from live_server import serving

from api.app import create_app
from api.service import ATTEMPTS_PER_MINUTE, Service
from governance.identity.rights import Rights
from governance.settings import Settings
from tools.workspace import Workspace

PASSWORD = "nine blue tractors sing"
AWAY = {"X-Forwarded-For": "10.0.0.9"}
ME = "/api/v1/me"


@pytest.fixture(scope="module")
def bank(door_home: Path, demo_settings: Settings) -> Iterator[Service]:
    """Another workspace, which is no sandbox, with a person in it."""
    folder = door_home / "munshi" / "workspaces"
    shutil.copytree(folder / "demo", folder / "bank")
    (folder / "bank" / "control.sqlite").unlink(missing_ok=True)
    place = {"home": door_home / "munshi", "key_file": door_home / "config" / "master.key"}
    with Workspace.open("bank", demo_settings.model_copy(update={**place, "calls_per_minute": 5_000})) as workspace:
        made = Service(workspace, loopback=True)
        made.identity.users.add("Asha", PASSWORD, Rights("analyst"))
        yield made


@pytest.fixture
def closed(bank: Service) -> Iterator[httpx.Client]:
    bank.attempts._buckets.clear()
    with serving(create_app(bank)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_the_sandbox_is_open_to_this_machine_as_its_risk_manager_and_says_so(ask) -> None:
    told = ask("GET", ME, None).json()
    assert (told["name"], told["role"], told["open_sandbox"]) == ("local", "risk_manager", True)
    assert "pii:read" not in told["scopes"]


@pytest.mark.parametrize(
    "headers",
    [
        AWAY,
        {"Forwarded": "for=1.2.3.4"},
        {"Via": "1.1 proxy"},
        {"Host": "bank.example"},
        {"Host": "127.0.0.1.evil.example"},
    ],
    ids=str,
)
def test_it_is_not_open_to_who_comes_through_another_server(ask, headers: dict[str, str]) -> None:
    told = ask("GET", ME, None, headers=headers)
    assert (told.status_code, told.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                                     {"Origin": "null"}], ids=str)  # fmt: skip
def test_a_page_of_another_site_cannot_use_it(ask, headers: dict[str, str]) -> None:
    told = ask("POST", "/api/v1/tools/workspace_status", None, json={}, headers=headers)
    assert (told.status_code, told.json()["type"]) == (403, "urn:munshi:problem:forged")


def test_a_key_that_is_wrong_is_not_taken_for_the_open_sandbox(ask) -> None:
    for value in ("Bearer nonsense", "Bearer", "Basic YTpi", "Bearer munshi_000000000000_" + "A" * 43, "munshi"):
        assert ask("GET", ME, None, headers={"Authorization": value}).status_code == 401, value


def test_another_workspace_asks_everybody_who_he_is(closed: httpx.Client) -> None:
    assert closed.get(ME).status_code == 401
    assert closed.post("/api/v1/tools/workspace_status", json={}).status_code == 401
    assert closed.get("/metrics").status_code == 401
    assert closed.get("/healthz").status_code == 200


def test_a_person_signs_in_by_a_cookie_no_script_reads_and_out_again(closed: httpx.Client) -> None:
    told = closed.post("/api/v1/sessions", json={"name": "asha", "password": PASSWORD})
    assert told.status_code == 201
    cookie = told.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert closed.get(ME).json()["role"] == "analyst"
    without = closed.post("/api/v1/tools/workspace_status", json={})
    assert (without.status_code, without.json()["type"]) == (403, "urn:munshi:problem:forged")
    mine = {"X-CSRF-Token": told.json()["csrf_token"]}
    assert closed.post("/api/v1/tools/workspace_status", json={}, headers=mine).status_code == 200
    forged = closed.post("/api/v1/tools/workspace_status", json={}, headers={**mine, "Origin": "http://evil.example"})
    assert forged.status_code == 403
    kept = f"munshi={closed.cookies['munshi']}"
    assert closed.delete("/api/v1/sessions", headers=mine).status_code == 204
    assert closed.get(ME, headers={"Cookie": kept}).status_code == 401


def test_away_from_this_machine_the_cookie_travels_encrypted_only(closed: httpx.Client) -> None:
    told = closed.post("/api/v1/sessions", json={"name": "asha", "password": PASSWORD}, headers=AWAY)
    cookie = told.headers["set-cookie"]
    assert cookie.startswith("__Host-munshi=")
    assert "Secure" in cookie


def test_a_wrong_name_and_a_wrong_password_are_told_alike(closed: httpx.Client) -> None:
    told = [
        closed.post("/api/v1/sessions", json={"name": name, "password": "something else again"})
        for name in ("asha", "nobody")
    ]
    first, second = ({**each.json(), "instance": ""} for each in told)
    assert [each.status_code for each in told] == [401, 401]
    assert first == second


def test_attempts_from_one_address_are_counted(bank: Service, closed: httpx.Client) -> None:
    form = {"grant_type": "client_credentials", "client_id": "000000000000", "client_secret": "x"}
    codes = [closed.post("/api/v1/token", data=form).status_code for _ in range(ATTEMPTS_PER_MINUTE + 2)]
    assert set(codes) == {401, 429}
    assert codes.count(401) in (ATTEMPTS_PER_MINUTE, ATTEMPTS_PER_MINUTE + 1)
    told = closed.post("/api/v1/token", data=form)
    assert 1 <= int(told.headers["retry-after"]) <= 3
    assert told.json()["type"] == "urn:munshi:problem:too-many"


def test_a_key_with_a_limit_is_held_to_it(bank: Service, closed: httpx.Client) -> None:
    _, text = bank.identity.api_keys.create("slow", Rights("viewer"), per_minute=3)
    _, other = bank.identity.api_keys.create("other", Rights("viewer"))
    codes = [closed.get(ME, headers={"Authorization": f"Bearer {text}"}).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    token = closed.post("/api/v1/token", data={"grant_type": "client_credentials", "client_id": text.split("_")[1],
                                               "client_secret": text}).json()["access_token"]  # fmt: skip
    assert closed.get(ME, headers={"Authorization": f"Bearer {token}"}).status_code == 429
    assert closed.get(ME, headers={"Authorization": f"Bearer {other}"}).status_code == 200


def exchange(ask, key: str, **form: str) -> httpx.Response:
    _, key_id, secret = key.split("_", 2)
    sent = {"grant_type": "client_credentials", "client_id": key_id, "client_secret": secret, **form}
    return ask("POST", "/api/v1/token", None, data={name: value for name, value in sent.items() if value})


def test_a_machine_gets_a_token_for_its_key_in_the_form_or_in_the_header(ask, keys) -> None:
    told = exchange(ask, keys["service"]).json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == (
        "Bearer",
        900,
        "books:read models:read postings:write scores:read",
    )
    _, key_id, secret = keys["service"].split("_", 2)
    address, client = ask("GET", "/healthz").url, {"grant_type": "client_credentials"}
    basic = httpx.post(address.join("/api/v1/token"), data=client, auth=(key_id, secret))
    for token in (told["access_token"], basic.json()["access_token"]):
        me = ask("GET", ME, None, headers={"Authorization": f"Bearer {token}"}).json()
        assert (me["name"], me["role"]) == (f"key_{key_id}", "service")


def test_a_token_may_be_narrower_than_its_key_and_never_wider(ask, keys) -> None:
    narrow = exchange(ask, keys["service"], scope="models:read").json()
    bearer = {"Authorization": f"Bearer {narrow['access_token']}"}
    assert ask("GET", "/api/v1/models", None, headers=bearer).status_code == 200
    refused = ask("POST", "/api/v1/tools/workspace_status", None, json={}, headers=bearer)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:munshi:problem:refused")
    wide = exchange(ask, keys["service"], scope="pii:read")
    assert (wide.status_code, wide.json()["error"]) == (400, "invalid_scope")


#: What is sent, status, OAuth's word for it.
BAD_FORMS = (
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"grant_type": ""}, 400, "unsupported_grant_type"),
    ({"client_secret": "x"}, 401, "invalid_client"),
    ({"client_id": "../../x"}, 401, "invalid_client"),
    ({"customer_id": "C" * 65}, 400, "invalid_request"),
)


@pytest.mark.parametrize(("form", "status", "error"), BAD_FORMS)
def test_a_request_for_a_token_that_is_wrong_is_told_in_oauths_words(ask, keys, form, status, error) -> None:
    told = exchange(ask, keys["service"], **form)
    assert (told.status_code, told.json()["error"]) == (status, error)


def test_a_token_for_one_customer_sees_that_customer_alone(ask, keys, borrower: str) -> None:
    token = exchange(ask, keys["service"], customer_id=borrower).json()["access_token"]
    mine = {"Authorization": f"Bearer {token}"}
    other = ask("POST", "/api/v1/tools/top_risky_borrowers", json={"limit": 2}).json()["table"]["rows"][1][1]
    assert (
        ask("POST", "/api/v1/inference/credit-score", None, json={"customer_id": borrower}, headers=mine).json()[
            "customer_id"
        ]
        == borrower
    )
    for path in ("inference/credit-score", "inference/explain", "tools/customer_profile", "tools/explain_prediction"):
        told = ask("POST", f"/api/v1/{path}", None, json={"customer_id": other}, headers=mine)
        assert told.status_code == 404, path
        assert "among the 1 you may see" in told.json()["detail"]
    counted = ask("POST", "/api/v1/tools/query_metrics", None, json={"metrics": ["customers"]}, headers=mine)
    assert counted.json()["table"]["rows"] == [[1]]


def test_a_revoked_key_and_its_tokens_are_out_at_once(ask, keys) -> None:
    made = ask("POST", "/api/v1/keys", "admin", json={"label": "till", "role": "viewer"}).json()
    token = exchange(ask, made["key"]).json()["access_token"]
    for bearer in (made["key"], token):
        assert ask("GET", ME, None, headers={"Authorization": f"Bearer {bearer}"}).status_code == 200
    assert ask("POST", f"/api/v1/keys/{made['key_id']}/revoke", "admin").json()["revoked_at"] <= time.time()
    for bearer in (made["key"], token):
        assert ask("GET", ME, None, headers={"Authorization": f"Bearer {bearer}"}).status_code == 401


def test_a_rotated_key_is_followed_by_one_with_its_rights(ask) -> None:
    asked = {"label": "till", "role": "analyst", "scopes": ["books:read"], "partitions": {"city": ["Pune"]}}
    first = ask("POST", "/api/v1/keys", "admin", json=asked).json()
    second = ask("POST", f"/api/v1/keys/{first['key_id']}/rotate", "admin", json={"grace_days": 0}).json()
    assert ask("GET", ME, None, headers={"Authorization": f"Bearer {first['key']}"}).status_code == 401
    me = ask("GET", ME, None, headers={"Authorization": f"Bearer {second['key']}"}).json()
    assert (me["role"], me["scopes"], me["partitions"]) == ("analyst", ["books:read"], {"city": ["Pune"]})


def test_a_key_made_twice_under_one_idempotency_key_is_made_once_and_told_once(ask) -> None:
    once = {"Idempotency-Key": "make-the-till-key-1"}
    first, again = (ask("POST", "/api/v1/keys", "admin", json={"label": "till"}, headers=once) for _ in range(2))
    assert first.json()["key"].startswith("munshi_")
    assert again.json() == {**first.json(), "key": "shown once, with the first reply"}
    listed = ask("GET", "/api/v1/keys", "admin")
    assert [each["key_id"] for each in listed.json()["keys"]].count(first.json()["key_id"]) == 1
    assert first.json()["key"].split("_")[2] not in listed.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"label": "x", "role": "boss"}, "There is no role 'boss'"),
        ({"label": "x", "scopes": ["pii:read"]}, "The role service does not hold pii:read"),
        ({"label": "x", "partitions": {"town": ["Pune"]}}, "Rows cannot be partitioned by 'town'"),
        ({"label": " "}, "A key needs a label"),
        ({"label": "x", "days": 0}, "greater than 0"),
    ],
)
def test_a_key_that_cannot_be_made_is_told_why(ask, asked, said) -> None:
    told = ask("POST", "/api/v1/keys", "admin", json=asked)
    assert told.status_code == 422
    assert said in told.json()["detail"]


def test_who_sees_some_rows_only_makes_no_keys(ask, service: Service) -> None:
    _, bound = service.identity.api_keys.create("pune admin", Rights("admin", None, {"city": ("Pune",)}))
    told = ask("POST", "/api/v1/keys", None, json={"label": "x"}, headers={"Authorization": f"Bearer {bound}"})
    assert told.status_code == 403


def test_the_public_keys_are_where_they_are_looked_for(ask, keys) -> None:
    assert exchange(ask, keys["service"]).status_code == 200, "a key is made with the first token"
    for path in ("/.well-known/jwks.json", "/api/v1/jwks.json"):
        (key, *_) = ask("GET", path, None, headers=AWAY).json()["keys"]
        assert (key["kty"], key["crv"], "d" in key) == ("OKP", "Ed25519", False)
