"""The breach log, the records of processing, and what was erased."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRetry
from governance.privacy.declared import processing, purposes, retention
from tools.operations.privacy.people import given_reason, moment, permitted, told

if TYPE_CHECKING:
    from governance.principal import Principal
    from governance.privacy.records import Record
    from tools.workspace import Workspace

#: Hours within which the authority is told in detail: DPDP Rules 2025, rule 7; GDPR Article 33.
HOURS = 72


def add_breach(
    workspace: Workspace, by: Principal, *, what: str, aware_at: dt.datetime, people: int, measures: str = "",
    reported_at: dt.datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write down a breach of personal data; a later entry on the same breach is an entry of its own.

    Parameters
    ----------
    what
        What happened, without naming anybody.
    aware_at
        When the lender became aware; the hours to report it run from there.
    people
        How many it touches; 0 where nobody knows yet.

    Raises
    ------
    ToolRetry
        It says nothing, a moment lies ahead, or it was reported before anybody was aware.
    """
    ledger = permitted(workspace, by, "breach", "logging breaches")
    now = dt.datetime.fromtimestamp(ledger.clock(), dt.UTC)
    aware, reported = _utc(aware_at), None if reported_at is None else _utc(reported_at)
    if people < 0:
        raise ToolRetry(f"A breach touches no fewer than 0 people, not {people}.")
    if aware > now or (reported is not None and not aware <= reported <= now):
        raise ToolRetry("A breach is logged when somebody is aware of it, and reported after that: neither moment may "
                        f"lie ahead of {now:%Y-%m-%dT%H:%M} UTC.")  # fmt: skip
    content = {"what": given_reason(what), "aware_at": aware.timestamp(), "people": people, "measures": measures,
               "reported_at": None if reported is None else reported.timestamp()}  # fmt: skip
    with workspace.control.together():
        made = ledger.add("breach", by.name, content)
        workspace.control.audit(by.name, "privacy:breach", "done", {"record": made.record_id, "people": people})
    return _breach(made, ledger.clock())


def breaches(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """Every breach, the earliest first, with the hours left to report it."""
    ledger = permitted(workspace, by, "breaches", "seeing the breach log")
    return [_breach(row, ledger.clock()) for row in ledger.all("breach")]


def erasures(workspace: Workspace, by: Principal) -> list[dict[str, Any]]:
    """Every erasure with its proof; whom it was of stands nowhere."""
    ledger = permitted(workspace, by, "erasures", "seeing what was erased")
    return [told(row) for row in ledger.all("erasure")]


def records(workspace: Workspace, by: Principal) -> dict[str, Any]:
    """The records of processing, with purposes and periods."""
    permitted(workspace, by, "records", "seeing the records of processing")
    names, periods = purposes(), retention()
    rows = [
        each.model_dump() | {"basis": names[each.purpose].basis, "source": names[each.purpose].source,
                             "days_kept": periods[each.kept].days or None}
        for each in processing()
    ]  # fmt: skip
    return {"workspace": workspace.name, "records": rows}


def _breach(row: Record, now: float) -> dict[str, Any]:
    shown = told(row)
    aware, reported = row.content["aware_at"], row.content["reported_at"]
    due = aware + HOURS * 3_600
    late = (reported if reported is not None else now) > due
    state = ("reported late" if late else "reported") if reported is not None else ("overdue" if late else "open")
    return shown | {"aware_at": moment(aware), "reported_at": None if reported is None else moment(reported),
                    "report_by": moment(due), "state": state}  # fmt: skip


def _utc(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
