"""A schema as a type: of Python, of TypeScript."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from api.sdk.operations import REF

Schema = Mapping[str, Any]
_PYTHON = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_FORMATS = {"date": "dt.date", "date-time": "dt.datetime"}
_TYPESCRIPT = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def python(schema: Schema) -> str:
    """The annotation that holds what a schema allows."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF)
    if "anyOf" in schema:
        return " | ".join(_once(python, schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        return f"Literal[{', '.join(json.dumps(each) for each in _values(schema))}]"
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_once(python, [{**schema, "type": each} for each in kind]))
    if kind == "string" and schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if kind == "array":
        return f"list[{python(schema.get('items', {}))}]"
    if kind == "object":
        return f"dict[str, {python(_inner(schema))}]"
    return _PYTHON.get(str(kind), "Any")


def typescript(schema: Schema) -> str:
    """The type that holds what a schema allows."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF)
    if "anyOf" in schema:
        return " | ".join(_once(typescript, schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        return " | ".join(json.dumps(each) for each in _values(schema))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_once(typescript, [{**schema, "type": each} for each in kind]))
    if kind == "array":
        inner = typescript(schema.get("items", {}))
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if kind == "object":
        return f"Record<string, {typescript(_inner(schema))}>"
    return _TYPESCRIPT.get(str(kind), "unknown")


def _values(schema: Schema) -> list[Any]:
    return [schema["const"]] if "const" in schema else list(schema["enum"])


def _inner(schema: Schema) -> Schema:
    inner = schema.get("additionalProperties", {})
    return inner if isinstance(inner, Mapping) else {}


def _once(typed: Callable[[Schema], str], schemas: list[Schema]) -> list[str]:
    """The types of several schemas, each once, nothing last."""
    found = list(dict.fromkeys(typed(each) for each in schemas))
    return sorted(found, key=lambda each: each in ("None", "null"))
