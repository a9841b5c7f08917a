"""`/knowledge`: the workspace's own documents, added by their file, listed, removed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import AfterValidator, BaseModel
from starlette.concurrency import run_in_threadpool

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.operations import own_knowledge

DocumentId = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,120}$")]
FileName = Annotated[str, Query(min_length=1, max_length=255, description="the file's name; its ending tells the kind")]


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """The books keep the moment in UTC, without a zone."""
    return moment.replace(tzinfo=dt.UTC)


class DocumentTold(BaseModel):
    """A document that the workspace's people added, without its text."""

    document_id: str
    file_name: str
    title: str
    status: str
    effective_from: dt.date | None
    effective_to: dt.date | None
    passages: int
    roles: list[str]
    hidden: int
    bytes: int
    added_by: str
    added_at: Annotated[dt.datetime, AfterValidator(_in_utc)]
    replaced: bool = False


class DocumentList(BaseModel):
    """The documents that the caller may read, or may remove."""

    documents: list[DocumentTold]


def list_documents(caller: Asking) -> Response:
    """The workspace's own documents."""
    found = own_knowledge.list_documents(caller.service.workspace, caller.principal)
    return as_json(DocumentList(documents=[_told(each) for each in found]))


async def add_document(
    request: Request,
    caller: Asking,
    name: FileName,
    title: Annotated[str, Query(max_length=200)] = "",
    status: Annotated[str, Query(max_length=32)] = "",
    valid_from: dt.date | None = None,
    superseded_on: dt.date | None = None,
    role: Annotated[list[str] | None, Query(description="only these roles may read it")] = None,
) -> Response:
    """Add a file, which is the body as it is; one of the same name takes the place of the one before."""
    body = await request.body()
    told = own_knowledge.Told(title, status, valid_from, superseded_on)
    (added,) = await run_in_threadpool(
        own_knowledge.add_documents, caller.service.workspace, caller.principal, [(name, body)], told, role or ()
    )
    return as_json(_told(added), status=201)


def remove_document(document_id: DocumentId, caller: Asking) -> Response:
    """Take a document out of the knowledge base."""
    return as_json(_told(own_knowledge.remove_document(caller.service.workspace, caller.principal, document_id)))


def _told(document: own_knowledge.OwnDocument) -> DocumentTold:
    return DocumentTold.model_validate(document, from_attributes=True)


_FILE = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
KNOWLEDGE_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/knowledge", own_knowledge.READ, list_documents, "The workspace's own documents",
             answer=DocumentList),
    Endpoint("POST", "/knowledge", own_knowledge.WRITE, add_document, "Add a document: PDF, DOCX, Markdown, HTML, text",
             answer=DocumentTold, status=201, statuses=(409,), body=_FILE),
    Endpoint("DELETE", "/knowledge/{document_id}", own_knowledge.WRITE, remove_document, "Remove a document",
             answer=DocumentTold, statuses=(404, 409)),
)  # fmt: skip
