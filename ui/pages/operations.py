"""What pages can do, by name: the one list. Each entry stands on an operation that every other face has too."""

from __future__ import annotations

from collections.abc import Mapping

from governance.errors import NotThere, did_you_mean
from tools.operations import alerts, conversations, pins, schedules, worklist
from ui.pages import alert_rows, conversation_rows, pin_rows, schedule_rows, work_rows
from ui.pages.kept import admin, compliance, data
from ui.pages.operation import Operation

OPERATIONS: Mapping[str, Operation] = {
    "alerts.acknowledge": Operation(alert_rows.acknowledge, alerts.MANAGE),
    "alerts.snooze": Operation(alert_rows.snooze, alerts.MANAGE),
    "alerts.resolve": Operation(alert_rows.resolve, alerts.MANAGE),
    "alerts.reopen": Operation(alert_rows.reopen, alerts.MANAGE),
    "alerts.check": Operation(alert_rows.check, alerts.MANAGE),
    "alerts.add_rule": Operation(alert_rows.add_metric_rule, alerts.MANAGE),
    "alerts.remove_rule": Operation(alert_rows.remove_rule, alerts.MANAGE),
    "alerts.restore_rule": Operation(alert_rows.restore_rule, alerts.MANAGE),
    "pins.add": Operation(pin_rows.add, pins.SCOPE),
    "pins.remove": Operation(pin_rows.remove, pins.SCOPE),
    "pins.share": Operation(pin_rows.share, pins.SHARE),
    "pins.keep": Operation(pin_rows.keep, pins.SHARE),
    "conversations.rename": Operation(conversation_rows.rename, conversations.SCOPE),
    "conversations.share": Operation(conversation_rows.share, conversations.SHARE),
    "conversations.revoke": Operation(conversation_rows.revoke, conversations.SHARE),
    "conversations.restore": Operation(conversation_rows.restore, conversations.SHARE),
    "schedules.add": Operation(schedule_rows.add, schedules.SCOPE),
    "schedules.remove": Operation(schedule_rows.remove, schedules.SCOPE),
    "schedules.pause": Operation(schedule_rows.pause, schedules.SCOPE),
    "schedules.resume": Operation(schedule_rows.resume, schedules.SCOPE),
    "worklist.fill": Operation(work_rows.fill, worklist.FILL),
    "worklist.assign": Operation(work_rows.assign, worklist.WORK),
    "worklist.note": Operation(work_rows.note, worklist.WORK),
    "worklist.resolve": Operation(work_rows.resolve, worklist.WORK),
    "worklist.undo": Operation(work_rows.undo, worklist.WORK),
    **data.OPERATIONS,
    **compliance.OPERATIONS,
    **admin.OPERATIONS,
}


def operation(name: str) -> Operation:
    """The operation of that name.

    Raises
    ------
    NotThere
        There is none.
    """
    if name not in OPERATIONS:
        raise NotThere(f"There is no operation '{name}'.{did_you_mean(name, OPERATIONS)}")
    return OPERATIONS[name]
