"""The events that a webhook can be told of, and the entries of the audit log they are made of."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from governance.webhooks import Event

JOB, ALERT, MODEL, RULES, TEST = "job.finished", "alert.raised", "model.changed", "rules.changed", "webhook.test"
SCHEDULE = "schedule.ran"
#: Event → when it is told.
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        JOB: "a batch job is done or has failed",
        ALERT: "a posting stands out beyond the cut-off, a watched model raises an alarm, or an alert rule holds",
        SCHEDULE: "a scheduled question or report was made, or could not be",
        MODEL: "a model was approved, rejected, rolled back, switched off or on",
        RULES: "a version of the client's rules was drafted, simulated, approved, activated or retired",
    }
)


@dataclass(frozen=True)
class Source:
    """Which entries of the audit log an event is made of, and which of their details it tells."""

    begins: str
    outcomes: tuple[str, ...]
    event: str
    told: tuple[str, ...]
    but: tuple[str, ...] = ()


SOURCES: tuple[Source, ...] = (
    Source("batch:", ("done", "failed"), JOB, ("job", "version", "rows", "rows_wrong")),
    Source("alert:raised", ("alarm",), ALERT, ("alert", "rule", "as_of")),
    Source("schedules:ran", ("ok", "failed"), SCHEDULE, ("schedule", "run", "kind", "missed")),
    Source("monitor:", ("alarm",), ALERT, ("model", "check", "as_of")),
    Source("models:", ("ok",), MODEL, ("model", "version"), but=("models:export",)),
    Source("rules:", ("ok",), RULES, ("version",)),
)
ACTIONS = tuple(each.begins for each in SOURCES)


def event_of(entry: Mapping[str, Any]) -> Event | None:
    """The event that an entry of the audit log is; None where it is none.

    Its id is that of the entry: told twice, it is the same event.
    """
    source = next((each for each in SOURCES if entry["action"].startswith(each.begins)), None)
    if source is None or entry["outcome"] not in source.outcomes or entry["action"] in source.but:
        return None
    details = json.loads(entry["details"])
    data = {"action": entry["action"].partition(":")[2], "outcome": entry["outcome"],
            **{name: details[name] for name in source.told if name in details}}  # fmt: skip
    return told(source.event, data, workspace=entry["workspace"], at=entry["at"], event_id=f"evt_{entry['sequence']}")


def told(name: str, data: Mapping[str, Any], *, workspace: str, at: str, event_id: str | None = None) -> Event:
    """An event with its body: type, moment, workspace and what there is to say; nothing personal."""
    event_id = event_id or f"evt_{secrets.token_hex(8)}"
    body = {"id": event_id, "type": name, "timestamp": at, "workspace": workspace, "data": dict(data)}
    return Event(event_id, name, json.dumps(body, separators=(",", ":"), ensure_ascii=True))
