"""`POST /inference/…`: what a model says of one customer; the routes are those of `tools.inference`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import Response
from starlette.concurrency import run_in_threadpool

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.inference import INFERENCES, Inference

#: What an example says beside the customer.
MORE: Mapping[str, Mapping[str, Any]] = {
    "what-if": {"changes": {"days_past_due": 0}, "under": 0.05},
    "spend-forecast": {"measure": "spend", "months": 3},
}


def _infer(inference: Inference) -> Callable[..., Awaitable[Response]]:
    async def infer(asked: Any, caller: Asking) -> Response:
        service = caller.service
        said = inference.at_hand(service.workspace, caller.principal, asked)
        if said is None:
            said = await run_in_threadpool(inference.of, service.workspace, caller.principal, asked)
        about: dict[str, Any] = {"rows": len(asked.transactions or ())}
        if asked.customer_id is not None:
            about = {"customer": service.workspace.keys.token("customer", asked.customer_id)}
        await service.audited(caller.principal, f"inference:{inference.name}", "done", **about)
        return as_json(said)

    infer.__annotations__["asked"] = inference.asked
    return infer


INFERENCE_ENDPOINTS: tuple[Endpoint, ...] = tuple(
    Endpoint(
        "POST", f"/inference/{each.name}", each.scope, _infer(each), each.summary, answer=each.result,
        example={"customer_id": "C_4F21", **MORE.get(each.name, {})}, statuses=(404,),
    )
    for each in INFERENCES
)  # fmt: skip
