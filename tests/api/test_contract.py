"""The served interface held to its own description: every operation, with data as described and not as described.

`make fuzz` asks the same with many more examples: MUNSHI_FUZZ_EXAMPLES.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from live_server import serving
from schemathesis import checks
from schemathesis.generation import GenerationMode

from api.app import ENDPOINTS, create_app
from api.endpoint import PUBLIC, SIGNED_IN, Endpoint, shadowed
from api.openapi import ADDRESS
from api.service import Service
from governance.identity.rights import Rights
from governance.principal import ROLES
from governance.settings import Settings
from tools.inline_rows import MOST_POSTINGS
from tools.webhooks.courier import Courier
from tools.workspace import Workspace

EXAMPLES = int(os.environ.get("MUNSHI_FUZZ_EXAMPLES", "1"))
NAMED = {f"{each.method} {each.path}": each for each in ENDPOINTS}
#: Checks that ask what this description does not promise: that whatever has the shape of a request can be answered
#: (a tool's arguments must also name what exists), and that a run leaves nothing behind (each case stands alone here).
LEFT = ("positive_data_acceptance", "use_after_free", "ensure_resource_availability", "ignored_auth")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
AWAY = {"X-Forwarded-For": "10.0.0.9"}


@dataclass
class Served:
    """The server under test, its description as it tells it, and a key that opens each endpoint."""

    schema: Any
    address: str
    keys: dict[str, str]

    def key_for(self, endpoint: Endpoint) -> dict[str, str]:
        role = next(role for role in ("risk_manager", *ROLES)
                    if endpoint.access in (PUBLIC, SIGNED_IN) or endpoint.access in ROLES[role])  # fmt: skip
        return {"Authorization": f"Bearer {self.keys[role]}"}


@pytest.fixture(scope="module")
def served(shared_home: Path, demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A sandbox of its own: what comes in may change it."""
    home = tmp_path_factory.mktemp("contract") / "home"
    shutil.copytree(shared_home, home)
    place = {"home": home / "munshi", "key_file": home / "config" / "master.key", "calls_per_minute": 1_000_000}
    with Workspace.open("demo", demo_settings.model_copy(update=place)) as workspace:
        service = Service(workspace, loopback=False)
        service.attempts._per_minute = 1_000_000
        service.courier = Courier(workspace, service.webhooks, resolve=nowhere)
        keys = {role: service.identity.api_keys.create(role, Rights(role))[1] for role in ROLES}
        app = create_app(service)
        with serving(app) as address:
            schema = schemathesis.openapi.from_url(f"{address}{ADDRESS}/openapi.json")
            schema.config.update(base_url=f"{address}{ADDRESS}")
            yield Served(schema, address, keys)
        service.courier.stop()  # also where the server did not wait for it to end
        service.batch.stop()
        assert not any(thread is not None and thread.is_alive() for thread in (
            service.courier._thread, service.batch._thread))  # fmt: skip
    shutil.rmtree(home)


def nowhere(*_: object) -> list[str]:
    """Names mean nothing here: what is made up as a webhook's address is not called."""
    return []


def left_out() -> list[Any]:
    return [checks.CHECKS.get_one(name) for name in LEFT]


def every_case(
    served: Served, endpoint: Endpoint, mode: GenerationMode, headers: dict[str, str], examples: int = EXAMPLES
) -> set[int]:
    """Ask one operation with generated requests, hold each answer to the description; return the statuses."""
    operation = served.schema[endpoint.path][endpoint.method]
    seen: set[int] = set()

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        response = case.call_and_validate(headers={**AWAY, **headers}, excluded_checks=left_out(), timeout=120)
        seen.add(response.status_code)

    ask()
    return seen


def refusable(endpoint: Endpoint) -> bool:
    """Whether there is anything to send it that is not as described."""
    return "{" in endpoint.path or endpoint.method == "POST"


@pytest.mark.parametrize("name", NAMED)
def test_an_operation_answers_as_described(served: Served, name: str) -> None:
    endpoint = NAMED[name]
    for mode in MODES if refusable(endpoint) else MODES[:1]:
        assert every_case(served, endpoint, mode, served.key_for(endpoint)), mode


def test_without_a_key_every_operation_says_401_as_described(served: Served) -> None:
    for name, endpoint in NAMED.items():
        if endpoint.access != PUBLIC:
            assert every_case(served, endpoint, GenerationMode.POSITIVE, {}, 1) == {401}, name


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [("GET", "/rules/check", "POST"), ("POST", "/reviews/decided", "GET"), ("OPTIONS", "/keys", "GET, POST"),
     ("PUT", "/jobs/b_0000000000000000", "DELETE, GET"), ("DELETE", "/tools/run_sql", "POST")],
)  # fmt: skip
def test_an_address_tells_every_method_that_it_takes(served: Served, method: str, path: str, allow: str) -> None:
    told = httpx.request(method, f"{served.address}{ADDRESS}{path}")
    assert (told.status_code, told.headers["allow"]) == (405, allow)
    assert told.headers["content-type"] == "application/problem+json"


def test_a_place_in_an_address_shadows_no_address_without_one() -> None:
    assert shadowed(ENDPOINTS) == {"/rules/check": ["GET"], "/reviews/decided": ["POST"]}


def test_as_many_rows_as_are_promised_are_read(served: Served) -> None:
    posting = {"posted_at": "2026-05-01T10:00:00", "amount": "-1.00", "narration": "POS 416021XXXXXX1234 DMART"}
    asked = {"transactions": [posting] * (MOST_POSTINGS + 1)}
    headers = {"Authorization": f"Bearer {served.keys['risk_manager']}"}
    told = httpx.post(f"{served.address}{ADDRESS}/inference/credit-score", json=asked, headers=headers, timeout=60)
    assert told.status_code == 422, "read, and refused for its one row too many"
    assert told.json()["faults"][0]["where"] == "body.transactions"


def test_a_text_that_no_database_holds_is_refused_as_an_argument(served: Served) -> None:
    headers = {"Authorization": f"Bearer {served.keys['risk_manager']}"}
    for name, asked in (("customer_profile", {"customer_id": "C\0"}), ("model_card", {"model": "\0"})):
        told = httpx.post(f"{served.address}{ADDRESS}/tools/{name}", json=asked, headers=headers, timeout=60)
        assert told.status_code in (404, 422), (name, told.text)
