"""An endpoint is declared: method, address, who may call it, what it does. One loop mounts them, and guards each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.caller import Caller, known
from api.problems import MEDIA_TYPE, TOO_MANY, Problem
from api.rate_limits import taken
from governance.permission import permit
from governance.suspension import refuse_suspended

if TYPE_CHECKING:
    from api.service import Service

#: Who may call an endpoint that takes no scope: anybody; anybody who is known.
PUBLIC, SIGNED_IN = "public", "signed-in"
#: What every endpoint may answer besides what it is for.
ALWAYS = (408, 413, 422, 429, 500, 503, 507)
PROBLEM: Mapping[str, Any] = {
    "description": "A problem (RFC 9457)",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


@dataclass(frozen=True)
class Endpoint:
    """One address of the machine faces.

    Attributes
    ----------
    access
        `PUBLIC`, `SIGNED_IN`, or the scope it takes.
    answer
        Model of the answer, for the description.
    example
        A body to send.
    statuses
        Problems of its own.
    attempt
        Whether calls are counted against the sender's address: for what lets somebody in.
    """

    method: str
    path: str
    access: str
    handler: Callable[..., Any]
    summary: str
    answer: type[BaseModel] | None = None
    example: Mapping[str, Any] | None = None
    statuses: tuple[int, ...] = ()
    status: int = 200
    attempt: bool = False
    body: Mapping[str, Any] | None = None
    responses: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[int, ...]:
        """The statuses of every problem it may answer."""
        known_only = (
            () if self.access == PUBLIC and not self.attempt else (403,) if self.access == PUBLIC else (401, 403)
        )
        of_body = (400,) if self.method == "POST" else ()  # a body in no encoding; an address with a "/" in its id: 404
        of_path = (404,) if "{" in self.path else ()
        return tuple(sorted({*ALWAYS, *known_only, *of_body, *of_path, *self.statuses}))


Guard = Callable[[Request], Coroutine[Any, Any, None]]


def mount(app: FastAPI, endpoints: Iterable[Endpoint], service: Service) -> None:
    """Add every endpoint, each behind its guard."""
    add_routes(app, endpoints, lambda each: _guard(each, service))


def add_routes(app: FastAPI, endpoints: Iterable[Endpoint], guard_of: Callable[[Endpoint], Guard]) -> None:
    """Add every endpoint behind the guard that it is given."""
    endpoints = tuple(endpoints)
    for path, methods in shadowed(endpoints).items():
        app.add_api_route(path, no_such_method, methods=methods, include_in_schema=False)
    for each in endpoints:
        responses: dict[int | str, dict[str, Any]] = {}
        responses.update({status: dict(PROBLEM) for status in each.problems})
        responses.update({status: dict(more) for status, more in each.responses.items()})
        app.add_api_route(
            each.path, each.handler, methods=[each.method], summary=each.summary, status_code=each.status,
            response_model=each.answer, dependencies=[Depends(guard_of(each))], responses=responses,
            operation_id=f"{each.method.lower()}{each.path.replace('/', '_').replace('{', '').replace('}', '')}",
        )  # fmt: skip


def shadowed(endpoints: Iterable[Endpoint]) -> dict[str, list[str]]:
    """Address → methods that it does not take, but an address with a place in it would take for one of its own.

    Without them ``GET /rules/check`` would ask for the version "check".
    """
    methods: dict[str, set[str]] = defaultdict(set)
    for each in endpoints:
        methods[each.path].add(each.method)
    found: dict[str, list[str]] = {}
    for path, own in methods.items():
        others = {method for template, more in methods.items() if _covers(template, path) for method in more - own}
        if others:
            found[path] = sorted(others)
    return found


def _covers(template: str, path: str) -> bool:
    parts, given = template.split("/"), path.split("/")
    alike = all(part == other or part.startswith("{") for part, other in zip(parts, given, strict=False))
    return "{" in template and "{" not in path and len(parts) == len(given) and alike


def no_such_method() -> Response:
    """Say that an address takes another method."""
    raise HTTPException(405)


def _guard(endpoint: Endpoint, service: Service) -> Guard:
    async def allow(request: Request) -> None:
        request.state.service = service
        if endpoint.access != PUBLIC or endpoint.attempt:  # health and keys to verify tokens by are told all the same
            refuse_suspended(service.workspace.folder)
        if endpoint.attempt:
            address = request.client.host if request.client else ""
            _limit(await taken(service.attempts, address), "attempts from this address")
        if endpoint.access == PUBLIC:
            return
        who = await known(request, service)
        request.state.caller, request.state.caller_name = Caller(service, who.principal), who.principal.name
        if who.limited:
            name = who.principal.name.partition("/")[0]
            _limit(await taken(service.limits, name, who.per_minute), "requests")
        if endpoint.access != SIGNED_IN and not _may(service, who.principal, endpoint.access):
            doing = f"{endpoint.method} {endpoint.path}"
            await run_in_threadpool(
                permit, service.workspace.control, who.principal, endpoint.access, doing=doing, what=doing
            )

    return allow


def _may(service: Service, principal: Any, scope: str) -> bool:
    return bool(principal.tenant == service.workspace.name and principal.may(scope))


def _limit(seconds: float, what: str) -> None:
    if seconds > 0:
        wait = int(seconds) + 1
        raise Problem(TOO_MANY, f"Too many {what}. Ask again in {wait} s.", {"Retry-After": str(wait)})


def as_json(answer: BaseModel, headers: Mapping[str, str] | None = None, *, status: int = 200) -> Response:
    """An answer written by its model: once, and as tools write it everywhere."""
    return Response(answer.model_dump_json(), status, dict(headers or {}), media_type="application/json")
