"""The board pack over HTTP: made for the caller, and told where nothing sets it."""

from __future__ import annotations

import pytest

from api.service import Service
from governance.principal import Principal
from tools.workspace import Workspace


def test_the_pack_is_made_for_the_one_who_asks(ask, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(workspace: Workspace, principal: Principal) -> bytes:
        return f"%PDF {workspace.name} {principal.role}".encode()

    monkeypatch.setattr(service, "board", made)
    answer = ask("GET", "/api/v1/reports/board", "analyst", headers={"X-Forwarded-For": "10.0.0.9"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content == b"%PDF demo analyst"


def test_a_server_without_a_setter_says_what_to_do(ask) -> None:
    answer = ask("GET", "/api/v1/reports/board")
    assert answer.status_code == 404
    assert "munshi report board" in answer.json()["detail"]
