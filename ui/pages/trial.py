"""A block to try things in: sliders, and what the tool says of where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from governance.errors import MunshiError
from ui.chart_spec import chart_spec
from ui.markup import part
from ui.pages.declaration import Block, PageDeclaration, Slider
from ui.pages.framing import framed
from ui.pages.tiles import written
from ui.pages.troubles import trouble_of
from ui.pages.visit import Visit


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
    """Sliders with what they do; at zero all of them, nothing is tried."""
    standing = [Standing(slider, _stands(slider, visit.told.get(slider.lever))) for slider in block.sliders]
    changes = {each.slider.lever: f"{each.at:+d}%" for each in standing if each.at}
    declared = page.reads[block.draw["read"]]
    given = {"standing": standing, "block": block, "note": block.draw.get("note", "")}
    if not changes:
        return part("pages/trial.html", **given, frame=None, outcomes=[], spec=None, told=None, currency="")
    try:
        result = visit.call(declared.tool, {**visit.arguments(declared), "changes": changes})
    except MunshiError as error:
        told = trouble_of(error)
        return part("pages/trial.html", **given, frame=None, outcomes=[], spec=None, told=told, currency="")
    currency = visit.facts.currency
    counted = block.draw.get("count")
    if counted:
        given["note"] = f"{written(result.facts.get(counted['fact']), currency)} {counted['label']}. {given['note']}"
    outcomes = [
        Outcome(label, *(written(result.facts.get(f"{name}_{when}"), currency) for when in ("before", "after")))
        for label, name in block.draw["outcomes"].items()
    ]
    return part(
        "pages/trial.html", **given, frame=framed(block, declared, visit, result), outcomes=outcomes, told=None,
        spec=chart_spec(result.chart) if block.draw.get("chart") else None, currency=currency,
    )  # fmt: skip


def _stands(slider: Slider, told: str | None) -> int:
    """Where the address puts it, within its ends; where it was declared to stand when the address does not say."""
    try:
        return min(max(int(told or slider.at), slider.low), slider.high)
    except ValueError:
        return slider.at
