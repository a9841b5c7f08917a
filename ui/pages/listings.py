"""What pages read besides tools, by name: lists of what people keep, as results of tools are. They are never held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tools.result import ToolResult
from ui.pages import alert_rows, conversation_rows, pin_rows, schedule_rows, work_rows
from ui.pages.kept import admin, compliance, data


@dataclass(frozen=True)
class Listing:
    """A function ``(workspace, principal, **arguments) → ToolResult``; it checks the permission itself."""

    function: Callable[..., ToolResult]


LISTINGS: Mapping[str, Listing] = {
    "alerts": Listing(alert_rows.alert_rows),
    "alert_rules": Listing(alert_rows.rule_rows),
    "alert_history": Listing(alert_rows.alert_history),
    "conversations": Listing(conversation_rows.conversation_rows),
    "conversation_links": Listing(conversation_rows.share_rows),
    "shared": Listing(conversation_rows.shared_rows),
    "pins": Listing(pin_rows.pin_rows),
    "schedules": Listing(schedule_rows.schedule_rows),
    "schedule_runs": Listing(schedule_rows.run_rows),
    "worklist": Listing(work_rows.item_rows),
    "worth": Listing(work_rows.worth_rows),
    "item": Listing(work_rows.item_facts),
    "item_history": Listing(work_rows.item_history),
    **{
        name: Listing(function)
        for functions in (data.LISTINGS, compliance.LISTINGS, admin.LISTINGS)
        for name, function in functions.items()
    },
}
