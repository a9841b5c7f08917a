"""`POST /inference/…`: what a model says of one customer; the routes are those of `tools.inference`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.inference import INFERENCES, Inference


class OfCustomer(BaseModel):
    """Which customer."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Annotated[str, Field(min_length=1, max_length=64)]


def _infer(inference: Inference) -> Callable[..., Response]:
    def infer(asked: OfCustomer, caller: Asking) -> Response:
        service = caller.service
        said = inference.of(service.workspace, caller.principal, asked.customer_id)
        about = service.workspace.keys.token("customer", asked.customer_id)
        service.audit(caller.principal, f"inference:{inference.name}", "done", customer=about)
        return as_json(said)

    return infer


INFERENCE_ENDPOINTS: tuple[Endpoint, ...] = tuple(
    Endpoint(
        "POST", f"/inference/{each.name}", each.scope, _infer(each), each.summary, answer=each.result,
        example={"customer_id": "C_4F21"}, statuses=(404,),
    )
    for each in INFERENCES
)  # fmt: skip
