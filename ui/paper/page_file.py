"""A page as it stands on the screen, as a file: PDF, one page of HTML, or a workbook with every row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from governance.errors import MunshiError
from governance.permission import permit
from tools.result import Table
from ui.language import speaking, spoken
from ui.pages.declaration import declaration
from ui.pages.page import Page
from ui.pages.rows import chosen_table
from ui.pages.visit import Visit
from ui.paper.contents import content, on_paper
from ui.paper.declaration import Part
from ui.paper.fonts import fonts_of
from ui.paper.sheet import Paper, headed, sources
from ui.paper.workbook import workbook

SCOPE = "reports:make"


@dataclass(frozen=True)
class File:
    """A file for the browser to keep."""

    name: str
    media: str
    content: bytes


def page_file(page: Page, visit: Visit, form: str, *, now: dt.datetime | None = None) -> File:
    """Make the file, in the language spoken; a PDF in English where no font here writes that language.

    Parameters
    ----------
    form
        A key of `FORMS`.

    Raises
    ------
    ToolRefused
        The caller may not see the page, or may not make reports.
    """
    wanted, fonts = spoken(), fonts_of(visit.toolbox.workspace)
    notice = fonts.notice(wanted) if form == "pdf" else ""
    with speaking("en" if notice else wanted):
        return _file(page, visit, form, now, notice)


def _file(page: Page, visit: Visit, form: str, now: dt.datetime | None, notice: str) -> File:
    workspace, principal = visit.toolbox.workspace, visit.toolbox.principal
    for scope in (page.scope_of(principal), SCOPE):
        permit(workspace.control, principal, scope, doing=f"export:{page.key}", what=f"{page.label} as a file")
    media, made = FORMS[form]
    blocks = [
        block
        for block in declaration(page.key).blocks
        if on_paper(block) and (not block.scope or principal.may(block.scope))
    ]
    parts = tuple(Part(page=page.key, block=block.key) for block in blocks)
    title = declaration(page.key).title + (f" {visit.of}" if visit.of else "")
    section = {"title": title, "lead": declaration(page.key).lead, "rows": [[content(part, visit)] for part in parts]}
    head = headed(workspace, principal, visit, now)
    told = {**head, "title": title, "cover": False, "sections": [section], "notice": notice, **sources(parts, visit)}
    paper = Paper(told, fonts_of(workspace))
    workspace.control.audit(principal.name, f"export:{page.key}", "ok", {"form": form})
    stem = "-".join(each for each in (page.key, visit.of, visit.clock.isoformat()) if each)
    return File(f"{stem}.{form}", media, made(paper, parts, visit))


def _pdf(paper: Paper, _: tuple[Part, ...], __: Visit) -> bytes:
    return paper.as_pdf()


def _html(paper: Paper, _: tuple[Part, ...], __: Visit) -> bytes:
    return paper.as_html().encode("utf-8")


def _xlsx(paper: Paper, parts: tuple[Part, ...], visit: Visit) -> bytes:
    return workbook(paper.told, list(_tables(parts, visit)))


def _tables(parts: tuple[Part, ...], visit: Visit) -> list[tuple[str, Table]]:
    """Every block of rows with all its rows and columns, under its title."""
    found = []
    for part in parts:
        page = declaration(part.page)
        block = page.block(part.block)
        if block is None or not block.read:
            continue
        try:
            result = visit.read(page.reads[block.read])
        except MunshiError:  # the paper says why, in the part's place
            continue
        named = {"table": block.draw["table"]} if "table" in block.draw else {}
        table = chosen_table(result, {**named, "rows": None})
        if table.columns:
            found.append((block.title, table))
    return found


FORMS: Mapping[str, tuple[str, Callable[[Paper, tuple[Part, ...], Visit], bytes]]] = {
    "pdf": ("application/pdf", _pdf),
    "html": ("text/html; charset=utf-8", _html),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}
