"""Answers each request in its reader's language."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from governance.look.theme import Language
from ui.language import chosen, speaking

#: Where sentences of ours are written; gradio's own addresses are answered by our handlers, which look for themselves.
ADDRESSES = ("/screen/", "/file/", "/act/", "/intake", "/sign-in", "/look/tenant")


class Spoken:
    """Sets the language for what is written in answer to a request.

    Parameters
    ----------
    usual
        The workspace's language, for those who chose none.
    """

    def __init__(self, app: ASGIApp, usual: Callable[[], Language]) -> None:
        self._app = app
        self._usual = usual

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(ADDRESSES):
            await self._app(scope, receive, send)
            return
        with speaking(chosen(cookies_of(Headers(scope=scope).get("cookie", "")), self._usual)):
            await self._app(scope, receive, send)


def cookies_of(header: str) -> dict[str, str]:
    """The cookies of a header; one that is no such header has none."""
    try:
        return {name: each.value for name, each in SimpleCookie(header).items()}
    except CookieError:
        return {}
