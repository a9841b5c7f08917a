"""A text file's lines as a table: read by the engine where the file allows, else from a cleaned copy."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from analytics.ingest.survey import LONGEST_LINE, Survey, chunks

if TYPE_CHECKING:
    import ibis

#: No cell holds it: the engine takes a whole line as one cell.
NO_DELIMITER = "\x01"
#: A quoted cell may run over this many line breaks.
MOST_BREAKS = 20
_CONTROLS = str.maketrans({"\0": None, "\1": " ", "\x1e": " ", "\x1f": " "})
_OPEN = re.compile(r'(?:^|[,;|\t])"(?:[^"]|"")*$')
_CLOSES = re.compile(r'^(?:[^"]|"")*"(?:[,;|\t]|$)')


@contextmanager
def lines(survey: Survey, backend: Any) -> Iterator[ibis.Table]:
    """Yield the file's lines as ``(line BIGINT, text VARCHAR)``; the table is good within the context only.

    A quoted cell with line breaks in it becomes one line; the blank lines after it keep the count of lines right.
    """
    if survey.plain:
        yield _read(survey.path, backend)
        return
    with TemporaryDirectory(prefix="munshi-") as folder:
        copy = Path(folder) / "lines.txt"
        with copy.open("w", encoding="utf-8", newline="\n") as file:
            for line in _joined(decoded_lines(survey)):
                file.write(line + "\n")
        yield _read(copy, backend)


def head(survey: Survey, count: int = 200) -> list[str]:
    """Return the first lines, as the table has them."""
    found: list[str] = []
    for line in _joined(decoded_lines(survey)):
        found.append(line)
        if len(found) >= count:
            break
    return found


def decoded_lines(survey: Survey) -> Iterator[str]:
    """The lines as text without control characters, whatever the line ends are."""
    decoder = codecs.getincrementaldecoder(survey.encoding)(errors="replace")
    rest = ""
    for chunk in chunks(survey):
        text = rest + decoder.decode(chunk)
        # a carriage return at the very end may be half of a line end
        held = text.endswith("\r")
        parts = (text[:-1] if held else text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        rest = parts.pop() + ("\r" if held else "")
        yield from (part.translate(_CONTROLS) for part in parts)
    last = (rest + decoder.decode(b"", True)).removesuffix("\r")
    if last:
        yield last.translate(_CONTROLS)


def _joined(source: Iterator[str]) -> Iterator[str]:
    """Put cells that run over line ends on one line, followed by as many blank ones."""
    waiting: list[str] = []
    for line in source:
        if waiting:
            waiting.append(line)
            if _CLOSES.match(line):
                if not _OPEN.search(_CLOSES.sub("", line)):
                    yield " ".join(waiting)
                    yield from [""] * (len(waiting) - 1)
                    waiting = []
            elif len(waiting) > MOST_BREAKS or sum(map(len, waiting)) > LONGEST_LINE // 4:
                yield from waiting  # the quote was no cell's beginning
                waiting = []
        elif '"' in line and _OPEN.search(line):
            waiting = [line]
        else:
            yield line
    yield from waiting


def _read(path: Path, backend: Any) -> ibis.Table:
    import ibis

    table = backend.read_csv(
        str(path), columns={"text": "string"}, header=False, auto_detect=False, delim=NO_DELIMITER, quote="", escape="",
        max_line_size=4 * LONGEST_LINE, strict_mode=False,
    )  # fmt: skip
    return table.select(line=ibis.row_number().cast("int64") + 1, text=ibis.coalesce(table.text, ""))
