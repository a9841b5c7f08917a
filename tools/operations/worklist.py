"""The worklist filled from lists, worked and measured, by who may; partitions and consent hold as they do for lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRetry, did_you_mean
from governance.identity.store import Identity
from governance.permission import permit
from governance.worklist import Item, NewItem, Worklist, no_item, undoable
from tools.arguments import literal
from tools.operations import alerts
from tools.registry import tool
from tools.worklist.kinds import Kind, held_out, kind_named, kinds
from tools.worklist.worth import worth_of

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

WORK, FILL = "worklist:work", "worklist:fill"
#: Items that a list makes at a time.
MOST = 5_000


def fill(
    workspace: Workspace, by: Principal, kind: str, *, limit: int = 50, arguments: Mapping[str, Any] | None = None,
    hold_out: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Put the first rows of a list on the worklist, as the caller's tool gives them; a share is held out.

    Parameters
    ----------
    arguments
        Of the list's tool: filters.
    hold_out
        The share that is left alone; by default what the kind declares.

    Raises
    ------
    ToolRetry
        There is no such kind, or an argument of its list is wrong.
    ToolRefused
        The caller may not fill the worklist, or not see the list.
    """
    permit(workspace.control, by, FILL, doing="worklist:fill", what="filling the worklist")
    declared = kind_named(kind)
    share = declared.hold_out if hold_out is None else hold_out
    if not 0 <= share < 1:
        raise ToolRetry(f"A share of {share} cannot be held out: say 0.1 for one in ten, 0 for nobody.")
    if not 1 <= limit <= MOST:
        raise ToolRetry(f"A list puts 1 to {MOST:,} items on the worklist at a time; {limit} is none of them.")
    if declared.list:
        as_of, found = _of_list(workspace, by, kind, declared, limit, dict(arguments or {}), share)
    else:
        as_of, found = _of_alerts(workspace, by, limit)
    with workspace.control.together():
        kept = Worklist(workspace.control).add(kind, found, as_of=as_of, by=by.name)
        counts = Counter(each.arm for each in kept)
        done = {"kind": kind, "as_of": as_of, "listed": counts["work"], "held_out": counts["hold"],
                "there_already": len(found) - len(kept), "share_held_out": share, "seed": declared.seed}  # fmt: skip
        workspace.control.audit(by.name, "worklist:fill", "ok", done)
    return done


def listed(
    workspace: Workspace, by: Principal, *, kind: str = "", state: str = "open", assignee: str = "", limit: int = 500
) -> dict[str, Any]:
    """Items within the caller's sight, in the order of their lists, without those held out, which are counted.

    Parameters
    ----------
    assignee
        A user, ``me``, or ``nobody``; everybody's where none is named.

    Raises
    ------
    ToolRetry
        There is no such kind, or state.
    """
    permit(workspace.control, by, WORK, doing="worklist:list", what="the worklist")
    if kind:
        kind_named(kind)
    if state not in ("open", "done", "all"):
        raise ToolRetry(f"There is no state '{state}'.{did_you_mean(state, ('open', 'done', 'all'))}")
    everything = _within_sight(workspace, by, Worklist(workspace.control).listed(kind=kind or None))
    who = by.name if assignee == "me" else assignee
    found = [
        each for each in everything
        if each.arm == "work" and state in ("all", each.state)
        and (not who or (each.assignee or "nobody") == who)
    ]  # fmt: skip
    names = staff(workspace)
    return {
        "items": [described(each, names) for each in found[:limit]],
        "count": len(found),
        "held_out": sum(1 for each in everything if each.arm == "hold"),
        "mine": sum(1 for each in found if each.assignee == by.name),
    }


def assign(workspace: Workspace, by: Principal, item_id: str, *, to: str = "me") -> dict[str, Any]:
    """Give an item to somebody who works here, may work it, and sees its customer; ``nobody`` gives it back.

    Raises
    ------
    ToolRetry
        There is no such user, or he may not.
    """
    item = _workable(workspace, by, item_id, "worklist:assign")
    who = None if to == "nobody" else _user(workspace, by, item, to)
    return _changed(workspace, by, item, replace(item, assignee=who), "assigned" if who else "given back")


