"""The files of the clients, each with what is to stand in it."""

from __future__ import annotations

import keyword
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.sdk import types
from api.sdk.operations import Operation, Parameter, models, operations

TEMPLATES = Path(__file__).parent / "templates"
PYTHON, TYPESCRIPT = "sdk/python/munshi_client", "sdk/typescript/src"


def python_files(document: Mapping[str, Any]) -> dict[str, str]:
    """Address below the repository → content, of the Python client."""
    helpers = {"annotation": _annotation, "keyworded": _keyworded, "documented": _documented,
               "safe": _safe, "taken": _taken, "returned": _returned, "parsed": _parsed}  # fmt: skip
    return {
        f"{PYTHON}/models.py": formatted(_rendered("models.py.j2", document, helpers)),
        f"{PYTHON}/client.py": formatted(_rendered("client.py.j2", document, helpers)),
    }


def typescript_files(document: Mapping[str, Any]) -> dict[str, str]:
    """Address below the repository → content, of the TypeScript client."""
    helpers = {"typed": types.typescript, "camel": camel, "argument": _argument, "optional": _optional}
    return {
        f"{TYPESCRIPT}/models.ts": _rendered("models.ts.j2", document, helpers),
        f"{TYPESCRIPT}/client.ts": _rendered("client.ts.j2", document, helpers),
    }


def _rendered(template: str, document: Mapping[str, Any], helpers: Mapping[str, Any]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # What is made is code, of our own description: no markup for a browser.
    made = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701, E501  # nosec B701  # fmt: skip
    made.globals.update(helpers)
    return made.get_template(template).render(models=models(document), operations=operations(document))


def formatted(code: str) -> str:
    """Python as the house formats it, so that what is made can be read beside what is written."""
    ruff = Path(sys.executable).with_name("ruff")
    command = [str(ruff), "format", "--isolated", "--line-length", "120",
               "--config", "format.skip-magic-trailing-comma=true", "-"]  # fmt: skip
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=True)  # noqa: S603  # nosec B603
    return done.stdout


def camel(name: str) -> str:
    """A name as TypeScript has them."""
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


def _annotation(schema: Mapping[str, Any], required: bool) -> str:
    kind = types.python(schema)
    if required:
        return kind
    if schema.get("default") is not None and not isinstance(schema["default"], dict):
        return f"{kind} = {schema['default']!r}"
    return f"{kind} = None" if kind.endswith("None") or kind == "Any" else f"{kind} | None = None"


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _taken(parameter: Parameter) -> str:
    """What a method takes: wider than what travels, since sequences, numbers and mappings are written as they are."""
    kind = types.python(parameter.schema).replace("list[", "Sequence[").replace("dict[", "Mapping[")
    for name in _models_in(parameter.schema):
        kind = kind.replace(name, f"models.{name} | Mapping[str, Any]")
    return kind if parameter.required or kind.endswith("None") else f"{kind} | None"


def _models_in(schema: Any) -> set[str]:
    if isinstance(schema, Mapping):
        own = {str(schema["$ref"]).rpartition("/")[2]} if "$ref" in schema else set()
        return own.union(*(_models_in(each) for each in schema.values()))
    return set().union(*(_models_in(each) for each in schema)) if isinstance(schema, list) else set()


def _returned(operation: Operation) -> str:
    return operation.answer if operation.answer in ("None", "bytes", "Any") else f"models.{operation.answer}"


def _parsed(operation: Operation) -> str:
    kinds = {"None": "type(None)", "bytes": "bytes", "Any": "object"}
    return kinds.get(operation.answer) or f"models.{operation.answer}"


def _keyworded(operation: Operation) -> bool:
    shown = [each for each in operation.ordered if each.place != "path"]
    return bool(shown) or operation.once or operation.body == "content"


def _documented(operation: Operation) -> bool:
    return operation.once or any(each.about for each in operation.ordered)


def _optional(operation: Operation) -> bool:
    """Whether a TypeScript method can be called without anything."""
    return not operation.whole and operation.body != "content" and not any(each.required for each in operation.ordered)


def _argument(parameter: Parameter) -> str:
    return f"{parameter.name}{'' if parameter.required else '?'}: {types.typescript(parameter.schema)}"
