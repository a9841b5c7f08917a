"""What is read out of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

#: Characters of text that a document may hold.
MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True)
class Section:
    """A heading and the text below it, paragraphs parted by an empty line."""

    heading: str
    text: str


@dataclass(frozen=True)
class FileText:
    """A file's text.

    Attributes
    ----------
    title
        What the file calls itself; empty where it does not.
    front
        What its front matter says, where it has one.
    """

    title: str
    sections: tuple[Section, ...]
    front: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


#: What stands before the first heading.
OPENING = "Opening"


def by_headings(blocks: Iterator[tuple[int, str]], title: str = "") -> FileText:
    """Gather blocks of text below the headings before them.

    Parameters
    ----------
    blocks
        (level, text): level 0 is running text, 1 and more a heading. A first heading of level 1 with nothing before it
        names the file where ``title`` does not.
    """
    headings: list[str] = []
    bodies: list[list[str]] = []
    for level, text in blocks:
        if not text.strip():
            continue
        if level:
            headings.append(text)
            bodies.append([])
            if level == 1 and not title and len(headings) == 1:
                title = text
        else:
            if not headings:
                headings.append(OPENING)
                bodies.append([])
            bodies[-1].append(text)
    sections = tuple(Section(head, "\n\n".join(body)) for head, body in zip(headings, bodies, strict=True))
    return FileText(" ".join(title.split()), sections)
