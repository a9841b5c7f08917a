"""Rows that could not be read: mended and taken in at the place they came from, ignored, or put back.

A mended row is a raw posting like any other, at its own file and line; its quarantined content stays as it came.
Putting it back takes the raw posting out and derives what it touched again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analytics.intake.arrivals import FileReport, merge
from analytics.intake.build_log import BuildLog
from analytics.intake.derive import derive
from analytics.intake.steps import Steps
from analytics.pipeline.clean import identified
from analytics.schema import ACCOUNTS, CUSTOMERS, FINDINGS, QUARANTINE, RAW_POSTINGS
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
    row = waiting(writer, file_id, line)
    if mended is None:
        _mark(writer, file_id, [line], "ignored")
        return None
    parsed = mended(row, writer.backend)
    if writer.count(parsed.rejected) or writer.count(parsed.postings) != 1:
        reasons = [each["reason"] for each in parsed.rejected.select("reason").to_pyarrow().to_pylist()]
        why = reasons[0] if reasons else row["reason"]
        raise SourceError(f"Line {line} of {file_id} is still no posting: {why} Edit it again; nothing was changed.")
    return taken_in(writer, {file_id: ([line], parsed)}, steps, now=now)


def taken_in(
    writer: Writer, rows: Mapping[str, tuple[Sequence[int], Parsed]], steps: Steps, *, now: dt.datetime
) -> IntakeReport:
    """Take rows out of quarantine into the books, at their own places.

    Parameters
    ----------
    rows
        File → the lines that are postings now, and those postings, read.
    """
    from analytics.intake import IntakeReport

    log = BuildLog("incremental", now)
    log.inputs += [{"file_id": file_id, "lines": list(lines), "mended": True} for file_id, (lines, _) in rows.items()]
    with log.step("mend", sum(len(lines) for lines, _ in rows.values())) as step:
        step["rows_out"] = sum(_moved(writer, file_id, lines, parsed) for file_id, (lines, parsed) in rows.items())
    places = {file_id: list(lines) for file_id, (lines, _) in rows.items()}
    derived = derive(writer, steps, lambda row: _among(row, places), log=log, progress=lambda *_: None)
    files = tuple(
        FileReport(file_id, parsed.name, parsed.source, len(lines), 0) for file_id, (lines, parsed) in rows.items()
    )
    return IntakeReport(files, log.write(writer), derived)


def reopen(writer: Writer, file_id: str, line: int, steps: Steps, *, now: dt.datetime) -> IntakeReport | None:
    """Put a mended or ignored row back into quarantine; a mended one leaves the books.

    Raises
    ------
    ToolRetry
        No such row was mended or ignored.
    """
    import ibis

    from analytics.intake import IntakeReport

    row = _found(writer, file_id, line)
    if row is None or row["state"] == "open":
        raise ToolRetry(
            f"No row of line {line} of file '{file_id}' was mended or ignored. "
            "`munshi quarantine --state mended` and `--state ignored` list those that were."
        )
    _mark(writer, file_id, [line], "open")
    if row["state"] == "ignored":
        return None
    log = BuildLog("incremental", now)
    log.inputs.append({"file_id": file_id, "lines": [line], "reopened": True})
    raw = writer.table("raw", "postings")
    with log.step("put back", 1) as step:
        gone = writer.keep("taken_out", raw.filter(_among(raw, {file_id: [line]})))
        step["rows_out"] = -writer.delete(RAW_POSTINGS.qualified, gone.select("file_id", "line"))
        _count(writer, file_id, -1)
    derived = derive(writer, steps, lambda _row: ibis.literal(False), gone=gone, log=log, progress=lambda *_: None)
    writer.delete(FINDINGS.qualified, gone.select("file_id", "line"))
    return IntakeReport((FileReport(file_id, row["source"], row["source"], 0, 1),), log.write(writer), derived)


def waiting(writer: Writer, file_id: str, line: int) -> dict[str, Any]:
    """Return the open row of a file and line.

    Raises
    ------
    ToolRetry
        There is none.
    """
    row = _found(writer, file_id, line)
    if row is None or row["state"] != "open":
        raise ToolRetry(
            f"No row of line {line} of file '{file_id}' waits in quarantine. `munshi quarantine` lists those that do."
        )
    return row


def _found(writer: Writer, file_id: str, line: int) -> dict[str, Any] | None:
    rows = writer.execute(
        f"SELECT * FROM books.{QUARANTINE.qualified} WHERE file_id = ? AND line = ?", [file_id, line]
    ).dicts()
    return rows[0] if rows else None


def _moved(writer: Writer, file_id: str, lines: Sequence[int], parsed: Parsed) -> int:
    """Write the postings of one file that were in quarantine until now."""
    rows = parsed.postings.mutate(file_id=_text(file_id))
    if len(lines) == 1:
        rows = rows.mutate(line=_whole(lines[0]))
    came = writer.insert(RAW_POSTINGS.qualified, identified(rows))
    merge(writer, CUSTOMERS, parsed.customers)
    merge(writer, ACCOUNTS, parsed.accounts)
    _mark(writer, file_id, lines, "mended")
    _count(writer, file_id, came)
    return came


def _text(value: str) -> Any:
    import ibis

    return ibis.literal(value, type="string")


def _whole(value: int) -> Any:
    import ibis

    return ibis.literal(value, type="int64")


def _among(row: Any, places: Mapping[str, Sequence[int]]) -> Any:
    import ibis

    return ibis.or_(*[(row.file_id == file_id) & row.line.isin(lines) for file_id, lines in places.items()])


def _count(writer: Writer, file_id: str, more: int) -> None:
    writer.execute(
        "UPDATE books.raw.files SET rows_kept = rows_kept + ?, rows_rejected = rows_rejected - ? WHERE file_id = ?",
        [more, more, file_id],
    )


def _mark(writer: Writer, file_id: str, lines: Sequence[int], state: str) -> None:
    writer.execute(
        f"UPDATE books.{QUARANTINE.qualified} SET state = ? WHERE file_id = ? AND list_contains(?, line)",
        [state, file_id, list(lines)],
    )
