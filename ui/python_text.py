"""An answer's tool calls as a program: what a developer pastes to get the same figures through the Python client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pprint import pformat
from typing import TYPE_CHECKING, Any

from tools.registry import tool

if TYPE_CHECKING:
    from assistant.answer import Step

#: Where the client finds the server; the browser puts its own address in this place.
ADDRESS = "http://127.0.0.1:7860"
_OPENING = f'''import os

from munshi_client import Munshi

with Munshi("{ADDRESS}", key=os.environ.get("MUNSHI_KEY")) as client:'''
_WIDTH = 96


def python_text(steps: Sequence[Step]) -> str:
    """The calls of an answer in their order; empty where it called no tool."""
    calls = "\n".join(_call(step.tool, step.args) for step in steps)
    return f"{_OPENING}\n{calls}\n" if calls else ""


def _call(name: str, arguments: Mapping[str, Any]) -> str:
    given = ",\n".join(f"        {argument}={_literal(value)}" for argument, value in arguments.items())
    inside = (
        f"\n{given},\n    " if given else "" if _takes(name) else "{}"
    )  # one that takes nothing is sent an empty body
    return f'    answer = client.{name}({inside})\n    print(answer.title, answer.table, answer.facts, sep="\\n")'


def _takes(name: str) -> bool:
    """Whether a tool has any arguments."""
    return bool(tool(name).arguments.model_fields)


def _literal(value: Any) -> str:
    return pformat(value, width=_WIDTH, sort_dicts=False).replace("\n", "\n        ")
