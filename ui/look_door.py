"""Where the browser gets the look: the house's files, which it keeps, and the client's, which it asks for each time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse

from governance.look.store import KeptTheme
from ui import look
from ui.language import spoken

#: Files that carry a digest in their address, or come with a pinned package.
_KEEP = {"Cache-Control": "public, max-age=86400"}
#: A picture that may do nothing, even where it is opened by itself.
_STILL = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


def add_look(app: FastAPI, theme: Callable[[], KeptTheme]) -> None:
    """Serve the look to anybody: it tells nothing of the books."""

    @app.get("/look/munshi.css", include_in_schema=False)
    def style_sheet() -> Response:
        return Response(look.style_sheet(), media_type="text/css", headers=_KEEP)

    @app.get("/look/munshi.js", include_in_schema=False)
    def script() -> Response:
        return Response(look.script(), media_type="text/javascript", headers=_KEEP)

    @app.get("/look/plotly.min.js", include_in_schema=False)
    def plotly() -> FileResponse:
        return FileResponse(look.plotly_script(), media_type="text/javascript", headers=_KEEP)

    @app.get("/look/tenant.css", include_in_schema=False)
    def tenant_style(request: Request) -> Response:
        return _asked_anew(request, look.tenant_style_sheet(theme()), "text/css")

    @app.get("/look/tenant.js", include_in_schema=False)
    def tenant_script(request: Request) -> Response:
        return _asked_anew(request, look.tenant_script(theme(), spoken()), "text/javascript")

    @app.get("/look/logo", include_in_schema=False)
    def logo() -> Response:
        picture = theme().theme.picture
        if picture is None:
            return Response(look.MARK.read_bytes(), media_type="image/svg+xml", headers={**_KEEP, **_STILL})
        return Response(picture.content, media_type=picture.media, headers={**_KEEP, **_STILL})


def _asked_anew(request: Request, text: str, media: str) -> Response:
    mark = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    headers = {"Cache-Control": "no-cache", "Vary": "Cookie", "ETag": mark}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type=media, headers=headers)
