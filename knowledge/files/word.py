"""DOCX: paragraphs and tables below headings; the archive is measured before anything of it is unpacked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from governance.errors import SourceError
from knowledge.files.sections import FileText, by_headings

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

#: Bytes that an archive may unpack to, and parts it may have.
MOST_UNPACKED, MOST_PARTS = 100_000_000, 3_000
_HEADING = re.compile(r"Heading (\d)$")


def read_word(body: bytes) -> FileText:
    """Read a document of Word.

    Raises
    ------
    SourceError
        It is damaged, locked, no DOCX, or unpacks to more than it may.
    """
    _measured(body)
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(io.BytesIO(body))
        return by_headings(_blocks(document), document.core_properties.title or "")
    except (PackageNotFoundError, SyntaxError, KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise SourceError(f"it is no document of Word that can be opened ({type(error).__name__}).") from error


def _measured(body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise SourceError("it is damaged: its archive cannot be opened.") from error
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise SourceError(
            f"it unpacks to {unpacked:,} bytes in {len(parts):,} parts; {MOST_UNPACKED:,} in {MOST_PARTS:,} may be."
        )
    if any(part.flag_bits & 0x1 for part in parts):
        raise SourceError("it is encrypted. Save a copy without a password, and add that.")


def _blocks(document: Document) -> Iterator[tuple[int, str]]:
    from docx.table import Table

    for item in document.iter_inner_content():
        if isinstance(item, Table):
            for row in item.rows:
                cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
                yield 0, " | ".join(cell for cell in cells if cell)
        else:
            yield _level(item), item.text


def _level(paragraph: Paragraph) -> int:
    name = paragraph.style.name if paragraph.style is not None and paragraph.style.name else ""
    if name == "Title":
        return 1
    found = _HEADING.match(name)
    return int(found[1]) if found else 0
