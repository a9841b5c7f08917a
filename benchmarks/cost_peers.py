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
from typing import Any


def langchain(url: str, database: str) -> Callable[[str], str]:
    """The SQL toolkit under `create_agent`, with the toolkit's own instructions."""
    from langchain.agents import create_agent
    from langchain_community.agent_toolkits import SQLDatabaseToolkit
    from langchain_community.agent_toolkits.sql.prompt import SQL_PREFIX
    from langchain_community.utilities import SQLDatabase
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="langchain", base_url=url, api_key="none")
    toolkit = SQLDatabaseToolkit(db=SQLDatabase.from_uri(f"sqlite:///{database}"), llm=model)
    prompt = SQL_PREFIX.format(dialect=toolkit.dialect, top_k=10)
    agent = create_agent(model, toolkit.get_tools(), system_prompt=prompt)
    return lambda question: str(agent.invoke({"messages": [("user", question)]})["messages"][-1].text)


def vanna(url: str, database: str, *, lean: bool = False) -> Callable[[str], str]:
    """Vanna's agent with the tools of its quick start; ``lean`` with the one that runs SQL alone."""
    from vanna import Agent, AgentConfig, User
    from vanna.core.registry import ToolRegistry
    from vanna.core.user import RequestContext, UserResolver
    from vanna.integrations.local.agent_memory import DemoAgentMemory
    from vanna.integrations.openai import OpenAILlmService
    from vanna.integrations.sqlite import SqliteRunner
    from vanna.tools import RunSqlTool, VisualizeDataTool
    from vanna.tools.agent_memory import SaveQuestionToolArgsTool, SaveTextMemoryTool, SearchSavedCorrectToolUsesTool
    from vanna.tools.file_system import LocalFileSystem

    class Anybody(UserResolver):
        async def resolve_user(self, request_context: Any) -> Any:  # noqa: ARG002  the protocol's name
            return User(id="analyst", email="analyst@example.org", group_memberships=["user"])

    files = LocalFileSystem(working_directory=tempfile.mkdtemp())
    tools = ToolRegistry()
    tools.register_local_tool(RunSqlTool(SqliteRunner(database_path=database), file_system=files), ["user"])
    if not lean:
        tools.register_local_tool(VisualizeDataTool(file_system=files), ["user"])
        tools.register_local_tool(SearchSavedCorrectToolUsesTool(), ["user"])
        tools.register_local_tool(SaveQuestionToolArgsTool(), ["admin"])
        tools.register_local_tool(SaveTextMemoryTool(), ["user"])
    agent = Agent(
        llm_service=OpenAILlmService(model="vanna-lean" if lean else "vanna", base_url=url, api_key="none"),
        tool_registry=tools, user_resolver=Anybody(), agent_memory=DemoAgentMemory(),
        config=AgentConfig(stream_responses=False),
    )  # fmt: skip

    async def ask(question: str) -> str:
        parts = [part async for part in agent.send_message(RequestContext(), question)]
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
