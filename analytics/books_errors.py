"""What the engine's errors mean to the person: the one door they pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from analytics.schema import SCHEMA_VERSION
from governance.errors import BooksCorrupt, KeyUnusable, SchemaMismatch, StorageFull, WorkspaceError

#: Words in the engine's message → the error it becomes, and what to do; the first that fits.
MEANINGS: tuple[tuple[tuple[str, ...], type[WorkspaceError], str], ...] = (
    (
        ("wrong encryption key", "without a key"),
        KeyUnusable,
        "the key does not open the books: it is not the key they were made with, or key.json was replaced.",
    ),
    (
        (
            "no space left", "file too large", "disk quota", "max_temp_directory_size", "could not write",
            "failed to write",
        ),
        StorageFull,
        "the disk is full. What was published before is unharmed; free some space and run the command again.",
    ),
    (
        ("",),
        BooksCorrupt,
        "the books cannot be read: the catalog or a data file is damaged or missing. "
        "Nothing was changed. Restore the workspace from a backup with `munshi restore`.",
    ),
)  # fmt: skip

#: What goes wrong with files, as against with a statement.
STORAGE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException, OSError)
#: While attaching, any refusal of the engine is about the files.
OPENING = (*STORAGE, duckdb.Error)


@contextmanager
def translated(folder: Path, kinds: tuple[type[Exception], ...] = STORAGE) -> Iterator[None]:
    """Turn the engine's or the system's errors of these kinds into ours; others pass."""
    try:
        yield
    except kinds as error:
        message = str(error).lower()
        kind, advice = next(
            (kind, advice) for words, kind, advice in MEANINGS if any(word in message for word in words)
        )
        if kind is BooksCorrupt and isinstance(error, OSError):
            raise
        raise kind(f"{folder.name}: {advice}") from error


def check_version(found: int) -> None:
    """Refuse books of another schema.

    Raises
    ------
    SchemaMismatch
        They are older or newer than this Munshi's.
    """
    if found < SCHEMA_VERSION:
        raise SchemaMismatch(
            f"The books are of schema version {found}; this Munshi needs {SCHEMA_VERSION}. Nothing was changed. "
            "Run `munshi build` for the workspace: it migrates them, and keeps the old snapshot."
        )
    if found > SCHEMA_VERSION:
        raise SchemaMismatch(
            f"The books are of schema version {found}, newer than this Munshi's {SCHEMA_VERSION}. "
            "Nothing was changed. Install the newer Munshi."
        )
