"""A block to try things in: sliders, and what the tool says of where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from governance.errors import MunshiError
from tools.result import ToolResult
from ui.chart_spec import chart_spec
from ui.markup import part
from ui.pages.declaration import Block, PageDeclaration, Slider
from ui.pages.framing import framed
from ui.pages.tiles import written
from ui.pages.troubles import trouble_of
from ui.pages.visit import Visit

#: A tool's facts of what it changed: ``change_1`` is a figure, ``change_1_before`` and ``_after`` its values.
MOST_CHANGES = 4


@dataclass(frozen=True)
class Standing:
    """One slider and where it stands, in percent."""

    slider: Slider
    at: int


@dataclass(frozen=True)
class Outcome:
    """One figure before and after."""

    label: str
    before: str
    after: str


def trial(block: Block, page: PageDeclaration, visit: Visit) -> Markup:
    """Sliders with what they do; at zero all of them, what the tool proposes where the block asks for that."""
    standing = [Standing(slider, _stands(slider, visit.told.get(slider.lever))) for slider in block.sliders]
    changes = {each.slider.lever: f"{each.at:+d}%" for each in standing if each.at}
    drawn = {"block": block, "standing": standing, "note": block.draw.get("note", ""), "currency": visit.facts.currency}
    if not changes and not block.draw.get("at_rest"):
        return part("pages/trial.html", **drawn)
    read = page.reads[block.draw["read"]]
    try:
        result = visit.call(read.tool, visit.arguments(read) | ({"changes": changes} if changes else {}))
    except MunshiError as error:
        return part("pages/trial.html", **drawn, told=trouble_of(error))
    drawn["note"] = _note(block, visit, result)
    return part(
        "pages/trial.html", **drawn, frame=framed(block, read, visit, result), outcomes=_outcomes(block, visit, result),
        proposed=[] if changes else _proposed(visit, result), lead="" if changes else _lead(block, result),
        spec=chart_spec(result.chart) if block.draw.get("chart") else None,
    )  # fmt: skip


def _outcomes(block: Block, visit: Visit, result: ToolResult) -> list[Outcome]:
    return [
        Outcome(label, *(written(result.facts.get(f"{name}_{when}"), visit.facts.currency) for when in _BOTH))
        for label, name in block.draw["outcomes"].items()
    ]


def _proposed(visit: Visit, result: ToolResult) -> list[Outcome]:
    """What the tool changed of its own accord."""
    names = [f"change_{place}" for place in range(1, MOST_CHANGES + 1)]
    return [
        Outcome(
            str(result.facts[name].value),
            *(written(result.facts.get(f"{name}_{when}"), visit.facts.currency) for when in _BOTH),
        )
        for name in names
        if name in result.facts
    ]


def _lead(block: Block, result: ToolResult) -> str:
    """What the proposal comes to."""
    reached = result.facts.get("reached")
    return str(block.draw["at_rest"]["reached" if reached is not None and reached.value else "missed"])


def _note(block: Block, visit: Visit, result: ToolResult) -> str:
    note, counted = block.draw.get("note", ""), block.draw.get("count")
    if not counted:
        return str(note)
    return f"{written(result.facts.get(counted['fact']), visit.facts.currency)} {counted['label']}. {note}"


def _stands(slider: Slider, told: str | None) -> int:
    """Where the address puts it, within its ends; where it was declared to stand when the address does not say."""
    try:
        return min(max(int(told or slider.at), slider.low), slider.high)
    except ValueError:
        return slider.at


_BOTH = ("before", "after")
