"""Every endpoint × every role × own and other workspace × in and out of partition, asked of the running server."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.access_matrix import everything, may_call, page
from api.app import ENDPOINTS
from api.endpoint import PUBLIC
from api.service import Service
from governance.control import ControlStore
from governance.identity.rights import Rights
from governance.identity.store import Identity
from governance.keys import WorkspaceKeys
from governance.principal import ROLES

PAGE = Path(__file__).parents[2] / "docs" / "security" / "access-matrix.md"
#: Refused before anything else: not known; not permitted.
REFUSED = (401, 403)
AWAY = {"X-Forwarded-For": "10.0.0.9"}
#: Endpoints that say something of one customer.
OF_A_CUSTOMER = tuple(
    each for each in ENDPOINTS if "customer_id" in (each.example or {}) and not each.path.startswith("/privacy/")
)


def address_of(address: str) -> str:
    return address.replace("{key_id}", "0" * 12).replace("{name}", "nothing").replace("{", "").replace("}", "")


def asked(ask, method: str, address: str, bearer: str | None) -> int:
    """Ask with a body that no endpoint accepts where it has to be one: the guard comes before it."""
    headers = {**AWAY, **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
    body = {"json": {"no such": "argument"}} if method == "POST" else {}
    return ask(method, address_of(address), None, headers=headers, **body).status_code


@pytest.fixture(autouse=True)
def patient(service: Service) -> None:
    """Attempts are counted elsewhere."""
    service.attempts._buckets.clear()


def test_the_page_is_what_the_declarations_say() -> None:
    assert PAGE.read_text("utf-8") == page(), (
        "write it anew: python -m api.access_matrix > docs/security/access-matrix.md"
    )


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_past_the_guards_the_page_says_and_no_others(ask, keys, role: str) -> None:
    for address, endpoint in everything():
        status = asked(ask, endpoint.method, address, keys[role])
        if may_call(role, endpoint):
            assert status not in REFUSED, (role, endpoint.method, address, status)
            assert status < 500, (role, endpoint.method, address, status)
        else:
            assert status == 403, (role, endpoint.method, address, status)


def test_nobody_gets_past_any_guard(ask) -> None:
    for address, endpoint in everything():
        status = asked(ask, endpoint.method, address, None)
        assert (status == 401) is (endpoint.access != PUBLIC), (endpoint.method, address, status)


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A compliance key and a token of another workspace; one of them by the name of this one."""
    made = []
    for name in ("other", "demo"):
        folder = tmp_path_factory.mktemp("strangers") / name
        folder.mkdir()
        control = ControlStore.in_folder(folder, WorkspaceKeys(bytes(32)))
        identity = Identity(control)
        _, key = identity.api_keys.create("x", Rights("compliance"))
        made += [key, identity.token_for(identity.bearer(key)[0]).text]
        control.close()
    return made


def test_a_caller_of_another_workspace_gets_past_no_guard(ask, strangers: list[str]) -> None:
    for address, endpoint in everything():
        if endpoint.access != PUBLIC:
            for bearer in strangers:
                assert asked(ask, endpoint.method, address, bearer) == 401, (endpoint.method, address)


def test_a_refusal_for_want_of_a_scope_is_audited(ask, service: Service, keys) -> None:
    assert ask("GET", "/api/v1/audit/verify", "viewer").status_code == 403
    last = service.workspace.control.audit_entries()[-1]
    assert (last["action"], last["outcome"], last["details"]) == (
        "GET /audit/verify",
        "refused",
        '{"scope": "audit:read"}',
    )


@pytest.fixture(scope="module")
def pune(service: Service) -> dict[str, str]:
    """Role → a key of it that sees Pune only."""
    rows = {"city": ("Pune",)}
    roles = [role for role, scopes in ROLES.items() if scopes & {"books:read", "scores:read"}]
    return {role: service.identity.api_keys.create(role, Rights(role, None, rows))[1] for role in roles}


@pytest.fixture(scope="module")
def borrowers(service: Service) -> dict[str, str]:
    """A borrower of Pune whom every model scores, and one from elsewhere."""
    sql = (
        "SELECT customer_id FROM semantic.borrowers SEMI JOIN semantic.leavers USING (customer_id) "
        "WHERE city {} 'Pune' ORDER BY rank LIMIT 1"
    )
    return {where: service.workspace.query(service.local, sql.format(sign)).rows[0][0]
            for where, sign in (("in", "="), ("out", "<>"))}  # fmt: skip


def test_there_are_endpoints_that_say_something_of_a_customer() -> None:
    assert {each.path for each in OF_A_CUSTOMER} >= {
        "/tools/customer_profile", "/tools/explain_prediction", "/inference/credit-score", "/inference/explain",
    }  # fmt: skip


@pytest.mark.parametrize("endpoint", OF_A_CUSTOMER, ids=lambda each: each.path)
def test_a_customer_out_of_the_partition_is_not_there_for_any_role(ask, pune, borrowers, endpoint) -> None:
    for role, key in pune.items():
        bearer = {"Authorization": f"Bearer {key}"}
        told = {
            where: ask(
                "POST",
                f"/api/v1{endpoint.path}",
                None,
                json={**(endpoint.example or {}), "customer_id": customer},
                headers=bearer,
            )
            for where, customer in borrowers.items()
        }
        wanted = {"in": 200, "out": 404} if may_call(role, endpoint) else {"in": 403, "out": 403}
        assert {where: each.status_code for where, each in told.items()} == wanted, role


def test_lists_and_counts_hold_the_partition_alone(ask, service: Service, pune) -> None:
    bearer = {"Authorization": f"Bearer {pune['risk_manager']}"}
    inside = {row[0] for row in service.workspace.query(
        service.local, "SELECT customer_id FROM books.core.customers WHERE city = 'Pune'").rows}  # fmt: skip
    ranked = ask("POST", "/api/v1/tools/top_risky_borrowers", None, json={"limit": 1000}, headers=bearer).json()
    assert {row[1] for row in ranked["table"]["rows"]} <= inside
    tool, asked, in_pune = "/api/v1/tools/query_metrics", {"metrics": ["customers"]}, {"field": "city", "value": "Pune"}
    counted = ask("POST", tool, None, json=asked, headers=bearer).json()["table"]["rows"]
    assert counted == ask("POST", tool, json={**asked, "filters": [in_pune]}).json()["table"]["rows"]
    assert counted != ask("POST", tool, json=asked).json()["table"]["rows"]
