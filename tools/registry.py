"""What Munshi can do: one visible list, from which every face is made."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from governance.errors import NotThere, ToolRefused, ToolRetry, did_you_mean
from governance.permission import permit
from governance.tracing import TOOL, span
from tools.compare_customers import compare_customers
from tools.consent import left_out
from tools.customer_goals import customer_goals
from tools.customer_profile import customer_profile
from tools.customer_segments import customer_segments
from tools.explain_prediction import explain_prediction
from tools.forecast_spend import forecast_spend
from tools.likely_leavers import likely_leavers
from tools.model_card import model_card
from tools.query_metrics import query_metrics
from tools.result import ToolResult
from tools.run_sql import run_sql
from tools.search_knowledge import search_knowledge
from tools.stress_test import stress_test
from tools.top_risky_borrowers import top_risky_borrowers
from tools.unusual_transactions import unusual_transactions
from tools.what_if import what_if
from tools.workspace_status import workspace_status

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Parameters every tool has; a caller's arguments are the others.
BOUND = ("workspace", "principal")


@dataclass(frozen=True)
class Tool:
    """A typed function on a workspace and a principal, and the scope it takes to call it.

    ``anywhere``: it goes on a database of one's own too, where there are neither borrowers nor models.
    """

    function: Callable[..., ToolResult]
    scope: str
    anywhere: bool = False

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @cached_property
    def description(self) -> str:
        """The text of the ``.md`` file beside the function's module."""
        return Path(inspect.getfile(self.function)).with_suffix(".md").read_text("utf-8").strip()

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The arguments a caller may give, as a pydantic model made from the signature."""
        hints = get_type_hints(self.function, include_extras=True)
        fields: dict[str, Any] = {
            name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
            for name, parameter in inspect.signature(self.function).parameters.items()
            if name not in BOUND
        }
        return create_model(self.name, __config__=ConfigDict(extra="forbid"), **fields)

    def call(self, workspace: Workspace, principal: Principal, arguments: Mapping[str, Any]) -> ToolResult:
        """Check permission and arguments, then run.

        Raises
        ------
        ToolRefused
            The principal lacks the scope, or belongs to another workspace; audited.
        ToolRetry
            An argument is wrong; the message lists every fault.
        """
        with span(TOOL, munshi_tool=self.name):
            return self._called(workspace, principal, arguments)

    def _called(self, workspace: Workspace, principal: Principal, arguments: Mapping[str, Any]) -> ToolResult:
        permit(workspace.control, principal, self.scope, doing=f"tool:{self.name}", what=self.name)
        try:
            checked = self.arguments.model_validate(dict(arguments))
        except ValidationError as error:
            raise ToolRetry(self._faults(error)) from None
        given = {name: getattr(checked, name) for name in self.arguments.model_fields}
        try:
            found = self.function(workspace, principal, **given)
            left = left_out(workspace, principal, found.sql)
            return found.model_copy(update={"warnings": (*found.warnings, *left)}) if left else found
        except ToolRefused as refusal:
            workspace.control.audit(principal.name, f"tool:{self.name}", "refused", {"why": type(refusal).__name__})
            raise

    def _faults(self, error: ValidationError) -> str:
        known = tuple(self.arguments.model_fields)
        faults = []
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"])
            hint = did_you_mean(where, known) if fault["type"] == "extra_forbidden" else ""
            faults.append(f"{where}: {fault['msg']}.{hint}")
        return f"{self.name}: {' '.join(faults)} Arguments: {', '.join(known) or 'none'}."


TOOLS: tuple[Tool, ...] = (
    Tool(query_metrics, "books:read", anywhere=True),
    Tool(run_sql, "sql:run", anywhere=True),
    Tool(top_risky_borrowers, "scores:read"),
    Tool(likely_leavers, "scores:read"),
    Tool(customer_segments, "scores:read"),
    Tool(forecast_spend, "books:read"),
    Tool(unusual_transactions, "scores:read"),
    Tool(customer_goals, "scores:read"),
    Tool(customer_profile, "books:read"),
    Tool(explain_prediction, "scores:read"),
    Tool(what_if, "scores:read"),
    Tool(stress_test, "scores:read"),
    Tool(compare_customers, "scores:read"),
    Tool(search_knowledge, "knowledge:read", anywhere=True),
    Tool(model_card, "models:read"),
    Tool(workspace_status, "books:read", anywhere=True),
)


def tools_of(workspace: Workspace) -> tuple[Tool, ...]:
    """Return the tools that have something to work on in a workspace."""
    return tuple(tool for tool in TOOLS if tool.anywhere) if workspace.vocabulary.database else TOOLS


def tool(name: str) -> Tool:
    """Return the tool of that name.

    Raises
    ------
    NotThere
        There is none; the message lists what exists.
    """
    by_name = {tool.name: tool for tool in TOOLS}
    if name not in by_name:
        raise NotThere(f"There is no tool '{name}'.{did_you_mean(name, by_name)}")
    return by_name[name]
