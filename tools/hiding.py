"""Taking personal data out of a text that is to be kept or sent: keyed tokens stand in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.written_personal import plain, written_in
from tools.names import Customers

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace


class Hiding:
    """Hides what is personal in texts of one workspace: identifiers as they are written, names of all its customers.

    Attributes
    ----------
    count
        Values hidden so far.
    """

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        from dataclasses import replace

        self._keys = workspace.keys
        self._customers = Customers(workspace, replace(principal, partitions={}))
        self.count = 0

    def hidden(self, text: str) -> str:
        """Return a text line by line in its plain spelling, tokens in the place of personal data."""
        return "\n".join(self._line(plain(line)) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        for start, end, kind, value in sorted(written_in(line), reverse=True):
            line = self._put(line, start, end, self._keys.token(kind, value))
        for named in reversed(self._customers.named_in(line)):
            line = self._put(line, named.start, named.end, self._keys.token("name", named.full_name))
        return line

    def _put(self, line: str, start: int, end: int, token: str) -> str:
        self.count += 1
        return line[:start] + token + line[end:]
