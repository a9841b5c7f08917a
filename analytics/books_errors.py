"""What the engine's errors mean to the person: the one door they pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from governance.errors import BooksCorrupt, KeyUnusable, MunshiError, StorageFull, WorkspaceError

#: Words in the engine's message → the error it becomes, and what to do.
MEANINGS: tuple[tuple[tuple[str, ...], type[WorkspaceError], str], ...] = (
    (
        ("Wrong encryption key", "without a key"),
        KeyUnusable,
        "The key does not open the books: it is not the key they were made with, or key.json was replaced.",
    ),
    (
        ("No space left", "File too large", "disk quota", "max_temp_directory_size", "Could not write"),
        StorageFull,
        "The disk is full. What was published before is unharmed; free some space and run the command again.",
    ),
    (
        ("not a valid DuckDB", "Corrupt", "checksum", "No magic bytes", "Invalid", "Could not read", "authenticate",
         "No such file", "Failed to attach", "end of file", "too small"),
        BooksCorrupt,
        "The books cannot be read: the catalog or a data file is damaged or missing. "
        "Nothing was changed. Restore the workspace from a backup with `munshi restore`.",
    ),
)  # fmt: skip


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn an engine's or the system's storage error into ours; others pass."""
    try:
        yield
    except MunshiError:
        raise
    except (duckdb.Error, OSError) as error:
        message = str(error)
        for words, kind, advice in MEANINGS:
            if any(word.lower() in message.lower() for word in words):
                raise kind(f"{folder.name}: {advice}") from error
        raise
