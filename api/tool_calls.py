"""`GET /tools`, `POST /tools/{name}`: every tool of the registry, its table in pages where that is asked for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Body, Query, Request, Response
from pydantic import BaseModel

from api.caller import Asking, Caller
from api.endpoint import SIGNED_IN, Endpoint, as_json
from api.problems import MALFORMED, Problem
from assistant.calls import books_of
from tools.registry import TOOLS, Tool
from tools.registry import tool as tool_named
from tools.result import ToolResult

if TYPE_CHECKING:
    from tools.workspace import Workspace

#: Tool → arguments to try it with.
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "query_metrics": {"metrics": ["customers"], "dimensions": ["city"]},
    "run_sql": {"sql": "SELECT city, count(*) AS customers FROM customers GROUP BY city ORDER BY 2 DESC"},
    "top_risky_borrowers": {"limit": 100},
    "likely_leavers": {"limit": 100, "city": ["Pune"]},
    "customer_segments": {},
    "forecast_spend": {"measure": "spend", "months": 3},
    "unusual_transactions": {"limit": 50},
    "customer_goals": {"goal": ["job_change"]},
    "customer_profile": {"customer_id": "C_4F21"},
    "explain_prediction": {"customer_id": "C_4F21"},
    "what_if": {"customer_id": "C_4F21", "changes": {"income": "+10%", "bounces": 0}},
    "stress_test": {"changes": {"income": "-10%", "instalments": "+2%"}},
    "compare_customers": {"customer_id": "C_4F21", "city": ["Pune"]},
    "search_knowledge": {"question": "When is an account an NPA?"},
    "model_card": {"model": "credit"},
    "workspace_status": {},
}
MOST_ROWS = 10_000
Limit = Annotated[int | None, Query(ge=1, le=MOST_ROWS, description="rows of the table in this page; all by default")]
Cursor = Annotated[str | None, Query(max_length=2_048, description="`page.next` of the page before")]
Arguments = Annotated[dict[str, Any], Body()]


class ToolListed(BaseModel):
    """A tool, with the JSON schema of its arguments."""

    name: str
    scope: str
    allowed: bool
    description: str
    arguments: dict[str, Any]


class ToolList(BaseModel):
    """All tools; ``allowed`` says which of them this caller may use."""

    tools: list[ToolListed]


class Page(BaseModel):
    """Which rows of the whole table these are.

    Attributes
    ----------
    total
        Rows of the whole table, exactly.
    first
        Place of the first row here, from 0.
    next
        What to send as ``cursor`` for the page after; it reads the same snapshot of the books.
    """

    total: int
    first: int
    rows: int
    snapshot: int
    next: str | None = None


class ToolAnswer(ToolResult):
    """A tool's result; ``page`` where its table comes in pages."""

    page: Page | None = None


def list_tools(caller: Asking, request: Request) -> Response:
    """Every tool with its arguments."""
    listed = ToolList(
        tools=[
            ToolListed(
                name=each.name, scope=each.scope, allowed=caller.principal.may(each.scope),
                description=each.description, arguments=each.arguments.model_json_schema(),
            )
            for each in TOOLS
        ]
    )  # fmt: skip
    return unless_held(request, listed, digest(listed.model_dump_json()))


def call_any(name: str, arguments: Arguments) -> Response:  # noqa: ARG001  a body is read as for any tool
    """Say which tools exist, where the address names none of them."""
    tool_named(name)
    raise Problem(MALFORMED, f"{name} is called at its own address.")


def tool_endpoints() -> Iterator[Endpoint]:
    """An endpoint for each tool of the registry."""
    for each in TOOLS:
        yield Endpoint(
            "POST", f"/tools/{each.name}", each.scope, _caller_of(each), each.description.partition(".")[0] + ".",
            answer=ToolAnswer, example=EXAMPLES.get(each.name, {}), statuses=(404,),
            body=each.arguments.model_json_schema(ref_template="#/components/schemas/{model}"),
        )  # fmt: skip


def _caller_of(tool: Tool) -> Any:
    def call(caller: Asking, arguments: Arguments, limit: Limit = None, cursor: Cursor = None) -> Response:
        return _called(caller, tool, arguments, limit, cursor)

    return call


