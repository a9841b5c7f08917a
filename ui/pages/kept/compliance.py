"""Compliance: the audit log, what persons are owed, what waits for a decision."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal

from governance.principal import Principal
from tools.operations import audit_log, reviews
from tools.operations.privacy import consents, holds, registers, retention
from tools.operations.privacy.people import SCOPE as PRIVACY
from tools.operations.privacy.people import permitted
from tools.result import ToolResult
from tools.workspace import Workspace
from ui.language import say
from ui.pages.kept.tables import count, date, listing, moment, share, words
from ui.pages.operation import Done, Operation, Undo


def chain(workspace: Workspace, by: Principal) -> ToolResult:
    """The state of the chain."""
    found = audit_log.chain(workspace, by)
    state = say("whole: each entry links to the one before") if found["intact"] else found["why"]
    return listing("Audit log", (), (), {"entries": found["entries"], "chain": state})


def entries(
    workspace: Workspace,
    by: Principal,
    actor: str = "",
    action: str = "",
    outcome: str = "",
    since: str = "",
    text: str = "",
) -> ToolResult:
    """Entries of the audit log that fit."""
    rows = audit_log.search(workspace, by, actor=actor, action=action, outcome=outcome, since=since, words=text)
    columns = (
        count("sequence", "Entry"),
        moment("at", "When (UTC)"),
        words("who", "Who"),
        words("action", "What"),
        words("outcome", "Outcome"),
        words("details", "Details"),
    )
    return listing("Audit log", columns, rows)


def access(workspace: Workspace, by: Principal) -> ToolResult:
    """The access report."""
    columns = (
        words("who", "Who"),
        words("what", "What"),
        count("times", "Times"),
        count("refused", "Refused"),
        moment("last", "Last (UTC)"),
    )
    return listing("Access report", columns, audit_log.access(workspace, by))


def queue(workspace: Workspace, by: Principal) -> ToolResult:
    """Cases that wait for a person."""
    columns = (
        words("case_id", "Case"),
        words("customer_id", "Customer"),
        words("said", "What stands"),
        share("probability_of_default", "PD"),
        words("band", "Band"),
        date("as_of", "As of"),
    )
    rows = [{**each, "as_of": dt.date.fromisoformat(each["as_of"])} for each in reviews.queue(workspace, by)]
    return listing("Review queue", columns, rows)


def decided(workspace: Workspace, by: Principal) -> ToolResult:
    """Cases that were decided."""
    rows = [{**each, "customer_id": each["case"]["customer_id"]} for each in reviews.queue(workspace, by, decided=True)]
    columns = (
        words("case_id", "Case"),
        words("customer_id", "Customer"),
        words("outcome", "Outcome"),
        words("reason", "Reason"),
        moment("decided_at", "When"),
    )
    return listing("Decided", columns, rows)


def held(workspace: Workspace, by: Principal) -> ToolResult:
    """Who is under a legal hold."""
    columns = (words("customer_id", "Customer"), words("reason", "Reason"), moment("at", "Since"))
    return listing("Legal holds", columns, holds.listed(workspace, by))


def periods(workspace: Workspace, by: Principal) -> ToolResult:
    """How long each kind of record is kept."""
    columns = (
        words("label", "Records"),
        count("days", "Days kept"),
        count("rows", "Kept now"),
        count("past", "Past it"),
        words("source", "Why"),
    )
    return listing("Retention", columns, retention.show(workspace, by))


def breaches(workspace: Workspace, by: Principal) -> ToolResult:
    """The breach log."""
    columns = (
        words("what", "What happened"),
        moment("aware_at", "Aware since"),
        moment("report_by", "Report by"),
        words("state", "State"),
        count("people", "People"),
        words("measures", "Measures"),
    )
    return listing("Breaches", columns, registers.breaches(workspace, by))


def processing(workspace: Workspace, by: Principal) -> ToolResult:
    """The records of processing."""
    columns = (
        words("activity", "Activity"),
        words("basis", "Basis"),
        words("people", "Of whom"),
        words("data", "Data"),
        words("recipients", "Recipients"),
        count("days_kept", "Days kept"),
    )
    return listing("Records of processing", columns, registers.records(workspace, by)["records"])


def erasures(workspace: Workspace, by: Principal) -> ToolResult:
    """What was erased."""
    columns = (words("record_id", "Record"), moment("at", "When"))
    return listing("Erasures", columns, registers.erasures(workspace, by))


def consented(workspace: Workspace, by: Principal, customer: str = "") -> ToolResult:
    """What a customer said of each purpose; of nobody, how many said what."""
    if customer:
        columns = (words("label", "Purpose"), words("state", "State"), words("basis", "Basis"))
        return listing(customer, columns, consents.of(workspace, by, customer)["purposes"])
    rows = permitted(workspace, by, "consents", "seeing consents").all("given", "withdrawn")
    said = Counter((row.purpose or "", row.kind) for row in rows)
    purposes = sorted({purpose for purpose, _ in said})
    told = [
        {"label": each.replace("_", " "), "given": said[each, "given"], "withdrawn": said[each, "withdrawn"]}
        for each in purposes
    ]
    return listing(
        "Consents", (words("label", "Purpose"), count("given", "Given"), count("withdrawn", "Withdrawn")), told
    )


def decide(
    workspace: Workspace, by: Principal, case_id: str, outcome: Literal["uphold", "approve"], reason: str
) -> Done:
    """Decide a case; that stands."""
    reviews.decide(workspace, by, case_id, outcome, reason=reason)
    return Done(f"Case {case_id} is decided: {outcome}.")


def letter(workspace: Workspace, by: Principal, customer_id: str) -> Done:
    """Draft a letter; nothing is sent."""
    return Done(
        f"A draft for {customer_id}; nothing is sent.", shown=reviews.letter(workspace, by, customer_id)["text"]
    )


def hold(workspace: Workspace, by: Principal, customer_id: str, reason: str) -> Done:
    """Put a customer's data under a legal hold."""
    holds.hold(workspace, by, customer_id, reason=reason)
    back = {"customer_id": customer_id, "reason": "Taken back at once."}
    return Done(f"{customer_id} is under a legal hold.", Undo("hold.release", back))


