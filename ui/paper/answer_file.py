"""An answer of Ask as a file: made again from its receipt, on the same books, as the caller may see it now."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.again import Again, answer_again
from assistant.prose.numbers import day
from governance.errors import ToolRetry, did_you_mean
from governance.permission import permit
from governance.principal import Principal
from tools.result import Table, ToolResult
from tools.toolbox import Toolbox
from tools.workspace import Workspace
from ui.chart_spec import chart_spec
from ui.csv_file import csv_text
from ui.facts import facts_of
from ui.language import speaking, spoken
from ui.pages.visit import Visit
from ui.paper.chart_file import as_png, chart_picture
from ui.paper.drawing import chart_svg
from ui.paper.fonts import fonts_of
from ui.paper.page_file import SCOPE, File
from ui.paper.sheet import Paper, headed
from ui.paper.workbook import workbook
from ui.session import tables_of
from ui.sql_text import pretty
from ui.table_page import View, table_page

#: Columns beyond which the paper lies on its side; rows of a table on paper, the rest is in the workbook.
MOST_UPRIGHT, MOST_ROWS = 7, 2_000


@dataclass(frozen=True)
class _Kept:
    """What every kind of file is made of."""

    again: Again
    paper: Paper
    currency: str


def answer_file(
    workspace: Workspace, principal: Principal, receipt_id: str, form: str, *, now: dt.datetime | None = None
) -> File:
    """Make the file.

    Parameters
    ----------
    form
        A key of `FORMS`.
    now
        When it is made; by default the present moment.

    Raises
    ------
    ReceiptNotFound
    ToolRefused
        The caller may not make reports, or the answer was given to another.
    ToolRetry
        There is no such kind of file, no chart to draw, or no table.
    """
    permit(workspace.control, principal, SCOPE, doing="export:answer", what="An answer as a file")
    if form not in FORMS:
        raise ToolRetry(f"An answer cannot be a '{form}'.{did_you_mean(form, FORMS)}")
    again = answer_again(workspace, principal, receipt_id, doing="export:answer")
    wanted, fonts = spoken(), fonts_of(workspace)
    notice = fonts.notice(wanted) if form == "pdf" else ""
    with speaking("en" if notice else wanted):
        told = {**_told(workspace, principal, again, now), "notice": notice}
        kept = _Kept(again, Paper(told, fonts), workspace.meta(principal).get("currency", "INR"))
        media, make = FORMS[form]
        made = make(kept)
    workspace.control.audit(principal.name, "export:answer", "ok", {"form": form, "receipt": receipt_id})
    stem = re.sub(r"[^a-z0-9]+", "-", again.answer.question.lower()).strip("-")[:48] or "answer"
    return File(f"{stem}-{receipt_id}.{form}", media, made)


def _told(workspace: Workspace, principal: Principal, again: Again, now: dt.datetime | None) -> dict[str, Any]:
    toolbox = Toolbox(workspace, principal)
    visit = Visit(toolbox, facts_of(toolbox))
    answer = again.answer
    head = headed(workspace, principal, visit, now)
    if answer.as_of:
        head |= {"as_of": day(answer.as_of)}
    if again.snapshot is not None:
        head |= {"snapshot": f"{workspace.name}/{again.snapshot}"}
    moved = [f"Not as it was when it was answered: {each}." for each in again.changes]
    wide = max((len(table.columns) for table in tables_of(answer)), default=0) > MOST_UPRIGHT
    parts = _parts(again, visit.facts.currency, 1_040 if wide else 700)
    section = {"title": answer.question, "lead": "", "rows": [[part] for part in parts]}
    return {
        **head, "title": answer.question, "receipt": answer.receipt_id, "cover": False, "wide": wide,
        "sections": [section], "definitions": _definitions(again.results),
        "versions": sorted(answer.model_versions.items()), "sql": [pretty(each) for each in answer.sql],
        "warnings": [*answer.warnings, *moved],
    }  # fmt: skip


def _parts(again: Again, currency: str, across: int) -> list[dict[str, Any]]:
    """The text, the chart, the tables, as a paper has them."""
    answer = again.answer
    warned = [*answer.warnings, *(f"Not as it was when it was answered: {each}." for each in again.changes)]
    parts: list[dict[str, Any]] = [
        {"kind": "text", "title": "Answer", "measure": "", "text": _plain(answer.text), "warnings": warned}
    ]
    spec = chart_spec(answer.chart)
    if answer.chart and spec:
        svg = chart_svg(answer.chart, width=across, height=280, currency=currency)
        parts.append({"kind": "chart", "title": spec.title, "measure": "", "svg": svg, "empty": "", "warnings": []})
    parts += [_table_part(table, currency) for table in tables_of(answer)]
    for source in answer.sources:
        where = ", ".join(each for each in (source.title, source.section, source.status.replace("_", " ")) if each)
        parts.append({"kind": "text", "title": where, "measure": "", "text": source.quote, "warnings": []})
    return parts


def _table_part(table: Table, currency: str) -> dict[str, Any]:
    kept = table.model_copy(update={"rows": table.rows[:MOST_ROWS]})
    page = table_page(kept, View(), currency)
    rows = list(page.rows)
    for further in range(1, page.pages):
        rows += table_page(kept, View(page=further), currency).rows
    rest = len(table.rows) - len(kept.rows)
    return {
        "kind": "table", "title": table.title or "Table", "measure": f"{len(table.rows):,} rows", "warnings": [],
        "headings": [{"text": each.text, "numeric": each.numeric} for each in page.headings],
        "rows": [[{"text": cell.text, "tone": cell.tone} for cell in row] for row in rows],
        "rest": f"and {rest:,} more, in the workbook" if rest else "", "empty": "No row.",
    }  # fmt: skip


def _definitions(results: Sequence[ToolResult]) -> list[tuple[str, str]]:
    """Every definition that the results carry, once, named as a person would."""
    found: dict[str, str] = {}
    for result in results:
        for name, fact in result.facts.items():
            if name == "definition" or name.startswith("definition_"):
                label = name.removeprefix("definition").strip("_").replace("_", " ").capitalize() or result.title
                found.setdefault(label, str(fact.value))
    return list(found.items())


def _plain(text: str) -> str:
    """The answer's prose without its marks."""
    return re.sub(r"\*\*(.+?)\*\*", r"\1", text).replace("`", "")


def _chart(kept: _Kept) -> str:
    if not kept.again.answer.chart:
        raise ToolRetry("This answer has no chart. Take it as PDF, XLSX, HTML or CSV.")
    return chart_picture(kept.again.answer.chart, kept.paper.told, currency=kept.currency)


def _csv(kept: _Kept) -> bytes:
    tables = tables_of(kept.again.answer)
    if not tables:
        raise ToolRetry("This answer has no table. Take it as PDF or HTML.")
    return csv_text(tables[0]).encode("utf-8")


def _xlsx(kept: _Kept) -> bytes:
    told = {**kept.paper.told, "answer": _plain(kept.again.answer.text)}
    return workbook(told, [(table.title or "Table", table) for table in tables_of(kept.again.answer)])


FORMS: Mapping[str, tuple[str, Callable[[_Kept], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "pdf": ("application/pdf", lambda kept: kept.paper.as_pdf()),
    "html": ("text/html; charset=utf-8", lambda kept: kept.paper.as_html().encode("utf-8")),
    "svg": ("image/svg+xml", lambda kept: _chart(kept).encode("utf-8")),
    "png": ("image/png", lambda kept: as_png(_chart(kept), kept.paper.fonts)),
}
#: Those that draw the chart, and need one.
DRAWN = ("svg", "png")
