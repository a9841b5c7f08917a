"""A workspace that tells only what it remembers: for who may not wait, such as the loop that serves every request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, TypeVar

from governance.privacy.consents import mark_of
from governance.suspension import is_suspended
from tools.workspace import Workspace

if TYPE_CHECKING:
    from governance.principal import Principal
    from governance.privacy.consents import Withheld

T = TypeVar("T")


class NotAtHand(Exception):
    """It has to be looked up."""


class AtHand(Workspace):
    """The same workspace, memory and all, that raises `NotAtHand` where it would have to read or compute.

    What is remembered holds under the same conditions as there: the newest publish, the consents of this moment, the
    caller's own sight, a workspace that is not suspended. They are looked at once, when it is made: it serves one
    answer.
    """

    __slots__ = ("_now", "_published")

    def __init__(self, workspace: Workspace) -> None:
        self.__dict__ = workspace.__dict__
        held = self._withheld
        if is_suspended(self.folder) or held is None or held.mark != mark_of(self.folder) or time.time() >= held.until:
            raise NotAtHand
        self._now: Withheld = held
        self._published = self.lake.publish_id()

    def remember(self, principal: Principal, what: str, compute: Callable[[], T]) -> T:  # noqa: ARG002
        """What is remembered."""
        key = self._place(principal, self._published, what)
        with self._remembering:
            if key not in self._remembered:
                raise NotAtHand
            held: T = self._recalled(key)
        return held

    def withheld(self) -> Withheld:
        """Who is left out, as it was read since the last change."""
        return self._now

    def reader(self, principal: Principal) -> NoReturn:  # noqa: ARG002
        """Nothing is read."""
        raise NotAtHand

    def worker(self, principal: Principal) -> NoReturn:  # noqa: ARG002
        """Nothing is run."""
        raise NotAtHand
