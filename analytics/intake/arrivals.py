"""One file's rows into ``raw`` and ``quality.quarantine``, its accounts and customers into ``core``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.pipeline.clean import identified, repeated
from analytics.schema import ACCOUNTS, CUSTOMERS, QUARANTINE, RAW_FILES, RAW_POSTINGS, Table, arrow_schema

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from analytics.ingest.parsed import Parsed
    from analytics.intake.build_log import BuildLog
    from analytics.writer import Writer

#: Lines of a file that are put in order and written at a time.
BLOCK_LINES = 1_000_000
#: Of what two files tell of one account or customer the earlier date stays, of anything else the greater value.
EARLIEST = ("joined_on", "opened_on")


@dataclass(frozen=True)
class FileReport:
    """What became of one file.

    Attributes
    ----------
    there_already
        The same content came in before: nothing was changed.
    """

    file_id: str
    name: str
    source: str
    rows_kept: int
    rows_rejected: int
    there_already: bool = False
    notes: tuple[str, ...] = ()


def register(writer: Writer, parsed: Parsed, log: BuildLog) -> FileReport:
    """Append one file's rows, unless its content is there already."""
    known = writer.execute(
        "SELECT rows_kept, rows_rejected FROM books.raw.files WHERE file_id = ?", [parsed.file_id]
    ).rows
    if known:
        note = f"{parsed.name} is there already: nothing was changed."
        kept, rejected = known[0]
        return FileReport(parsed.file_id, parsed.name, parsed.source, kept, rejected, there_already=True, notes=(note,))
    with log.step(f"read {parsed.source}") as step:
        kept = _posted(writer, parsed.postings)
        rejected = writer.insert(QUARANTINE.qualified, parsed.rejected.mutate(state=_open()))
        step |= {"rows_in": kept + rejected, "rows_out": kept}
    for table, rows in ((CUSTOMERS, parsed.customers), (ACCOUNTS, parsed.accounts)):
        merge(writer, table, rows)
    writer.append(RAW_FILES.qualified, _file_row(writer, parsed, kept, rejected))
    log.inputs.append({"file_id": parsed.file_id, "name": parsed.name, "source": parsed.source, "bytes": parsed.bytes})
    return FileReport(parsed.file_id, parsed.name, parsed.source, kept, rejected, notes=parsed.notes)


def _posted(writer: Writer, postings: ibis.Table) -> int:
    """Append the postings with their ids, block by block, so that each is put into the table's order in memory."""
    writer.settle()
    again = writer.keep("again", repeated(postings))
    rows = writer.select(identified(postings, again))
    span = postings.aggregate(first=postings.line.min(), last=postings.line.max())
    first, last = writer.execute(writer.select(span)).rows[0]
    if first is None:
        return 0
    blocks = [f"line BETWEEN {start} AND {start + BLOCK_LINES - 1}" for start in range(first, last + 1, BLOCK_LINES)]
    return sum(writer.insert(RAW_POSTINGS.qualified, rows, where=block) for block in blocks)


def _open() -> Any:
    import ibis

    return ibis.literal("open")


def _file_row(writer: Writer, parsed: Parsed, kept: int, rejected: int) -> pa.Table:
    import pyarrow as pa

    accounts, first, last = writer.execute(
        "SELECT list_sort(list(DISTINCT account_id)), min(posted_at)::DATE, max(posted_at)::DATE "
        "FROM books.raw.postings WHERE file_id = ?",
        [parsed.file_id],
    ).rows[0]
    row = {
        "file_id": parsed.file_id,
        "name": parsed.name,
        "source": parsed.source,
        "bytes": parsed.bytes,
        "account_ids": accounts or [],
        "first_day": first,
        "last_day": last,
        "rows_read": kept + rejected,
        "rows_kept": kept,
        "rows_rejected": rejected,
        "guessed": json.dumps(dict(parsed.guessed), default=str),
    }
    return pa.Table.from_pylist([row], schema=arrow_schema(RAW_FILES))


def merge(writer: Writer, table: Table, rows: pa.Table) -> None:
    """Bring canonical rows in; what several files tell of one key is joined the same way in whatever order."""
    if not rows.num_rows:
        return
    (key,) = table.key
    values = ", ".join(
        f'{"min" if column.name in EARLIEST else "max"}("{column.name}") AS "{column.name}"'
        for column in table.columns
        if column.name != key
    )
    with writer.registered(rows.cast(arrow_schema(table))):
        together = (
            f"SELECT * FROM arriving UNION ALL BY NAME "
            f"SELECT * FROM books.{table.qualified} SEMI JOIN arriving USING ({key})"
        )
        writer.execute(
            f"CREATE OR REPLACE TEMP TABLE merged AS SELECT {key}, {values} FROM ({together}) GROUP BY {key}"
        )
    writer.execute(f"DELETE FROM books.{table.qualified} WHERE {key} IN (SELECT {key} FROM merged)")
    writer.execute(
        f"INSERT INTO books.{table.qualified} BY NAME SELECT * FROM merged ORDER BY {', '.join(table.sort_by)}"
    )
