"""Everything Munshi keeps of one person, in one file that he and a machine can read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from governance.personal_data import PERSONAL_COLUMNS, masked
from governance.sealed import Opened, opened_rows
from tools.batch.scoring import FORMULA
from tools.operations.privacy.consents import of as consents_of
from tools.operations.privacy.kept_data import names
from tools.operations.privacy.people import known, permitted

if TYPE_CHECKING:
    from analytics.traces import Identifiers
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Kinds of records beside the books that are a person's to see.
RECORDS: Mapping[str, str] = {
    "receipts": "questions that were asked about the person, with the answers and the figures they rest on",
    "review_decisions": "what people decided of decisions against the person, and why",
    "feedback": "what was said of answers about the person",
    "arrivals": "postings of the person that came in real time",
}
HEAD = """# What is kept of {customer_id}

Made from the books as of {clock}, by {by}. Each table is there twice: as JSON, exact, and as CSV for a spreadsheet.
Amounts are in the currency of their account, credits positive. {shown}

| file | rows | what it is |
|---|---|---|
"""
MASKED = "Personal columns are masked, since whoever made this may not see them."
UNMASKED = "Personal columns are shown as they are."
TAIL = """
The columns mean:

{columns}

Where scores are, the person may ask how they came about: `munshi explain {customer_id}` tells the reasons in words.
"""


def export(workspace: Workspace, by: Principal, customer_id: str) -> bytes:
    """Return a zip of everything that is kept of a customer: his rows of every table, records that name him, consents.

    Other people's names stand in his own statements, and stay masked without ``pii:read`` like his.

    Raises
    ------
    ToolRefused
        The caller may not; audited.
    NotThere
        There is no such customer.
    """
    from analytics.traces import columns_of, his, identifiers

    permitted(workspace, by, "export", "handing out a person's data")
    known(workspace, by, customer_id)
    reader = workspace.reader(by)
    show = by.may("pii:read")
    content: dict[str, tuple[str, Any]] = {}
    columns: dict[str, str] = {}
    for table, types in columns_of(reader.query).items():
        rows = his(types, customer_id)
        if rows is None:
            continue
        shown = ", ".join(masked(name) if name in PERSONAL_COLUMNS and not show else f'"{name}"' for name in types)
        found = reader.query(f"SELECT {shown} FROM books.{table} WHERE {rows} ORDER BY ALL").dicts()
        if found:
            columns |= _described(table)
            content[table] = (_meaning(table), found)
    who = identifiers(reader.query, customer_id)
    content |= dict(_records(workspace, who, show))
    content["consents"] = ("what the person agreed to, and withdrew", [consents_of(workspace, by, customer_id)])
    head = HEAD.format(customer_id=customer_id, clock=workspace.data_clock(by), by=by.name,
                       shown=UNMASKED if show else MASKED)  # fmt: skip
    packed = _zipped(customer_id, head, content, columns)
    workspace.control.audit(by.name, "privacy:export", "done", {"files": len(content), "personal": show})
    return packed


def _records(workspace: Workspace, who: Identifiers, show: bool) -> Iterator[tuple[str, tuple[str, Any]]]:
    """The records beside the books that name the person; of an answer the question alone, since it may list others."""
    found: dict[str, list[Any]] = {}
    for row in opened_rows(workspace.control):
        if row.table.name in RECORDS and names(row, who):
            at = str(row.plain[row.declared.at])
            found.setdefault(row.table.name, []).append({"at": at, "content": _told(row, show)})
    for name, rows in found.items():
        yield name, (RECORDS[name], rows)


def _told(row: Opened, show: bool) -> Any:
    content = json.loads(row.text)
    if row.table.name == "receipts":
        return {"question": content["question"]}
    return content if show or row.table.name == "review_decisions" else "masked"


def _zipped(
    customer_id: str, head: str, content: Mapping[str, tuple[str, Sequence[Mapping[str, Any]]]],
    columns: Mapping[str, str],
) -> bytes:  # fmt: skip
    listed = [
        f"| `{name}.json`, `{name}.csv` | {len(rows):,} | {meaning} |" for name, (meaning, rows) in content.items()
    ]
    meant = "\n".join(f"- `{name}`: {meaning}" for name, meaning in sorted(columns.items()))
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        text = head + "\n".join(listed) + "\n" + TAIL.format(columns=meant, customer_id=customer_id)
        archive.writestr("README.md", text)
        for name, (_, rows) in content.items():
            archive.writestr(f"{name}.json", json.dumps(rows, default=str, ensure_ascii=False, indent=1))
            archive.writestr(f"{name}.csv", as_csv(rows))
    return sink.getvalue()


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV, no cell of which a spreadsheet would run."""
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return sink.getvalue()


def _cell(value: Any) -> Any:
    import re

    if isinstance(value, list | dict):
        value = json.dumps(value, default=str, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and re.match(FORMULA, value) else value


def _meaning(table: str) -> str:
    from analytics.schema import TABLES

    said = next((each.description for each in TABLES if each.qualified == table), "figures of each month")
    return said.removeprefix("Derived: ").rstrip(".")


def _described(table: str) -> dict[str, str]:
    from analytics.schema import TABLES

    return {column.name: column.description for each in TABLES if each.qualified == table for column in each.columns}
