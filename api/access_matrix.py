"""Who may call what, as a page: ``python -m api.access_matrix > docs/security/access-matrix.md``.

Made of the same declarations that the guards read; a test holds the page to them, another holds the server to them.
"""

from __future__ import annotations

from collections.abc import Iterator

from api.app import ENDPOINTS
from api.endpoint import PUBLIC, SIGNED_IN, Endpoint
from api.health import ROOT_ENDPOINTS
from api.openapi import ADDRESS
from governance.principal import ROLES, SCOPES

YES, NO = "✓", "·"
HEAD = """# Who may call what

Generated from the declarations that the guards read (`python -m api.access_matrix`); a test asks the running server
every line of it. Besides what stands here:

- A key, token or session of another workspace is nobody's: 401, before anything else is looked at.
- Rows outside the caller's partitions do not exist for him: 404 by id, absent from lists and counts.
- Personal columns are masked without `pii:read`, in every answer.
- A conversation is its caller's own; another's is 404. Another's receipt takes `pii:read` and sight of every row.
- The sandbox `demo`, served on the machine's own address, takes a request without credentials for its risk manager's,
  where it came through no other server and from no other site's page. Every other workspace asks everybody who he is.
- Whatever is refused for want of a scope stands in the audit log.
"""


def everything() -> tuple[tuple[str, Endpoint], ...]:
    """Every endpoint with its whole address."""
    return (*((ADDRESS + each.path, each) for each in ENDPOINTS), *((each.path, each) for each in ROOT_ENDPOINTS))


def may_call(role: str, endpoint: Endpoint) -> bool:
    """Whether a caller of ``role``, not narrowed, gets past the guard."""
    return endpoint.access in (PUBLIC, SIGNED_IN) or endpoint.access in ROLES[role]


def page() -> str:
    """The whole page."""
    return "\n".join((HEAD, *_endpoints(), "", "## Roles and scopes", "", *_scopes(), ""))


def _endpoints() -> Iterator[str]:
    yield f"| endpoint | takes | nobody | {' | '.join(ROLES)} |"
    yield f"|---|---|{'|'.join('---' for _ in range(len(ROLES) + 1))}|"
    for address, endpoint in everything():
        marks = [YES if endpoint.access == PUBLIC else NO, *(YES if may_call(role, endpoint) else NO for role in ROLES)]
        takes = endpoint.access if endpoint.access in (PUBLIC, SIGNED_IN) else f"`{endpoint.access}`"
        yield f"| `{endpoint.method} {address}` | {takes} | {' | '.join(marks)} |"


def _scopes() -> Iterator[str]:
    yield f"| scope | lets its holder | {' | '.join(ROLES)} |"
    yield f"|---|---|{'|'.join('---' for _ in ROLES)}|"
    for scope, meaning in SCOPES.items():
        yield f"| `{scope}` | {meaning} | {' | '.join(YES if scope in ROLES[role] else NO for role in ROLES)} |"


if __name__ == "__main__":
    print(page(), end="")
