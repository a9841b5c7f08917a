"""What an answer says of those who are left out of it, since they withdrew their consent to what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from governance.errors import ToolRefused
from governance.privacy.declared import purpose as declared
from tools.arguments import literal

if TYPE_CHECKING:
    from governance.principal import Principal
    from knowledge.vocabulary import View
    from tools.workspace import Workspace

_NAMED = re.compile(r'\bsemantic"?\."?(\w+)', re.IGNORECASE)
_LITERAL = re.compile(r"'[^']*'")
_MODEL = re.compile(r"\bmodel\b")


def left_out(workspace: Workspace, principal: Principal, sql: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each purpose that left somebody out of what these statements read, of those the caller may see."""
    counts: Mapping[str, frozenset[str]] = workspace.withheld().customers
    if not counts:
        return ()
    views = workspace.vocabulary.views
    concerned = {name for statement in sql for name in _purposes(statement, views)} & set(counts)
    return tuple(said for name in sorted(concerned) for said in _said(workspace, principal, name))


def refuse_withdrawn(workspace: Workspace, customer_id: str, view: str) -> None:
    """Pass where a customer is not left out of a view.

    Raises
    ------
    ToolRefused
        He withdrew his consent to what the view is for.
    """
    name = workspace.vocabulary.views[view].purpose
    if customer_id in workspace.withheld().customers.get(name, ()):
        raise ToolRefused(f"{customer_id} withdrew the consent to {declared(name).label} ({name}), or it has expired: "
                          "nothing is told for that purpose. Credit, service and legal duties go on.")  # fmt: skip


def _purposes(statement: str, views: Mapping[str, View]) -> Iterator[str]:
    for name in set(_NAMED.findall(statement)) & set(views):
        view = views[name]
        if view.purpose and not _elsewhere(view, statement):
            yield view.purpose


def _elsewhere(view: View, statement: str) -> bool:
    """Whether a statement reads rows of other models alone, where the purpose is that of one model's rows."""
    own = set(_LITERAL.findall(view.purpose_rows))
    return bool(own) and bool(_MODEL.search(statement)) and not own & set(_LITERAL.findall(statement))


def _said(workspace: Workspace, principal: Principal, name: str) -> Iterator[str]:
    sql = ("SELECT count(*) FROM semantic.customers WHERE customer_id IN "
           f"(SELECT customer_id FROM hot.withheld WHERE purpose = {literal(name)})")  # fmt: skip
    count = workspace.remember(principal, f"withheld {name}", lambda: int(workspace.query(principal, sql).rows[0][0]))
    if count:
        who = "1 customer is" if count == 1 else f"{count:,} customers are"
        yield f"{who} left out: the consent to {declared(name).label} ({name}) is withdrawn or has expired."
