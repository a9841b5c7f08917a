from fastapi.testclient import TestClient

from api.app import create_app
from ui.page_headers import HEADERS, PageHeaders


def test_the_application_says_that_it_is_up():
    assert TestClient(create_app()).get("/healthz").json() == {"status": "ok"}


def test_every_response_keeps_the_browser_at_home():
    app = create_app()
    app.add_middleware(PageHeaders)
    for path in ("/healthz", "/nothing-here"):
        headers = TestClient(app).get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "http" not in HEADERS["Content-Security-Policy"]
