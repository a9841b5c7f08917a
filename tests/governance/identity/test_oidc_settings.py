"""What an operator sets for another provider: refused at the start where it does not go together."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from governance.errors import ConfigurationError
from governance.oidc_settings import OidcSettings
from governance.settings import load_settings

CLIENT = "munshi-people"
TOLD = {"issuer": "http://127.0.0.1:9000", "client_id": CLIENT, "audience": "munshi-api",
        "public_url": "http://127.0.0.1:7860", "roles": {"munshi-analysts": "analyst"}}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"issuer": "http://login.bank.example"}, "wants https"),
        ({"audience": CLIENT}, "differs from the client_id"),
        ({"client_id": None, "audience": None}, "a client_id, an audience, or both"),
        ({"public_url": None}, "set public_url"),
        ({"public_url": "https://munshi.bank.example/app"}, "without a path"),
        ({"roles": {}, "scopes": {}}, "nobody could come in"),
        ({"roles": {"x": "wizard"}}, "no role wizard"),
    ],
)  # fmt: skip
def test_settings_that_do_not_go_together_are_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        OidcSettings(**{**TOLD, **more})


def test_the_environment_is_read_and_what_is_wrong_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNSHI_OIDC_ISSUER", "https://login.bank.example")
    monkeypatch.setenv("MUNSHI_OIDC_AUDIENCE", "munshi")
    monkeypatch.setenv("MUNSHI_OIDC_ROLES", '{"a": "analyst"}')
    assert load_settings().oidc.roles == {"a": "analyst"}
    monkeypatch.setenv("MUNSHI_OIDC_ROLES", '{"a": "wizard"}')
    with pytest.raises(ConfigurationError, match=r"MUNSHI_OIDC_ISSUER: .*no role wizard"):
        load_settings()
    monkeypatch.setenv("MUNSHI_OIDC_ROLES", "analyst")
    with pytest.raises(ConfigurationError, match=r"roles.*JSON"):
        load_settings()
