"""PDF: the text layer, page by page, under the headings of its outline where it has one."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

from governance.errors import SourceError
from knowledge.files.sections import MOST_CHARACTERS, FileText, Section

if TYPE_CHECKING:
    from pypdf import PdfReader

MOST_PAGES = 1_000


def read_pdf(body: bytes) -> FileText:
    """Read a PDF: a section for each page, named by the outline's entry that it belongs to.

    Raises
    ------
    SourceError
        It is damaged, encrypted, has too many pages, or no text layer.
    """
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # its warnings quote the file
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted:
            raise SourceError("it is encrypted. Save a copy without a password, and add that.")
        if len(reader.pages) > MOST_PAGES:
            raise SourceError(f"it has {len(reader.pages):,} pages; a document may have {MOST_PAGES:,}. Part it.")
        pages = _texts(reader)
        titles = _outline(reader)
        title = (reader.metadata.title or "").strip() if reader.metadata else ""
    except LimitReachedError as error:
        raise SourceError(
            "its streams unpack to more than a page may hold. Print it to a new PDF, and add that."
        ) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise SourceError(f"it is damaged: no PDF reader opens it ({type(error).__name__}).") from error
    if not any(text.strip() for text in pages):
        raise SourceError("it has no text layer: its pages are pictures. Run text recognition (OCR) over it first.")
    return FileText(title, tuple(_section(number, text, titles) for number, text in enumerate(pages, start=1)))


def _texts(reader: PdfReader) -> list[str]:
    texts: list[str] = []
    size = 0
    for page in reader.pages:
        texts.append(page.extract_text() or "")
        size += len(texts[-1])
        if size > MOST_CHARACTERS:
            raise SourceError(f"it holds more than {MOST_CHARACTERS:,} characters of text. Part it.")
    return texts


def _section(number: int, text: str, titles: dict[int, str]) -> Section:
    begun = [page for page in titles if page <= number]
    name = titles[max(begun)] if begun else ""
    return Section(f"{name}, page {number}" if name else f"Page {number}", text)


def _outline(reader: PdfReader) -> dict[int, str]:
    """Page → the outline's last entry that begins there."""
    found: dict[int, str] = {}

    def gather(entries: list[Any]) -> None:
        for entry in entries:
            if isinstance(entry, list):
                gather(entry)
            else:
                page = reader.get_destination_page_number(entry)
                if page is not None and page >= 0 and entry.title:
                    found[page + 1] = " ".join(str(entry.title).split())

    gather(reader.outline)
    return found
