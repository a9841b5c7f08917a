"""What acting was worth: customers of the list beside those left alone, as the books tell it some time later."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.arguments import literal
from tools.worklist.kinds import Worth

if TYPE_CHECKING:
    from governance.principal import Principal
    from governance.worklist import Item
    from tools.workspace import Workspace


@dataclass(frozen=True)
class ArmShare:
    """One side: how many, of whom how many met it, the share with its 95 % interval."""

    customers: int
    met: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Told:
    """Both sides and their difference, the listed less those left alone; ``why`` where there is none to tell."""

    label: str
    after_days: int
    worked: ArmShare
    held: ArmShare
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    waiting: int = 0
    why: str = ""


def worth_of(workspace: Workspace, principal: Principal, declared: Worth, items: Sequence[Item]) -> Told:
    """Compare the two sides over the items whose time has come; every item of the list counts, worked or not.

    Counting by how the draw fell, and not by who was reached, keeps the two sides alike in all but the acting.
    """
    clock = workspace.data_clock(principal)
    ripe = [each for each in items if _until(each, declared) <= clock]
    met = _met(workspace, principal, declared, ripe)
    sides = {arm: [each for each in ripe if each.arm == arm] for arm in ("work", "hold")}
    worked, held = (_share(sides[arm], met) for arm in ("work", "hold"))
    told = Told(declared.label, declared.after_days, worked, held, waiting=len(items) - len(ripe))
    if worked.share is None or held.share is None:
        return _with_reason(told, items, clock, declared)
    low, high = newcombe((worked.met, worked.customers), (held.met, held.customers))
    return Told(**{**told.__dict__, "difference": worked.share - held.share, "low": low, "high": high})


def newcombe(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares (Newcombe 1998, method 10: of two Wilson intervals)."""
    from analytics.rules.simulate import wilson

    p, q = one[0] / one[1], other[0] / other[1]
    (l1, u1), (l2, u2) = wilson(*one), wilson(*other)
    difference = p - q
    return (difference - ((p - l1) ** 2 + (u2 - q) ** 2) ** 0.5, difference + ((u1 - p) ** 2 + (q - l2) ** 2) ** 0.5)


def _met(workspace: Workspace, principal: Principal, declared: Worth, ripe: Iterable[Item]) -> set[tuple[str, str]]:
    """As-of and customer of all who met it; one statement for each date that lists were made of."""
    dates = sorted({each.as_of for each in ripe})
    found: set[tuple[str, str]] = set()
    for as_of in dates:
        until = dt.date.fromisoformat(as_of) + dt.timedelta(days=declared.after_days)
        sql = declared.statement.replace("$since", literal(as_of)).replace("$until", literal(until.isoformat()))
        found |= {(as_of, str(row[0])) for row in workspace.query(principal, sql).rows}
    return found


def _share(side: Sequence[Item], met: set[tuple[str, str]]) -> ArmShare:
    from analytics.rules.simulate import wilson

    count, hits = len(side), sum(1 for each in side if (each.as_of, each.customer_id) in met)
    if not count:
        return ArmShare(0, 0, None, None, None)
    low, high = wilson(hits, count)
    return ArmShare(count, hits, hits / count, low, high)


def _with_reason(told: Told, items: Sequence[Item], clock: dt.date, declared: Worth) -> Told:
    arms: Mapping[str, int] = _counts(items)
    if not items:
        why = "Nothing was put on this list yet."
    elif not arms.get("hold"):
        why = "Nobody of this list was left alone, so there is nobody to compare with."
    elif told.waiting:
        first = min(_until(each, declared) for each in items)
        why = f"The books reach to {_day(clock)}; {declared.after_days} days after the first list is {_day(first)}."
    else:
        why = "One of the two sides is empty."
    return Told(**{**told.__dict__, "why": why})


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%b %Y}"


def _counts(items: Sequence[Item]) -> Mapping[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for each in items:
        counted[each.arm] += 1
    return counted


def _until(item: Item, declared: Worth) -> dt.date:
    return dt.date.fromisoformat(item.as_of) + dt.timedelta(days=declared.after_days)
