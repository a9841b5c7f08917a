"""The registry's tools as the agent calls them: a short view for the model, the whole result beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from langchain.tools import ToolRuntime
from langchain_core.tools import StructuredTool

from assistant.calls import perform
from assistant.model_view import model_view
from assistant.offering import MORE
from assistant.turn import Turn
from tools.result import ToolResult

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.registry import Tool
    from tools.workspace import Workspace


def agent_tools(tools: Sequence[Tool], workspace: Workspace, principal: Principal) -> list[StructuredTool]:
    """Dress each tool for the agent, bound to a workspace and a caller; beside them, the one that brings in others."""
    return [*(_dressed(tool, workspace, principal) for tool in tools), _more_tools()]


def _more_tools() -> StructuredTool:
    def bring(runtime: ToolRuntime[Turn, Any], names: list[str]) -> str:
        return runtime.context.offered.bring(names) if runtime.context.offered else ""

    schema = {"type": "object", "properties": {"names": {"type": "array", "items": {"type": "string"}}},
              "required": ["names"]}  # fmt: skip
    return StructuredTool(name=MORE, description="Brings in other tools.", args_schema=schema, func=bring)


def _dressed(tool: Tool, workspace: Workspace, principal: Principal) -> StructuredTool:
    def run(runtime: ToolRuntime[Turn, Any], **arguments: Any) -> tuple[str, ToolResult]:
        call = perform(workspace, principal, tool, arguments)
        runtime.context.came_back(runtime.tool_call_id, call)
        return model_view(call.seen), call.result

    return StructuredTool(
        name=tool.name,
        description=tool.description,
        args_schema=tool.arguments.model_json_schema(),
        func=run,
        response_format="content_and_artifact",
    )
