"""Whether a reading is of the kind that was asked for: a number of things, money, a share, or a list of customers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from assistant.planner.frame import Frame, World
from assistant.planner.text import fold
from assistant.planner.words import table

#: What is to be done rather than told, and what to do with one's own money.
_ACTION = re.compile(
    r"^(?:please |pls |kindly |can you |could you )*(?:drop|delete|truncate|write[- ]?off|remove|approve|reject|send"
    r"|transfer|waive|block|cancel|close|change|update|increase|reduce|lower|raise|call|sms|e?mail|book|buy|sell)\b"
    r"(?! (?:in|of|size)\b)"
    r"|\bshould i\b|\bmy (?:bonus|savings|own)\b",
    re.IGNORECASE,
)
_RATES = frozenset({"percent", "ratio"})


def mistaken(question: str, frame: Frame, world: World) -> str:
    """Return what is asked for and is not what ``frame`` would tell; empty where they agree.

    Only figures can miss it: a list that a model makes, a definition or a document is of its own kind.
    """
    if frame.intent != "metrics":
        return ""
    asked = fold(question)
    kinds = (
        name for name, (is_asked, unless) in _kinds().items() if is_asked.search(asked) and not unless.search(asked)
    )
    return next((name for name in kinds if not _TELLS[name](frame, world)), "")


def asks_to_act(question: str) -> bool:
    """Whether something is to be done, or advice is wanted: other words for it would make a question of it."""
    return bool(_ACTION.search(question))


def _units(frame: Frame, world: World) -> frozenset[str]:
    if frame.each is not None and frame.each.statistic == "count":
        return frozenset({"count"})
    return frozenset(world.metric(name).unit for name in frame.metrics)


def _tells_number(frame: Frame, world: World) -> bool:
    return bool({"count", "ratio"} & _units(frame, world))


def _tells_money(frame: Frame, world: World) -> bool:
    return "currency" in _units(frame, world)


def _tells_share(frame: Frame, world: World) -> bool:
    return frame.share or frame.ratio or bool(_RATES & _units(frame, world))


def _tells_size(frame: Frame, world: World) -> bool:
    return _units(frame, world) != {"count"}


def _tells_customers(frame: Frame, _world: World) -> bool:
    return "customer_id" in frame.dimensions


_TELLS: Mapping[str, Callable[[Frame, World], bool]] = {
    "a number": _tells_number, "an amount of money": _tells_money, "a share": _tells_share,
    "a list of customers": _tells_customers, "an amount": _tells_size,
}  # fmt: skip


@cache
def _kinds() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """What can be asked for → how it is asked for, and what makes that mean something else."""
    return {name: (re.compile(each["asked"]), re.compile(each["unless"])) for name, each in table("asked").items()}
