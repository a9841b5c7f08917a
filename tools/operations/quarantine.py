"""What an operator does with rows that could not be read: look, mend, ignore, put back, try again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analytics.intake.quarantine import STATES, reopen, settle, taken_in
from analytics.writer_lock import Waiting
from governance.acts import acting
from governance.errors import ToolRetry, did_you_mean
from governance.principal import local_principal
from governance.settings import Settings
from tools.arguments import literal
from tools.operations.intake import PATIENCE, brought_up_to_date, statement_steps
from tools.operations.progress import silent
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.ingest.again import Origin
    from analytics.ingest.parsed import Parsed
    from analytics.intake import IntakeReport as IntakeReport
    from analytics.intake import Steps
    from analytics.writer import Writer

#: Reasons of rows that no layout reads by themselves: they continue another.
CONTINUES = ("Text without a date", "Continues a row")
Work = Callable[["Writer", Workspace], "IntakeReport | None"]


def quarantined(name: str, *, state: str = "open", settings: Settings | None = None) -> list[dict[str, Any]]:
    """Return the rows in quarantine, with the reason; their content may hold personal data and is left out."""
    if state not in STATES:
        raise ToolRetry(f"There is no state '{state}'.{did_you_mean(state, STATES)}")
    with Workspace.open(name, settings) as workspace:
        return quarantined_of(workspace, state)


def quarantined_of(workspace: Workspace, state: str = "open") -> list[dict[str, Any]]:
    """The rows in quarantine of an open workspace, without their content."""
    return _dicts(
        workspace,
        "SELECT q.file_id, f.name, q.line, q.source, q.reason, q.state FROM books.quality.quarantine AS q "
        f"LEFT JOIN books.raw.files AS f USING (file_id) WHERE q.state = '{state}' ORDER BY f.name, file_id, line",
    )


def shown(
    name: str, file_id: str, line: int, *, content: bool = False, settings: Settings | None = None
) -> dict[str, Any]:
    """Return one row with its file's headings; its cells only where they are asked for, which the audit log keeps."""
    with Workspace.open(name, settings) as workspace:
        file_id = _whole_id(workspace, file_id)
        sql = f"SELECT * FROM books.quality.quarantine WHERE file_id = {literal(file_id)} AND line = {int(line)}"
        found = _dicts(workspace, sql)
        if not found:
            raise ToolRetry(
                f"Line {line} of file '{file_id}' is not in quarantine. `munshi quarantine` lists the rows."
            )
        row = found[0]
        cells = json.loads(row.pop("content"))
        heading = _guessed(workspace, file_id).get("heading") or []
        row["columns"] = [str(each).strip() for each in heading]
        if content:
            principal = local_principal(name)
            workspace.control.audit(principal.name, "quarantine:show", "ok", {"file": file_id, "line": line})
            row["content"] = cells
        return row


def mend(
    name: str, file_id: str, line: int, changes: Mapping[str, str], *, settings: Settings | None = None
) -> IntakeReport | None:
    """Change cells of a row, read it under its file's own layout, and take it in where it stood.

    Parameters
    ----------
    changes
        Heading in the file, or role → the cell's new text.

    Raises
    ------
    ToolRetry
        No such row waits, or there is no such column.
    SourceError
        It is still no posting; nothing was changed.
    """
    from analytics.ingest.again import cells_of, edited, read_again

    def work(writer: Writer, workspace: Workspace) -> IntakeReport | None:
        origin = origin_of(writer, _whole_id(workspace, file_id))

        def mended(row: Mapping[str, Any], backend: Any) -> Parsed:
            cells = edited(cells_of(row["content"]), changes, origin.shape)
            return _known_accounts_left(writer, read_again(origin, {line: cells}, backend, workspace.pseudonym))

        return settle(writer, origin.file_id, line, mended, statement_steps(), now=_now())

    return _written(name, "mending quarantine", work, settings)


def settle_quarantine(
    name: str,
    file_id: str,
    line: int,
    *,
    mended: Callable[[Mapping[str, Any], Any], Parsed] | None = None,
    steps: Steps | None = None,
    settings: Settings | None = None,
) -> IntakeReport | None:
    """Take a row out of quarantine: mended, read again and taken in under its own file and line; or ignored.

    Parameters
    ----------
    mended
        The quarantined row and the writer's backend → what reading its edited content gives; None ignores the row.
    """

    def work(writer: Writer, workspace: Workspace) -> IntakeReport | None:
        whole = _whole_id(workspace, file_id)
        return settle(writer, whole, line, mended, steps or statement_steps(), now=_now())

    return _written(name, "mending quarantine", work, settings)


def ignore(name: str, file_id: str, line: int, reason: str, *, settings: Settings | None = None) -> None:
    """Leave a row out for good, unless it is put back; why stands in the audit log."""
    with Workspace.open(name, settings) as workspace:
        details = {"file": _whole_id(workspace, file_id), "line": line, "reason": reason}
        who, doing = local_principal(name).name, "quarantine:ignore"
        with acting(workspace.control, workspace.folder, who, doing, details, outcome="ok"):
            settle_quarantine(name, file_id, line, settings=settings)


