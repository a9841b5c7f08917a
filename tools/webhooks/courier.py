"""Carries events to webhooks while the server runs: tells them what the audit log has new, tries again what failed."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from governance.errors import MunshiError, NotThere
from governance.suspension import is_suspended
from governance.webhooks import Delivery, Webhook, Webhooks
from tools.webhooks.events import ACTIONS, event_of, told
from tools.webhooks.outside import Resolve, resolved
from tools.webhooks.sending import Attempt, post

if TYPE_CHECKING:
    from tools.workspace import Workspace

_log = logging.getLogger("munshi.webhooks")
#: Seconds between two looks; attempts at once.
PAUSE, AT_ONCE = 2.0, 4
#: Seconds until the next attempt after the first, second, …; the last holds on. A delivery is given up after a day.
WAITS, GIVEN_UP = (5.0, 30.0, 120.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0), 86_400.0
TIDYING = 3_600.0


def again_at(delivery: Delivery, now: float) -> float | None:
    """When to try again a delivery that just failed; None where a day would be over."""
    then = now + WAITS[min(delivery.attempts, len(WAITS) - 1)]
    return then if then < delivery.created_at + GIVEN_UP else None


class Courier:
    """One thread that tells and delivers.

    Parameters
    ----------
    resolve
        How the names of receivers are resolved.
    """

    def __init__(self, workspace: Workspace, hooks: Webhooks, *, resolve: Resolve = resolved) -> None:
        self._workspace = workspace
        self._hooks = hooks
        self._resolve = resolve
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._called = threading.Event()
        self._tidied = 0.0

    def start(self) -> None:
        """Begin, also with what an earlier process left."""
        if self._thread is None or not self._thread.is_alive():
            self._stopping.clear()
            self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
            self._thread.start()

    def call(self) -> None:
        """Say that something may have happened."""
        self._called.set()

    def stop(self) -> None:
        """End after the attempts at hand; what is on its way goes on at the next start."""
        self._stopping.set()
        self._called.set()
        if self._thread is not None:
            self._thread.join(30)

    def raised(self, name: str, data: Mapping[str, Any]) -> None:
        """Put an event that the audit log does not hold on its way to whoever asked for it."""
        wanting = [each for each in self._hooks.listed() if name in each.events]
        if wanting:
            at = dt.datetime.now(dt.UTC).isoformat()
            event = told(name, data, workspace=self._workspace.name, at=at)
            for each in wanting:
                self._hooks.send(each.webhook_id, event)
            self.call()

    def tell(self) -> None:
        """Put what the audit log has new on its way."""
        wanting = {each.webhook_id: each.events for each in self._hooks.listed()}
        for webhook_id, entries in self._hooks.untold(ACTIONS):
            events = [event for entry in entries if (event := event_of(entry)) is not None]
            mine = [each for each in events if each.name in wanting.get(webhook_id, ())]
            self._hooks.tell(webhook_id, mine, entries[-1]["sequence"])

    def deliver_due(self) -> int:
        """Try what is due, several at once; return how many attempts were made."""
        due: list[Delivery] = []
        while len(due) < AT_ONCE and (delivery := self._hooks.claim()) is not None:
            due.append(delivery)
        if due:
            with ThreadPoolExecutor(len(due), "webhook") as pool:
                list(pool.map(self.deliver, due))
        return len(due)

    def deliver(self, delivery: Delivery, *, again: bool = True) -> Attempt:
        """Try one delivery and keep how it went.

        Parameters
        ----------
        again
            Whether it is tried again where it fails.
        """
        try:
            attempt = self._post(self._hooks.of(delivery.webhook_id), delivery)
        except NotThere:
            return Attempt(None, "The webhook was removed.")
        except MunshiError as refusal:
            attempt = Attempt(None, str(refusal))
        then = again_at(delivery, time.time()) if again else None
        self._hooks.settle(delivery, status=attempt.status, fault=attempt.fault, again_at=then)
        return attempt

    def _post(self, webhook: Webhook, delivery: Delivery) -> Attempt:
        return post(webhook, delivery.event_id, delivery.body, timestamp=int(time.time()), resolve=self._resolve,
                    loopback=self._workspace.settings.webhook_loopback)  # fmt: skip

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                busy = not is_suspended(self._workspace.folder) and self._look()
            except Exception as error:  # noqa: BLE001  the log says so; the thread looks again after its pause
                _log.error("webhooks: %s", type(error).__name__)
                busy = False
            if not busy:
                self._called.wait(PAUSE)
                self._called.clear()

    def _look(self) -> bool:
        self.tell()
        tried = self.deliver_due()
        if time.monotonic() - self._tidied > TIDYING:
            self._hooks.tidy()
            self._tidied = time.monotonic()
        return tried > 0
