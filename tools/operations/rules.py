"""The client's rules: checked, drafted, tried on history, approved by another person, activated, retired; audited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from governance.acts import acting
from governance.errors import SourceError, ToolRefused
from governance.permission import permit
from tools.operations.fill import EMPTY, data_clock
from tools.rulings import query_of

if TYPE_CHECKING:
    from analytics.rules.store import Version
    from analytics.warehouse import Writer
    from governance.principal import Principal
    from tools.workspace import Workspace

WRITE, APPROVE, READ = "rules:write", "rules:approve", "models:read"
#: Largest file of rules.
MOST_CHARACTERS = 200_000
Deed = Literal["draft", "simulate", "approve", "activate", "retire"]
SCOPES: dict[Deed, str] = {
    "draft": WRITE,
    "simulate": WRITE,
    "approve": APPROVE,
    "activate": APPROVE,
    "retire": APPROVE,
}


def check(workspace: Workspace, by: Principal, content: str) -> dict[str, Any]:
    """Say what is wrong with a file of rules, or what it would do; nothing is kept.

    Raises
    ------
    ToolRetry
        The rules are wrong; the message names every fault with its place.
    """
    from analytics.rules.declaration import read_rules
    from analytics.rules.scored import scored_rows, starts_of

    permit(workspace.control, by, WRITE, doing="rules:check", what="checking rules")
    query = query_of(workspace, by)
    found = read_rules(_bounded(content), starts_of(query))
    for model in ("credit", "churn"):
        fields = {name for rule in found.of(model) for name in rule.condition.fields}
        scored_rows(query, model, fields)
    notes = [*found.notes, *_not_occurring(workspace, by, found)]
    return {"rules": len(found.rules), "ids": [rule.id for rule in found.rules], "notes": notes}


def draft(workspace: Workspace, by: Principal, content: str, *, reason: str, name: str | None = None) -> dict[str, Any]:
    """Keep a version of the rules; it acts on nothing yet.

    Parameters
    ----------
    name
        Who stands for it in the books, where that is another than the caller is called.

    Raises
    ------
    ToolRetry
        The rules are wrong.
    """
    from analytics.rules import store

    check(workspace, by, content)
    with _done(workspace, by, "draft") as (writer, details):
        made = store.draft(writer, content, by=name or by.name, reason=reason)
        details["version"] = made.version
    return told(made)


def simulate(
    workspace: Workspace, by: Principal, version: int | None = None, *, reason: str = "tried on history",
    name: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Try a version, the newest by default, on the scores of the last month ends; keep and return what came of it.

    Raises
    ------
    NotThere
        There is no such version.
    """
    from analytics.rules import store
    from analytics.rules.simulate import simulate as run

    with _done(workspace, by, "simulate") as (writer, details):
        query = store.query_of(writer)
        found = store.find(query, version)
        details["version"] = found.version
        clock = data_clock(writer)
        if clock is None:
            raise SourceError(EMPTY)
        report = run(writer, store.opened(query, found), clock)
        if found.state in ("draft", "simulated"):
            found = store.move(writer, found.version, "simulate", by=name or by.name, reason=reason, details=report)
    return {**told(found), "simulation": report}


def decide(
    workspace: Workspace, by: Principal, version: int, deed: Literal["approve", "activate", "retire"], *, reason: str,
    name: str | None = None, alone: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Approve a version, let it act in the place of the one that does, or retire it.

    Parameters
    ----------
    alone
        Author and approver are one person; in the sandbox only, and it stands in the record.

    Raises
    ------
    NotThere, ToolRetry
        There is no such version, or it is not in a state from which that may be done.
    ToolRefused
        The author approves his own.
    """
    from analytics.rules import store
    from analytics.rules.apply import apply_rules

    who = name or by.name
    with _done(workspace, by, deed, version=version) as (writer, details):
        if deed == "approve":
            _alone_in_the_sandbox(workspace, by, alone)
            found = store.approve(writer, version, by=who, reason=reason, alone=alone)
            details["alone"] = found.steps[-1].alone
        elif deed == "activate":
            found = store.activate(writer, version, by=who, reason=reason)
        else:
            found = store.move(writer, version, "retire", by=who, reason=reason)
        ruled = apply_rules(writer) if deed != "approve" else None
        if ruled is not None:
            details["ruled"] = ruled
    return {**told(found), "ruled": ruled}


def listed(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """Every version, the newest first."""
    from analytics.rules.store import versions

    permit(workspace.control, by, READ, doing="rules:list", what="reading the client's rules")
    return [told(each) for each in versions(query_of(workspace, by))]


def shown(workspace: Workspace, by: Principal, version: int | None = None) -> dict[str, Any]:
    """One version with its file, its life and what simulating it found; the newest by default.

    Raises
    ------
    NotThere
        There is no such version.
    """
    from analytics.rules.store import find

    permit(workspace.control, by, READ, doing="rules:show", what="reading the client's rules")
    found = find(query_of(workspace, by), version)
    simulated = [step.details for step in found.steps if step.action == "simulate"]
    return {**told(found), "content": found.content, "simulation": simulated[-1] if simulated else None}


def told(found: Version) -> dict[str, Any]:
    """A version as faces tell it."""
    steps = [{"action": step.action, "by": step.by, "at": step.at.isoformat(), "reason": step.reason,
              "alone": step.alone} for step in found.steps]  # fmt: skip
    return {"version": found.version, "state": found.state, "drafted_by": found.drafted_by,
            "drafted_at": found.drafted_at.isoformat(), "reason": found.reason, "steps": steps}  # fmt: skip


@contextmanager
def _done(workspace: Workspace, by: Principal, deed: Deed, **details: Any) -> Iterator[tuple[Writer, dict[str, Any]]]:
    """Open the books for a deed; the audit log keeps that it was done, or that it was not, without the person."""
    doing = f"rules:{deed}"
    permit(workspace.control, by, SCOPES[deed], doing=doing, what=f"to {deed} client rules")
    if by.partitions:
        workspace.control.audit(by.name, doing, "refused", {"why": "partitions"})
        raise ToolRefused("Who sees some rows only makes no rules: they act on every row.")
    with (
        acting(workspace.control, workspace.folder, by.name, doing, details, outcome="ok") as act,
        workspace.lake.writer(f"{deed} rules") as writer,
    ):
        yield writer, act.details


def _alone_in_the_sandbox(workspace: Workspace, by: Principal, alone: bool) -> None:
    if alone and workspace.meta(by).get("source") != "sandbox":
        raise ToolRefused("In the sandbox alone may author and approver be one person: another approves it here.")


def _bounded(content: str) -> str:
    if len(content) > MOST_CHARACTERS:
        raise SourceError(f"A file of rules may have {MOST_CHARACTERS:,} characters.")
    return content


def _not_occurring(workspace: Workspace, by: Principal, rules: Any) -> list[str]:
    """Texts that a rule compares with and no customer has today."""
    from governance.errors import did_you_mean

    views = {"product": ("borrowers", "main_product"), "branch": ("borrowers", "main_branch"),
             "segment": ("segments", "segment_name"), "sma_class": ("borrowers", "sma_class")}  # fmt: skip
    customer = ("city", "state", "region", "occupation", "kyc_status")
    places = {**views, **{name: ("customers", name) for name in customer}}
    notes = []
    for rule in rules.rules:
        for name, text in sorted(set(rule.condition.literals)):
            if name in places and text not in (known := workspace.values(by, *places[name])):
                notes.append(f"{rule.id}: nobody has {name} '{text}' today.{did_you_mean(text, known)}")
    return notes
