"""The description of the machine faces: OpenAPI 3.1, with the schemas of tools and an example for every body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import body_of, kind_of
from governance.errors import NotThere

if TYPE_CHECKING:
    from api.endpoint import Endpoint

ADDRESS = "/api/v1"
ABOUT = """Munshi's figures, scores and answers over HTTP.

Send a key or a token as `Authorization: Bearer …`. Errors are problem details (RFC 9457). Every answer tells its
`X-Request-ID`. A `POST` that makes something takes an `Idempotency-Key`. Version 1 keeps its addresses and members; new
members may come. What is to go is first marked `deprecated` here, and answers with a `Sunset` header for at least six
months before it goes."""
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "instance": {"type": "string"},
    },
    "examples": [body_of(kind_of(NotThere()), "There is no customer 'C_0' among the 700 you may see.", "r_1f")],
}  # fmt: skip


def describe(app: FastAPI, endpoints: Iterable[Endpoint]) -> None:
    """Give ``app`` its description, made when it is first asked for."""
    listed = tuple(endpoints)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app, listed)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI, endpoints: tuple[Endpoint, ...]) -> dict[str, Any]:
    made = get_openapi(
        title=app.title, version=app.version, description=ABOUT, routes=app.routes, openapi_version="3.1.0",
        servers=[{"url": ADDRESS}],
    )  # fmt: skip
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM_SCHEMA
    made["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "an API key or a token"},
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-munshi"},
    }
    for endpoint in endpoints:
        operation = made["paths"][endpoint.path][endpoint.method.lower()]
        _describe_one(operation, endpoint, schemas)
    return made


def _describe_one(operation: dict[str, Any], endpoint: Endpoint, schemas: dict[str, Any]) -> None:
    operation["security"] = [] if endpoint.access == "public" else [{"bearer": []}, {"session": []}]
    if endpoint.access not in ("public", "signed-in"):
        operation["description"] = f"{operation.get('description', '')}\n\nTakes the scope `{endpoint.access}`.".strip()
    if endpoint.body is not None and "form" in endpoint.body:
        form = {"application/x-www-form-urlencoded": {"schema": endpoint.body["form"]}}
        operation["requestBody"] = {"required": True, "content": form}
    elif endpoint.body is not None and "content" in endpoint.body:
        operation["requestBody"] = {"required": True, "content": dict(endpoint.body["content"])}
    elif endpoint.body is not None:
        schema = dict(endpoint.body)
        schemas.update(schema.pop("$defs", {}))
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if endpoint.example is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = dict(endpoint.example)
