"""The description read once for every client: what can be called, with what, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from api.sdk.names import is_safe, name_of

REF = "#/components/schemas/"
BodyKind = Literal["none", "json", "form", "content"]
KINDS: tuple[tuple[str, BodyKind], ...] = (("application/json", "json"), ("application/x-www-form-urlencoded", "form"))


@dataclass(frozen=True)
class Parameter:
    """One thing an operation takes.

    Attributes
    ----------
    name
        As a client takes it.
    wire
        As it travels.
    place
        ``path``, ``query``, ``header`` or ``body``.
    """

    name: str
    wire: str
    place: str
    schema: Mapping[str, Any]
    required: bool

    @property
    def about(self) -> str:
        """What it is, in words."""
        return str(self.schema.get("description", ""))


@dataclass(frozen=True)
class Operation:
    """One operation as clients call it.

    Attributes
    ----------
    media
        Kinds of body it takes, where the body is a file.
    whole
        The body is one object of any members.
    answer
        Name of the model that comes back; ``bytes``, ``None`` or ``Any`` where there is none.
    """

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: BodyKind
    media: tuple[str, ...]
    whole: bool
    answer: str
    safe: bool
    once: bool
    example: Mapping[str, Any] | None
    status: int
    public: bool

    def at(self, place: str) -> list[Parameter]:
        """Parameters of one place."""
        return [each for each in self.parameters if each.place == place]

    @property
    def ordered(self) -> list[Parameter]:
        """Parameters, what is required first; the idempotency key is the client's own affair."""
        shown = [each for each in self.parameters if each.place != "header"]
        return [each for each in shown if each.required] + [each for each in shown if not each.required]


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Every operation, in the document's order."""
    return [
        _operation(document, method.upper(), path, told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    ]


def models(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The objects that travel, each by its name; what only requests hold is a parameter of its operation."""
    schemas = document["components"]["schemas"]
    every = [told for methods in document["paths"].values() for told in methods.values()]
    sent = [told["requestBody"]["content"].get("application/json", {}) for told in every if "requestBody" in told]
    bodies = {_named(each.get("schema", {})) for each in sent}
    answers = {_answer(told) for told in every}
    held = {name for schema in schemas.values() for name in _mentioned(schema)}
    return {name: schema for name, schema in schemas.items() if name not in bodies or name in held | answers}


def _operation(document: Mapping[str, Any], method: str, path: str, told: Mapping[str, Any]) -> Operation:
    name = name_of(method, path)
    kind, media, schema = _body(document, told)
    inner = list(_members(schema)) if kind in ("json", "form") else []
    given = told.get("parameters", ())
    paged = any(each["name"] == "cursor" for each in given)
    outer = [
        Parameter(_outer_name(each["name"], paged=paged), each["name"], each["in"],
                  {"description": each.get("description", ""), **each["schema"]}, bool(each.get("required")))
        for each in given
    ]  # fmt: skip
    example = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    return Operation(
        name=name,
        method=method,
        path=path,
        summary=told["summary"].rstrip("."),
        description=told.get("description", ""),
        parameters=(*outer, *inner),
        body=kind,
        media=media,
        whole=kind == "json" and not inner,
        answer=_answer(told),
        safe=is_safe(method, path, name),
        once=any(each.wire == "Idempotency-Key" for each in outer),
        example=example,
        status=_success(told),
        public=told.get("security") == [],
    )


def _outer_name(wire: str, *, paged: bool) -> str:
    """A page's size has a name of its own: tools take a limit themselves."""
    name = "page_size" if wire == "limit" and paged else wire
    return name.replace("-", "_").lower()


def _body(document: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[BodyKind, tuple[str, ...], Mapping[str, Any]]:
    content = told.get("requestBody", {}).get("content", {})
    if not content:
        return "none", (), {}
    for media, kind in KINDS:
        if media in content:
            return kind, (), resolved(document, content[media]["schema"])
    return "content", tuple(content), {}


def _members(schema: Mapping[str, Any]) -> Iterator[Parameter]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield Parameter(name, name, "body", each, name in required)


def resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema, or what it refers to."""
    name = _named(schema)
    return document["components"]["schemas"][name] if name else schema


def _named(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).removeprefix(REF)


def _mentioned(schema: Any) -> Iterator[str]:
    """Names that a schema refers to, however deep."""
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            yield _named(schema)
        for each in schema.values():
            yield from _mentioned(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _mentioned(each)


def _success(told: Mapping[str, Any]) -> int:
    return min(int(status) for status in told["responses"] if status.startswith("2"))


def _answer(told: Mapping[str, Any]) -> str:
    content = told["responses"][str(_success(told))].get("content", {})
    if not content:
        return "None"
    schema = content.get("application/json", {}).get("schema", {})
    if _named(schema):
        return _named(schema)
    return "bytes" if any(each.get("schema", {}).get("format") == "binary" for each in content.values()) else "Any"
