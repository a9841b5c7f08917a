"""A page as a file opens again, holds every row and says whose it is; text from data is never run."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator

import pytest

from governance.control import ControlStore
from governance.errors import ToolRefused
from governance.principal import Principal, local_principal
from governance.settings import Settings
from tools.result import Column, Table
from tools.toolbox import Toolbox
from tools.workspace import Workspace
from ui.facts import facts_of
from ui.pages.declaration import declaration
from ui.pages.registry import page_named
from ui.pages.tiles import drawn_tile
from ui.pages.visit import Visit
from ui.paper.page_file import page_file
from ui.paper.sheet import Paper

NOW = dt.datetime(2026, 7, 2, 9, 30, tzinfo=dt.UTC)
MARKS = ("CONFIDENTIAL", "made 2 Jul 2026, 09:30 UTC for local (risk manager)", "region West")


@pytest.fixture(scope="module")
def workspace(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace.open("demo", demo_settings) as opened:
        audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"
        opened.control = ControlStore(audit, "demo", opened.keys)
        yield opened


@pytest.fixture(scope="module")
def visit(workspace: Workspace) -> Visit:
    toolbox = Toolbox(workspace, local_principal("demo"))
    return Visit(toolbox, facts_of(toolbox), chosen={"region": "West"})


def tile_values(visit: Visit) -> list[str]:
    page = declaration("customers")
    return [drawn_tile(tile, page, visit).value for block in page.blocks for tile in block.tiles]


def test_the_html_needs_nothing_beside_it_and_has_the_pages_figures(visit: Visit):
    found = page_file(page_named("customers"), visit, "html", now=NOW)
    text = found.content.decode()
    assert found.name.startswith("customers-")
    assert all(mark in text for mark in MARKS)
    assert all(value in text for value in tile_values(visit))
    assert text.count("SELECT") > 3
    assert "<script" not in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert text.count("<tr>") > 50


def test_the_pdf_opens_and_has_the_pages_figures(visit: Visit):
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(page_file(page_named("customers"), visit, "pdf", now=NOW).content))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert all("CONFIDENTIAL" in page and "local (risk manager) · region West" in page for page in pages)
    assert all(value in pages[0] for value in tile_values(visit))


def test_a_viewer_takes_no_file(workspace: Workspace):
    toolbox = Toolbox(workspace, Principal("v", "demo", "viewer"))
    with pytest.raises(ToolRefused, match="reports:make"):
        page_file(page_named("customers"), Visit(toolbox, facts_of(toolbox)), "html")


def test_what_comes_from_data_is_text_on_paper():
    cell = {"text": "<script>alert(1)</script>#strong[x]", "tone": ""}
    part = {"kind": "table", "title": "T", "measure": "", "warnings": [], "rest": "", "empty": "",
            "headings": [{"text": "A", "numeric": False}], "rows": [[cell]]}  # fmt: skip
    head = dict.fromkeys(("tenant", "as_of", "made", "by", "scope", "personal", "snapshot", "title"), "x")
    section = {"title": "S", "lead": "", "rows": [[part]]}
    paper = Paper({**head, "cover": False, "sections": [section], "definitions": [], "versions": [], "sql": []})
    assert "&lt;script&gt;" in paper.as_html()
    from pypdf import PdfReader

    assert "#strong[x]" in PdfReader(io.BytesIO(paper.as_pdf())).pages[0].extract_text()


def test_the_workbook_holds_every_row_as_figures_and_runs_nothing(visit: Visit):
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(
        io.BytesIO(page_file(page_named("customers"), visit, "xlsx", now=NOW).content)
    )
    about = {row[0]: row[1] for row in book.get_sheet_by_name("About").to_python()}
    assert about["Scope"] == "region West"
    assert about["Marked"] == "CONFIDENTIAL"
    read = declaration("customers").reads["borrowers"]
    table = visit.read(read).table
    (name,) = (each for each in book.sheet_names if each.startswith("Borrowers"))
    rows = book.get_sheet_by_name(name).to_python()
    assert len(rows) == len(table.rows) + 1
    place = [column.name for column in table.columns].index("probability_of_default")
    assert [row[place] for row in rows[1:]] == pytest.approx([row[place] for row in table.rows])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1"])
def test_a_formula_in_the_data_is_text_in_the_workbook(text: str):
    from python_calamine import CalamineWorkbook

    from ui.paper.workbook import workbook

    told = dict.fromkeys(("tenant", "as_of", "made", "by", "scope", "personal", "snapshot", "title"), "x")
    table = Table(columns=(Column(name="a", label="A"),), rows=((text,),))
    made = workbook({**told, "versions": [], "definitions": [], "sql": []}, [("T", table)])
    assert CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_name("T").to_python()[1][0] == f"'{text}"
