"""Spans over HTTP: one trace from request to answer, and nothing in any of them of whom or what was asked."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from governance.errors import ConfigurationError
from governance.tracing import EXPORTER, NAMES, TOLD, TRACING, span, trace_where_wanted

PHONE, TRACE = "9876543210", "0af7651916cd43dd8448eb211c80319c"
STREAM = {"Accept": "text/event-stream"}
Spans = Callable[..., list[ReadableSpan]]


@pytest.fixture
def spans() -> Iterator[Spans]:
    """What was told since, once every request has ended."""
    kept = InMemorySpanExporter()
    TRACING.start(SimpleSpanProcessor(kept))

    def found(*, of_request: bool = True) -> list[ReadableSpan]:
        until = time.monotonic() + 5
        while (
            of_request
            and not any(each.name == "request" for each in kept.get_finished_spans())
            and time.monotonic() < until
        ):
            time.sleep(0.01)
        return list(kept.get_finished_spans())

    yield found
    TRACING.stop()


def named(found: list[ReadableSpan], name: str) -> list[ReadableSpan]:
    return [each for each in found if each.name == name]


def test_a_question_is_one_trace_from_request_to_answer(ask, spans: Spans) -> None:
    told = ask("POST", "/api/v1/chat", json={"question": "Who are my top 5 risky borrowers?"})
    assert told.json()["status"] == "answered"
    found = spans()
    assert {each.name for each in found} == NAMES
    assert len({each.context.trace_id for each in found}) == 1
    (request,), (tool, *_), (answer,) = named(found, "request"), named(found, "tool"), named(found, "answer")
    assert request.parent is None
    assert dict(request.attributes) == {"http.request.method": "POST", "http.route": "/chat",
                                        "http.response.status_code": 200}  # fmt: skip
    assert tool.attributes["munshi.tool"] == "top_risky_borrowers"
    assert dict(answer.attributes) == {"munshi.answer.status": "answered", "munshi.answer.grounded": True}
    assert named(found, "model")[0].attributes["gen_ai.request.model"] == "embedded"
    beneath = [each for each in named(found, "sql") if each.parent.span_id == tool.context.span_id]
    assert beneath
    assert all(each.start_time <= each.end_time for each in found)


def test_a_caller_s_trace_goes_on_and_nothing_else_of_his_comes_along(ask, spans: Spans) -> None:
    sent = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "tracestate": f"x={PHONE}", "baggage": f"phone={PHONE}"}
    ask("POST", "/api/v1/tools/workspace_status", json={}, headers=sent)
    found = spans()
    assert {f"{each.context.trace_id:032x}" for each in found} == {TRACE}
    assert PHONE not in "".join(each.to_json() for each in found)
    ask("GET", "/api/v1/me", headers={"traceparent": f"phone {PHONE}"})
    assert PHONE not in "".join(each.to_json() for each in spans())


def test_no_span_holds_anything_personal(ask, borrower: str, spans: Spans) -> None:
    sql = f"SELECT customer_id FROM customers WHERE customer_id = '{borrower}' AND '{PHONE}' <> 'x'"
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/api/v1/chat", {"json": {"question": f"Tell me about {borrower}, phone +91 {PHONE}"}}),
        ("POST", "/api/v1/chat", {"json": {"question": f"Who is {PHONE}?"}, "headers": STREAM}),
        ("POST", "/api/v1/tools/customer_profile", {"json": {"customer_id": borrower}}),
        ("POST", "/api/v1/tools/customer_profile", {"json": {"customer_id": PHONE}}),
        ("POST", "/api/v1/tools/run_sql", {"json": {"sql": sql}}),
        ("POST", "/api/v1/tools/run_sql", {"json": {"sql": f"SELECT {PHONE} FROM {PHONE}"}}),
        ("POST", f"/api/v1/tools/{PHONE}", {"json": {}}),
        ("POST", "/api/v1/inference/credit-score", {"json": {"customer_id": borrower}}),
        ("GET", f"/api/v1/jobs/{borrower}", {}),
        ("GET", f"/api/v1/conversations/{PHONE}?of={borrower}", {}),
        ("GET", f"/{PHONE}", {}), ("GET", f"/api/v1/{PHONE}", {}),
        ("GET", "/api/v1/me", {"headers": {"User-Agent": PHONE, "X-Request-ID": PHONE}}),
    ]  # fmt: skip
    for method, path, sent in asked:
        assert ask(method, path, **sent).status_code < 500, path
    found = spans()
    assert len(named(found, "request")) >= len(asked) - 1  # the bare root is no machine face
    written = "".join(each.to_json() for each in found)
    for personal in (borrower, PHONE, borrower.lower(), "SELECT", "Tell me"):
        assert personal not in written, personal
    assert {name for each in found for name in each.attributes} <= set(TOLD)
    assert not [each for each in found if each.events or each.status.description]
    assert any("error.type" in each.attributes for each in found)


def test_an_attribute_that_is_not_declared_is_refused_and_a_text_is_not_told(spans: Spans) -> None:
    with pytest.raises(ValueError, match="no declared attribute"), span("tool", customer_id="C_1"):
        pass
    with span("tool", munshi_tool="Mrs Desai, Pune") as told:
        told.tell(error_type="x" * 500)
    last = spans(of_request=False)[-1]
    assert dict(last.attributes) == {"munshi.tool": "other", "error.type": "other"}


def test_an_error_is_told_by_its_type_alone(spans: Spans) -> None:
    with pytest.raises(LookupError), span("sql"):
        raise LookupError(f"no row of {PHONE}")
    last = spans(of_request=False)[-1]
    assert (last.status.is_ok, last.attributes["error.type"]) == (False, "LookupError")
    assert PHONE not in last.to_json()


def test_where_no_collector_is_named_nothing_of_opentelemetry_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("", "TRACES_"):
        monkeypatch.delenv(f"OTEL_EXPORTER_OTLP_{part}ENDPOINT", raising=False)
    trying = """if True:
        import sys
        from governance.tracing import span, trace_where_wanted
        trace_where_wanted()
        with span("tool", munshi_tool="x") as told:
            told.tell(munshi_tool="y")
        assert not [name for name in sys.modules if name.startswith("opentelemetry")]"""
    assert subprocess.run([sys.executable, "-c", trying]).returncode == 0


def test_a_collector_without_an_exporter_to_reach_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, EXPORTER, None)
    with pytest.raises(ConfigurationError, match="pip install opentelemetry-exporter-otlp-proto-http"):
        trace_where_wanted()


def test_a_real_collector_is_told_over_http_as_opentelemetry_writes_it(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(EXPORTER)
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    bodies: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    trace_where_wanted()
    try:
        assert ask("POST", "/api/v1/tools/workspace_status", json={}).status_code == 200
    finally:
        TRACING.stop()
        server.shutdown()
        server.server_close()
    told = [(path, ExportTraceServiceRequest.FromString(body)) for path, body in bodies]
    assert {path for path, _ in told} == {"/v1/traces"}
    (resource,) = (each.resource for _, each_told in told for each in each_told.resource_spans[:1])
    assert {each.key: each.value.string_value for each in resource.attributes}["service.name"] == "munshi"
    names = {each.name for _, one in told for kind in one.resource_spans for scope in kind.scope_spans
             for each in scope.spans}  # fmt: skip
    assert {"request", "tool", "sql"} <= names
