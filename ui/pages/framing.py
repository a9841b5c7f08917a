"""What every block has around it: its title as a finding, its measure, its question, its statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.prose.numbers import said
from tools.result import Column, Table, ToolResult
from ui.language import figured
from ui.pages.acting import Offered
from ui.pages.declaration import Block, Read
from ui.pages.tiles import written
from ui.pages.visit import Visit, ask
from ui.sql_text import pretty


@dataclass(frozen=True)
class Frame:
    """What every block has around it.

    Attributes
    ----------
    acts
        What its head offers to do.
    offers
        What each row offers to do; None where rows offer nothing.
    """

    key: str
    title: str
    measure: str
    span: int
    ask: str
    sql: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    acts: tuple[Offered, ...] = ()
    offers: Callable[[Mapping[str, Any]], tuple[Offered, ...]] | None = None


def framed(block: Block, read: Read, visit: Visit, result: ToolResult) -> Frame:
    """Title, measure, question and statements of a block."""
    return Frame(
        key=block.key,
        title=finding(block, result, visit.facts.currency),
        measure=", ".join(each for each in (block.measure, visit.wider(read)) if each),
        span=block.span,
        ask=_asked(block, read, visit),
        sql=tuple(pretty(statement) for statement in result.sql),
        warnings=result.warnings,
    )


def _asked(block: Block, read: Read, visit: Visit) -> str:
    """Address in Ask of what the block shows; a statement is asked as it is typed."""
    if block.question:
        return ask(visit.question(block.question, read.takes))
    return ask(visit.arguments(read)["sql"]) if read.tool == "run_sql" else ""


def finding(block: Block, result: ToolResult, currency: str) -> str:
    """The block's title as a finding; its plain title where the result does not carry what the finding needs."""
    if not block.finding:
        return block.title
    rows = [_said_row(row, result.table, currency) for row in (result.table.rows if result.table else ())]
    facts = {name: written(fact, currency) for name, fact in result.facts.items()}
    named = dict(zip(("first", "second", "third"), rows, strict=False)) | ({"last": rows[-1]} if rows else {})
    try:
        return _sentence(block.finding.format(**named, facts=facts))
    except (KeyError, IndexError):
        return block.title


def _said_row(row: Sequence[Any], table: Table | None, currency: str) -> dict[str, str]:
    columns = table.columns if table is not None else ()
    return {
        column.name: "–" if value is None else _figured(value, column, currency)
        for column, value in zip(columns, row, strict=True)
        if not isinstance(value, list | tuple | dict)
    }


def _figured(value: Any, column: Column, currency: str) -> str:
    told = said(value, column.unit, currency=currency)
    return told if isinstance(value, str) else figured(told)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
