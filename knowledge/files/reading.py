"""The one door for files that people bring: what each kind is read by, and how large one may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from types import MappingProxyType

from governance.errors import SourceError, did_you_mean
from knowledge.files.pdf import read_pdf
from knowledge.files.sections import MOST_CHARACTERS, FileText, Section
from knowledge.files.texts import read_markdown, read_plain
from knowledge.files.web import read_html
from knowledge.files.word import read_word

#: Bytes of a file.
MOST_BYTES = 20_000_000
Read = Callable[[bytes], FileText]

#: Ending of a file's name → what reads it.
FORMATS: Mapping[str, Read] = MappingProxyType(
    {
        ".pdf": read_pdf, ".docx": read_word, ".md": read_markdown, ".markdown": read_markdown, ".html": read_html,
        ".htm": read_html, ".txt": read_plain,
    }
)  # fmt: skip
#: First bytes of the kinds that have such.
_LOCKED_OFFICE = b"\xd0\xcf\x11\xe0"
_BEGINNINGS = {".pdf": b"%PDF", ".docx": b"PK"}


def read_file(name: str, body: bytes) -> FileText:
    """Return the text of a file, in sections that each have a heading of their own.

    Raises
    ------
    SourceError
        It is of no kind that is read, too large, damaged, locked, or holds no text; the message names it.
    """
    ending = PurePath(name).suffix.lower()
    read = FORMATS.get(ending)
    if read is None:
        raise SourceError(f"{name}: no document of the kind '{ending}' is read.{did_you_mean(ending, FORMATS)}")
    if len(body) > MOST_BYTES:
        raise SourceError(f"{name} has {len(body):,} bytes; a document may have {MOST_BYTES:,}. Part it.")
    if not body.strip():
        raise SourceError(f"{name} is empty.")
    beginning = _BEGINNINGS.get(ending)
    if body.startswith(_LOCKED_OFFICE) and ending == ".docx":
        raise SourceError(f"{name} is locked by a password, or of Word 2003 and older. Save it as DOCX without one.")
    if beginning is not None and beginning not in body[:1024]:
        raise SourceError(f"{name} is no {ending[1:].upper()} file, whatever its name says. Save it as one.")
    try:
        found = read(body)
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from error
    sections = _told_apart(found.sections)
    if not sections:
        raise SourceError(f"{name} holds no text.")
    if sum(len(section.text) for section in sections) > MOST_CHARACTERS:
        raise SourceError(f"{name} holds more than {MOST_CHARACTERS:,} characters of text. Part it.")
    return FileText(found.title, sections, found.front)


def _told_apart(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Leave out what is empty; give each heading once, numbering those that come again."""
    kept: dict[str, Section] = {}
    for place, section in enumerate(sections, start=1):
        text = section.text.strip()
        if not text:
            continue
        heading = " ".join(section.heading.split())[:160]
        named = heading if re.search(r"[a-z0-9]", heading.lower()) else f"{heading} Section {place}".strip()
        number = 1
        while _key(named) in kept:
            number += 1
            named = f"{heading} ({number})"
        kept[_key(named)] = Section(named, text)
    return tuple(kept.values())


def _key(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
