"""The application on which the machine faces and the screen are mounted."""

from __future__ import annotations

from fastapi import FastAPI


def create_app() -> FastAPI:
    """Make the application; ``/healthz`` says that it is up."""
    app = FastAPI(title="Munshi", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
