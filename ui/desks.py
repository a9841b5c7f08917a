"""A desk for each of those who are signed in: his own answers, under his own rights."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from governance.tours import Tours
from ui.desk import Desk
from ui.facts import facts_of
from ui.language import say
from ui.pages.registry import pages_of

if TYPE_CHECKING:
    from api.service import Service
    from assistant.munshi import Munshi
    from governance.principal import Principal

MOST = 256
#: The bare head has all the buttons of everybody's, in their places, and shows nobody round.
_BARE: Callable[[], bool] = bool
SANDBOX = "sandbox, open on this machine: you are its risk manager"


class Desks:
    """The desks of one served workspace; a caller whose rights change gets another."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._desks: OrderedDict[tuple[Any, ...], Desk] = OrderedDict()
        self._choosing = threading.Lock()

    def of(self, name: str | None) -> Desk:
        """The desk of the caller that the gate let in; with None the bare one that every page begins from.

        Raises
        ------
        NotSignedIn
            He is no longer let in.
        """
        principal = self._service.local if name is None else self._service.principal_named(name)
        which = (name, *principal.identity)
        with self._choosing:
            held = self._desks.pop(which, None)
            if held is None:
                munshi = self._service.munshi_of(principal)
                caller = self._called(name, principal)
                held = Desk(
                    munshi, lambda: replace(facts_of(munshi), **caller), owner=name or "", pages=pages_of(principal),
                    first=_BARE if name is None else self._never_here(principal),
                )  # fmt: skip
            self._desks[which] = held
            while len(self._desks) > MOST:
                self._desks.popitem(last=False)
        return held

    def munshi(self, name: str | None) -> Munshi:
        """Who answers the caller that the gate let in.

        Raises
        ------
        NotSignedIn
            He is no longer let in.
        """
        return self._service.munshi_of(self._service.local if name is None else self._service.principal_named(name))

    def _never_here(self, principal: Principal) -> Callable[[], bool]:
        """What tells whether a caller was shown round before."""
        tours = Tours(self._service.workspace.control)
        return lambda: not tours.seen(principal.name)

    def _called(self, name: str | None, principal: Principal) -> dict[str, Any]:
        """What the head of the screen says of the caller."""
        if name is None:
            return {}
        if principal == self._service.local:
            return {"caller": SANDBOX}
        user = self._service.identity.users.by_id(name)
        return {"caller": f"{user.name} · {say(principal.role.replace('_', ' '))}", "signed_in": True}
