"""The clients and the Postman collection: made of the description, and driven against a running server."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from api.app import ENDPOINTS, description
from api.sdk.made import made
from api.sdk.operations import models, operations
from api.sdk.types import python, typescript
from assistant.answer import Step
from ui.python_text import ADDRESS, python_text

ROOT = Path(__file__).parents[2]
TYPESCRIPT = ROOT / "sdk" / "typescript"
POSTMAN = ROOT / "docs" / "examples" / "postman"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return description()


@pytest.fixture(scope="module")
def library() -> Iterator[ModuleType]:
    folder = str(ROOT / "sdk" / "python")
    sys.path.append(folder)
    yield importlib.import_module("munshi_client")
    sys.path.remove(folder)


@pytest.fixture(scope="module")
def client(library: ModuleType, address: str, keys: dict[str, str]) -> Iterator[Any]:
    with library.Munshi(address, keys["risk_manager"]) as made_client:
        yield made_client


def test_what_is_committed_is_what_the_description_makes(document: dict[str, Any]) -> None:
    for place, content in made(document).items():
        assert (ROOT / place).read_text("utf-8") == content, f"write {place} anew: python -m api.sdk"


def test_the_description_that_is_served_is_the_one_the_clients_are_made_of(ask, document) -> None:
    assert ask("GET", "/api/v1/openapi.json", None).json() == json.loads(json.dumps(document))


def test_every_operation_has_a_name_of_its_own(document) -> None:
    names = [each.name for each in operations(document)]
    assert len(names) == len(ENDPOINTS) == len(set(names))


@pytest.mark.parametrize(
    ("schema", "in_python", "in_typescript"),
    [
        ({"type": "string", "format": "date"}, "dt.date", "string"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, "int | None", "number | null"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, 'list[Literal["a", "b"]]', '("a" | "b")[]'),
        ({"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Fact"}}, "dict[str, Fact]",
         "Record<string, Fact>"),
        ({"type": ["integer", "string"]}, "int | str", "number | string"),
        ({}, "Any", "unknown"),
    ],
)  # fmt: skip
def test_a_schema_becomes_a_type(schema, in_python, in_typescript) -> None:
    assert (python(schema), typescript(schema)) == (in_python, in_typescript)


def test_a_call_comes_back_typed(client, borrower: str) -> None:
    ranked = client.top_risky_borrowers(limit=3)
    assert [column.name for column in ranked.table.columns][1] == "customer_id"
    assert ranked.table.rows[0][1] == borrower
    score = client.infer_credit_score(customer_id=borrower)
    assert 0 < score.probability_of_default < 1
    assert client.me().role == "risk_manager"


def test_pages_hold_every_row_once(client) -> None:
    rows = list(client.rows(client.top_risky_borrowers, page_size=7, limit=20))
    assert [row["customer_id"] for row in rows] == [row[1] for row in client.top_risky_borrowers(limit=20).table.rows]


def test_a_stream_tells_steps_and_then_the_answer(client, library) -> None:
    *steps, answer = client.stream_chat("How many customers are there?")
    assert {type(each).__name__ for each in steps} <= {"Step"}
    assert (answer.status, answer.grounded) == ("answered", True)


def test_problems_are_errors_of_their_kind(client, library, address: str, keys) -> None:
    with pytest.raises(library.NotThere) as problem:
        client.customer_profile(customer_id="nobody")
    assert problem.value.type == "urn:munshi:problem:not-there"
    assert problem.value.request_id
    with pytest.raises(library.Malformed, match="limit"):
        client.top_risky_borrowers(limit=0)
    with library.Munshi(address, keys["viewer"]) as viewer, pytest.raises(library.Refused):
        viewer.list_keys()
    with library.Munshi(address, "munshi_wrong") as stranger, pytest.raises(library.NotSignedIn):
        stranger.me()


def test_a_key_asked_for_twice_under_one_idempotency_key_is_made_once(library, address: str, keys) -> None:
    with library.Munshi(address, keys["admin"]) as admin:
        once = {"label": "till", "idempotency_key": "client-test-key-1"}
        assert admin.create_key(**once).key_id == admin.create_key(**once).key_id
        assert admin.create_key(label="till").key_id != admin.create_key(label="till").key_id


def test_an_awaited_client_does_the_same(library, address: str, keys) -> None:
    async def asked() -> tuple[int, str, int]:
        async with library.AsyncMunshi(address, keys["risk_manager"]) as one:
            rows = [row async for row in one.rows(one.top_risky_borrowers, page_size=4, limit=9)]
            events = [event async for event in one.stream_chat("How many customers are there?")]
            both = await asyncio.gather(one.me(), one.list_models())
            return len(rows), events[-1].status, len(both[1].models)

    rows, status, serving = asyncio.run(asked())
    assert (rows, status) == (9, "answered")
    assert serving >= 1


def scripted(library, answers: list[Any], **options: Any) -> tuple[Any, list[httpx.Request]]:
    """A client whose server gives these answers in turn."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        given = answers[len(seen) - 1]
        if isinstance(given, Exception):
            raise given
        return given

    return library.Munshi("http://munshi.test", transport=httpx.MockTransport(answer), **options), seen


