"""What the machine faces stand on: the workspace, who may come in, who answers, what is counted."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol

from api.idempotency import Replies
from api.mcp_door import McpDoor
from api.metrics import Metrics
from api.rate_limits import rate_limits
from api.together import Together
from governance.control import entry_of
from governance.identity.store import Identity
from governance.principal import local_principal
from governance.webhooks import Webhooks
from knowledge.views import PARTITION_COLUMNS
from tools.batch.jobs import Jobs
from tools.batch.worker import Worker
from tools.realtime import RealTime
from tools.webhooks.courier import Courier
from tools.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.munshi import Munshi
    from governance.principal import Principal

    Board = Callable[[Workspace, Principal], bytes]

    class Beside(Protocol):
        """Work that goes on in a thread of its own."""

        def start(self) -> None:
            """Begin."""

        def stop(self) -> None:
            """End after what is at hand."""

    class MadeFile(Protocol):
        """A file: its name, what it is, its bytes."""

        @property
        def name(self) -> str:
            """What the browser keeps it as."""

        @property
        def media(self) -> str:
            """Its media type."""

        @property
        def content(self) -> bytes:
            """Its bytes."""

    Export = Callable[[Workspace, Principal, str, str], MadeFile]

#: The workspace that opens without a sign-in to callers on the machine itself.
SANDBOX = "demo"
#: Attempts to sign in, or to get a token, from one address in a minute.
ATTEMPTS_PER_MINUTE = 30
MOST_CALLERS = 64


class Service:
    """One workspace served.

    Parameters
    ----------
    workspace
        Whose books.
    loopback
        Whether the server listens on this machine only; then, and only then, the sandbox is open.
    identity
        Who may come in.
    munshi
        Who answers his own principal already.
    board
        What makes the board pack of a caller as a PDF; None where nothing sets type.
    export
        What makes a file of an answer: workspace, caller, receipt, kind.
    """

    def __init__(
        self, workspace: Workspace, *, loopback: bool, identity: Identity | None = None, munshi: Munshi | None = None,
        board: Board | None = None, export: Export | None = None,
    ) -> None:  # fmt: skip
        self.workspace = workspace
        self.identity = identity or Identity(workspace.control, oidc=workspace.settings.oidc, columns=PARTITION_COLUMNS)
        self.open_to_local = loopback and workspace.name == SANDBOX
        self.board = board
        self.export = export
        self.metrics = Metrics()
        self.limits = rate_limits(workspace.control, "calls", workspace.settings.calls_per_minute)
        self.attempts = rate_limits(workspace.control, "attempts", ATTEMPTS_PER_MINUTE)
        self.replies = Replies(workspace.control)
        self.mcp = McpDoor(self)
        self.jobs = Jobs(workspace.control)
        self.batch = Worker(workspace, self.jobs)
        self.realtime = RealTime(workspace)
        self.webhooks = Webhooks(workspace.control)
        self.courier = Courier(workspace, self.webhooks)
        self._auditing = Together(workspace.control.audit_all)
        #: What else runs while the application is served.
        self.beside: list[Beside] = []
        self._answering: OrderedDict[tuple[Any, ...], Munshi] = OrderedDict()
        self._choosing = threading.Lock()
        if munshi is not None:
            self._answering[munshi.principal.identity] = munshi

    @property
    def local(self) -> Principal:
        """The caller on the machine itself."""
        return local_principal(self.workspace.name)

    def principal_named(self, name: str) -> Principal:
        """The caller that the screen's gate let in under this name, with the rights he has now.

        Raises
        ------
        NotSignedIn
            The user is no longer there, or is disabled.
        """
        return self.local if self.open_to_local and name == self.local.name else self.identity.user_named(name)

    def munshi_of(self, principal: Principal) -> Munshi:
        """Who answers this caller; one for each set of rights, the least recently asked forgotten first."""
        with self._choosing:
            held = self._answering.pop(principal.identity, None)
            if held is None:
                from assistant.munshi import Munshi

                held = Munshi(self.workspace, principal)
            self._answering[principal.identity] = held
            while len(self._answering) > MOST_CALLERS:
                self._answering.popitem(last=False)
            return held

    def audit(self, principal: Principal, action: str, outcome: str, **details: Any) -> None:
        """Keep what was done; ids, names of tools and counts only."""
        self.workspace.control.audit(principal.name, action, outcome, details)

    async def audited(self, principal: Principal, action: str, outcome: str, **details: Any) -> None:
        """Keep what was done, as `audit` does, without a thread for each who waits."""
        await self._auditing.add(entry_of(principal.name, action, outcome, details))
