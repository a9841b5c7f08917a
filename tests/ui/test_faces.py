"""The machine faces without the screen: what several workers take, and by what names they answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from governance.errors import ConfigurationError, WorkspaceNotFound
from governance.settings import Settings
from tools.operations.preloading import Preloading
from ui.faces import FacesApp
from ui.server import serve


@pytest.fixture
def environment(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNSHI_HOME", str(demo_settings.home))
    monkeypatch.setenv("MUNSHI_KEY_FILE", str(demo_settings.key_file))
    monkeypatch.delenv("MUNSHI_CONTROL_URL", raising=False)
    monkeypatch.setattr(Preloading, "start", lambda _: None)  # what is asked here needs nothing of it


def test_several_workers_want_their_control_data_in_common(environment: None) -> None:
    with pytest.raises(ConfigurationError, match="set MUNSHI_CONTROL_URL to a PostgreSQL database"):
        serve("demo", port=48_731, workers=2)


def test_a_workspace_that_is_not_there_is_said_before_anything_is_served(environment: None) -> None:
    with ThreadPoolExecutor(1) as apart, pytest.raises(WorkspaceNotFound, match="There are: demo"):
        apart.submit(serve, "nothere", port=48_732, screen=False).result()  # a browser's loop may run in this thread


def test_faces_answer_to_their_own_names_alone_and_serve_no_screen(environment: None) -> None:
    with TestClient(FacesApp("demo", "127.0.0.1")(), base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").status_code == 200
        assert client.get("/").status_code == 404
        assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
