"""Serve the screen."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.app import create_app
from governance.errors import ConfigurationError
from governance.look.store import KeptTheme
from governance.look.theme import Theme
from ui import look
from ui.asking import Chat
from ui.desk import Desk
from ui.desks import Desks
from ui.facts import ScreenFacts
from ui.look_door import add_look
from ui.page_headers import PageHeaders
from ui.pages.door import add_pages
from ui.sign_in import Gate, add_sign_in, visitor_name
from ui.spoken import Spoken
from ui.tour import add_tour

if TYPE_CHECKING:
    from api.service import Service
    from ui.screen import DeskOf

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  # nosec B104  # compared with, never bound by itself
#: Bytes a browser may send to gradio's upload address; the screen takes no files.
_NO_UPLOADS = 1


def screen_app(chat: Chat, facts: Callable[[], ScreenFacts], *, host: str = "127.0.0.1") -> FastAPI:
    """Mount the screen of one caller on an application without machine faces.

    Parameters
    ----------
    chat
        Who answers.
    facts
        What the head of the screen says.
    host
        Address the server listens on.
    """
    desk = Desk(chat, facts)
    return _mounted(create_app(), lambda _: desk, host)


def served_app(service: Service, *, host: str = "127.0.0.1") -> FastAPI:
    """Mount the screen on the machine faces; who comes to it signs in first, but for the sandbox on this machine.

    Parameters
    ----------
    service
        Whose books, and who may come in.
    host
        Address the server listens on.
    """
    app = create_app(service)
    add_sign_in(app, service)
    desks = Desks(service)
    add_pages(app, desks.munshi)
    add_tour(app, desks.munshi)
    return _mounted(app, desks.of, host, service)


def _mounted(app: FastAPI, desk_of: DeskOf, host: str, service: Service | None = None) -> FastAPI:
    """Put the screen at the root, its gate and headers around everything."""
    from ui.gradio_door import gr
    from ui.screen import build_screen

    theme = service.workspace.themes.now if service is not None else _house
    add_look(app, theme)
    app.add_middleware(Spoken, usual=lambda: theme().theme.language)
    if service is not None:
        app.add_middleware(Gate, service=service)
    own_names_only(app, host)
    app.add_middleware(PageHeaders)
    mounted: FastAPI = gr.mount_gradio_app(
        app, build_screen(desk_of, lambda: theme().theme.language), path="/", theme=_theme(), head=look.head(),
        footer_links=[], favicon_path=str(look.MARK), max_file_size=_NO_UPLOADS, run_history=False, show_error=False,
        ssr_mode=False, mcp_server=False, pwa=False, auth_dependency=visitor_name if service is not None else None,
    )  # fmt: skip
    return mounted


def own_names_only(app: FastAPI, host: str) -> None:
    """Turn requests away that name another host than the one listened on, or this machine.

    A page elsewhere whose name was pointed at 127.0.0.1 must not read answers.
    """
    if host not in _ANYWHERE:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*dict.fromkeys((host, *LOOPBACK))])


def _house() -> KeptTheme:
    """The face of a screen that no workspace stands behind."""
    return KeptTheme(Theme())


def serve(
    workspace: str = "demo",
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int = 1,
    screen: bool = True,
) -> None:
    """Open a workspace and serve its screen and its machine faces until stopped.

    Parameters
    ----------
    workspace
        Name of the workspace.
    host, port
        Where to listen; by default what the settings say, which is this machine only.
    workers
        Processes that serve; with more than one the machine faces alone.
    screen
        Whether the screen is served beside the machine faces.

    Raises
    ------
    ConfigurationError
        The address is taken or is none of this machine's.
    WorkspaceNotFound, KeyUnusable
    """
    from api.access_log import write_access_log
    from api.service import Service
    from assistant.munshi import Munshi
    from governance.settings import load_settings
    from governance.tracing import trace_where_wanted
    from tools.operations.preloading import Preloading
    from ui.paper.answer_file import answer_file
    from ui.paper.board import board_pdf
    from ui.timekeeper import Timekeeper

    settings = load_settings()
    host, port = host or settings.host, port or settings.port
    if workers > 1 or not screen:
        from ui.faces import serve_faces

        with bound(host, port) as address:
            serve_faces(workspace, workers, address, host)
        return
    with bound(host, port) as address, Munshi.open(workspace, settings=settings) as munshi:
        service = Service(
            munshi.workspace, loopback=host in LOOPBACK, munshi=munshi, board=board_pdf, export=answer_file
        )
        service.beside += [Timekeeper(munshi.workspace), Preloading(munshi.workspace, service.local)]
        app = served_app(service, host=host)
        write_access_log(settings.access_log)
        trace_where_wanted()
        print(_way_in(service), file=sys.stderr)
        run(app, address, slow_seconds=settings.slow_seconds)


def _way_in(service: Service) -> str:
    name = service.workspace.name
    if service.open_to_local:
        return f"The sandbox {name} is open to this machine without a sign-in, as its risk manager."
    people = len([each for each in service.identity.users.list() if each.active])
    if not people:
        return f"Nobody can sign in to {name} yet: `munshi users add NAME --role analyst --workspace {name}`."
    return f"Workspace {name} asks everybody to sign in ({people} {'person' if people == 1 else 'people'} can)."


def bound(host: str, port: int) -> socket.socket:
    """Take the address before anything slow is loaded; nothing can connect until the server runs.

    Raises
    ------
    ConfigurationError
        The address is taken or is none of this machine's.
    """
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise ConfigurationError(
            f"Munshi cannot listen on {host}, port {port}: {error.strerror}. "
            "Stop what uses it, or choose another port: `munshi serve --port 7861`."
        ) from None
    return taken


def run(app: FastAPI, address: socket.socket, *, slow_seconds: float = 20.0) -> None:
    """Run the application on a bound address until stopped.

    Parameters
    ----------
    slow_seconds
        Seconds within which a request's headers come.
    """
    import uvicorn

    from ui.listening import ListeningConfig, hold_many_files

    hold_many_files()
    host, port = address.getsockname()[:2]
    print(f"Munshi is at http://{host}:{port} (Ctrl + C stops it).", file=sys.stderr, flush=True)
    config = ListeningConfig(app, slow_seconds=slow_seconds)
    uvicorn.Server(config).run(sockets=[address])


def _theme() -> object:
    """Gradio's plainest theme in our fonts and grounds; a named font here is never fetched."""
    from ui.gradio_door import gr

    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill="#f6f7f9", body_background_fill_dark="#0f1216",
        body_text_color="#171b21", body_text_color_dark="#e6e9ed",
    )  # fmt: skip