def put_back(name: str, file_id: str, line: int, *, settings: Settings | None = None) -> IntakeReport | None:
    """Put a mended or ignored row back; what a mended one brought leaves the books again."""

    def work(writer: Writer, workspace: Workspace) -> IntakeReport | None:
        return reopen(writer, _whole_id(workspace, file_id), line, statement_steps(), now=_now())

    return _written(name, "putting a row back", work, settings)


def replay(name: str, *, settings: Settings | None = None) -> IntakeReport | None:
    """Read every open row again with the layouts of today; those that are postings now come in, the others stay.

    Returns
    -------
    IntakeReport or None
        None where no row could be read.
    """

    def work(writer: Writer, workspace: Workspace) -> IntakeReport | None:
        sql = "SELECT file_id, line, content, reason FROM books.quality.quarantine WHERE state = 'open' ORDER BY 1, 2"
        rows: dict[str, dict[int, str]] = {}
        for each in writer.execute(sql).dicts():
            if not each["reason"].startswith(CONTINUES):
                rows.setdefault(each["file_id"], {})[each["line"]] = each["content"]
        found = {file_id: _read_whole(writer, workspace, file_id, lines) for file_id, lines in rows.items()}
        came = {file_id: each for file_id, each in found.items() if each is not None}
        return taken_in(writer, came, statement_steps(), now=_now()) if came else None

    return _written(name, "replaying quarantine", work, settings)


def _read_whole(
    writer: Writer, workspace: Workspace, file_id: str, rows: Mapping[int, str]
) -> tuple[list[int], Parsed] | None:
    from analytics.ingest.again import cells_of, read_again
    from governance.errors import SourceError

    try:
        origin = origin_of(writer, file_id)
        cells = {line: cells_of(content) for line, content in rows.items()}
        parsed = read_again(origin, cells, writer.backend, workspace.pseudonym)
    except SourceError:  # its layout is gone, or its headings were not kept: its rows wait on
        return None
    lines = sorted(parsed.postings.select("line").to_pyarrow()["line"].to_pylist())
    return (lines, _known_accounts_left(writer, parsed)) if lines else None


def origin_of(writer: Writer, file_id: str) -> Origin:
    """Return what reading a row of a file again needs."""
    from analytics.ingest.again import Origin

    file = writer.execute("SELECT name, source, guessed FROM books.raw.files WHERE file_id = ?", [file_id]).dicts()[0]
    accounts = writer.execute(
        "SELECT account_id, any_value(customer_id) AS customer, any_value(currency) AS currency, "
        "any_value(ordinal <> line) AS turned, any_value(ordinal + line) AS turned_at "
        "FROM books.raw.postings WHERE file_id = ? GROUP BY account_id LIMIT 2",
        [file_id],
    ).dicts()
    one = accounts[0] if len(accounts) == 1 else {}
    return Origin(
        file_id, file["name"], file["source"], json.loads(file["guessed"] or "{}"),
        one.get("account_id"), one.get("customer"), one.get("currency"),
        next((each["turned_at"] for each in accounts if each["turned"]), None),
    )  # fmt: skip


def _known_accounts_left(writer: Writer, parsed: Parsed) -> Parsed:
    """Leave out what a row alone tells of accounts and customers that the books know better."""
    import dataclasses

    import pyarrow as pa
    import pyarrow.compute as pc

    def unknown(rows: Any, table: str, key: str) -> Any:
        there = [row[0] for row in writer.execute(f"SELECT {key} FROM books.core.{table}").rows]
        return rows.filter(pc.invert(pc.is_in(rows[key], value_set=pa.array(there, pa.string()))))

    return dataclasses.replace(
        parsed,
        accounts=unknown(parsed.accounts, "accounts", "account_id"),
        customers=unknown(parsed.customers, "customers", "customer_id"),
    )


def _written(name: str, doing: str, work: Work, settings: Settings | None) -> IntakeReport | None:
    waiting = Waiting(PATIENCE, lambda _sentence: None)
    with Workspace.open(name, settings) as workspace, workspace.lake.writer(doing, waiting=waiting) as writer:
        report = work(writer, workspace)
        if report is not None and report.build_id is not None:
            brought_up_to_date(writer, report.build_id, silent)
        return report


def _whole_id(workspace: Workspace, file_id: str) -> str:
    """Return the id that begins so, where one file's does.

    Raises
    ------
    ToolRetry
        None or several do.
    """
    ids = [row["file_id"] for row in _dicts(workspace, "SELECT DISTINCT file_id FROM books.quality.quarantine")]
    found = [each for each in ids if each == file_id] or [each for each in ids if each.startswith(file_id)]
    if len(found) == 1:
        return str(found[0])
    what = "Several files have" if found else "No file with rows in quarantine has"
    raise ToolRetry(f"{what} an id that begins with '{file_id}'. `munshi quarantine` lists them.")


def _guessed(workspace: Workspace, file_id: str) -> dict[str, Any]:
    rows = _dicts(workspace, f"SELECT guessed FROM books.raw.files WHERE file_id = {literal(file_id)}")
    return dict(json.loads(rows[0]["guessed"] or "{}")) if rows else {}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _dicts(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    return workspace.query(local_principal(workspace.name), sql).dicts()
