"""The machine faces without the screen: in one process, or in several on one address and one PostgreSQL.

The screen keeps a visitor's events in the memory of the process he came to, so one process serves it: `munshi serve` at
an address of its own, on the same control data.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import ConfigurationError
from governance.settings import control_url, load_settings
from governance.tracing import trace_where_wanted

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

#: Seconds a worker may take to answer its supervisor: while it loads, it answers late.
ANSWERS_WITHIN = 60


@dataclass(frozen=True)
class FacesApp:
    """Makes the application in the process that serves it; what is set is read from the environment there.

    Attributes
    ----------
    supervisor
        The process whose end is this one's too; None where it has none.
    """

    workspace: str
    host: str
    supervisor: int | None = None

    def __call__(self) -> FastAPI:
        """Open the workspace and put its faces together."""
        from api.access_log import write_access_log
        from api.app import create_app
        from api.service import Service
        from tools.operations.preloading import Preloading
        from tools.workspace import Workspace
        from ui.paper.answer_file import answer_file
        from ui.paper.board import board_pdf
        from ui.server import LOOPBACK, own_names_only
        from ui.timekeeper import Timekeeper

        if self.supervisor is not None:
            threading.Thread(target=_outlive_nobody, args=(self.supervisor,), name="supervised", daemon=True).start()
        settings = load_settings()
        opened = Workspace.open(self.workspace, settings)
        service = Service(opened, loopback=self.host in LOOPBACK, board=board_pdf, export=answer_file)
        service.beside += [Timekeeper(opened), Preloading(opened, service.local)]
        write_access_log(settings.access_log)
        trace_where_wanted()
        app = create_app(service)
        own_names_only(app, self.host)
        return app


def _outlive_nobody(supervisor: int) -> None:
    """End this process when its supervisor is gone, else it would hold the address that the next one wants."""
    while os.getppid() == supervisor:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def serve_faces(workspace: str, workers: int, address: socket.socket, host: str) -> None:
    """Serve a workspace's machine faces until stopped; of several processes one that dies is followed by another.

    Raises
    ------
    ConfigurationError
        Several are wanted and the control data lie in SQLite: limits would be each worker's own.
    WorkspaceNotFound, KeyUnusable, ControlUnavailable
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from ui.listening import ListeningConfig, hold_many_files

    if workers > 1:
        _several_can(workspace, workers)
    hold_many_files()
    app = FacesApp(workspace, host, os.getpid() if workers > 1 else None)
    config = ListeningConfig(app, slow_seconds=load_settings().slow_seconds, factory=True, workers=workers,
                             timeout_worker_healthcheck=ANSWERS_WITHIN)  # fmt: skip
    at, port = address.getsockname()[:2]
    how = f"{workers} workers" if workers > 1 else "one process"
    print(
        f"Munshi is at http://{at}:{port}, {how}, without the screen (Ctrl + C stops it).", file=sys.stderr, flush=True
    )
    if workers == 1:
        uvicorn.Server(config).run(sockets=[address])
        return
    address.set_inheritable(True)
    address.listen(config.backlog)
    Multiprocess(config, sockets=[address]).run()


def _several_can(workspace: str, workers: int) -> None:
    """Hold what several processes need against what is there, before many try."""
    from tools.workspace import Workspace

    settings = load_settings()
    if control_url(settings) is None:
        raise ConfigurationError(
            f"{workers} workers keep sessions, limits and the audit log in common: set MUNSHI_CONTROL_URL to a "
            "PostgreSQL database (postgresql://user:password@host/database), or serve with one."
        )
    with Workspace.open(workspace, settings) as opened:
        opened.control.verify_audit()  # a broken chain is not written on
