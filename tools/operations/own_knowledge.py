"""A workspace's own documents: added, listed, shown, removed. Their text lies in the books, as the library's does."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from analytics.schema import OWN_DOCUMENTS, PASSAGES, arrow_schema
from governance.acts import acting
from governance.errors import MunshiError, NotThere, SourceError, ToolRetry, did_you_mean
from governance.permission import permit
from governance.principal import ROLES
from knowledge.files.reading import read_file
from knowledge.files.sections import FileText, Section
from knowledge.own import OWN, own_document
from knowledge.own import Told as Told
from tools.arguments import literal
from tools.hiding import Hiding
from tools.operations.knowledge_base import append_passages
from tools.passages import LakePassages, may_read

if TYPE_CHECKING:
    from analytics.warehouse import Writer
    from governance.principal import Principal
    from knowledge.documents import Document
    from tools.workspace import Workspace

READ, WRITE = "knowledge:read", "knowledge:write"
NOTHING_TOLD = Told()
#: Passages of all of a workspace's own documents together.
MOST_PASSAGES = 50_000


@dataclass(frozen=True)
class OwnDocument:
    """A document that the workspace's people added, without its text.

    Attributes
    ----------
    roles
        Roles that may read it; empty for all that may search the knowledge base.
    hidden
        Personal values that stand in it as tokens.
    replaced
        Whether it took the place of an earlier version, when it was added.
    """

    document_id: str
    file_name: str
    title: str
    status: str
    effective_from: dt.date | None
    effective_to: dt.date | None
    passages: int
    roles: tuple[str, ...]
    hidden: int
    bytes: int
    added_by: str
    added_at: dt.datetime
    replaced: bool = False


@dataclass(frozen=True)
class _Read:
    """A file that was read whole, ready to be kept."""

    document: Document
    file_name: str
    digest: str
    size: int
    hidden: int


def add_documents(
    workspace: Workspace,
    by: Principal,
    files: Sequence[tuple[str, bytes]],
    told: Told = NOTHING_TOLD,
    roles: Sequence[str] = (),
) -> list[OwnDocument]:
    """Add files to the knowledge base: all of them, or none where one cannot be read.

    Parameters
    ----------
    files
        Name and content; a file of the same name takes the place of the one before.
    roles
        Who may read them; nobody named means all that may search the knowledge base.

    Raises
    ------
    SourceError
        A file cannot be read; nothing was added.
    ToolRetry
        A role is not there, or may not search the knowledge base.
    ToolRefused
    """
    permit(workspace.control, by, WRITE, doing="knowledge:add", what="adding to the knowledge base")
    _check_roles(roles)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    read = [_read(workspace, by, name, body, told, now.date()) for name, body in files]
    ids = [each.document.id for each in read]
    if len(set(ids)) < len(ids):
        raise SourceError("Two of the files have the same name: the second would take the place of the first.")
    parts = [
        {"document": each.document.id, "passages": len(each.document.passages), "roles": sorted(roles)} for each in read
    ]
    doing, about = "knowledge:add", {"documents": ids}
    with acting(workspace.control, workspace.folder, by.name, doing, about) as act:
        with workspace.lake.writer("adding documents") as writer:
            before = {row[0] for row in writer.execute(f"SELECT document_id FROM books.{OWN_DOCUMENTS.qualified}").rows}
            for name in ids:
                _take_out(writer, name)
            _check_room(writer, sum(len(each.document.passages) for each in read))
            append_passages(writer, [each.document for each in read])
            _append(writer, read, by, roles, now)
        act.parts += parts
    kept = {each.document_id: each for each in _all(workspace, by)}
    return [replace(kept[name], replaced=name in before) for name in ids]


def list_documents(workspace: Workspace, by: Principal) -> list[OwnDocument]:
    """The documents that the caller may read, or may remove.

    Raises
    ------
    ToolRefused
    """
    permit(workspace.control, by, READ, doing="knowledge:list", what="listing documents")
    return [each for each in _all(workspace, by) if by.may(WRITE) or may_read(by, each.roles)]


def show_document(workspace: Workspace, by: Principal, document_id: str) -> dict[str, Any]:
    """A document with its passages, of the library or the workspace's own.

    Raises
    ------
    NotThere
        There is none that the caller may read.
    ToolRefused
    """
    permit(workspace.control, by, READ, doing="knowledge:show", what="reading a document")
    passages = LakePassages(workspace, by).passages()
    found = [each for each in passages if each.document_id == document_id]
    if not found:
        known = {each.document_id for each in passages}
        raise NotThere(f"There is no document '{document_id}'.{did_you_mean(document_id, known)}")
    own = next((asdict(each) for each in _all(workspace, by) if each.document_id == document_id), None)
    return {
        "document_id": document_id, "title": found[0].title, "status": found[0].status, "own": own,
        "passages": [{"id": each.id, "section": each.section, "text": each.text} for each in found],
    }  # fmt: skip


def remove_document(workspace: Workspace, by: Principal, document_id: str) -> OwnDocument:
    """Take a document out of the knowledge base; snapshots of before keep it until they are erased.

    Raises
    ------
    NotThere
        There is no document of one's own of that id; the library's stay.
    ToolRefused
    """
    permit(workspace.control, by, WRITE, doing="knowledge:remove", what="removing from the knowledge base")
    own = {each.document_id: each for each in _all(workspace, by)}
    if document_id not in own:
        hint = did_you_mean(document_id, own) if own else " None was added yet: `munshi knowledge add FILE`."
        kept = "" if document_id.startswith(OWN) else " Documents of the library cannot be removed."
        raise NotThere(f"There is no added document '{document_id}'.{kept}{hint}")
    with (
        acting(workspace.control, workspace.folder, by.name, "knowledge:remove", {"document": document_id}),
        workspace.lake.writer("removing a document") as writer,
    ):
        _take_out(writer, document_id)
    return own[document_id]


def _check_roles(roles: Sequence[str]) -> None:
    readers = {role for role, scopes in ROLES.items() if READ in scopes}
    for role in roles:
        if role not in readers:
            raise ToolRetry(f"'{role}' is no role that searches the knowledge base.{did_you_mean(role, readers)}")


def _read(workspace: Workspace, by: Principal, name: str, body: bytes, told: Told, today: dt.date) -> _Read:
    hiding = Hiding(workspace, by)
    path = PurePath(name.replace("\\", "/"))
    with _nothing_added(hiding.hidden(path.stem) + path.suffix) as file_name:
        found = read_file(file_name, body)
        plain = FileText(
            hiding.hidden(found.title),
            tuple(Section(hiding.hidden(each.heading), hiding.hidden(each.text)) for each in found.sections),
            {key: hiding.hidden(value) if isinstance(value, str) else value for key, value in found.front.items()},
        )
        document = own_document(plain, file_name, replace(told, title=hiding.hidden(told.title)), today)
    return _Read(document, file_name, hashlib.sha256(body).hexdigest(), len(body), hiding.count)


@contextmanager
def _nothing_added(file_name: str) -> Iterator[str]:
    """Lets a fault of one file say that nothing was added."""
    try:
        yield file_name
    except MunshiError as error:
        raise SourceError(f"{str(error).rstrip('.')}. Nothing was added.") from error


def _check_room(writer: Writer, more: int) -> None:
    own = f"SELECT document_id FROM books.{OWN_DOCUMENTS.qualified}"
    there = writer.execute(
        f"SELECT count(*) FROM books.{PASSAGES.qualified} WHERE document_id IN ({own})"
    ).rows[0][0]  # fmt: skip
    if there + more > MOST_PASSAGES:
        raise SourceError(
            f"A workspace's own documents may have {MOST_PASSAGES:,} passages; these would make {there + more:,}. "
            "Remove some first. Nothing was added."
        )


def _take_out(writer: Writer, document_id: str) -> None:
    for table in (PASSAGES, OWN_DOCUMENTS):
        writer.execute(f"DELETE FROM books.{table.qualified} WHERE document_id = ?", [document_id])


def _append(writer: Writer, read: Sequence[_Read], by: Principal, roles: Sequence[str], now: dt.datetime) -> None:
    import pyarrow as pa

    rows = [
        {
            "document_id": each.document.id, "file_name": each.file_name, "title": each.document.title,
            "digest": each.digest, "bytes": each.size, "passages": len(each.document.passages),
            "roles": sorted(set(roles)), "hidden": each.hidden, "added_by": by.name, "added_at": now,
        }
        for each in read
    ]  # fmt: skip
    writer.append(OWN_DOCUMENTS.qualified, pa.Table.from_pylist(rows, schema=arrow_schema(OWN_DOCUMENTS)))


def _all(workspace: Workspace, by: Principal) -> list[OwnDocument]:
    standing = ("status", "effective_from", "effective_to")
    said = ", ".join(f"any_value({name}) AS {name}" for name in standing)
    sql = (
        f"SELECT document_id, file_name, title, {said}, passages, roles, hidden, bytes, added_by, added_at "
        f"FROM books.{OWN_DOCUMENTS.qualified} JOIN (SELECT document_id, {', '.join(standing)} "
        f"FROM books.{PASSAGES.qualified} WHERE starts_with(document_id, {literal(OWN)})) USING (document_id) "
        "GROUP BY ALL ORDER BY document_id"
    )
    rows = workspace.query(by, sql).dicts()
    return [OwnDocument(**{**row, "roles": tuple(row["roles"] or ())}) for row in rows]
