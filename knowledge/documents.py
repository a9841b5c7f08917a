"""Documents of the knowledge base: front matter and sections, each section a passage that can be cited."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from governance.errors import SourceError, did_you_mean

DOCUMENTS_FOLDER = Path(__file__).parent / "documents"
#: A section of more words than this becomes several passages.
LONGEST_PASSAGE = 180

Kind = Literal["compliance", "schema", "product", "model", "own"]
Status = Literal["in force", "superseded", "draft", "withdrawn", "advisory", "not yet in force"]

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_CLAUSE_END = re.compile(r"(?<=[.;]) ")
_KEEPS_ITS_LINE = re.compile(r"[-*|>]|\d+\.")


@dataclass(frozen=True)
class Passage:
    """A citable piece of a document; ``id`` is ``document#section``."""

    id: str
    document_id: str
    title: str
    section: str
    text: str
    kind: str
    status: str
    effective_from: dt.date | None
    effective_to: dt.date | None
    source: str
    verified_on: dt.date | None


@dataclass(frozen=True)
class Document:
    """A document and its passages, in order."""

    id: str
    title: str
    kind: Kind
    status: Status
    passages: tuple[Passage, ...]


class Standing(BaseModel):
    """Where a fact comes from, and since when and whether it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Status
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None
    source: str
    verified_on: dt.date | None = None


class FrontMatter(Standing):
    """What stands above a document; ``sections`` says what a section has of its own (its paragraph, its dates)."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: str
    kind: Kind
    sections: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)


def load_documents(folder: Path = DOCUMENTS_FOLDER) -> tuple[Document, ...]:
    """Read every ``.md`` file of a folder, by name.

    Raises
    ------
    SourceError
        A document is malformed; the message names the file.
    """
    documents = []
    for path in sorted(folder.glob("*.md")):
        try:
            documents.append(document_from_markdown(path.read_text("utf-8")))
        except SourceError as error:
            raise SourceError(f"{path.name}: {error}") from error
    return tuple(documents)


def document_from_markdown(text: str) -> Document:
    """Read one document: YAML front matter between ``---`` lines, then sections under ``##`` headings.

    Raises
    ------
    SourceError
        No front matter, a fault in it, no section, or two sections of the same heading.
    """
    matched = FRONT_MATTER.match(text)
    if matched is None:
        raise SourceError("A document begins with front matter between two lines of '---'.")
    return document_of(_front_matter(matched[1]), _sections(matched[2]))


def document_of(front: FrontMatter, sections: Mapping[str, str]) -> Document:
    """Make a document of its sections, heading → text.

    Raises
    ------
    SourceError
        There is no section, the front matter speaks of one that is not there, or two differ in punctuation only.
    """
    unknown = set(front.sections) - set(sections)
    if unknown:
        raise SourceError(f"There is no section '{min(unknown)}'.{did_you_mean(min(unknown), sections)}")
    passages = tuple(passage for heading, body in sections.items() for passage in _passages(front, heading, body))
    if not passages:
        raise SourceError("A document has at least one section: a '## heading' with text below.")
    if len({passage.id for passage in passages}) < len(passages):
        raise SourceError("Two sections have headings that differ in punctuation only.")
    return Document(front.id, front.title, front.kind, front.status, passages)


def _front_matter(text: str) -> FrontMatter:
    try:
        return FrontMatter.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise SourceError(f"The front matter is malformed: {error}") from error


def _sections(body: str) -> dict[str, str]:
    _, *parts = _HEADING.split(body)
    headings, texts = parts[::2], parts[1::2]
    if len(set(headings)) < len(headings):
        raise SourceError("Two sections have the same heading.")
    return {heading: text.strip() for heading, text in zip(headings, texts, strict=True) if text.strip()}


def _passages(front: FrontMatter, heading: str, body: str) -> Iterator[Passage]:
    own = {name: getattr(front, name) for name in Standing.model_fields} | dict(front.sections.get(heading, {}))
    try:
        standing = Standing.model_validate(own)
    except ValidationError as error:
        raise SourceError(f"What 'sections' says of '{heading}' is malformed: {error}") from error
    slug = slug_of(heading)
    for number, text in enumerate(_pieces(body), start=1):
        suffix = f"-{number}" if number > 1 else ""
        yield Passage(
            id=f"{front.id}#{slug}{suffix}",
            document_id=front.id,
            title=front.title,
            section=heading,
            text=text,
            kind=front.kind,
            **dict(standing),
        )


def slug_of(heading: str) -> str:
    """A heading as the second half of a passage's id; empty where it has no letter or figure of the Latin alphabet."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def _pieces(body: str) -> list[str]:
    """Part a section that is too long for one passage."""
    paragraphs = [_unwrapped(paragraph) for paragraph in re.split(r"\n\s*\n", body)]
    if _words(body) <= LONGEST_PASSAGE:
        return ["\n\n".join(paragraphs)]
    pieces: list[str] = []
    for unit, joint in (unit for paragraph in paragraphs for unit in _units(paragraph)):
        if pieces and _words(pieces[-1]) + _words(unit) <= LONGEST_PASSAGE:
            pieces[-1] += joint + unit
        else:
            pieces.append(unit)
    return pieces


def _units(paragraph: str) -> list[tuple[str, str]]:
    """Return what may not be parted, each with its joint to the text before: paragraphs, else lines, else clauses."""
    if _words(paragraph) <= LONGEST_PASSAGE:
        return [(paragraph, "\n\n")]
    units = []
    for line in paragraph.splitlines():
        first, *rest = [line] if _words(line) <= LONGEST_PASSAGE else _CLAUSE_END.split(line)
        units += [(first, "\n"), *((clause, " ") for clause in rest)]
    return units


def _unwrapped(paragraph: str) -> str:
    """Join the lines of running text; lists, tables and quotes keep theirs."""
    lines: list[str] = []
    for line in paragraph.strip().splitlines():
        if lines and not _KEEPS_ITS_LINE.match(line.lstrip()):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.strip())
    return "\n".join(lines)


def _words(text: str) -> int:
    return len(text.split())
