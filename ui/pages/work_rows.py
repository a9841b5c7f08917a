"""The worklist as pages show it, and what pages do with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from assistant.prose.numbers import said
from governance.errors import ToolRetry
from tools.operations import worklist
from tools.result import Column, Fact, Table, ToolResult, Unit
from tools.worklist.kinds import kind_named, kinds
from ui.pages.operation import Done, Undo

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

_ITEMS = (
    Column(name="item_id", label="Item"), Column(name="list", label="List"), Column(name="about", label="About"),
    Column(name="score", label="PD / churn", unit="percent", type="float"),
    Column(name="exposure", label="Exposure", unit="currency", type="decimal"), Column(name="why", label="Why"),
    Column(name="city", label="City"), Column(name="assignee", label="Assigned to"),
    Column(name="state", label="State"), Column(name="outcome", label="Outcome"),
    Column(name="note", label="Last note"), Column(name="since", label="Since"),
    Column(name="undoable", label="Undoable", type="boolean"), Column(name="opens", label="Opens"),
)  # fmt: skip
_WORTH = (
    Column(name="list", label="List"), Column(name="items", label="Listed", unit="count", type="integer"),
    Column(name="done", label="Done", unit="count", type="integer"),
    Column(name="held_out", label="Left alone", unit="count", type="integer"),
    Column(name="outcomes", label="Outcomes noted"), Column(name="event", label="Measured"),
    Column(name="worked", label="Of those listed"), Column(name="held", label="Of those left alone"),
    Column(name="difference", label="Difference"), Column(name="verdict", label="So"),
)  # fmt: skip
_DEEDS = (
    Column(name="at", label="When"), Column(name="did", label="What"), Column(name="by", label="Who"),
    Column(name="note", label="Note"),
)  # fmt: skip
#: What a list said → its unit.
_UNITS: Mapping[str, Unit] = {
    "probability_of_default": "percent", "probability_of_leaving": "percent", "exposure": "currency",
    "amount": "currency", "days_past_due": "days", "score": "score",
}  # fmt: skip


def item_rows(
    workspace: Workspace, principal: Principal, *, list: str = "", whose: str = "", standing: str = "open"  # noqa: A002
) -> ToolResult:  # fmt: skip
    """Items within the caller's sight."""
    found = worklist.listed(workspace, principal, kind=list, state=standing, assignee=whose)
    facts = {name: Fact(value=found[name], unit="count") for name in ("count", "mine", "held_out")}
    rows = tuple(_item_row(each) for each in found["items"])
    return ToolResult(title="Worklist", table=Table(columns=_ITEMS, rows=rows), facts=facts)


def worth_rows(workspace: Workspace, principal: Principal) -> ToolResult:
    """For each list that holds somebody out, what acting was worth."""
    found = [each for each in worklist.worth(workspace, principal) if each["worth"]]
    rows = tuple(_worth_row(each) for each in found)
    return ToolResult(title="What acting was worth", table=Table(columns=_WORTH, rows=rows))


def item_facts(workspace: Workspace, principal: Principal, *, item_id: str) -> ToolResult:
    """One item: what the list said, how it stands, whom it is about."""
    item = worklist.shown(workspace, principal, item_id)
    told = item["told"]
    facts = {name: Fact(value=_typed(name, value), unit=_UNITS.get(name, "text")) for name, value in told.items()}
    facts["score"] = Fact(value=_score(told), unit="percent" if "score" not in told else "score")
    label = kind_named(item["kind"]).label
    standing = {
        "title": f"{label}: {told.get('title') or item['customer_id'] or item['subject']}", "state": item["state"],
        "assignee": item["assignee_name"], "outcome_words": item["outcome_words"], "list": label,
        "made_by": item["made_by"], "undoable": str(item["undoable"]),
    }  # fmt: skip
    if item["kind"] == "unusual_transactions":
        standing["transaction"] = item["subject"]
    facts |= {name: Fact(value=value) for name, value in standing.items()}
    facts["as_of"] = Fact(value=dt.date.fromisoformat(item["as_of"]), unit="date")
    columns = (Column(name="customer_id", label="Customer"),)
    rows = ((item["customer_id"],),) if item["customer_id"] else ()
    return ToolResult(title="Item", table=Table(columns=columns, rows=rows), facts=facts)


def item_history(workspace: Workspace, principal: Principal, *, item_id: str) -> ToolResult:
    """Everything that was done with an item, the newest first."""
    names = worklist.staff(workspace)
    rows = tuple((moment(each["at"]), each["did"], names.get(each["by"], each["by"]), each["note"] or None)
                 for each in reversed(worklist.shown(workspace, principal, item_id)["history"]))  # fmt: skip
    return ToolResult(title="What was done", table=Table(columns=_DEEDS, rows=rows))


def fill(workspace: Workspace, by: Principal, kind: str, limit: int = 50, hold_out: str = "") -> Done:
    """Put the first rows of a list on the worklist."""
    declared = kind_named(kind)
    share = _share(hold_out) if hold_out and declared.hold_out else None
    done = worklist.fill(workspace, by, kind, limit=limit, hold_out=share)
    held = f", {done['held_out']} held out" if done["held_out"] else ""
    there = f", {done['there_already']} there already" if done["there_already"] else ""
    return Done(f"{done['listed']} put on the worklist{held}{there}.")


