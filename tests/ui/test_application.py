import socket

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from governance.errors import ConfigurationError
from ui.page_headers import HEADERS, PageHeaders
from ui.server import bound


def test_the_application_says_that_it_is_up():
    assert TestClient(create_app()).get("/healthz").json() == {"status": "ok"}


def test_every_response_keeps_the_browser_at_home():
    app = create_app()
    app.add_middleware(PageHeaders)
    for path in ("/healthz", "/nothing-here"):
        headers = TestClient(app).get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "http" not in HEADERS["Content-Security-Policy"]


def test_a_taken_address_is_told_before_anything_is_loaded():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port}.*--port"):
            bound("127.0.0.1", port)


def test_a_bound_address_lets_nobody_in_until_the_server_runs():
    with bound("127.0.0.1", 0) as address, pytest.raises(ConnectionRefusedError):
        socket.create_connection(address.getsockname(), timeout=2)
