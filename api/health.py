"""At the root: whether the process lives, whether it can answer, what it has served."""

from __future__ import annotations

from fastapi import Request, Response

from api.caller import Asking
from api.endpoint import PUBLIC, SIGNED_IN, Endpoint
from api.metrics import MEDIA_TYPE
from api.service import Service
from api.signing_in import KeySet, jwks


def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


def ready(request: Request) -> dict[str, str]:
    """The books open and the control data can be read; an error says which of them not."""
    service: Service = request.state.service
    service.workspace.meta(service.local)
    service.identity.signing_keys.jwks()
    return {"status": "ready"}


def metrics(caller: Asking) -> Response:
    """Counts and durations for Prometheus."""
    return Response(caller.service.metrics.text(), media_type=MEDIA_TYPE)


ROOT_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/healthz", PUBLIC, live, "The process lives"),
    Endpoint("GET", "/readyz", PUBLIC, ready, "The books open"),
    Endpoint("GET", "/metrics", SIGNED_IN, metrics, "What was served, for Prometheus"),
    Endpoint("GET", "/.well-known/jwks.json", PUBLIC, jwks, "The public keys of the tokens", answer=KeySet),
)
