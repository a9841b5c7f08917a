"""Errors as problem details (RFC 9457): one table from what went wrong to what the caller reads."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from governance import errors

_log = logging.getLogger("munshi.api")

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: the status it has and how it is called."""

    status: int
    name: str
    title: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        """What identifies the kind to a program."""
        return f"urn:munshi:problem:{self.name}"


#: Faults of one request that are said in its detail, and that are listed.
SAID, LISTED = 10, 100
_LATER = {"Retry-After": "5"}
#: Error → kind. An error that is not here has the kind of the nearest above it in the tree.
KINDS: Mapping[type[errors.MunshiError], Kind] = MappingProxyType(
    {
        errors.MunshiError: Kind(500, "failed", "It failed"),
        errors.ConfigurationError: Kind(500, "configuration", "The server is set up wrongly"),
        errors.WorkspaceError: Kind(503, "books", "The books cannot be opened", _LATER),
        errors.WorkspaceNotFound: Kind(404, "no-workspace", "There is no such workspace"),
        errors.WorkspaceExists: Kind(409, "workspace-exists", "There is such a workspace already"),
        errors.WorkspaceBusy: Kind(503, "busy", "The books are being written", _LATER),
        errors.WorkspaceSuspended: Kind(403, "suspended", "The workspace is suspended"),
        errors.ControlUnavailable: Kind(503, "control", "The control data cannot be reached", _LATER),
        errors.ProviderUnavailable: Kind(503, "provider", "The identity provider cannot be reached", _LATER),
        errors.StorageFull: Kind(507, "storage-full", "The disk is full"),
        errors.SourceError: Kind(422, "source", "What was sent cannot be read"),
        errors.ModelError: Kind(503, "model", "The model cannot serve"),
        errors.ToolRetry: Kind(422, "arguments", "The arguments can be mended"),
        errors.NotThere: Kind(404, "not-there", "There is no such thing"),
        errors.ToolRefused: Kind(403, "refused", "This is not permitted"),
        errors.NotSignedIn: Kind(401, "not-signed-in", "Who asks is not known", {"WWW-Authenticate": "Bearer"}),
        errors.IdentityError: Kind(422, "identity", "The user or key cannot be made so"),
        errors.ReceiptNotFound: Kind(404, "no-receipt", "There is no such receipt"),
    }
)
#: Kinds that are not errors of ours.
MALFORMED = Kind(422, "malformed", "The request is not as described")
TOO_LARGE = Kind(413, "too-large", "The request is too large")
TOO_SLOW = Kind(408, "too-slow", "The request took too long to come", {"Connection": "close"})
TOO_MANY = Kind(429, "too-many", "Too many requests")
BROKEN = Kind(500, "broken", "Something broke")
CONFLICT = Kind(409, "conflict", "The same request is under way, or was another")
PLAIN: Mapping[int, Kind] = {
    404: Kind(404, "no-such-address", "There is nothing at this address"),
    405: Kind(405, "no-such-method", "This address takes another method"),
    415: Kind(415, "media-type", "The body is not of a kind that is read here"),
    408: TOO_SLOW,
    413: TOO_LARGE,
    400: Kind(400, "bad-request", "The request is not as described"),
}


class Problem(Exception):
    """A problem that is none of the errors in the tree."""

    def __init__(self, kind: Kind, detail: str, headers: Mapping[str, str] | None = None, **further: Any) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.headers, self.further = kind, detail, dict(headers or {}), further


def kind_of(error: errors.MunshiError) -> Kind:
    """The kind of an error: its own in `KINDS`, or that of the nearest class above it."""
    return next(KINDS[each] for each in type(error).__mro__ if each in KINDS)


def body_of(kind: Kind, detail: str, request_id: str, **further: Any) -> dict[str, Any]:
    """The members of a problem."""
    return {"type": kind.uri, "title": kind.title, "status": kind.status, "detail": detail,
            "instance": f"urn:munshi:request:{request_id}", **further}  # fmt: skip


def response(request: Request, kind: Kind, detail: str, headers: Mapping[str, str], **further: Any) -> JSONResponse:
    """A problem as a response."""
    body = body_of(kind, detail, getattr(request.state, "request_id", ""), **further)
    return JSONResponse(body, kind.status, {**kind.headers, **headers}, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Make every error of ``app`` a problem."""

    @app.exception_handler(errors.MunshiError)
    async def ours(request: Request, error: errors.MunshiError) -> JSONResponse:
        return response(request, kind_of(error), str(error), {})

    @app.exception_handler(Problem)
    async def told(request: Request, problem: Problem) -> JSONResponse:
        return response(request, problem.kind, problem.detail, problem.headers, **problem.further)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [{"where": ".".join(map(str, fault["loc"])), "what": fault["msg"]} for fault in error.errors()]
        said = "; ".join(f"{fault['where']}: {fault['what']}" for fault in faults[:SAID])
        more = f"; and {len(faults) - SAID:,} more" if len(faults) > SAID else ""
        return response(request, MALFORMED, f"{said}{more}.", {}, faults=faults[:LISTED], faults_in_all=len(faults))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        kind = PLAIN.get(error.status_code) or Kind(error.status_code, "http", "The request failed")
        headers = {**(error.headers or {}), **({"Allow": allowed(request)} if error.status_code == 405 else {})}
        return response(request, kind, str(error.detail), headers)


def allowed(request: Request) -> str:
    """The methods that the address takes, of all its routes: the one that refused knows its own alone."""
    told = [each for each in request.app.routes if getattr(each, "include_in_schema", False)]
    found = [each for each in told if each.matches(request.scope)[0] is not Match.NONE]
    exact = [each for each in found if "{" not in each.path] or found  # "/rules/check" is no version of the rules
    methods = {method for each in exact for method in each.methods}
    return ", ".join(sorted(methods))


def broken(error: Exception, request_id: str) -> str:
    """Log an error nobody foresaw under a number, and return what the caller is told.

    The log gets where it happened and of what type it is, never its words: they may quote a row.
    """
    incident = f"e_{secrets.token_hex(4)}"
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    _log.error("incident %s in request %s: %s at %s", incident, request_id, type(error).__name__, where)
    return (
        f"Something broke inside Munshi; it is noted in the server's log as {incident}. Try again; if it happens "
        "again, hand that number to whoever runs this server."
    )
