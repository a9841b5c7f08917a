"""What a source is: a folder of files that becomes canonical tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Source:
    """One layout of files that Munshi can read.

    Parameters
    ----------
    name
        Key in `analytics.ingest.SOURCES`, and what ``transactions.source`` says.
    description
        What the files are, in one sentence.
    read
        Folder → table name → Arrow table. A canonical table has exactly the schema of `analytics.schema`.
        Raises `governance.errors.SourceError` for a missing or malformed file.
    notes
        What the source does not hold, and how its words were understood.
    """

    name: str
    description: str
    read: Callable[[Path], Mapping[str, pa.Table]]
    notes: tuple[str, ...] = ()
