"""Holding a model to the length of list it was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.figures import figures
from governance.errors import ToolRetry

LIST = re.compile(
    r"(?i)\b(?:top|first|last|bottom|worst|best|riskiest|largest|highest|biggest|lowest|smallest|all)\s+(?=\d)"
)


def unshortened(question: str, arguments: Mapping[str, Any]) -> None:
    """Let a call pass whose ``limit`` cuts no list shorter than was asked for.

    A limit that stands in the question itself, or of one row, is meant.

    Raises
    ------
    ToolRetry
        It does.
    """
    limit = arguments.get("limit")
    asked = _asked(question)
    if not isinstance(limit, int) or limit <= 1 or asked is None or limit >= asked:
        return
    if any(figure.value == limit for figure in figures(question)):
        return
    raise ToolRetry(f"The person asked for {asked}, not for {limit}. Call again with limit {asked}.")


def _asked(question: str) -> int | None:
    """The one length of list a question asks for; None where it asks for none, or for several."""
    wanted = [
        figure.value
        for place in LIST.finditer(question)
        for figure in figures(question)
        if figure.start == place.end() and figure.kind == "plain"
    ]
    return int(wanted[0]) if len(wanted) == 1 else None
