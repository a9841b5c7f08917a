"""`/webhooks`: addresses that are told of finished jobs, alerts, and changes of models and rules."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from governance.webhooks import Delivery
from tools.operations import webhooks
from tools.webhooks.outside import LONGEST_URL

WebhookId = Annotated[str, Path(pattern=r"^wh_[0-9a-f]{12}$")]
Last = Annotated[int, Query(ge=1, le=1_000, description="how many deliveries at the most")]
EventName = Literal["job.finished", "alert.raised", "schedule.ran", "model.changed", "rules.changed"]


class WebhookAsked(BaseModel):
    """Where events shall go (https), and which."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]
    events: Annotated[list[EventName], Field(min_length=1, max_length=16)]


class WebhookTold(BaseModel):
    """A webhook without its secret; ``created_at`` in seconds since 1970."""

    webhook_id: str
    url: str
    events: list[EventName]
    made_by: str
    created_at: float


class WebhookMade(WebhookTold):
    """A new webhook; ``secret`` is what its events are signed with, and is told this once."""

    secret: str


class WebhookList(BaseModel):
    """All webhooks."""

    webhooks: list[WebhookTold]


class DeliveryTold(BaseModel):
    """An event on its way to a webhook, without its body; moments are seconds since 1970."""

    delivery_id: str
    event_id: str
    event: str
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    created_at: float
    changed_at: float
    next_attempt_at: float | None
    status: int | None
    fault: str


class DeliveryList(BaseModel):
    """The deliveries to a webhook, the newest first; kept for thirty days."""

    deliveries: list[DeliveryTold]


def register_webhook(asked: WebhookAsked, caller: Asking) -> Response:
    """Register an address for events."""
    service = caller.service
    made = webhooks.register(service.workspace, service.webhooks, caller.principal, asked.url, asked.events)
    return as_json(WebhookMade(**webhooks.described(made), secret=made.secret), status=201)


def list_webhooks(caller: Asking) -> Response:
    """All webhooks."""
    service = caller.service
    found = webhooks.listed(service.workspace, service.webhooks, caller.principal)
    return as_json(WebhookList(webhooks=[WebhookTold(**webhooks.described(each)) for each in found]))


def remove_webhook(webhook_id: WebhookId, caller: Asking) -> Response:
    """Take an address out, with what was on its way to it."""
    service = caller.service
    webhooks.remove(service.workspace, service.webhooks, caller.principal, webhook_id)
    return Response(status_code=204)


def try_webhook(webhook_id: WebhookId, caller: Asking) -> Response:
    """Send `webhook.test` at once, a single time, and say how it went."""
    service = caller.service
    return as_json(
        _told(webhooks.try_out(service.workspace, service.webhooks, service.courier, caller.principal, webhook_id))
    )


def list_deliveries(webhook_id: WebhookId, caller: Asking, limit: Last = 100) -> Response:
    """What was on its way to a webhook."""
    service = caller.service
    found = webhooks.deliveries(service.workspace, service.webhooks, caller.principal, webhook_id, last=limit)
    return as_json(DeliveryList(deliveries=[_told(each) for each in found]))


def _told(delivery: Delivery) -> DeliveryTold:
    waits = delivery.next_at if delivery.state == "waiting" else None
    kept = {name: getattr(delivery, name) for name in DeliveryTold.model_fields if name != "next_attempt_at"}
    return DeliveryTold(**kept, next_attempt_at=waits)


WEBHOOK_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/webhooks", webhooks.SCOPE, list_webhooks, "All webhooks", answer=WebhookList),
    Endpoint("POST", "/webhooks", webhooks.SCOPE, register_webhook, "Register an address for events",
             answer=WebhookMade, status=201,
             example={"url": "https://hooks.example.com/munshi", "events": ["job.finished", "rules.changed"]}),
    Endpoint("DELETE", "/webhooks/{webhook_id}", webhooks.SCOPE, remove_webhook, "Remove a webhook", statuses=(404,),
             status=204),
    Endpoint("POST", "/webhooks/{webhook_id}/test", webhooks.SCOPE, try_webhook, "Send a test event at once",
             answer=DeliveryTold, statuses=(404,)),
    Endpoint("GET", "/webhooks/{webhook_id}/deliveries", webhooks.SCOPE, list_deliveries, "What was sent to a webhook",
             answer=DeliveryList, statuses=(404,)),
)  # fmt: skip
