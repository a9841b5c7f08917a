"""The application: the machine faces under ``/api/v1``, health at the root; the screen is mounted on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

from api.alerts import ALERT_ENDPOINTS
from api.batch import BATCH_ENDPOINTS
from api.chat import CHAT_ENDPOINTS
from api.endpoint import Endpoint, add_routes, mount
from api.frontage import Frontage
from api.health import ROOT_ENDPOINTS, live
from api.inference import INFERENCE_ENDPOINTS
from api.keys import KEY_ENDPOINTS
from api.knowledge import KNOWLEDGE_ENDPOINTS
from api.learning import LEARNING_ENDPOINTS
from api.mcp_door import MCP_ENDPOINTS
from api.openapi import ADDRESS, describe
from api.postings import POSTING_ENDPOINTS
from api.privacy import PRIVACY_ENDPOINTS
from api.problems import add_handlers
from api.records import RECORD_ENDPOINTS
from api.reports import REPORT_ENDPOINTS
from api.reviews import REVIEW_ENDPOINTS
from api.rules import RULES_ENDPOINTS
from api.schedules import SCHEDULE_ENDPOINTS
from api.signing_in import SIGNING_IN_ENDPOINTS
from api.tool_calls import TOOL_ENDPOINTS
from api.webhooks import WEBHOOK_ENDPOINTS
from api.worklist import WORKLIST_ENDPOINTS
from governance.errors import NotSignedIn
from knowledge.files.reading import MOST_BYTES

if TYPE_CHECKING:
    from api.service import Service

VERSION = "1.0"
#: Where files are sent: their bodies may be larger than any other.
UPLOADS, DOCUMENTS = "/batch/", "/knowledge"
#: Rows are sent here, up to twenty thousand of them; so many times as large as another body.
ROWS, AS_LARGE = "/inference/", 16
#: Asked a thousand times as often as all others: their addresses are tried first.
OFTEN = (ROWS, "/transactions")
#: Everything that can be asked over HTTP under ``/api/v1``: the one list.
ENDPOINTS: tuple[Endpoint, ...] = (
    *TOOL_ENDPOINTS,
    *INFERENCE_ENDPOINTS,
    *BATCH_ENDPOINTS,
    *POSTING_ENDPOINTS,
    *CHAT_ENDPOINTS,
    *MCP_ENDPOINTS,
    *RECORD_ENDPOINTS,
    *RULES_ENDPOINTS,
    *REVIEW_ENDPOINTS,
    *REPORT_ENDPOINTS,
    *PRIVACY_ENDPOINTS,
    *KNOWLEDGE_ENDPOINTS,
    *LEARNING_ENDPOINTS,
    *SIGNING_IN_ENDPOINTS,
    *KEY_ENDPOINTS,
    *WEBHOOK_ENDPOINTS,
    *ALERT_ENDPOINTS,
    *WORKLIST_ENDPOINTS,
    *SCHEDULE_ENDPOINTS,
)


def create_app(service: Service | None = None) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    service
        What the machine faces stand on; without it there is ``/healthz`` alone.
    """
    app = _bare("Munshi", None if service is None else _working(service))
    if service is None:
        app.add_api_route("/healthz", live, include_in_schema=False)
        return app
    app.mount(ADDRESS, machine_faces(service))
    mount(app, ROOT_ENDPOINTS, service)
    add_handlers(app)
    return app


def machine_faces(service: Service) -> FastAPI:
    """The endpoints of version 1, described at ``openapi.json``."""
    app = _bare("Munshi")
    mount(app, sorted(ENDPOINTS, key=lambda each: not each.path.startswith(OFTEN)), service)
    add_handlers(app)
    describe(app, ENDPOINTS)
    app.add_api_route("/openapi.json", app.openapi, methods=["GET"], include_in_schema=False)
    settings = service.workspace.settings
    most = settings.request_bytes
    larger = {UPLOADS: settings.batch_bytes, DOCUMENTS: MOST_BYTES, ROWS: AS_LARGE * most}
    app.add_middleware(
        Frontage, metrics=service.metrics, most_bytes=most, larger=larger, patience=settings.slow_seconds
    )
    return app


def description() -> dict[str, Any]:
    """The description of version 1, without anything that is served."""
    app = _bare("Munshi")
    add_routes(app, ENDPOINTS, lambda _: _nobody)
    describe(app, ENDPOINTS)
    return app.openapi()


async def _nobody(_: Request) -> None:
    raise NotSignedIn("Nothing is served here: this application is described only.")


def _working(service: Service) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """While the application is served, jobs are worked on and events delivered: also what an earlier process left."""

    @asynccontextmanager
    async def working(_: FastAPI) -> AsyncIterator[None]:
        service.batch.start()
        service.courier.start()
        for each in service.beside:
            each.start()
        try:
            yield
        finally:
            for each in service.beside:
                await run_in_threadpool(each.stop)
            await run_in_threadpool(service.batch.stop)
            await run_in_threadpool(service.courier.stop)

    return working


def _bare(title: str, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None) -> FastAPI:
    return FastAPI(title=title, version=VERSION, docs_url=None, redoc_url=None, openapi_url=None,
                   redirect_slashes=False, lifespan=lifespan)  # fmt: skip
