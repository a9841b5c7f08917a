"""Versions of the rules in the books, and what was done with each: drafted, simulated, approved, active, retired.

Rows are added, never changed. They lie in the books, so that a snapshot holds the rules it was answered under.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from governance.errors import NotThere, ToolRefused, ToolRetry

if TYPE_CHECKING:
    from analytics.rules.outcome import Active
    from analytics.rules.scored import Query
    from analytics.writer import Writer

State = Literal["draft", "simulated", "approved", "active", "retired"]
Action = Literal["simulate", "approve", "activate", "retire"]
#: What an action makes of a version, and from which states it may.
MOVES: Mapping[Action, tuple[State, tuple[State, ...]]] = {
    "simulate": ("simulated", ("draft", "simulated")),
    "approve": ("approved", ("simulated",)),
    "activate": ("active", ("approved",)),
    "retire": ("retired", ("draft", "simulated", "approved", "active")),
}
NEXT: Mapping[State, str] = {
    "draft": "Simulate it: `munshi rules simulate {0}`.", "simulated": "Another person approves it: `munshi rules "
    "approve {0}`.", "approved": "Activate it: `munshi rules activate {0}`.", "active": "It acts already.",
    "retired": "It stays retired: draft the file anew.",
}  # fmt: skip
HOUSE = "munshi"


@dataclass(frozen=True)
class Step:
    """One thing that was done with a version; ``alone`` where author and approver were one person."""

    action: Action
    by: str
    at: dt.datetime
    reason: str
    alone: bool
    details: Mapping[str, Any] | None


@dataclass(frozen=True)
class Version:
    """One version of the rules with its life."""

    version: int
    content: str
    drafted_by: str
    drafted_at: dt.datetime
    reason: str
    steps: tuple[Step, ...]

    @property
    def state(self) -> State:
        """Where it stands."""
        state: State = "draft"
        for step in self.steps:
            to, where = MOVES[step.action]
            state = to if state in where else state
        return state


def versions(query: Query) -> list[Version]:
    """Return every version, the newest first."""
    kept = query('SELECT version, action, "by", "at", reason, alone, details FROM books.rules.decisions '
                 'ORDER BY "at", decision_id')  # fmt: skip
    steps: dict[int, list[Step]] = {}
    for version, action, by, at, reason, alone, details in kept:
        told = json.loads(details) if details else None
        steps.setdefault(version, []).append(Step(action, by, at, reason, bool(alone), told))
    rows = query(
        "SELECT version, content, drafted_by, drafted_at, reason FROM books.rules.versions ORDER BY version DESC"
    )
    return [
        Version(number, content, by, at, reason, tuple(steps.get(number, ())))
        for number, content, by, at, reason in rows
    ]


def find(query: Query, version: int | None = None) -> Version:
    """Return one version; the newest where none is named.

    Raises
    ------
    NotThere
        There is none.
    """
    every = versions(query)
    found = next((each for each in every if version in (None, each.version)), None)
    if found is None:
        there = ", ".join(str(each.version) for each in every)
        what = f"no version {version} of the rules. There are: {there}" if every else "no version of the rules yet"
        raise NotThere(f"There is {what}. `munshi rules draft FILE` makes one.")
    return found


def active(query: Query) -> Active | None:
    """Return the version that acts."""
    found = next((each for each in versions(query) if each.state == "active"), None)
    return None if found is None else opened(query, found)


def opened(query: Query, version: Version) -> Active:
    """Return a version ready to act, as it was drafted: a model of other bands that came since is no fault of it."""
    from analytics.rules.declaration import parsed_rules
    from analytics.rules.outcome import Active
    from analytics.rules.scored import starts_of

    return Active(version.version, parsed_rules(version.content), starts_of(query))


def draft(writer: Writer, content: str, *, by: str, reason: str) -> Version:
    """Keep a new version.

    Raises
    ------
    ToolRetry
        The rules are wrong, or look at figures these books have not.
    """
    query = query_of(writer)
    from analytics.rules.declaration import read_rules
    from analytics.rules.scored import starts_of

    read_rules(content, starts_of(query))
    newest = query("SELECT coalesce(max(version), 0) + 1 FROM books.rules.versions")[0][0]
    writer.execute(
        "INSERT INTO books.rules.versions VALUES (?, ?, ?, ?, ?)", [newest, content, by, _now(), reason]
    )  # fmt: skip
    return find(query, newest)


def approve(writer: Writer, version: int, *, by: str, reason: str, alone: bool) -> Version:
    """Let a version be activated; by another person than its author, unless ``alone`` stands in the record.

    Raises
    ------
    NotThere, ToolRetry
        There is no such version, or it was not simulated.
    ToolRefused
        The author approves his own.
    """
    found = find(query_of(writer), version)
    own = by.casefold() == found.drafted_by.casefold()
    if own and not alone:
        raise ToolRefused(f"{by} drafted version {version} of the rules: another person approves it.")
    return move(writer, version, "approve", by=by, reason=reason, alone=own)


def activate(writer: Writer, version: int, *, by: str, reason: str) -> Version:
    """Let a version act in the place of the one that does."""
    query = query_of(writer)
    before = [each for each in versions(query) if each.state == "active" and each.version != version]
    done = move(writer, version, "activate", by=by, reason=reason)
    for each in before:
        move(writer, each.version, "retire", by=HOUSE, reason=f"version {version} took its place")
    return done


def move(
    writer: Writer, version: int, action: Action, *, by: str, reason: str, alone: bool = False,
    details: Mapping[str, Any] | None = None,
) -> Version:  # fmt: skip
    """Keep what was done with a version.

    Raises
    ------
    NotThere
        There is no such version.
    ToolRetry
        It is not in a state from which that may be done; the message says what may.
    """
    query = query_of(writer)
    found = find(query, version)
    if found.state not in MOVES[action][1]:
        may = NEXT[found.state].format(version)
        raise ToolRetry(f"Version {version} of the rules is {found.state}: it cannot be {MOVES[action][0]}. {may}")
    if not by.strip() or not reason.strip():
        raise ToolRetry("Somebody stands for it: say by whom and why (--by, --reason).")
    writer.execute(
        "INSERT INTO books.rules.decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [uuid4().hex, version, action, by.strip(), _now(), reason.strip(), alone,
         json.dumps(details, ensure_ascii=False, default=str) if details else None],
    )  # fmt: skip
    return find(query, version)


def query_of(writer: Writer) -> Query:
    """What runs a SELECT on open books."""
    return lambda sql: writer.execute(sql).rows


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