def note(workspace: Workspace, by: Principal, item_id: str, *, text: str) -> dict[str, Any]:
    """Write something down with an item.

    Raises
    ------
    ToolRetry
        There is nothing to write down.
    """
    if not text.strip():
        raise ToolRetry("Write something: an empty note tells nobody anything.")
    item = _workable(workspace, by, item_id, "worklist:note")
    return _changed(workspace, by, item, item, "noted", text.strip())


def resolve(workspace: Workspace, by: Principal, item_id: str, *, outcome: str, text: str = "") -> dict[str, Any]:
    """Say what came of an item.

    Raises
    ------
    ToolRetry
        No such outcome is declared for its kind, or it is done already.
    """
    item = _workable(workspace, by, item_id, "worklist:resolve")
    declared = kind_named(item.kind)
    if outcome not in declared.outcomes:
        raise ToolRetry(f"'{outcome}' cannot come of a {declared.label.lower()}."
                        f"{did_you_mean(outcome, declared.outcomes)}")  # fmt: skip
    if item.state == "done":
        raise ToolRetry(
            f"{item_id} is done: {declared.outcomes.get(str(item.outcome), item.outcome)}. Undo that first."
        )
    after = replace(item, state="done", outcome=outcome, assignee=item.assignee or by.name)
    return _changed(workspace, by, item, after, "resolved", text.strip())


def undo(workspace: Workspace, by: Principal, item_id: str) -> dict[str, Any]:
    """Take back what was done last with an item; that it was stays in its history.

    Raises
    ------
    ToolRetry
        Nothing was done with it.
    """
    _workable(workspace, by, item_id, "worklist:undo")
    with workspace.control.together():
        after = Worklist(workspace.control).take_back(item_id, by=by.name)
        workspace.control.audit(by.name, "worklist:undo", "ok", {"item": item_id})
    return described(after, staff(workspace))


def shown(workspace: Workspace, by: Principal, item_id: str) -> dict[str, Any]:
    """One item with its history.

    Raises
    ------
    NotThere
        There is none of that id within the caller's sight.
    """
    return described(_workable(workspace, by, item_id, "worklist:show"), staff(workspace))


