"""The ways a block can be drawn, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from assistant.prose.numbers import said
from governance.errors import MunshiError
from tools.result import Table, ToolResult
from ui.chart_spec import ChartSpec, chart_spec
from ui.markup import part
from ui.pages.declaration import Block, PageDeclaration
from ui.pages.drawings import DRAWINGS
from ui.pages.tiles import drawn_tile, written
from ui.pages.troubles import Trouble, trouble_of
from ui.pages.visit import Visit
from ui.sql_text import pretty
from ui.table_page import View, table_page


@dataclass(frozen=True)
class Frame:
    """What every block has around it."""

    key: str
    title: str
    measure: str
    span: int
    ask: str
    sql: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def block_html(block: Block, page: PageDeclaration, visit: Visit) -> Markup:
    """One block, drawn; what cannot be read says why in its place."""
    if not block.read:
        return SHOWS[block.show](block, page, visit, None)
    try:
        return SHOWS[block.show](block, page, visit, visit.read(page.reads[block.read]))
    except MunshiError as error:
        return _troubled(block, trouble_of(error))


def figures(block: Block, page: PageDeclaration, visit: Visit, _: ToolResult | None) -> Markup:
    """A row of tiles."""
    tiles = [drawn_tile(tile, page, visit) for tile in block.tiles]
    return part("pages/figures.html", block=block, tiles=tiles)


def chart(block: Block, _: PageDeclaration, visit: Visit, result: ToolResult | None) -> Markup:
    """The result as a chart: the tool's own, or drawn from its rows as ``draw.as`` says."""
    if result is None:
        raise AssertionError(f"the block '{block.key}' reads nothing")
    draw = dict(block.draw)
    how = draw.pop("as", "")
    height = draw.pop("height", None)
    drawn = DRAWINGS[how](result, visit.facts.currency, **draw) if how else result.chart
    spec = chart_spec(drawn)
    return part(
        "pages/chart.html", frame=framed(block, visit, result), empty=block.empty,
        spec=ChartSpec(block.title, spec.figure) if spec else None, currency=visit.facts.currency, height=height,
    )  # fmt: skip


def table(block: Block, _: PageDeclaration, visit: Visit, result: ToolResult | None) -> Markup:
    """Rows of the result; a customer's id opens the customer."""
    if result is None:
        raise AssertionError(f"the block '{block.key}' reads nothing")
    found = chosen_table(result, block.draw)
    page = table_page(found, View(), visit.facts.currency)
    return part(
        "pages/rows.html", frame=framed(block, visit, result), page=page, empty=block.empty,
        open=opens(found), number=visit.facts.counted,
    )  # fmt: skip


def chosen_table(result: ToolResult, draw: Mapping[str, Any]) -> Table:
    """The table a block shows: by title where the result has several, its named columns only."""
    tables = [each for each in (result.table, *result.tables) if each is not None]
    wanted = draw.get("table")
    found = next((each for each in tables if each.title == wanted), tables[0]) if tables else Table(columns=(), rows=())
    names = draw.get("columns") or [column.name for column in found.columns]
    places = {column.name: place for place, column in enumerate(found.columns)}
    kept = [places[name] for name in names if name in places]
    return Table(
        title=found.title,
        columns=tuple(found.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in found.rows[: draw.get("rows", 500)]),
    )


def opens(table: Table) -> int | None:
    """Place of the column whose cells name customers."""
    return next((place for place, column in enumerate(table.columns) if column.name == "customer_id"), None)


def framed(block: Block, visit: Visit, result: ToolResult) -> Frame:
    """Title, measure, question and statements of a block."""
    return Frame(
        key=block.key,
        title=finding(block, result, visit.facts.currency),
        measure=block.measure,
        span=block.span,
        ask=visit.ask(block.question),
        sql=tuple(pretty(statement) for statement in result.sql),
        warnings=result.warnings,
    )


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
        column.name: "–" if value is None else said(value, column.unit, currency=currency)
        for column, value in zip(columns, row, strict=True)
        if not isinstance(value, list | tuple | dict)
    }


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _troubled(block: Block, trouble: Trouble) -> Markup:
    return part("pages/trouble.html", block=block, told=trouble)


Show = Callable[[Block, PageDeclaration, Visit, ToolResult | None], Markup]
SHOWS: Mapping[str, Show] = {"figures": figures, "chart": chart, "table": table}
