"""What a file is, told from its bytes in one pass: digest, encoding, whether an engine can read it as it lies."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from governance.errors import SourceError

#: A line longer than this is no line of a statement; also the size of the pieces a file is read in.
LONGEST_LINE = 1 << 20
#: A packed file that unpacks to more than this share of its size, and to more than `LARGEST_SWOLLEN`, is a bomb.
MOST_SWELLING = 200
LARGEST_SWOLLEN = 256 << 20

#: First bytes → what the file is.
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old workbook"),
    (b"PAR1", "parquet"),
    (b"%PDF", "pdf"),
)
#: Byte-order marks, the longer first.
MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: An engine takes these in a path for a pattern.
GLOB = "*?[]{}"
#: A quoted cell that is still open where its line ends.
_OPEN_CELL = re.compile(rb'(?:^|[,;|\t\n])"(?:[^"\r\n]|"")*\r?\n')


@dataclass(frozen=True)
class Survey:
    """What one pass over a file's bytes says.

    Attributes
    ----------
    file_id
        Digest of the bytes as they lie there.
    kind
        text, workbook, parquet, json or xml.
    encoding
        utf-8, utf-8-sig, utf-16 or cp1252, for text.
    ascii
        No character beyond ASCII, so no strange space, sign or currency.
    quotes
        Some cell is quoted.
    plain
        An engine can read it line by line as it lies there.
    """

    path: Path
    file_id: str
    bytes: int
    kind: str
    encoding: str = "utf-8"
    ascii: bool = True
    quotes: bool = False
    plain: bool = True
    packed: bool = False


def survey(path: Path) -> Survey:
    """Read ``path`` once and say what it is.

    Raises
    ------
    SourceError
        It is missing, empty, of a kind Munshi does not read, has a line beyond `LONGEST_LINE`, or unpacks without end.
    """
    if not path.is_file():
        raise SourceError(f"{path.name} is not a file. Give a statement's file: CSV, TSV, XLSX, JSON, XML or Parquet.")
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not size:
        raise SourceError(f"{path.name} is empty.")
    packed = head.startswith(b"\x1f\x8b")
    kind = next((kind for magic, kind in MAGIC if head.startswith(magic)), "text")
    if kind in ("pdf", "old workbook"):
        raise SourceError(f"{path.name} is {_UNREAD[kind]}")
    found = Survey(path, digest, size, kind, packed=packed)
    return found if kind != "text" else _survey_text(found)


_UNREAD = {
    "pdf": "a PDF. Munshi reads CSV, TSV, XLSX, JSON, XML and Parquet: download the statement in one of these.",
    "old workbook": "a workbook of Excel 97. Save it as XLSX or CSV, and give that.",
}


@contextmanager
def unpacked(survey: Survey) -> Iterator[IO[bytes]]:
    """Open the file's bytes, unpacked where it is gzipped."""
    try:
        with gzip.open(survey.path) if survey.packed else survey.path.open("rb") as stream:
            yield stream  # type: ignore[misc]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(
            f"{survey.path.name} is gzipped and cut short or damaged ({error}): fetch it again."
        ) from None


def chunks(survey: Survey) -> Iterator[bytes]:
    """The bytes, unpacked, in pieces; refuses a file that swells beyond reason."""
    total = 0
    with unpacked(survey) as stream:
        while chunk := stream.read(LONGEST_LINE):
            total += len(chunk)
            if survey.packed and total > max(LARGEST_SWOLLEN, MOST_SWELLING * survey.bytes):
                raise SourceError(
                    f"{survey.path.name} unpacks to more than {MOST_SWELLING} times its size: it is not read."
                )
            yield chunk


@dataclass
class _Traits:
    """What is gathered chunk by chunk."""

    ascii: bool = True
    utf8: bool = True
    quotes: bool = False
    open_cells: bool = False
    controls: bool = False
    endless: bool = False


def _survey_text(found: Survey) -> Survey:
    traits, first = _Traits(), b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    tail = b""
    for chunk in chunks(found):
        first = first or chunk[:4096]
        # chunks are as long as the longest line: one that spans two of their edges has a whole chunk to itself
        traits.endless = traits.endless or (len(chunk) == LONGEST_LINE and b"\n" not in chunk and b"\r" not in chunk)
        traits.ascii = traits.ascii and chunk.isascii()
        traits.utf8 = traits.utf8 and _decodes(decoder, chunk)
        traits.controls = traits.controls or any(mark in chunk for mark in (b"\0", b"\1", b"\x1e", b"\x1f"))
        if b'"' in chunk or tail:
            traits.quotes = True
            tail += chunk
            traits.open_cells = traits.open_cells or _has_open_cell(tail)
            tail = tail[tail.rfind(b"\n") + 1 :] if len(tail) <= 2 * LONGEST_LINE else b""
    traits.utf8 = traits.utf8 and _decodes(decoder, b"", final=True)
    encoding = _encoding(first, traits)
    kind = _text_kind(first, encoding)
    if traits.endless and kind == "text" and not encoding.startswith("utf-16"):
        raise SourceError(
            f"{found.path.name} has a line of more than {LONGEST_LINE:,} bytes: "
            "it is no statement, or its line ends are lost."
        )
    clean = encoding in ("utf-8", "utf-8-sig") and not traits.controls and not traits.open_cells
    plain = clean and not found.packed and not set(GLOB) & set(str(found.path))
    return Survey(
        found.path, found.file_id, found.bytes, kind, encoding, traits.ascii, traits.quotes, plain, found.packed
    )


def _has_open_cell(text: bytes) -> bool:
    """Whether a whole line of the text ends within a quoted cell: only one with an odd number of quotes can."""
    import numpy as np

    signs = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    quotes = np.searchsorted(np.flatnonzero(signs == ord('"')), ends)
    odd = np.flatnonzero(np.diff(quotes, prepend=0) % 2)
    starts = np.concatenate([[0], ends[:-1] + 1])
    return any(_OPEN_CELL.search(text, max(starts[line] - 1, 0), ends[line] + 1) for line in odd)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(first: bytes, traits: _Traits) -> str:
    marked = next((name for mark, name in MARKS if first.startswith(mark)), None)
    if marked == "utf-16" or (marked and traits.utf8):
        return marked
    if first[1:200:2].count(0) > len(first[1:200:2]) * 0.7:
        return "utf-16-le"
    if first[0:200:2].count(0) > len(first[0:200:2]) * 0.7:
        return "utf-16-be"
    return "utf-8" if traits.utf8 else "cp1252"


def _text_kind(first: bytes, encoding: str) -> str:
    start = first.decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n")
    return "json" if start[:1] in ("{", "[") else "xml" if start.startswith("<") else "text"
