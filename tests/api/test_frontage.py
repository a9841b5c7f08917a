"""What every request meets: an id, a limit of size, headers, counts, a log line without anybody in it."""

from __future__ import annotations

import json
import logging
import socket
import time
from pathlib import Path

import pytest

from api import problems
from api.access_log import write_access_log
from api.app import ENDPOINTS, machine_faces
from api.endpoint import shadowed
from api.frontage import HEADERS, access_log
from api.service import Service
from governance import errors


def test_every_response_carries_its_headers_and_an_id(ask) -> None:
    for path in ("/api/v1/tools", "/api/v1/nowhere", "/api/v1/openapi.json"):
        told = ask("GET", path)
        assert set(HEADERS) - {"Cache-Control"} <= {name.title().replace("X-Xss", "X-XSS") for name in told.headers} | {
            name for name in HEADERS if name.lower() in told.headers
        }
        assert told.headers["x-request-id"].startswith("r_")
    assert ask("GET", "/api/v1/me", headers={"X-Request-ID": "mine-7"}).headers["x-request-id"] == "mine-7"
    assert "\n" not in ask("GET", "/api/v1/me", headers={"X-Request-ID": "a b"}).headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [("GET", "/api/v1/nowhere", 404, "no-such-address"), ("DELETE", "/api/v1/tools", 405, "no-such-method")],
)
def test_an_address_or_method_that_is_not_there_is_a_problem(ask, method, path, status, kind) -> None:
    told = ask(method, path)
    assert (told.status_code, told.headers["content-type"]) == (status, problems.MEDIA_TYPE)
    assert told.json()["type"] == f"urn:munshi:problem:{kind}"


def test_a_body_too_large_is_turned_away_whether_it_says_so_or_not(ask) -> None:
    big = b'{"question": "' + b"x" * 1_100_000 + b'"}'

    def pieces():
        yield from (big[at : at + 65_536] for at in range(0, len(big), 65_536))

    for content in (big, pieces()):
        told = ask("POST", "/api/v1/chat", content=content, headers={"Content-Type": "application/json"})
        assert (told.status_code, told.json()["type"]) == (413, "urn:munshi:problem:too-large")


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff\xfe", b"null", b'{"a":' * 5_000])
def test_a_body_that_cannot_be_read_is_a_problem_of_the_caller(ask, body: bytes) -> None:
    told = ask("POST", "/api/v1/tools/run_sql", content=body, headers={"Content-Type": "application/json"})
    assert told.status_code in (400, 422)
    assert told.headers["content-type"] == problems.MEDIA_TYPE


def test_a_content_length_that_is_no_number_is_turned_away(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"POST /api/v1/chat HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")
        assert raw.recv(200).split(b" ")[1] in (b"400", b"413")


def test_an_error_nobody_foresaw_is_told_by_a_number_and_logged_without_its_words(
    ask, service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Vinay Gaikwad, 9876543210")

    monkeypatch.setattr(type(service.workspace.control), "verify_audit", breaks)
    with caplog.at_level(logging.ERROR):
        told = ask("GET", "/api/v1/audit/verify", "compliance")
    problem = told.json()
    assert (told.status_code, problem["type"]) == (500, "urn:munshi:problem:broken")
    assert "Vinay" not in told.text
    assert "Vinay" not in caplog.text
    incident = problem["detail"].partition("as ")[2].partition(".")[0]
    assert incident in caplog.text
    assert "ZeroDivisionError at breaks" in caplog.text


def test_the_access_log_names_the_route_and_the_caller_and_nothing_else(
    ask, borrower: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="munshi.access"):
        ask("POST", f"/api/v1/tools/customer_profile?note={borrower}", json={"customer_id": borrower})
        ask("GET", f"/api/v1/receipts/{borrower}")
    lines = [json.loads(record.message) for record in caplog.records if record.name == "munshi.access"]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/tools/customer_profile", 200),
        ("/receipts/{receipt_id}", 404),
    ]
    assert all(line["caller"].startswith("key_") and line["ms"] > 0 for line in lines)
    assert borrower not in json.dumps(lines)


def _filled(path: Path) -> None:
    """Wait for the line, which is written when the answer is on its way already."""
    until = time.monotonic() + 10
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < until, "no line came"
        time.sleep(0.01)


def test_the_access_log_goes_to_the_file_it_is_told(ask, tmp_path: Path) -> None:
    path = tmp_path / "logs" / "access.jsonl"
    write_access_log(str(path))
    try:
        ask("GET", "/api/v1/me")
        _filled(path)
        path.rename(path.with_name("moved"))
        ask("GET", "/api/v1/nowhere")
        _filled(path)
    finally:
        write_access_log("off")
    ask("GET", "/api/v1/me")
    lines = [json.loads(each.read_text()) for each in (path.with_name("moved"), path)]
    assert [(line["request"]["route"], line["request"]["status"]) for line in lines] == [("/me", 200), ("none", 404)]
    assert all(line["at"].startswith("20") for line in lines)
    assert not access_log.handlers


def test_requests_are_counted_by_route(ask) -> None:
    def count() -> int:
        wanted = 'munshi_requests_total{method="GET",route="/me",status="200"} '
        lines = ask("GET", "/metrics").text.splitlines()
        return next((int(line.removeprefix(wanted)) for line in lines if line.startswith(wanted)), 0)

    before = count()
    for _ in range(3):
        ask("GET", "/api/v1/me")
    assert count() == before + 3
    told = ask("GET", "/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert ask("GET", "/metrics", None, headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 401


def test_health_needs_nobody(ask) -> None:
    away = {"X-Forwarded-For": "10.0.0.9"}
    assert ask("GET", "/healthz", None, headers=away).json() == {"status": "ok"}
    assert ask("GET", "/readyz", None, headers=away).json() == {"status": "ready"}


def every_error(root: type[errors.MunshiError] = errors.MunshiError) -> list[type[errors.MunshiError]]:
    return [root, *(each for child in root.__subclasses__() for each in every_error(child))]


def test_every_error_of_the_house_has_a_kind() -> None:
    for each in every_error():
        kind = problems.kind_of(each("said"))
        assert 400 <= kind.status < 600
        assert kind.name
        assert kind.title
    assert problems.kind_of(errors.KeyUnusable("")).status == 503
    assert problems.kind_of(errors.NotThere("")).status == 404


def test_the_description_is_openapi_with_an_example_for_every_body(ask) -> None:
    told = ask("GET", "/api/v1/openapi.json", None, headers={"X-Forwarded-For": "10.0.0.9"}).json()
    assert told["openapi"] == "3.1.0"
    declared = {(each.method.lower(), each.path) for each in ENDPOINTS}
    described = {(method, path) for path, item in told["paths"].items() for method in item}
    assert described == declared
    for path, item in told["paths"].items():
        for method, operation in item.items():
            json_body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            assert json_body is None or "example" in json_body, (method, path)
            assert {"413", "422", "429", "500", "503"} <= set(operation["responses"]), (method, path)
    references = set(json.dumps(told).split('"#/components/schemas/')[1:])
    assert {each.partition('"')[0] for each in references} <= set(told["components"]["schemas"])


def test_no_route_stands_beside_the_declared_ones(service: Service) -> None:
    routes = {
        (method, route.path) for route in machine_faces(service).routes for method in route.methods - {"HEAD"}
    }  # fmt: skip
    refusing = {(method, path) for path, methods in shadowed(ENDPOINTS).items() for method in methods}
    assert routes == {(each.method, each.path) for each in ENDPOINTS} | {("GET", "/openapi.json")} | refusing
