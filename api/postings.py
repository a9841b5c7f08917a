"""`POST /transactions`: a posting as it happens, enriched, held against what is usual, and kept."""

from __future__ import annotations

from fastapi import Response

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.realtime import SCOPE, PostingSent, PostingTold
from tools.webhooks.events import ALERT


def take(sent: PostingSent, caller: Asking) -> Response:
    """Enrich one posting; its id is its key, so that sent again it is answered as before and counts once."""
    service = caller.service
    told, before = service.realtime.take(caller.principal, sent)
    if not before and told.anomaly is not None and service.realtime.is_alert(told):
        stands_out = {"score": told.anomaly.score, "kind": told.anomaly.kind, "version": told.anomaly.version}
        service.courier.raised(ALERT, {"action": "posting", "transaction_id": told.transaction_id, **stands_out})
    return as_json(told, {"Idempotency-Replayed": "true"} if before else None)


POSTING_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST", "/transactions", SCOPE, take, "One posting in real time: category, anomaly, what it changes",
        answer=PostingTold, statuses=(404, 507),
        example={"transaction_id": "T-2026-07-01-0001", "account_id": "A_4F21", "posted_at": "2026-07-01T10:15:00",
                 "amount": "-1499.00", "narration": "UPI/DR/618212345678/SWIGGY/YESB/swiggy@ybl/food"},
    ),
)  # fmt: skip
