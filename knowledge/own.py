"""A document of one's own: a file's text with the standing that its owner gives it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from governance.errors import SourceError
from knowledge.documents import Document, FrontMatter, Standing, document_of, slug_of

if TYPE_CHECKING:
    from knowledge.files.sections import FileText

#: What the ids of such documents begin with: none can pass for one of the library.
OWN = "own-"
LONGEST_ID, LONGEST_TITLE = 80, 200


@dataclass(frozen=True)
class Told:
    """What whoever adds a file says of it; what is empty, its front matter may say.

    Attributes
    ----------
    status
        A `knowledge.documents.Status`; without one it is in force, or superseded where ``superseded_on`` says so.
    """

    title: str = ""
    status: str = ""
    valid_from: dt.date | None = None
    superseded_on: dt.date | None = None


def own_id(file_name: str) -> str:
    """Return the document's id: the same for every version of a file."""
    slug = slug_of(file_name)[:LONGEST_ID].strip("-")
    return OWN + (slug if len(slug) > 4 else hashlib.sha256(file_name.encode()).hexdigest()[:12])


def own_document(text: FileText, file_name: str, told: Told, today: dt.date) -> Document:
    """Make a document of a file's text.

    Parameters
    ----------
    file_name
        Without folders and without personal data.
    today
        The day it was last looked at, which is that of adding it.

    Raises
    ------
    SourceError
        The standing it is given is malformed.
    """
    title = (told.title or str(text.front.get("title") or "") or text.title or file_name)[:LONGEST_TITLE]
    said = text.front
    given: dict[str, Any] = {
        "status": told.status or said.get("status") or "in force",
        "effective_from": told.valid_from or said.get("effective_from"),
        "effective_to": told.superseded_on or said.get("effective_to"),
        "source": str(said.get("source") or file_name), "verified_on": said.get("verified_on") or today,
    }  # fmt: skip
    try:
        standing = Standing.model_validate(given)
        if standing.effective_to and standing.effective_to <= today and not (told.status or said.get("status")):
            standing = standing.model_copy(update={"status": "superseded"})
        front = FrontMatter(id=own_id(file_name), title=title, kind="own", **dict(standing))
    except ValidationError as error:
        fault = error.errors()[0]
        raise SourceError(
            f"{file_name}: its {fault['loc'][-1]} cannot be '{fault['input']}': {fault['msg']}."
        ) from error
    if front.effective_from and front.effective_to and front.effective_from >= front.effective_to:
        raise SourceError(f"{file_name}: it is said to end on {front.effective_to}, before it begins.")
    return document_of(front, {section.heading: section.text for section in text.sections})