def assign(workspace: Workspace, by: Principal, item_id: str, to: str) -> Done:
    """Give an item to somebody."""
    done = worklist.assign(workspace, by, item_id, to=to)
    return _done(item_id, f"Assigned to {done['assignee_name']}." if done["assignee"] else "Nobody's again.")


def note(workspace: Workspace, by: Principal, item_id: str, text: str) -> Done:
    """Write something down."""
    worklist.note(workspace, by, item_id, text=text)
    return _done(item_id, "Noted.")


def resolve(workspace: Workspace, by: Principal, item_id: str, outcome: str, text: str = "") -> Done:
    """Say what came of it."""
    done = worklist.resolve(workspace, by, item_id, outcome=outcome, text=text)
    return _done(item_id, f"{_about(done)}: {done['outcome_words'].lower()}.")


def undo(workspace: Workspace, by: Principal, item_id: str) -> Done:
    """Take the last deed back."""
    done = worklist.undo(workspace, by, item_id)
    return Done(f"{_about(done)} is {done['state']} again, as it was before.")


def staff_choices(workspace: Workspace, principal: Principal) -> list[tuple[str, str]]:
    """Me, everybody else who works here, nobody."""
    others = [(user_id, name) for user_id, name in worklist.staff(workspace).items() if user_id != principal.name]
    return [("me", "Me"), *sorted(others, key=lambda each: each[1].lower()), ("nobody", "Nobody")]


def kind_choices(_: Workspace, __: Principal) -> list[tuple[str, str]]:
    """The lists that can be put on the worklist."""
    return [(name, name.replace("_", " ").capitalize()) for name in kinds()]


def outcome_choices(workspace: Workspace, principal: Principal, told: Mapping[str, str]) -> list[tuple[str, str]]:
    """What can come of the item that is pressed on."""
    item = worklist.shown(workspace, principal, told.get("item_id") or told.get("of", ""))
    return list(kind_named(item["kind"]).outcomes.items())


def moment(seconds: float) -> str:
    """A moment of the wall clock in words."""
    at = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{said(at.date())}, {at:%H:%M} UTC"


def _done(item_id: str, text: str) -> Done:
    return Done(text, Undo("worklist.undo", {"item_id": item_id}))


def _item_row(item: Mapping[str, Any]) -> tuple[Any, ...]:
    told, last = item["told"], item["history"][-1]
    notes = [each["note"] for each in item["history"] if each["note"]]
    exposure = told.get("exposure", told.get("amount"))
    return (
        item["item_id"], kind_named(item["kind"]).label, _about(item), _score(told),
        None if exposure is None else Decimal(str(exposure)),
        told.get("first_reason") or told.get("kind") or None, told.get("city"), item["assignee_name"], item["state"],
        item["outcome_words"], notes[-1] if notes else None, f"{last['did']}, {said(_day(last['at']))}",
        item["undoable"], f"#/item/{quote(item['item_id'])}",
    )  # fmt: skip


def _about(item: Mapping[str, Any]) -> str:
    return str(item["told"].get("title") or item["customer_id"] or item["subject"])


def _score(told: Mapping[str, Any]) -> float | None:
    found = told.get("probability_of_default", told.get("probability_of_leaving"))
    return None if found is None else float(found)


def _typed(name: str, value: Any) -> Any:
    if value is None or name not in _UNITS:
        return value
    return Decimal(str(value)) if _UNITS[name] == "currency" else float(value)


def _worth_row(told: Mapping[str, Any]) -> tuple[Any, ...]:
    worth, words = told["worth"], kind_named(told["kind"]).outcomes
    outcomes = ", ".join(f"{count} {words.get(name, name).lower()}" for name, count in told["outcomes"].items())
    event = f"{worth['label']}, {worth['after_days']} days later"
    difference = None
    if worth["difference"] is not None:
        points = [f"{worth[each] * 100:+.1f}".replace("-", "−") for each in ("difference", "low", "high")]
        difference = f"{points[0]} pp ({points[1]} to {points[2]})"
    return (
        told["label"], told["items"] - told["held_out"], told["done"], told["held_out"], outcomes or None, event,
        _side(worth["worked"]), _side(worth["held"]), difference, _verdict(worth),
    )  # fmt: skip


def _side(side: Mapping[str, Any]) -> str | None:
    if side["share"] is None:
        return None
    low, high = (f"{side[each] * 100:.1f}" for each in ("low", "high"))
    return f"{side['share'] * 100:.1f}% ({low}–{high}), {side['met']} of {side['customers']}"


def _verdict(worth: Mapping[str, Any]) -> str:
    if worth["difference"] is None:
        return str(worth["why"])
    if worth["high"] < 0:
        return "Acting helped"
    return "Acting did harm" if worth["low"] > 0 else "Too few to tell"


def _share(text: str) -> float:
    try:
        share = float(text.strip().removesuffix("%"))
    except ValueError:
        raise ToolRetry(f"'{text}' is no share. Write 10% or 0.1.") from None
    return share / 100 if text.strip().endswith("%") or share >= 1 else share


def _day(seconds: float) -> dt.date:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date()
