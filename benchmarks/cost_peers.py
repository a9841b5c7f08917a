"""``python cost_peers.py PEER URL DATABASE``: ask a peer the questions of standard input, in an environment of its own.

Nothing of Munshi is imported here. The peers stand as their own documentation sets them up; what the scripted model
says to each is decided at the other end of the line.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any


def langchain(url: str, database: str) -> Callable[[str], str]:
    """The SQL toolkit under `create_agent`, with the toolkit's own instructions."""
    toolkits = import_module("langchain_community.agent_toolkits")
    utilities = import_module("langchain_community.utilities")
    instructions = import_module("langchain_community.agent_toolkits.sql.prompt").SQL_PREFIX
    model = import_module("langchain_openai").ChatOpenAI(model="langchain", base_url=url, api_key="none")
    books = utilities.SQLDatabase.from_uri(f"sqlite:///{database}")
    toolkit = toolkits.SQLDatabaseToolkit(db=books, llm=model)
    agent = import_module("langchain.agents").create_agent(
        model, toolkit.get_tools(), system_prompt=instructions.format(dialect=toolkit.dialect, top_k=10)
    )
    return lambda question: str(agent.invoke({"messages": [("user", question)]})["messages"][-1].text)


def vanna(url: str, database: str, *, lean: bool = False) -> Callable[[str], str]:
    """Vanna's agent with the tools of its quick start; ``lean`` with the one that runs SQL alone."""
    core, users, tools = import_module("vanna"), import_module("vanna.core.user"), import_module("vanna.tools")
    remembering = import_module("vanna.tools.agent_memory")
    files = tools.LocalFileSystem(working_directory=tempfile.mkdtemp())
    runner = import_module("vanna.integrations.sqlite").SqliteRunner(database_path=database)
    registry = import_module("vanna.core.registry").ToolRegistry()
    registry.register_local_tool(tools.RunSqlTool(runner, file_system=files), ["user"])
    if not lean:
        registry.register_local_tool(tools.VisualizeDataTool(file_system=files), ["user"])
        registry.register_local_tool(remembering.SearchSavedCorrectToolUsesTool(), ["user"])
        registry.register_local_tool(remembering.SaveQuestionToolArgsTool(), ["admin"])
        registry.register_local_tool(remembering.SaveTextMemoryTool(), ["user"])

    async def resolve_user(_: Any, request_context: Any) -> Any:
        del request_context
        return users.User(id="analyst", email="analyst@example.org", group_memberships=["user"])

    service = import_module("vanna.integrations.openai").OpenAILlmService
    agent = core.Agent(
        llm_service=service(model="vanna-lean" if lean else "vanna", base_url=url, api_key="none"),
        tool_registry=registry,
        user_resolver=type("Anybody", (users.UserResolver,), {"resolve_user": resolve_user})(),
        agent_memory=import_module("vanna.integrations.local.agent_memory").DemoAgentMemory(),
        config=core.AgentConfig(stream_responses=False),
    )

    async def ask(question: str) -> str:
        parts = [part async for part in agent.send_message(users.RequestContext(), question)]
        return " ".join(str(getattr(part.simple_component, "text", "") or "") for part in parts)

    return lambda question: asyncio.run(ask(question))


PEERS: dict[str, Callable[[str, str], Callable[[str], str]]] = {
    "langchain": langchain,
    "vanna": vanna,
    "vanna-lean": lambda url, database: vanna(url, database, lean=True),
}


def main(arguments: Sequence[str]) -> None:
    """Ask, and print what each answer said, as JSON."""
    peer, url, database = arguments
    ask = PEERS[peer](url, database)
    print(json.dumps({question: ask(question) for question in json.load(sys.stdin)}))


if __name__ == "__main__":
    main(sys.argv[1:])
