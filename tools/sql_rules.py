"""The lists in ``sql_functions.yaml``, and what they say about a call's arguments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRefused

if TYPE_CHECKING:
    from sqlglot import exp

FILE = Path(__file__).parent / "sql_functions.yaml"

#: Interval unit → seconds at the least.
SECONDS: Mapping[str, int] = {
    "second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 28 * 86_400,
    "quarter": 89 * 86_400, "year": 365 * 86_400,
}  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """What stands in the file, ready to be asked.

    Attributes
    ----------
    callable
        Names a statement may call.
    engine_callable
        Those, and what the engine makes of operators.
    bounded
        Name → (argument counted from 1, largest value).
    patterned
        Name → the form its first argument must have.
    """

    callable: frozenset[str]
    engine_callable: frozenset[str]
    clock: frozenset[str]
    bounded: Mapping[str, tuple[int, int]]
    patterned: Mapping[str, re.Pattern[str]]
    series: frozenset[str]
    series_steps: int
    table_functions: frozenset[str]
    session_names: frozenset[str]
    engine_tables: re.Pattern[str]
    statements: frozenset[str]
    queries: frozenset[str]
    nodes: frozenset[str]

    def check_arguments(self, name: str, call: exp.Expr) -> None:
        """Refuse a call whose arguments could make it endless."""
        if name in self.bounded:
            self._check_bound(name, call)
        if name in self.patterned:
            form = call.expressions[0] if call.expressions else None
            if form is None or not form.is_string or not self.patterned[name].fullmatch(form.name):
                raise ToolRefused(f"{name}() takes a format written out, with widths of at most two digits.")
        if name in self.series:
            steps = series_steps(call.expressions)
            if steps is None or steps > self.series_steps:
                raise ToolRefused(
                    f"{name}() takes bounds written out, numbers or dates, and at most {self.series_steps:,} steps."
                )

    def _check_bound(self, name: str, call: exp.Expr) -> None:
        position, at_most = self.bounded[name]
        value = _number(call.expressions[position - 1]) if len(call.expressions) >= position else None
        if value is None or value > at_most:
            raise ToolRefused(f"{name}() takes a number written out, at most {at_most}, as argument {position}.")
        if any(inner is not call and inner.name.lower() in self.bounded for inner in _calls(call)):
            raise ToolRefused(f"{name}() may not hold another call that makes values longer.")


@cache
def load_rules() -> Rules:
    """Read the file."""
    import yaml

    said = yaml.safe_load(FILE.read_text("utf-8"))
    plain = frozenset(name for group in said["allowed"].values() for name in group.split())
    series = frozenset(said["series"]["names"].split())
    allowed = plain | series | said["bounded"].keys() | said["patterned"].keys()
    return Rules(
        callable=allowed,
        engine_callable=allowed | frozenset(said["syntax"].split()),
        clock=frozenset(said["clock"].split()),
        bounded={name: (rule["argument"], rule["at_most"]) for name, rule in said["bounded"].items()},
        patterned={name: re.compile(form) for name, form in said["patterned"].items()},
        series=series,
        series_steps=said["series"]["at_most"],
        table_functions=frozenset(said["table_functions"].split()),
        session_names=frozenset(said["session_names"].split()),
        engine_tables=re.compile(said["engine_tables"]),
        statements=frozenset(said["statements"].split()),
        queries=frozenset(said["queries"].split()),
        nodes=frozenset(f"{said['queries']} {said['nodes']}".split()),
    )


def nearest(name: str, known: Collection[str]) -> str:
    """Return the names of ``known`` that look most like ``name``, as the end of a sentence."""
    from rapidfuzz import process

    return f"; the nearest are {', '.join(found for found, _, _ in process.extract(name, sorted(known), limit=3))}"


def series_steps(arguments: list[Any]) -> float | None:
    """Return how many steps a series has: ``(stop)``, ``(start, stop)`` or ``(start, stop, step)``; None if unknown."""
    bounds = [bound for argument in arguments[:2] if (bound := _bound(argument)) is not None]
    if not 1 <= len(arguments) <= 3 or len(bounds) < len(arguments[:2]):
        return None
    start, stop = (0, bounds[0]) if len(bounds) == 1 else bounds
    step = _step(arguments[2]) if len(arguments) == 3 else 1
    return abs(stop - start) / abs(step) if step and type(start) is type(stop) else None


def _bound(node: exp.Expr) -> int | float | None:
    number = _number(node)
    return number if number is not None else _moment(node)


def _step(node: exp.Expr) -> float | None:
    if type(node).__name__ != "Interval":
        return _number(node)
    unit = node.text("unit").lower().removesuffix("s")
    amount = re.fullmatch(r"-?\d{1,6}", node.name)
    return int(node.name) * SECONDS[unit] if amount and unit in SECONDS else None


def _number(node: exp.Expr) -> int | None:
    """Return a whole number written out, with or without a sign."""
    kind = type(node).__name__
    if kind == "Neg":
        inner = _number(node.this)
        return None if inner is None else -inner
    return int(node.name) if kind == "Literal" and not node.is_string and node.name.isdecimal() else None


def _moment(node: exp.Expr) -> float | None:
    """Return a date or timestamp written out, as seconds."""
    if (
        type(node).__name__ != "Cast"
        or not node.this.is_string
        or node.args["to"].this.name not in ("DATE", "TIMESTAMP")
    ):
        return None
    try:
        return dt.datetime.fromisoformat(node.this.name).replace(tzinfo=dt.UTC).timestamp()
    except ValueError:
        return None


def _calls(node: exp.Expr) -> list[Any]:
    return [inner for inner in node.walk() if type(inner).__name__ == "Anonymous"]
