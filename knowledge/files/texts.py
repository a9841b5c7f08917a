"""Markdown and plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import yaml

from governance.errors import SourceError
from knowledge.documents import FRONT_MATTER
from knowledge.files.sections import FileText, by_headings

_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t#]*$")
_UNDERLINE = re.compile(r"(=|-)\1{2,}\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
#: A line of its own of at most so many words, without an ending, heads what follows.
LONGEST_HEADING = 10
_ENDS = (".", ",", ";", ":", "?", "!")


def decoded(body: bytes) -> str:
    """Return the text of bytes.

    Raises
    ------
    SourceError
        They are no UTF-8, nor UTF-16 that says so.
    """
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(f"it is not in UTF-8 (byte {error.start:,} is not). Save it as UTF-8.") from None
    if "\0" in text:
        raise SourceError("it holds null bytes: it is no text.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_markdown(body: bytes) -> FileText:
    """Read Markdown: a section below each heading of any level; front matter is optional."""
    text = decoded(body)
    matched = FRONT_MATTER.match(text)
    if matched is None:
        return by_headings(_marked_down(text))
    try:
        front = yaml.safe_load(matched[1])
    except yaml.YAMLError as error:
        raise SourceError(f"the front matter is malformed: {error}") from error
    if not isinstance(front, dict):
        raise SourceError("the front matter is malformed: write `status: in force`, a line for each fact.")
    found = by_headings(_marked_down(matched[2]), str(front.get("title", "")))
    return replace(found, front=front)


def read_plain(body: bytes) -> FileText:
    """Read plain text: a short line that stands alone is a heading."""
    return by_headings(_plain(decoded(body)))


def _marked_down(text: str) -> Iterator[tuple[int, str]]:
    held: list[str] = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= _FENCE.match(line) is not None
        heading = None if fenced else _HEADING.match(line)
        if heading:
            yield 0, "\n".join(held)
            yield len(heading[1]), heading[2]
            held = []
        elif not fenced and held and held[-1].strip() and _UNDERLINE.match(line) and "|" not in held[-1]:
            *before, over = held
            yield 0, "\n".join(before)
            yield (1 if line.startswith("=") else 2), over.strip()
            held = []
        else:
            held.append(line)
    yield 0, "\n".join(held)


def _plain(text: str) -> Iterator[tuple[int, str]]:
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text)]
    for place, block in enumerate(blocks):
        lone = "\n" not in block and len(block.split()) <= LONGEST_HEADING and not block.endswith(_ENDS)
        followed = place + 1 < len(blocks) and bool(blocks[place + 1])
        yield (2 if lone and followed and not block.startswith(("-", "*")) else 0), block
