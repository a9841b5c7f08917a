"""The knowledge passages kept in the books, as the retriever wants them: those that the caller may read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from governance.principal import Principal
from knowledge.documents import Passage
from tools.arguments import literal

if TYPE_CHECKING:
    from tools.workspace import Workspace

_COLUMNS = (
    "passage_id AS id, document_id, p.title AS title, section, text, kind, status, effective_from, effective_to, "
    "source, verified_on"
)
_FROM = "books.knowledge.passages AS p LEFT JOIN books.knowledge.own_documents AS own USING (document_id)"


def may_read(principal: Principal, roles: Collection[str]) -> bool:
    """Whether the caller may read a document that is kept for certain roles; for none means for all."""
    return not roles or principal.role in roles


class LakePassages:
    """A `PassageStore` over ``knowledge.passages`` of one workspace, within the sight of one caller."""

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self._workspace = workspace
        self._principal = principal

    @property
    def sight(self) -> str:
        """What tells callers apart who read different passages: the role, where a document is kept for some only."""
        sql = "SELECT count(*) FROM books.knowledge.own_documents WHERE len(roles) > 0"
        kept_for_some = self._workspace.remember(
            self._principal, "documents kept for some", lambda: self._workspace.query(self._principal, sql).rows[0][0]
        )
        return self._principal.role if kept_for_some else ""

    def passages(self) -> Sequence[Passage]:
        """All passages that the caller may read, in document order."""
        readable = f"coalesce(len(own.roles), 0) = 0 OR list_contains(own.roles, {literal(self._principal.role)})"
        sql = f"SELECT {_COLUMNS} FROM {_FROM} WHERE {readable} ORDER BY document_id, position"
        return [Passage(**row) for row in self._workspace.query(self._principal, sql).dicts()]

    def version(self) -> str:
        """Changes when the passages may have."""
        return str(self._workspace.reader(self._principal).snapshot)
