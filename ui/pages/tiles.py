"""One figure as a tile: its value, what it was, how it changed, whether that is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.prose.numbers import said
from governance.errors import MunshiError
from tools.result import Fact, ToolResult
from ui.language import figured, say
from ui.pages.declaration import PageDeclaration, Tile
from ui.pages.troubles import Trouble, trouble_of
from ui.pages.visit import Visit, ask
from ui.sql_text import pretty

#: How the books write what a caller may not see.
MASK = "•••"
Tone = Literal["good", "bad", ""]
#: Whether more of it is better, and whether it rose → what the change is.
_TONES: Mapping[tuple[object, bool], Tone] = {
    ("better", True): "good", ("better", False): "bad", ("worse", True): "bad", ("worse", False): "good",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """How a figure moved since the month before."""

    text: str
    rose: bool | None
    tone: Tone


@dataclass(frozen=True)
class DrawnTile:
    """What the template draws."""

    label: str
    value: str = "–"
    definition: str = ""
    wider: str = ""
    before: str = ""
    over: str = ""
    change: Change | None = None
    beside: tuple[tuple[str, str], ...] = ()
    ask: str = ""
    sql: tuple[str, ...] = ()
    trouble: Trouble | None = None


def drawn_tile(tile: Tile, page: PageDeclaration, visit: Visit) -> DrawnTile:
    """Read the tile's figure; what cannot be read says why in its place."""
    try:
        result = visit.read(page.reads[tile.read])
    except MunshiError as error:
        return DrawnTile(tile.label, trouble=trouble_of(error))
    currency = visit.facts.currency
    fact = result.facts.get(tile.figure)
    return DrawnTile(
        label=tile.label,
        value=written(fact, currency),
        definition=_text(result, f"definition_{tile.figure}") or _text(result, "definition"),
        before=written(result.facts.get(f"{tile.figure}_previous"), currency),
        change=_change(tile.figure, result),
        beside=tuple((label, written(result.facts.get(name), currency)) for label, name in tile.beside.items()),
        ask=ask(visit.question(tile.question, page.reads[tile.read].takes)),
        over=say(tile.over),
        wider=visit.wider(page.reads[tile.read]),
        sql=tuple(pretty(statement) for statement in result.sql),
    )


@dataclass(frozen=True)
class Stated:
    """A fact of a list, and whether a permission keeps it."""

    text: str
    masked: bool = False


def stated(result: ToolResult, name: str, currency: str) -> Stated:
    """A fact in words; one that is masked says so."""
    text = written(result.facts.get(name), currency)
    return Stated(text, MASK in text)


def written(fact: Fact | None, currency: str) -> str:
    """A fact in few characters; a dash for what is not there."""
    if fact is None or fact.value is None or fact.value == "":
        return "–"
    told = said(fact.value, fact.unit, currency=currency)
    return told if isinstance(fact.value, str) else figured(told)


def _change(figure: str, result: ToolResult) -> Change | None:
    change = result.facts.get(f"{figure}_change")
    by = _number(change)
    if change is None or by is None:
        return None
    if by == 0:
        return Change("unchanged", None, "")
    better = result.facts.get(f"higher_is_{figure}")
    tone = _TONES.get((better.value, by > 0), "") if better is not None else ""
    return Change(_moved(abs(by), change.unit, _number(result.facts.get(f"{figure}_growth"))), by > 0, tone)


def _moved(by: float, unit: str, growth: float | None) -> str:
    if unit == "percent":
        return say("{points} pp", points=f"{by * 100:.2f}")
    if unit == "currency" and growth is not None:
        return f"{abs(growth) * 100:.1f}%"
    return figured(said(by if by % 1 else int(by), unit))


def _number(fact: Fact | None) -> float | None:
    known = fact is not None and isinstance(fact.value, int | float | Decimal)
    return float(fact.value) if known else None  # type: ignore[arg-type, union-attr]


def _text(result: ToolResult, name: str) -> str:
    found = result.facts.get(name)
    return str(found.value) if found is not None and found.value else ""
