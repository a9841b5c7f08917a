"""A person's traces beside the books: receipts, feedback, reviews, arrivals, keys, jobs, caches."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from governance.sealed import SEALED, Opened, opened_rows, tables_of
from tools.batch.jobs import JOBS
from tools.batch.pieces import FOLDER, Pieces

if TYPE_CHECKING:
    from analytics.traces import Identifiers
    from governance.control import ControlStore
    from tools.workspace import Workspace

#: Caches of values that occur in the books; whoever misses one reads the books again.
CACHES = "values-*.sealed"
GIVEN, MADE = "given", "made"


def erase_kept(workspace: Workspace, known: Identifiers, token: str) -> dict[str, dict[str, int]]:
    """Take a person out of everything kept beside the books; return what became of how many rows of each kind."""
    done: dict[str, Counter[str]] = {}
    rows = [row for row in opened_rows(workspace.control) if row.declared.fate != "kept" and names(row, known)]
    receipts = {row.plain["receipt_id"] for row in rows if row.table.name == "receipts"}
    rows += _about(workspace.control, receipts, {row.plain.get("feedback_id") for row in rows})
    for row in rows:
        done.setdefault(row.table.name, Counter())[row.declared.fate] += 1
        _settle(workspace.control, row, known, token)
    for job in _jobs_naming(workspace, known):
        Pieces(workspace.folder, job, workspace.keys).remove()
        with workspace.control.writing() as connection:
            connection.execute(JOBS.delete().where(JOBS.c.workspace == workspace.name, JOBS.c.job_id == job))
        done.setdefault("jobs", Counter())["deleted"] += 1
    for cache in workspace.folder.glob(CACHES):
        cache.unlink()
        done.setdefault("caches", Counter())["deleted"] += 1
    compact(workspace.control)
    return {name: dict(counts) for name, counts in done.items()}


def names(row: Opened, known: Identifiers) -> bool:
    """Whether a row names the person: in what is sealed, or in a readable column such as the rows a key may see."""
    readable = " ".join(str(value) for value in row.plain.values() if isinstance(value, str))
    if row.declared.of_staff:
        return known.named_in(readable) or _bound_to(row, known)
    return known.named_in(row.text) or known.named_in(readable) or _says_short(row.text, known)


def _bound_to(row: Opened, known: Identifiers) -> bool:
    bound = json.loads(row.plain.get("partitions") or "{}")
    return bool(set(bound.get("customer_id", ())) & set(known.all))


def _says_short(text: str, known: Identifiers) -> bool:
    """Whether an id too short for a search is a whole value of the JSON."""
    return bool(known.short) and bool(set(known.short) & set(_strings(json.loads(text))))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _about(control: ControlStore, receipts: set[str], there: set[str | None]) -> list[Opened]:
    """Feedback on answers that go, as far as it is not found already."""
    feedback = (row for row in opened_rows(control) if row.table.name == "feedback")
    return [row for row in feedback if row.plain["receipt_id"] in receipts and row.plain["feedback_id"] not in there]


def _settle(control: ControlStore, row: Opened, known: Identifiers, token: str) -> None:
    with control.writing() as connection:
        if row.declared.fate == "deleted":
            connection.execute(row.table.delete().where(*row.where))
            return
        text = _without_short(known.redacted(row.text, token), known, token)
        sealed = control.keys.seal(text, about=row.declared.about.format(**row.plain))
        connection.execute(row.table.update().where(*row.where).values({row.declared.column: sealed}))


def _without_short(text: str, known: Identifiers, token: str) -> str:
    for value in known.short:
        text = text.replace(json.dumps(value), json.dumps(token))
    return text


def _jobs_naming(workspace: Workspace, known: Identifiers) -> list[str]:
    folders = sorted((workspace.folder / FOLDER).glob("b_*"))
    return [folder.name for folder in folders if any(map(known.in_bytes, job_contents(workspace, folder)))]


def job_contents(workspace: Workspace, folder: Path) -> Iterator[bytes]:
    """Everything a batch job was given and made, unsealed and unpacked."""
    from tools.batch.scoring import unpacked

    pieces = Pieces(workspace.folder, folder.name, workspace.keys)
    given = b"".join(pieces.all(GIVEN))
    yield _read_parquet(given) if given[:4] == b"PAR1" else given
    for made in pieces.all(MADE):
        yield _as_text(unpacked(made))


def _read_parquet(content: bytes) -> bytes:
    from pyarrow import parquet

    return _as_text(parquet.read_table(io.BytesIO(content)))


def _as_text(table: object) -> bytes:
    return json.dumps(table.to_pylist(), default=str, ensure_ascii=False).encode()  # type: ignore[attr-defined]


def compact(control: ControlStore) -> None:
    """Write the database anew, so that no free page keeps what was deleted."""
    if control.engine.dialect.name == "sqlite":
        with control.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def declared_tables(control: ControlStore) -> int:
    """How many tables of the control data hold sealed columns; every other column is readable as it lies."""
    return len(set(SEALED) & set(tables_of(control)))
