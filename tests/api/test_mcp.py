"""The Model Context Protocol, spoken by the official client: over HTTP behind the guard, and on standard input."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from api.service import Service
from governance.principal import ROLES
from tools.registry import TOOLS

ADDRESS = "/api/v1/mcp"


def over_http(address: str, key: str, doing: Callable[[Any], Awaitable[Any]]) -> Any:
    """Do something with a client that brings a key."""
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async def spoken() -> Any:
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60) as http,
            Client(streamable_http_client(f"{address}{ADDRESS}", http_client=http)) as client,
        ):
            return await doing(client)

    return asyncio.run(spoken())


@pytest.mark.parametrize("role", ["viewer", "risk_manager", "admin"])
def test_a_caller_is_shown_the_tools_of_his_scopes_with_their_schemas(address: str, keys, role: str) -> None:
    async def listed(client: Any) -> Any:
        return (await client.list_tools()).tools

    found = {each.name: each for each in over_http(address, keys[role], listed)}
    assert set(found) == {each.name for each in TOOLS if each.scope in ROLES[role]}
    for each in TOOLS:
        if each.name in found:
            assert found[each.name].description == each.description
            assert found[each.name].input_schema["properties"] == each.arguments.model_json_schema().get("properties")


def test_a_tool_called_gives_what_the_address_of_the_tool_gives_and_is_audited(
    ask, address: str, keys, service: Service
) -> None:
    async def called(client: Any) -> Any:
        return await client.call_tool("top_risky_borrowers", {"limit": 3})

    told = over_http(address, keys["analyst"], called)
    assert not told.is_error
    plain = ask("POST", "/api/v1/tools/top_risky_borrowers", "analyst", json={"limit": 3}).json()
    assert told.structured_content["table"]["rows"] == plain["table"]["rows"]
    assert "<<<data" in told.content[0].text
    done = [each for each in service.workspace.control.audit_entries() if each["action"] == "mcp:top_risky_borrowers"]
    assert json.loads(done[-1]["details"])["rows"] == 3
    assert done[-1]["actor"].startswith("key_")


def test_what_a_caller_may_not_or_got_wrong_is_told_the_model(address: str, keys, service: Service) -> None:
    async def called(client: Any) -> Any:
        return [await client.call_tool(name, arguments) for name, arguments in (
            ("top_risky_borrowers", {"limit": 3}), ("query_metrics", {"metrics": ["customrs"]}), ("no_such_tool", {}),
        )]  # fmt: skip

    refused, wrong, unknown = over_http(address, keys["viewer"], called)
    assert [each.is_error for each in (refused, wrong, unknown)] == [True] * 3
    assert "takes the permission scores:read" in refused.content[0].text
    assert "Did you mean 'customers'?" in wrong.content[0].text
    assert "There is no tool 'no_such_tool'" in unknown.content[0].text
    assert ("tool:top_risky_borrowers", "refused") in {
        (each["action"], each["outcome"]) for each in service.workspace.control.audit_entries()
    }


def test_personal_data_reach_no_model_whatever_the_caller_holds(ask, address: str, keys, borrower: str) -> None:
    async def called(client: Any) -> Any:
        return await client.call_tool("customer_profile", {"customer_id": borrower})

    plain = ask("POST", "/api/v1/tools/customer_profile", "compliance", json={"customer_id": borrower}).json()
    name = plain["facts"]["full_name"]["value"]
    told = over_http(address, keys["compliance"], called)
    assert not told.is_error
    assert name
    assert name not in told.content[0].text + json.dumps(told.structured_content)


def test_definitions_and_documents_are_resources(address: str, keys) -> None:
    async def read(client: Any) -> Any:
        listed = {str(each.uri) for each in (await client.list_resources()).resources}
        metric = await client.read_resource("munshi://metrics/customers")
        document = next(each for each in sorted(listed) if each.startswith("munshi://documents/"))
        return listed, metric.contents[0].text, (await client.read_resource(document)).contents[0].text

    listed, metric, document = over_http(address, keys["analyst"], read)
    assert "munshi://metrics/customers" in listed
    assert "query_metrics" in metric
    assert document.startswith("# ")

    async def refused(client: Any) -> Any:
        assert (await client.list_resources()).resources == []
        from mcp.shared.exceptions import MCPError

        with pytest.raises(MCPError, match="takes the permission books:read"):
            await client.read_resource("munshi://metrics/customers")

    over_http(address, keys["admin"], refused)


def test_nobody_and_the_unknown_come_no_farther_than_the_guard(ask) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    away = {"X-Forwarded-For": "10.0.0.9"}
    assert ask("POST", ADDRESS, None, json=message, headers=away).status_code == 401
    assert ask("POST", ADDRESS, None, json=message, headers={"Origin": "http://evil.example"}).status_code == 403
    assert ask("GET", ADDRESS).status_code == 405


def test_the_command_speaks_on_standard_input(shared_home: Path) -> None:
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters

    root = Path(__file__).parents[2]
    environment = {
        "MUNSHI_HOME": str(shared_home / "munshi"), "MUNSHI_KEY_FILE": str(shared_home / "config" / "master.key"),
        "MUNSHI_MODEL": "embedded", "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")]),
    }  # fmt: skip
    command = StdioServerParameters(
        command=sys.executable, args=["-c", "from ui.cli import main; main()", "mcp"], env=environment, cwd=root
    )

    async def spoken() -> Any:
        async with Client(command) as client:
            names = {each.name for each in (await client.list_tools()).tools}
            return names, await client.call_tool("workspace_status", {})

    names, told = asyncio.run(spoken())
    assert {"query_metrics", "top_risky_borrowers"} <= names
    assert not told.is_error
    assert told.structured_content["title"]
