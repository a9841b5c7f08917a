"""The knowledge passages kept in the books, as the retriever wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from governance.principal import Principal
from knowledge.documents import Passage

if TYPE_CHECKING:
    from tools.workspace import Workspace

_COLUMNS = (
    "passage_id AS id, document_id, title, section, text, kind, status, effective_from, effective_to, source, "
    "verified_on"
)


class LakePassages:
    """A `PassageStore` over ``knowledge.passages`` of one workspace."""

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self._workspace = workspace
        self._principal = principal

    def passages(self) -> Sequence[Passage]:
        """All passages, in document order."""
        sql = f"SELECT {_COLUMNS} FROM books.knowledge.passages ORDER BY document_id, position"
        return [Passage(**row) for row in self._workspace.query(self._principal, sql).dicts()]

    def version(self) -> str:
        """Changes when the passages may have."""
        return str(self._workspace.reader(self._principal).snapshot)
