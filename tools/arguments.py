"""Argument types that several tools share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from governance.errors import ToolRetry


def _as_list(value: Any) -> Any:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


#: One value or several; none means no filter.
OneOrMore = Annotated[list[str], BeforeValidator(_as_list)]
CustomerId = Annotated[str, Field(min_length=1, max_length=64, description="identifier of a customer, such as C_4F21")]


def literal(text: str) -> str:
    """``text`` as a SQL string.

    Raises
    ------
    ToolRetry
        It holds a NUL, which no SQL text can.
    """
    from sqlglot import exp

    if "\0" in text:
        raise ToolRetry(f"{text!r} holds a NUL character, which no value of the books does. Leave it out.")
    return exp.Literal.string(text).sql("duckdb")