def busy(status: int = 503) -> httpx.Response:
    return httpx.Response(status, headers={"Retry-After": "0"}, json={"title": "busy", "detail": "Wait."})


def test_what_may_be_tried_again_is_and_under_the_same_idempotency_key(library) -> None:
    made_key = {
        "key_id": "0" * 12,
        "label": "x",
        "role": "service",
        "scopes": [],
        "partitions": {},
        "key": "k",
        "per_minute": None,
        "created_at": 0.0,
        "expires_at": None,
        "revoked_at": None,
        "last_used_at": None,
    }
    one, seen = scripted(library, [httpx.ConnectError("no"), busy(502), httpx.Response(201, json=made_key)])
    assert one.create_key(label="x").key == "k"
    assert len({request.headers["idempotency-key"] for request in seen}) == 1
    one, seen = scripted(library, [busy(429), httpx.Response(204)])
    assert one.remove_webhook("wh_000000000000") is None
    assert len(seen) == 2


def test_what_may_not_be_tried_again_is_not(library) -> None:
    one, seen = scripted(library, [httpx.ReadTimeout("?")])
    with pytest.raises(library.ConnectionFailed):
        one.draft_rules(content="rules: []", reason="x")
    assert len(seen) == 1
    one, seen = scripted(library, [busy()] * 3, retries=2)
    with pytest.raises(library.Unavailable, match="Wait"):
        one.me()
    assert len(seen) == 3


def test_an_address_is_quoted_and_what_is_not_given_is_not_sent(library) -> None:
    letter = {"case_id": "v", "customer_id": "a/b", "reviewed": False, "reasons": [], "text": ""}
    one, seen = scripted(library, [httpx.Response(200, json=letter), httpx.Response(200, json={"title": "t"})])
    one.draft_letter("a/b ?")
    one.top_risky_borrowers(limit=5)
    assert seen[0].url.raw_path == b"/api/v1/letters/a%2Fb%20%3F"
    assert (json.loads(seen[1].content), seen[1].url.query) == ({"limit": 5}, b"")


def test_an_event_is_known_by_its_signature(library) -> None:
    webhooks = importlib.import_module("munshi_client.webhooks")
    from tools.webhooks.sending import headers_of

    secret, body = "whsec_" + "QUJDRA==", '{"type":"job.finished"}'
    headers = headers_of(secret, "evt_1", int(time.time()), body)
    webhooks.verify(secret, headers, body)
    for changed in (
        (secret, headers, body + " "), ("whsec_QUJDRQ==", headers, body), (secret, {}, body),
        (secret, headers_of(secret, "evt_1", int(time.time()) - 900, body), body),
    ):  # fmt: skip
        with pytest.raises(webhooks.NotGenuine):
            webhooks.verify(*changed)


SCRIPT = """
import { Munshi, Problem } from "%s";
const client = new Munshi({ baseUrl: process.env.ADDRESS, key: process.env.KEY });
const ranked = await client.topRiskyBorrowers({ limit: 9 });
let rows = 0;
const paged = client.pages((page) => client.topRiskyBorrowers({ limit: 9, ...page }), 4);
for await (const page of paged) rows += page.table.rows.length;
let last;
for await (const event of client.streamChat({ question: "How many customers are there?" })) last = event;
let problem;
try { await client.customerProfile({ customer_id: "nobody" }); } catch (error) { problem = error; }
console.log(JSON.stringify({ first: ranked.table.rows[0][1], rows, last: last.kind, status: last.answer.status,
  problem: problem instanceof Problem ? problem.type : String(problem) }));
"""


def test_the_typescript_client_compiles_and_calls(address: str, keys, borrower: str, tmp_path: Path) -> None:
    node, local = shutil.which("node"), TYPESCRIPT / "node_modules" / ".bin" / "tsc"
    compiler = str(local) if local.exists() else shutil.which("tsc")
    if node is None or compiler is None:
        pytest.skip("node and tsc are not both here (npm install in sdk/typescript): only drift is tested")
    subprocess.run([compiler, "--project", TYPESCRIPT, "--outDir", tmp_path / "dist"], check=True, timeout=120)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "call.js").write_text(SCRIPT % "./dist/index.js")
    given = {**os.environ, "ADDRESS": address, "KEY": keys["risk_manager"]}
    done = subprocess.run([node, tmp_path / "call.js"], env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "first": borrower, "rows": 9, "last": "answer", "status": "answered", "problem": "urn:munshi:problem:not-there",
    }  # fmt: skip