def release(workspace: Workspace, by: Principal, customer_id: str, reason: str) -> Done:
    """Release a customer's data from the hold."""
    before = {row["customer_id"]: row["reason"] for row in holds.listed(workspace, by)}
    holds.release(workspace, by, customer_id, reason=reason)
    back = {"customer_id": customer_id, "reason": before.get(customer_id, reason)}
    return Done(f"{customer_id} is under no hold any more.", Undo("hold.put", back))


def run_retention(workspace: Workspace, by: Principal) -> Done:
    """Erase what is past its period."""
    done = retention.run(workspace, by)
    return Done(
        f"{sum(done['erased'].values())} records were erased, {sum(done['held'].values())} stayed under a hold."
    )


def breach(
    workspace: Workspace, by: Principal, what: str, aware_on: dt.date, people: int = 0, measures: str = ""
) -> Done:
    """Write down a breach."""
    aware = dt.datetime.combine(aware_on, dt.time(), dt.UTC)
    made = registers.add_breach(workspace, by, what=what, aware_at=aware, people=people, measures=measures)
    return Done(f"The breach is logged. The authority is to be told by {made['report_by']}.")


def consent(
    workspace: Workspace,
    by: Principal,
    customer_id: str,
    purpose: str,
    said: Literal["given", "withdrawn"],
    notice: str = "",
) -> Done:
    """Write down what a customer said of a purpose."""
    consents.record(workspace, by, customer_id, purpose, said, notice=notice)
    return Done(f"{customer_id}: {purpose.replace('_', ' ')} {said}.", leads=f"#/compliance?customer={customer_id}")


LISTINGS: Mapping[str, Callable[..., ToolResult]] = {
    "compliance.chain": chain,
    "compliance.entries": entries,
    "compliance.access": access,
    "compliance.queue": queue,
    "compliance.decided": decided,
    "compliance.holds": held,
    "compliance.retention": periods,
    "compliance.breaches": breaches,
    "compliance.processing": processing,
    "compliance.erasures": erasures,
    "compliance.consents": consented,
}
OPERATIONS: Mapping[str, Operation] = {
    "review.decide": Operation(decide, reviews.SCOPE),
    "review.letter": Operation(letter, reviews.SCOPE),
    "hold.put": Operation(hold, PRIVACY),
    "hold.release": Operation(release, PRIVACY),
    "retention.run": Operation(run_retention, PRIVACY),
    "breach.log": Operation(breach, PRIVACY),
    "consent.record": Operation(consent, PRIVACY),
}
