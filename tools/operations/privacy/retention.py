"""Retention: how long each kind of record is kept, and the erasure of what is past it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from governance.acts import acting
from governance.privacy.declared import retention
from governance.sealed import Opened, opened_rows, tables_of
from tools.arrivals import TAKEN_IN
from tools.operations.privacy.kept_data import compact, names
from tools.operations.privacy.people import permitted

if TYPE_CHECKING:
    from analytics.traces import Identifiers
    from governance.principal import Principal
    from tools.workspace import Workspace

DAY = 86_400.0


def show(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """Each kind of record with its period, its source, how many there are, and how many are past it."""
    now = permitted(workspace, by, "retention", "seeing retention").clock()
    tables = tables_of(workspace.control)
    counts: Counter[str] = Counter()
    past: Counter[str] = Counter()
    for row in opened_rows(workspace.control):
        counts[row.table.name] += 1
        past[row.table.name] += _is_past(row, now)
    return [
        each.model_dump() | {"rows": counts[name] if name in tables else None, "past": past[name]}
        for name, each in retention().items()
    ]  # fmt: skip


def run(workspace: Workspace, by: Principal) -> dict[str, Any]:
    """Erase what is past its period, except what names a customer under a legal hold.

    Returns
    -------
    dict
        ``erased`` and ``held``: kind of record → how many.
    """
    from analytics.traces import identifiers

    ledger = permitted(workspace, by, "retention-run", "erasing what is past its period")
    now = ledger.clock()
    held = [identifiers(workspace.reader(by).query, customer_id) for customer_id in ledger.held()]
    with acting(workspace.control, workspace.folder, by.name, "privacy:retention", {}) as act:
        done = _run(workspace, held, now)
        ledger.add("retention", by.name, done)
        act.details |= done
    return done


def _run(workspace: Workspace, held: Sequence[Identifiers], now: float) -> dict[str, Any]:
    erased: Counter[str] = Counter()
    stayed: Counter[str] = Counter()
    for row in list(opened_rows(workspace.control)):
        if not _is_past(row, now):
            continue
        if any(names(row, each) for each in held):
            stayed[row.table.name] += 1
            continue
        with workspace.control.writing() as connection:
            connection.execute(row.table.delete().where(*row.where))
        erased[row.table.name] += 1
    compact(workspace.control)
    return {"erased": dict(erased), "held": dict(stayed)}


def _is_past(row: Opened, now: float) -> bool:
    period = retention().get(row.table.name)
    if period is None or period.by != "run" or not row.declared.at:
        return False
    if row.plain.get("state") is not None and row.table.name == "arrivals" and row.plain["state"] != TAKEN_IN:
        return False
    return now - _seconds(row.plain[row.declared.at]) > period.days * DAY


def _seconds(at: Any) -> float:
    if isinstance(at, dt.datetime):
        return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp()
    return float(at)
