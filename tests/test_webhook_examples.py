"""The example receiver takes what the server sends, once, and nothing else; the recipe's parts hang together."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from api.app import ENDPOINTS
from governance.webhooks import Webhook
from tools.batch.jobs import DONE
from tools.webhooks.events import EVENTS
from tools.webhooks.sending import post, signature

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
SECRET = "whsec_QUJDREVGR0g="


@pytest.fixture
def acted() -> list[dict]:
    return []


@pytest.fixture
def address(acted: list[dict]) -> Iterator[str]:
    spec = importlib.util.spec_from_file_location("webhook_receiver_example", EXAMPLES / "webhook_receiver.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)

    class Quiet(example.handler_for(SECRET, acted.append)):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def sent(address: str, secret: str, timestamp: int):
    body = json.dumps({"type": "job.finished", "timestamp": "now", "data": {"rows": 3}})
    hook = Webhook("wh_000000000000", address, ("job.finished",), "a", 0.0, secret)
    return post(hook, "evt_1", body, timestamp=timestamp, loopback=True)


def test_an_event_is_acted_on_once_however_often_it_comes(address: str, acted: list[dict]) -> None:
    assert [sent(address, SECRET, int(time.time())).status for _ in range(2)] == [204, 204]
    assert [each["data"] for each in acted] == [{"rows": 3}]


def test_what_is_not_genuine_is_turned_away(address: str, acted: list[dict]) -> None:
    assert sent(address, "whsec_QUJDREVGR0k=", int(time.time())).status == 401
    assert sent(address, SECRET, int(time.time()) - 3_600).status == 401
    assert httpx.post(address, content="{}").status_code == 401
    assert acted == []


RECIPE = json.loads((EXAMPLES / "n8n-munshi.json").read_text("utf-8"))
NODES = {node["name"]: node["parameters"] for node in RECIPE["nodes"]}
#: What n8n gives a code node, as far as the recipe uses it, around the recipe's own code.
AROUND = """
const told = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const $env = told.env;
const $input = { first: () => told.item };
const run = new Function('require', '$env', '$input', 'Buffer', told.code);
try { console.log(JSON.stringify({ given: run(require, $env, $input, Buffer) })); }
catch (error) { console.log(JSON.stringify({ refused: error.message })); }
"""


def test_the_recipe_names_its_own_parts() -> None:
    ends = {each["node"] for one in RECIPE["connections"].values() for out in one["main"] for each in out}
    assert set(RECIPE["connections"]) | ends == set(NODES)


def test_the_recipe_asks_an_address_that_is_served_and_acts_on_events_that_are_sent() -> None:
    url = NODES["Scores as CSV"]["url"].removeprefix("={{ $env.MUNSHI_URL }}/api/v1")
    path, _, query = url.replace("{{ $json.data.job }}", "{job_id}").partition("?")
    endpoint = next(each for each in ENDPOINTS if (each.method, each.path) == ("GET", path))
    assert query == "format=csv"
    assert "text/csv" in endpoint.responses[200]["content"]
    wanted = {each["rightValue"] for each in NODES["Job is done"]["conditions"]["conditions"]}
    assert wanted == {"job.finished", "done"}
    assert "job.finished" in EVENTS
    assert DONE == "done"


def checked_by_recipe(secret: str, timestamp: int, body: str, signature: str) -> dict:
    headers = {"webhook-id": "evt_1", "webhook-timestamp": str(timestamp), "webhook-signature": signature}
    item = {"json": {"headers": headers}, "binary": {"data": {"data": base64.b64encode(body.encode()).decode()}}}
    told = {"env": {"MUNSHI_WEBHOOK_SECRET": secret}, "item": item, "code": NODES["Signature is Munshi's"]["jsCode"]}
    ran = subprocess.run(["node", "-e", AROUND], input=json.dumps(told), capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_recipes_own_code_lets_genuine_events_pass_and_no_others() -> None:
    now, body = int(time.time()), json.dumps({"type": "job.finished", "data": {"outcome": "done", "who": "आशा"}})
    genuine = signature(SECRET, "evt_1", now, body)
    assert checked_by_recipe(SECRET, now, body, genuine) == {"given": [{"json": json.loads(body)}]}
    assert "signature" in checked_by_recipe(SECRET, now, body + " ", genuine)["refused"]
    assert "signature" in checked_by_recipe("whsec_QUJDREVGR0k=", now, body, genuine)["refused"]
    assert "signature" in checked_by_recipe(SECRET, now, body, "")["refused"]
    old = now - 3_600
    assert "too old" in checked_by_recipe(SECRET, old, body, signature(SECRET, "evt_1", old, body))["refused"]