def worth(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """For each kind that holds somebody out: outcomes of those listed, and both sides as the books tell it later."""
    permit(workspace.control, by, WORK, doing="worklist:worth", what="the worklist")
    items = _within_sight(workspace, by, Worklist(workspace.control).listed())
    found = []
    for name, declared in kinds().items():
        mine = [each for each in items if each.kind == name]
        outcomes = Counter(each.outcome for each in mine if each.outcome)
        told = worth_of(workspace, by, declared.worth, mine) if declared.worth else None
        found.append({
            "kind": name, "label": declared.label, "items": len(mine), "outcomes": dict(outcomes),
            "done": sum(1 for each in mine if each.state == "done"),
            "held_out": sum(1 for each in mine if each.arm == "hold"),
            "worth": None if told is None else asdict(told),
        })  # fmt: skip
    return found


def described(item: Item, names: Mapping[str, str]) -> dict[str, Any]:
    """An item as faces tell it; moments are seconds since 1970."""
    told = asdict(item)
    history = [{name: each[name] for name in ("at", "by", "did", "note")} for each in item.history]
    declared = kinds().get(item.kind)
    words = declared.outcomes.get(item.outcome or "", item.outcome) if declared else item.outcome
    return {**told, "history": history, "assignee_name": names.get(item.assignee or "", item.assignee),
            "outcome_words": words, "undoable": undoable(item)}  # fmt: skip


def staff(workspace: Workspace) -> dict[str, str]:
    """Those who work here: user id → name."""
    return {user.user_id: user.name for user in Identity(workspace.control).users.list() if user.active}


def _of_list(
    workspace: Workspace, by: Principal, name: str, declared: Kind, limit: int, arguments: dict[str, Any], share: float
) -> tuple[str, list[NewItem]]:
    result = tool(declared.list).call(workspace, by, {**arguments, "limit": limit})
    table = result.table
    rows = [dict(zip((each.name for each in table.columns), row, strict=True)) for row in table.rows] if table else []
    as_of = str(result.as_of or workspace.data_clock(by))
    return as_of, [
        NewItem(
            str(row[declared.subject]),
            str(row["customer_id"]),
            "hold" if held_out(str(row[declared.subject]), kind=name, share=share, seed=declared.seed) else "work",
            {column: row.get(column) for column in declared.told},
        )
        for row in rows
    ]


def _of_alerts(workspace: Workspace, by: Principal, limit: int) -> tuple[str, list[NewItem]]:
    found = alerts.listed(workspace, by, state="open", limit=limit)
    told = ("title", "value", "bound", "unit", "currency")
    items = [NewItem(each["alert_id"], "", "work", {name: each[name] for name in told}) for each in found]
    return str(workspace.data_clock(by)), items


def _within_sight(workspace: Workspace, by: Principal, items: Sequence[Item]) -> list[Item]:
    """Items of customers the caller sees, and who did not withdraw from what their list is for."""
    theirs = sorted({each.customer_id for each in items if each.customer_id})
    sql = f"SELECT customer_id FROM semantic.customers WHERE customer_id IN ({', '.join(map(literal, theirs))})"
    seen = {str(row[0]) for row in workspace.query(by, sql).rows} if theirs else set()
    return [each for each in items if _visible(workspace, by, each, seen)]


def _visible(workspace: Workspace, by: Principal, item: Item, seen: set[str]) -> bool:
    declared = kinds().get(item.kind)
    if not item.customer_id:
        return by.may(alerts.READ) and not by.partitions
    if declared is None or item.customer_id not in seen or not by.may(tool(declared.list).scope):
        return False
    purpose = workspace.vocabulary.views[declared.view].purpose
    return item.customer_id not in workspace.withheld().customers.get(purpose, ())


def _workable(workspace: Workspace, by: Principal, item_id: str, doing: str) -> Item:
    """An item the caller may work: within his sight, not held out, consent standing."""
    permit(workspace.control, by, WORK, doing=doing, what="the worklist")
    item = Worklist(workspace.control).one(item_id)
    if item.arm == "hold" or not _within_sight(workspace, by, [item]):
        raise no_item(item_id)
    return item


def _user(workspace: Workspace, by: Principal, item: Item, to: str) -> str:
    if to in ("me", by.name):
        return by.name
    identity = Identity(workspace.control)
    users = {user.user_id: user for user in identity.users.list() if user.active}
    found = users.get(to) or next((user for user in users.values() if user.name == to), None)
    if found is None:
        raise ToolRetry(f"Nobody called '{to}' works here.{did_you_mean(to, [user.name for user in users.values()])}")
    who = identity.principal_of_user(found)
    if not who.may(WORK) or not _within_sight(workspace, who, [item]):
        raise ToolRetry(f"{found.name} may not work this: it takes {WORK}, and sight of the customer.")
    return found.user_id


def _changed(
    workspace: Workspace, by: Principal, item: Item, after: Item, did: str, text: str = ""
) -> dict[str, Any]:  # fmt: skip
    def change(now: Item) -> Item:
        if (now.state, now.assignee, now.outcome) != (item.state, item.assignee, item.outcome):
            raise ToolRetry(f"Somebody changed {item.item_id} meanwhile. Look at it again.")
        return replace(now, state=after.state, assignee=after.assignee, outcome=after.outcome)

    with workspace.control.together():
        kept = Worklist(workspace.control).change(item.item_id, change, by=by.name, did=did, note=text)
        details = {"item": item.item_id, "kind": item.kind}
        workspace.control.audit(by.name, f"worklist:{did.replace(' ', '_')}", "ok", details)
    return described(kept, staff(workspace))
