"""The ways a block can be drawn, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from markupsafe import Markup

from assistant.prose.numbers import MISSING
from governance.errors import MunshiError
from tools.result import ToolResult
from ui.chart_spec import chart_spec
from ui.markup import part
from ui.pages.acting import offered
from ui.pages.declaration import Block, PageDeclaration
from ui.pages.drawings import DRAWINGS, Chart
from ui.pages.framing import Frame, framed
from ui.pages.intake import intake
from ui.pages.pins import pinned
from ui.pages.rows import chosen_table, named_table, rows_of, shown
from ui.pages.shared import shared
from ui.pages.tiles import drawn_tile, stated
from ui.pages.trial import trial
from ui.pages.troubles import trouble_of
from ui.pages.visit import Visit

#: Tiles beside each other at most, and pixels that a chart is high.
MOST_ACROSS, HEIGHT = 7, 256


def block_html(block: Block, page: PageDeclaration, visit: Visit) -> Markup:
    """One block, drawn; what cannot be read says why in its place."""
    if not block.read:
        return OWN_READING[block.show](block, page, visit)
    try:
        result = visit.read(read := page.reads[block.read])
    except MunshiError as error:
        return part("pages/trouble.html", block=block, told=trouble_of(error))
    frame = offering(framed(block, read, visit, result), block, page, visit, result)
    return OF_A_RESULT[block.show](block, frame, visit, result)


def offering(frame: Frame, block: Block, page: PageDeclaration, visit: Visit, result: ToolResult) -> Frame:
    """The frame with what the caller may do with the block, and with each of its rows."""
    principal = visit.toolbox.principal
    rows = partial(offered, page.acts, block.row_acts, principal, of=visit.of) if block.row_acts else None
    facts = {name: fact.value for name, fact in result.facts.items()}
    return replace(frame, acts=offered(page.acts, block.acts, principal, facts, visit.of), offers=rows)


def figures(block: Block, page: PageDeclaration, visit: Visit) -> Markup:
    """A row of tiles."""
    tiles = [drawn_tile(tile, page, visit) for tile in block.tiles]
    return part("pages/figures.html", block=block, tiles=tiles, across=across(len(tiles)))


def across(tiles: int) -> int:
    """How many tiles stand beside each other: one row of up to seven, else two rows alike."""
    return tiles if tiles <= MOST_ACROSS else -(-tiles // 2)


def changes(block: Block, page: PageDeclaration, visit: Visit) -> Markup:
    """Tiles as lines of a table: what each was, what it is, how it moved."""
    tiles = [drawn_tile(tile, page, visit) for tile in block.tiles]
    return part("pages/changes.html", block=block, tiles=tiles)


def finder(block: Block, _: PageDeclaration, __: Visit) -> Markup:
    """A box that opens a customer by his identifier."""
    return part("pages/finder.html", block=block)


def search(block: Block, _: PageDeclaration, visit: Visit) -> Markup:
    """Boxes whose words become part of the address, for the reads that ask for them."""
    dates = block.draw.get("dates", ())
    fields = [
        (name, label, visit.told.get(name, ""), "date" if name in dates else "search")
        for name, label in block.draw["fields"].items()
    ]
    return part("pages/search.html", block=block, fields=fields)


def chart(block: Block, frame: Frame, visit: Visit, result: ToolResult) -> Markup:
    """The result as a chart: the tool's own, or drawn from its rows as ``draw.as`` says."""
    return part(
        "pages/chart.html", frame=frame, spec=chart_spec(drawn_chart(block, result)),
        height=block.draw.get("height", HEIGHT), empty=block.empty, currency=visit.facts.currency,
    )  # fmt: skip


def drawn_chart(block: Block, result: ToolResult) -> Chart:
    """The chart of a block: the tool's own, or drawn from the rows it names; None where there is nothing to draw."""
    draw = {name: value for name, value in block.draw.items() if name not in ("as", "height", "table")}
    how = block.draw.get("as", "")
    if not how or result.table is None:
        return result.chart
    rows = named_table(result, block.draw.get("table"))
    return DRAWINGS[how](result.model_copy(update={"table": rows}), **draw) if rows is not None else None


def table(block: Block, frame: Frame, visit: Visit, result: ToolResult) -> Markup:
    """Rows of the result; one that is of a customer opens him."""
    found = chosen_table(result, block.draw)
    page = shown(found, block.draw.get("columns", ()), visit.facts.currency)
    rows = rows_of(found, page, visit.told.get("transaction", ""), frame.offers)
    return part("pages/rows.html", frame=frame, page=page, rows=rows, empty=block.empty)


def facts(block: Block, frame: Frame, visit: Visit, result: ToolResult) -> Markup:
    """Facts as a list: what each is called and what it is."""
    told = [(label, stated(result, name, visit.facts.currency)) for label, name in block.draw["facts"].items()]
    if block.draw.get("present"):  # what does not apply is left out
        told = [(label, each) for label, each in told if each.text != MISSING]
    return part("pages/facts.html", frame=frame, told=told)


def prose(block: Block, frame: Frame, visit: Visit, result: ToolResult) -> Markup:
    """Facts that are sentences, one below the other."""
    told = [(label, stated(result, name, visit.facts.currency)) for label, name in block.draw["facts"].items()]
    return part("pages/prose.html", frame=frame, told=told)


def commands(block: Block, frame: Frame, visit: Visit, result: ToolResult) -> Markup:
    """Commands to copy, each for the rows that stand as it is for."""
    rows = named_table(result, block.draw["table"])
    found = [dict(zip((column.name for column in rows.columns), row, strict=True)) for row in rows.rows] if rows else []
    model = next(iter(result.model_versions), "")
    elsewhere = "" if visit.facts.workspace == "demo" else f" --workspace {visit.facts.workspace}"
    told = [
        (each["label"], each["command"].format(model=model, version=row["version"]) + elsewhere)
        for each in block.draw["commands"]
        for row in found
        if row["alias"] == each["when"]
    ]
    return part("pages/commands.html", frame=frame, told=told)


def reasons(block: Block, frame: Frame, _: Visit, result: ToolResult) -> Markup:
    """The facts ``reason_1`` and on, in words."""
    names = [f"reason_{place}" for place in range(1, 5)]
    texts = [str(result.facts[name].value) for name in names if name in result.facts]
    return part("pages/reasons.html", frame=frame, reasons=texts, empty=block.empty)


OF_A_RESULT: Mapping[str, Callable[[Block, Frame, Visit, ToolResult], Markup]] = {
    "chart": chart, "table": table, "facts": facts, "reasons": reasons, "prose": prose,
    "commands": commands, "pinned": pinned, "shared": shared,
}  # fmt: skip
OWN_READING: Mapping[str, Callable[[Block, PageDeclaration, Visit], Markup]] = {
    "figures": figures, "changes": changes, "trial": trial, "finder": finder,
    "search": search, "intake": intake,
}  # fmt: skip