def _called(caller: Caller, tool: Tool, arguments: dict[str, Any], limit: int | None, cursor: str | None) -> Response:
    workspace, principal = caller.service.workspace, caller.principal
    asked = digest(json.dumps([tool.name, arguments], sort_keys=True, default=str), principal.name)
    if cursor is None:
        result, snapshot = _on_one_snapshot(caller, tool, arguments)
        first = 0
    else:
        snapshot, first, limit = _opened(workspace, asked, cursor)
        with books_of(workspace, principal, snapshot) as then:
            result = tool.call(then, principal, arguments)
    answer = _paged(workspace, result, asked, snapshot, first, limit)
    rows = len(answer.table.rows) if answer.table else 0
    caller.service.audit(principal, f"tool:{tool.name}", "done", rows=rows, snapshot=snapshot)
    return as_json(answer, {"ETag": f'"{digest(asked, str(snapshot), str(first), str(limit))}"'})


def _on_one_snapshot(caller: Caller, tool: Tool, arguments: dict[str, Any]) -> tuple[ToolResult, int]:
    """The result and the snapshot it is of; once more where the books were published meanwhile."""
    workspace, principal = caller.service.workspace, caller.principal
    snapshot = workspace.reader(principal).snapshot
    result = tool.call(workspace, principal, arguments)
    if workspace.reader(principal).snapshot != snapshot:
        snapshot = workspace.reader(principal).snapshot
        result = tool.call(workspace, principal, arguments)
    return result, snapshot


def _paged(
    workspace: Workspace, result: ToolResult, asked: str, snapshot: int, first: int, limit: int | None
) -> ToolAnswer:
    kept = {name: getattr(result, name) for name in ToolResult.model_fields}
    if limit is None or result.table is None:
        return ToolAnswer.model_construct(**kept)
    total = len(result.table.rows)
    rows = result.table.rows[first : first + limit]
    after = first + limit
    further = _cursor(workspace, asked, snapshot, after, limit) if after < total else None
    kept["table"] = result.table.model_copy(update={"rows": rows})
    page = Page(total=total, first=first, rows=len(rows), snapshot=snapshot, next=further)
    return ToolAnswer.model_construct(**kept, page=page)


def _cursor(workspace: Workspace, asked: str, snapshot: int, first: int, limit: int) -> str:
    """What goes on from a page: signed, so that nobody asks for a snapshot he was not given."""
    told = f"{snapshot}.{first}.{limit}"
    return base64.urlsafe_b64encode(f"{told}.{_signature(workspace, asked, told)}".encode()).decode()


def _opened(workspace: Workspace, asked: str, cursor: str) -> tuple[int, int, int]:
    """Snapshot, first row and rows of the page that a cursor goes on to."""
    try:
        told, _, signature = base64.urlsafe_b64decode(cursor.encode()).decode().rpartition(".")
        genuine = hmac.compare_digest(signature, _signature(workspace, asked, told))
        snapshot, first, limit = map(int, told.split("."))
    except (ValueError, TypeError):
        genuine = False
    if not genuine:
        raise Problem(MALFORMED, "cursor: it goes on from a page of the same tool, arguments and caller only.")
    return snapshot, first, limit


def _signature(workspace: Workspace, asked: str, told: str) -> str:
    return hmac.new(workspace.keys.derive("cursor"), f"{asked}.{told}".encode(), hashlib.sha256).hexdigest()[:32]


def digest(*parts: str) -> str:
    """A short digest."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def unless_held(request: Request, answer: BaseModel, tag: str) -> Response:
    """The answer, or 304 where the caller holds it already."""
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    held = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers=headers) if f'"{tag}"' in held else as_json(answer, headers)


TOOL_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/tools", SIGNED_IN, list_tools, "Every tool, with the schema of its arguments", answer=ToolList,
             responses={304: {"description": "You hold it already"}}),
    *tool_endpoints(),
    Endpoint("POST", "/tools/{name}", SIGNED_IN, call_any, "What is said of a tool that does not exist", example={},
             statuses=(404,)),
)  # fmt: skip

__all__ = ["TOOL_ENDPOINTS", "digest", "unless_held"]
