"""Running an answer again, on the books it was made from or on today's, and comparing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from assistant.calls import books_of, perform
from assistant.receipts import recorded_result
from governance.errors import MunshiError, ToolRefused

if TYPE_CHECKING:
    from governance.control import StoredReceipt
    from governance.principal import Principal
    from tools.registry import Tool
    from tools.workspace import Workspace


class ReplayedCall(BaseModel):
    """One tool call, run again.

    Attributes
    ----------
    snapshot
        The books it ran on this time.
    changes
        What is not as it was; empty when everything is the same.
    """

    model_config = ConfigDict(frozen=True)

    tool: str
    args: Mapping[str, Any]
    snapshot: int
    changes: tuple[str, ...] = ()


class Replay(BaseModel):
    """An answer, run again."""

    model_config = ConfigDict(frozen=True)

    receipt_id: str
    question: str
    text: str
    today: bool
    calls: tuple[ReplayedCall, ...]
    same: bool

    def summary(self) -> str:
        """The outcome in a few lines."""
        books = "today's books" if self.today else "the books it was made from"
        if not self.calls:
            return f"Answer {self.receipt_id} called no tool: there is nothing to run again."
        verdict = "every figure and every row is the same" if self.same else "not everything is the same"
        lines = [f"Answer {self.receipt_id} on {books}: {verdict}."]
        for call in self.calls:
            told = "; ".join(call.changes) if call.changes else "same"
            lines.append(f"{call.tool} (snapshot {call.snapshot}): {told}")
        return "\n".join(lines)


def replay(
    receipt: StoredReceipt, workspace: Workspace, principal: Principal, tools: Mapping[str, Tool], *, today: bool
) -> Replay:
    """Run the plan of ``receipt`` again.

    Parameters
    ----------
    today
        On the newest books instead of each call's own snapshot.

    Raises
    ------
    ToolRefused
        The receipt is another caller's, and this one may not see personal data.
    """
    visible_to(receipt, workspace, principal, doing="replay")
    calls = tuple(_again(call, workspace, principal, tools, today=today) for call in receipt.content["plan"])
    return Replay(
        receipt_id=receipt.receipt_id,
        question=receipt.content["question"],
        text=receipt.content["text"],
        today=today,
        calls=calls,
        same=not any(call.changes for call in calls),
    )


def visible_to(receipt: StoredReceipt, workspace: Workspace, principal: Principal, *, doing: str) -> None:
    """Let a caller see his own receipts; others' only who may see personal data and every row.

    Raises
    ------
    ToolRefused
        The receipt is another caller's; audited.
    """
    everything = principal.may("pii:read") and not principal.partitions
    if receipt.principal != principal.name and not everything:
        workspace.control.audit(principal.name, doing, "refused", {"receipt": receipt.receipt_id})
        raise ToolRefused(f"Answer {receipt.receipt_id} was given to another caller.")


def _again(
    call: Mapping[str, Any], workspace: Workspace, principal: Principal, tools: Mapping[str, Tool], *, today: bool
) -> ReplayedCall:
    snapshot = call["snapshot"]
    try:
        if today:
            now = perform(workspace, principal, tools[call["tool"]], call["args"])
        else:
            with books_of(workspace, principal, snapshot) as then:
                now = perform(then, principal, tools[call["tool"]], call["args"])
    except (MunshiError, KeyError) as error:
        changes: tuple[str, ...] = (f"it cannot be run again: {error}",)
    else:
        snapshot = now.snapshot
        changes = tuple(changed(call, recorded_result(now.seen)))
    return ReplayedCall(tool=call["tool"], args=call["args"], snapshot=snapshot, changes=changes)


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Say what differs between two records of a result."""
    yield from _changed_entries("", before["facts"], now["facts"])
    yield from _changed_entries("model ", before["model_versions"], now["model_versions"])
    if before["passages"] != now["passages"]:
        yield f"passages {before['passages']} → {now['passages']}"
    if len(before["tables"]) != len(now["tables"]):
        yield f"{len(before['tables'])} tables → {len(now['tables'])}"
    for old, new in zip(before["tables"], now["tables"], strict=False):
        if old["digest"] != new["digest"]:
            yield _changed_table(old, new)


def _changed_entries(kind: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in {**before, **now}:
        if before.get(name) != now.get(name):
            yield f"{kind}{name}: {before.get(name, 'absent')} → {now.get(name, 'absent')}"


def _changed_table(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    name = f"table '{old['title']}'" if old["title"] else "table"
    if old["rows"] != new["rows"]:
        return f"{name}: {old['rows']} rows → {new['rows']}"
    if old["row_digests"] and new["row_digests"]:
        differing = sum(left != right for left, right in zip(old["row_digests"], new["row_digests"], strict=True))
        return f"{name}: {differing} of {old['rows']} rows differ"
    return f"{name}: rows differ"
