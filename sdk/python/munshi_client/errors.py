"""What can go wrong.

::

    MunshiError
    ├── ConnectionFailed      nothing was heard, however often it was tried
    └── Problem               the server said what is wrong (RFC 9457)
        ├── NotSignedIn       401
        ├── Refused           403
        ├── NotThere          404
        ├── Conflict          409
        ├── Malformed         400, 413, 415, 422: mend the request
        ├── TooMany           429
        └── Unavailable       5xx
"""

from __future__ import annotations

from typing import Any


class MunshiError(Exception):
    """Base of all."""


class ConnectionFailed(MunshiError):
    """Nothing was heard from the server."""


class Problem(MunshiError):
    """The server said what is wrong.

    Attributes
    ----------
    type
        What kind of problem it is, for a program: ``urn:munshi:problem:…``.
    detail
        The same for a person, with what exists and what to do.
    request_id
        What whoever runs the server finds the request by.
    members
        Everything that was said, ``faults`` by place among it.
    """

    def __init__(self, status: int, members: dict[str, Any], request_id: str = "") -> None:
        self.status = status
        self.members = members
        self.type = str(members.get("type", "about:blank"))
        self.title = str(members.get("title", ""))
        self.detail = str(members.get("detail", ""))
        self.request_id = request_id
        super().__init__(f"{status} {self.title}: {self.detail}" if self.detail else f"{status} {self.title}".strip())

    @property
    def faults(self) -> list[dict[str, str]]:
        """What is wrong with a request, each with its place."""
        return list(self.members.get("faults", ()))


class NotSignedIn(Problem):
    """Who asks is not known."""


class Refused(Problem):
    """The caller may not do this."""


class NotThere(Problem):
    """There is no such thing within sight."""


class Conflict(Problem):
    """It cannot be done as things stand."""


class Malformed(Problem):
    """The request can be mended."""


class TooMany(Problem):
    """Too many requests."""


class Unavailable(Problem):
    """The server cannot answer now."""


_KINDS: dict[int, type[Problem]] = {
    400: Malformed, 401: NotSignedIn, 403: Refused, 404: NotThere, 409: Conflict, 413: Malformed, 415: Malformed,
    422: Malformed, 429: TooMany,
}  # fmt: skip


def problem_of(status: int, members: dict[str, Any], request_id: str = "") -> Problem:
    """The error for an answer of this status."""
    kind = Unavailable if status >= 500 else _KINDS.get(status, Problem)
    return kind(status, members, request_id)
