"""What goes by the wall clock while the server runs: schedules, snoozed alerts that come back, mails."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from governance.alerts import Alerts
from governance.suspension import is_suspended
from tools.alerts.checking import check
from tools.mail.sending import send_due
from ui.scheduled import run_due

if TYPE_CHECKING:
    from tools.workspace import Workspace

#: Seconds between two looks.
PAUSE = 15.0
_log = logging.getLogger("munshi.clock")


class Timekeeper:
    """One thread that looks at the clock; several processes may have one, and each deed is done once."""

    def __init__(self, workspace: Workspace, *, pause: float = PAUSE) -> None:
        self._workspace = workspace
        self._pause = pause
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, also with what fell due while nothing ran."""
        if self._thread is None or not self._thread.is_alive():
            self._stopping.clear()
            self._thread = threading.Thread(target=self._work, name="clock", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after what is at hand."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(30)

    def look(self) -> None:
        """Do what is due."""
        run_due(self._workspace)
        alerts = Alerts(self._workspace.control)
        if any((each.snoozed_until or 0) <= alerts.clock() for each in alerts.listed(states=("snoozed",))):
            check(self._workspace)
        send_due(self._workspace)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                if not is_suspended(self._workspace.folder):
                    self.look()
            except Exception as error:  # noqa: BLE001  the log says so; the thread looks again after its pause
                _log.error("clock: %s", type(error).__name__)
            self._stopping.wait(self._pause)
