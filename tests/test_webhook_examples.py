"""The example receiver takes what the server sends, once, and nothing else; the recipe's parts hang together."""

from __future__ import annotations

import importlib.util
import json
import threading
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from governance.webhooks import Webhook
from tools.webhooks.sending import post

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


def test_the_recipe_names_its_own_parts() -> None:
    recipe = json.loads((EXAMPLES / "n8n-munshi.json").read_text("utf-8"))
    names = {node["name"] for node in recipe["nodes"]}
    ends = {each["node"] for one in recipe["connections"].values() for out in one["main"] for each in out}
    assert set(recipe["connections"]) | ends == names
