"""Rows that could not be read: mended and taken in at the place they came from, or ignored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analytics.intake.arrivals import FileReport, merge
from analytics.intake.build_log import BuildLog
from analytics.intake.derive import derive
from analytics.intake.steps import Steps
from analytics.pipeline.clean import identified
from analytics.schema import ACCOUNTS, CUSTOMERS, QUARANTINE, RAW_POSTINGS
from governance.errors import SourceError, ToolRetry

if TYPE_CHECKING:
    from analytics.ingest.parsed import Parsed
    from analytics.intake import IntakeReport
    from analytics.writer import Writer

STATES = ("open", "mended", "ignored")
#: A quarantined row and the backend to read it on → its edited content, read.
Mended = Callable[[Mapping[str, Any], Any], "Parsed"]


def settle(
    writer: Writer, file_id: str, line: int, mended: Mended | None, steps: Steps, *, now: dt.datetime
) -> IntakeReport | None:
    """Mend a row and take it in under its own file and line, or ignore it.

    Parameters
    ----------
    mended
        Reads the row's edited content; None ignores the row.

    Raises
    ------
    ToolRetry
        No such row waits.
    SourceError
        The edited content is still no posting; the row stays as it was.
    """
    row = _waiting(writer, file_id, line)
    if mended is None:
        _mark(writer, file_id, line, "ignored")
        return None
    parsed = mended(row, writer.backend)
    if writer.count(parsed.rejected) or writer.count(parsed.postings) != 1:
        raise SourceError(f"Line {line} of {file_id} is still no posting. It was: {row['reason']} Edit it again.")
    return _taken_in(writer, file_id, line, parsed, steps, now)


def _taken_in(writer: Writer, file_id: str, line: int, parsed: Parsed, steps: Steps, now: dt.datetime) -> IntakeReport:
    import ibis

    from analytics.intake import IntakeReport

    log = BuildLog("incremental", now)
    log.inputs.append({"file_id": file_id, "line": line, "mended": True})
    with log.step("mend", 1) as step:
        place = {"file_id": ibis.literal(file_id), "line": ibis.literal(line, type="int64")}
        step["rows_out"] = writer.insert(RAW_POSTINGS.qualified, identified(parsed.postings.mutate(**place)))
        merge(writer, CUSTOMERS, parsed.customers)
        merge(writer, ACCOUNTS, parsed.accounts)
        _mark(writer, file_id, line, "mended")
        writer.execute(
            "UPDATE books.raw.files SET rows_kept = rows_kept + 1, rows_rejected = rows_rejected - 1 WHERE file_id = ?",
            [file_id],
        )
    derived = derive(
        writer, steps, lambda row: (row.file_id == file_id) & (row.line == line), log=log, progress=lambda *_: None
    )
    return IntakeReport((FileReport(file_id, parsed.name, parsed.source, 1, 0),), log.write(writer), derived)


def _waiting(writer: Writer, file_id: str, line: int) -> dict[str, Any]:
    found = writer.execute(
        f"SELECT * FROM books.{QUARANTINE.qualified} WHERE file_id = ? AND line = ? AND state = 'open'", [file_id, line]
    ).dicts()
    if not found:
        raise ToolRetry(
            f"No row of line {line} of file '{file_id}' waits in quarantine. `munshi quarantine` lists those that do."
        )
    return found[0]


def _mark(writer: Writer, file_id: str, line: int, state: str) -> None:
    writer.execute(
        f"UPDATE books.{QUARANTINE.qualified} SET state = ? WHERE file_id = ? AND line = ?", [state, file_id, line]
    )