def collection() -> dict[str, Any]:
    return json.loads((POSTMAN / "munshi.postman_collection.json").read_text("utf-8"))


def requests_of(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The requests of a collection, however deep its folders."""
    for each in item.get("item", ()):
        yield from requests_of(each)
    if "request" in item:
        yield item


def filled(text: str, variables: dict[str, str]) -> str:
    return re.sub(r"{{(\w+)}}", lambda found: variables[found[1]], text)


@pytest.fixture
def tidy(ask) -> Iterator[None]:
    """The document that the collection adds is taken out again."""
    yield
    for kept in ask("GET", "/api/v1/knowledge").json()["documents"]:
        if kept["file_name"] == "note.md":
            assert ask("DELETE", f"/api/v1/knowledge/{kept['document_id']}").status_code == 200


def test_the_collection_walks_against_the_server(address: str, keys, borrower: str, tidy) -> None:
    variables = {"base_url": address, "key": keys["risk_manager"], "customer_id": borrower}
    items, successes = list(requests_of(collection())), 0
    assert len(items) == len(ENDPOINTS)
    with httpx.Client(timeout=60) as client:
        for item in items:
            asked = item["request"]
            answer = client.request(asked["method"], **sent(asked, variables))
            successes += answer.is_success
            (declared,) = (json.loads(line.split("= ")[1].rstrip(";")) for line in item["event"][0]["script"]["exec"]
                           if line.startswith("const declared"))  # fmt: skip
            assert answer.status_code in declared, (item["name"], answer.status_code, answer.text[:300])
            if answer.status_code >= 400:
                assert {"type", "title", "detail"} <= set(answer.json()), item["name"]
    assert successes > len(items) / 2, "the examples of the description work"


def sent(asked: dict[str, Any], variables: dict[str, str]) -> dict[str, Any]:
    """A request of the collection as `httpx` sends it."""
    headers = {each["key"]: each["value"] for each in asked["header"]}
    if asked.get("auth", {}).get("type") != "noauth":
        headers["Authorization"] = f"Bearer {variables['key']}"
    query = {each["key"]: each["value"] for each in asked["url"]["query"]}
    address = filled(asked["url"]["raw"], variables)
    made_request: dict[str, Any] = {"url": address, "headers": headers, "params": query}
    body = asked.get("body", {})
    if body.get("mode") == "raw":
        made_request["content"] = filled(body["raw"], variables)
    elif body.get("mode") == "urlencoded":
        made_request["data"] = {each["key"]: each["value"] for each in body["urlencoded"]}
    return made_request


def test_newman_runs_the_collection(address: str, keys, borrower: str, tidy) -> None:
    local = TYPESCRIPT / "node_modules" / ".bin" / "newman"
    newman = str(local) if local.exists() else shutil.which("newman")
    if newman is None:
        pytest.skip("newman is not here: the collection is walked by the test above")
    variables = {"base_url": address, "key": keys["risk_manager"], "customer_id": borrower}
    given = [word for name, value in variables.items() for word in ("--env-var", f"{name}={value}")]
    done = subprocess.run([newman, "run", POSTMAN / "munshi.postman_collection.json", *given, "--reporters", "cli",
                           "--color", "off"], capture_output=True, text=True, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stdout[-4_000:]


def test_the_models_of_the_clients_are_those_that_travel(document) -> None:
    assert {"ToolAnswer", "Answer", "Step", "JobTold", "WebhookMade"} <= set(models(document))
    assert "KeyAsked" not in models(document)


def test_the_program_that_an_answer_is_gives_its_figures(
    address: str, keys: dict[str, str], library: ModuleType
) -> None:
    steps = (
        Step(tool="query_metrics", ms=1, args={"metrics": ["expected_loss"], "dimensions": ["city"], "limit": 3,
             "order": [{"field": "expected_loss", "direction": "desc"}],
             "period": {"start": "2026-03-01", "end": "2026-04-01"}}),
        Step(tool="run_sql", ms=1, args={"sql": "SELECT 'a \"quoted\"\nname' AS n FROM semantic.customers LIMIT 1"}),
        Step(tool="workspace_status", ms=1, args={}),
    )  # fmt: skip
    program = python_text(steps).replace(ADDRESS, address)
    place = {**os.environ, "MUNSHI_KEY": keys["risk_manager"], "PYTHONPATH": str(ROOT / "sdk" / "python")}
    ran = subprocess.run([sys.executable, "-c", program], env=place, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    with library.Munshi(address, keys["risk_manager"]) as made_client:
        asked = made_client.query_metrics(**steps[0].args)
    assert str(asked.table) in ran.stdout
    assert python_text(()) == ""
