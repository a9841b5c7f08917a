"""Webhooks registered, looked at, tried and removed by who may; each in the audit log, without address or secret."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRefused, ToolRetry, did_you_mean
from governance.permission import permit
from governance.webhooks import Delivery, Webhook, Webhooks
from tools.webhooks.events import EVENTS, TEST, told
from tools.webhooks.outside import checked_url

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.webhooks.courier import Courier
    from tools.workspace import Workspace

SCOPE = "webhooks:manage"


def register(workspace: Workspace, hooks: Webhooks, by: Principal, url: str, events: Collection[str]) -> Webhook:
    """Keep a webhook; its secret is in what is returned, and is told this once.

    Raises
    ------
    ToolRetry
        The address may not be sent to, there is no such event, or there are as many webhooks as may be.
    ToolRefused
        The caller may not, or sees some rows only.
    """
    _allowed(workspace, by, "webhook:register")
    checked_url(url, loopback=workspace.settings.webhook_loopback)
    for name in events:
        if name not in EVENTS:
            raise ToolRetry(f"There is no event '{name}'.{did_you_mean(name, EVENTS)}")
    with workspace.control.together():
        made = hooks.add(url, frozenset(events), by=by.name)
        details = {"webhook": made.webhook_id, "events": list(made.events)}
        workspace.control.audit(by.name, "webhook:register", "ok", details)
    return made


def listed(workspace: Workspace, hooks: Webhooks, by: Principal) -> list[Webhook]:
    """All webhooks."""
    _allowed(workspace, by, "webhook:list")
    return hooks.listed()


def remove(workspace: Workspace, hooks: Webhooks, by: Principal, webhook_id: str) -> None:
    """Take a webhook out, with what was on its way to it."""
    _allowed(workspace, by, "webhook:remove")
    with workspace.control.together():
        hooks.remove(webhook_id)
        workspace.control.audit(by.name, "webhook:remove", "ok", {"webhook": webhook_id})


def deliveries(workspace: Workspace, hooks: Webhooks, by: Principal, webhook_id: str, *, last: int) -> list[Delivery]:
    """What was on its way to a webhook, the newest first, without bodies."""
    _allowed(workspace, by, "webhook:deliveries")
    hooks.of(webhook_id)
    return hooks.deliveries(webhook_id, last=last)


def try_out(workspace: Workspace, hooks: Webhooks, courier: Courier, by: Principal, webhook_id: str) -> Delivery:
    """Send a test event at once, a single time; return how it went."""
    _allowed(workspace, by, "webhook:test")
    hooks.of(webhook_id)
    event = told(TEST, {}, workspace=workspace.name, at=dt.datetime.now(dt.UTC).isoformat())
    delivery = hooks.delivery(hooks.send(webhook_id, event, claimed=True))
    attempt = courier.deliver(delivery, again=False)
    outcome = "failed" if attempt.fault else "ok"
    workspace.control.audit(by.name, "webhook:test", outcome, {"webhook": webhook_id, "status": attempt.status})
    ended = hooks.delivery(delivery.delivery_id)
    return dataclasses.replace(ended, body="")


def described(webhook: Webhook) -> dict[str, Any]:
    """A webhook as faces tell it: without its secret."""
    return {"webhook_id": webhook.webhook_id, "url": webhook.url, "events": list(webhook.events),
            "made_by": webhook.made_by, "created_at": webhook.created_at}  # fmt: skip


def _allowed(workspace: Workspace, by: Principal, doing: str) -> None:
    permit(workspace.control, by, SCOPE, doing=doing, what="managing webhooks")
    if by.partitions:
        workspace.control.audit(by.name, doing, "refused", {"why": "partitions"})
        raise ToolRefused("Who sees some rows only manages no webhooks: their events are of every row.")
