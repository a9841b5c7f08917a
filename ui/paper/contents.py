"""What stands on paper of a page's blocks: the same reads, drawn as text, rows and SVG."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from governance.errors import MunshiError
from tools.result import ToolResult
from ui.language import say
from ui.pages.declaration import Block, PageDeclaration, declaration
from ui.pages.framing import framed
from ui.pages.rows import chosen_table, shown
from ui.pages.shows import drawn_chart
from ui.pages.tiles import DrawnTile, drawn_tile, stated
from ui.pages.troubles import trouble_of
from ui.pages.visit import Visit
from ui.paper.declaration import Part
from ui.paper.drawing import chart_svg

Content = dict[str, Any]
#: Pixels across the paper, and between two parts of a row.
WIDE, BETWEEN = 700, 24


def content(part: Part, visit: Visit, across: int = 1) -> Content:
    """One part; what cannot be read says why in its place.

    Parameters
    ----------
    across
        Parts in its row.
    """
    page = declaration(part.page)
    block = page.block(part.block)
    if block is None:
        raise AssertionError(f"the page {part.page} has no block {part.block}")
    if block.tiles:
        return _figures(block, page, visit)
    read = page.reads[block.read]
    try:
        result = visit.read(read)
    except MunshiError as error:
        told = trouble_of(error)
        return {"kind": "trouble", "title": block.title, "measure": say(told.title), "text": told.text}
    frame = framed(block, read, visit, result)
    common = {"title": frame.title, "measure": frame.measure, "warnings": list(frame.warnings)}
    wide = (WIDE - BETWEEN * (across - 1)) // across
    return common | _SHOWN[block.show](block, part, visit, result, wide)


def on_paper(block: Block) -> bool:
    """Whether a block can stand on paper: it shows something, and is not there to be pressed."""
    return bool(block.tiles) or block.show in _SHOWN


def definitions(parts: tuple[Part, ...], visit: Visit) -> list[tuple[str, str]]:
    """Every figure's definition, once, in the order the figures stand in."""
    found: dict[str, str] = {}
    for part in parts:
        page = declaration(part.page)
        block = page.block(part.block)
        for tile in block.tiles if block else ():
            drawn = drawn_tile(tile, page, visit)
            if drawn.definition:
                found.setdefault(drawn.label, drawn.definition)
    return list(found.items())


def statements(parts: tuple[Part, ...], visit: Visit) -> tuple[list[str], dict[str, str]]:
    """Every statement the parts were read with, and the model versions they lean on."""
    told: dict[str, None] = {}
    versions: dict[str, str] = {}
    for part in parts:
        page = declaration(part.page)
        block = page.block(part.block)
        if block is None:
            continue
        for name in [block.read] if block.read else [tile.read for tile in block.tiles]:
            try:
                result = visit.read(page.reads[name])
            except MunshiError:  # the part itself says why
                continue
            told |= dict.fromkeys(result.sql)
            versions |= result.model_versions
    return list(told), versions


def _figures(block: Block, page: PageDeclaration, visit: Visit) -> Content:
    tiles = [drawn_tile(tile, page, visit) for tile in block.tiles]
    kind = "changes" if block.show == "changes" else "figures"
    return {
        "kind": kind, "title": block.title, "measure": block.measure, "warnings": [],
        "tiles": [_tile(each) for each in tiles],
    }  # fmt: skip


def _tile(tile: DrawnTile) -> Content:
    change = tile.change
    arrow = "" if change is None or change.rose is None else "▲ " if change.rose else "▼ "
    return {
        "label": tile.label,
        "value": tile.value,
        "before": tile.before,
        "change": "" if change is None else f"{arrow}{change.text}",
        "tone": "" if change is None else change.tone,
        "beside": ", ".join(f"{label} {text}" for label, text in tile.beside),
        "over": tile.over if change is not None and change.rose is not None else "",
        "trouble": "" if tile.trouble is None else say(tile.trouble.title),
    }


def _chart(block: Block, part: Part, visit: Visit, result: ToolResult, wide: int) -> Content:
    drawn = drawn_chart(block, result)
    currency = visit.facts.currency
    svg = chart_svg(drawn, width=wide, height=part.height, currency=currency) if drawn else ""
    return {"kind": "chart", "svg": svg, "empty": block.empty or say("Nothing to draw for this selection.")}


def _table(block: Block, part: Part, visit: Visit, result: ToolResult, _: int) -> Content:
    rows = chosen_table(result, block.draw)
    kept = rows.model_copy(update={"rows": rows.rows[: part.rows]}) if part.rows else rows
    page = shown(kept, part.columns or block.draw.get("columns", ()), visit.facts.currency)
    rest = len(rows.rows) - len(kept.rows)
    return {
        "kind": "table",
        "headings": [{"text": each.text, "numeric": each.numeric} for each in page.headings],
        "rows": [[{"text": cell.text, "tone": cell.tone} for cell in row] for row in page.rows],
        "rest": say("and {rest} more, on the page {page}", rest=f"{rest:,}", page=part.page) if rest else "",
        "empty": block.empty or say("No row matches."),
    }


def _reasons(_: Block, __: Part, ___: Visit, result: ToolResult, ____: int) -> Content:
    told = [str(fact.value) for name, fact in result.facts.items() if re.fullmatch(r"reason_[1-4]", name)]
    return {"kind": "facts", "told": [(str(place), text) for place, text in enumerate(told, start=1)]}


def _facts(block: Block, _: Part, visit: Visit, result: ToolResult, __: int) -> Content:
    told = [(label, stated(result, name, visit.facts.currency).text) for label, name in block.draw["facts"].items()]
    return {"kind": "facts", "told": told}


_SHOWN: Mapping[str, Callable[[Block, Part, Visit, ToolResult, int], Content]] = {
    "chart": _chart, "table": _table, "facts": _facts, "prose": _facts, "reasons": _reasons,
}  # fmt: skip
