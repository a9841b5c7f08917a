"""The board pack is a PDF whose figures are those of the pages, for the one it is made for."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator

import pytest

from governance.control import ControlStore
from governance.errors import ToolRefused
from governance.principal import Principal, local_principal
from governance.settings import Settings
from tools.toolbox import Toolbox
from tools.workspace import Workspace
from ui.facts import facts_of
from ui.pages.declaration import declaration
from ui.pages.framing import framed
from ui.pages.rows import chosen_table, shown
from ui.pages.tiles import drawn_tile
from ui.pages.visit import Visit
from ui.paper.board import Paper, board_pack
from ui.paper.contents import content
from ui.paper.declaration import Part, pack

NOW = dt.datetime(2026, 7, 2, 9, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def workspace(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace.open("demo", demo_settings) as opened:
        audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"
        opened.control = ControlStore(audit, "demo", opened.keys)
        yield opened


@pytest.fixture(scope="module")
def paper(workspace: Workspace) -> Paper:
    return board_pack(workspace, local_principal("demo"), now=NOW)


@pytest.fixture(scope="module")
def pages(paper: Paper) -> list[str]:
    from pypdf import PdfReader

    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(paper.as_pdf())).pages]


def parts() -> list[Part]:
    return [part for section in pack("board").sections for row in section.rows for part in row]


def visiting(workspace: Workspace) -> Visit:
    toolbox = Toolbox(workspace, local_principal("demo"))
    return Visit(toolbox, facts_of(toolbox))


def test_it_has_eight_to_twelve_pages_each_saying_whose_when_and_what(pages: list[str], paper: Paper):
    assert 8 <= len(pages) <= 12
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
        assert "Made 2 Jul 2026, 09:30 UTC for local (risk manager) · the whole book · personal data masked" in page
        assert f"snapshot {paper.told['snapshot']}" in page
        assert "CONFIDENTIAL" in page
        assert paper.told["as_of"] in page


def test_every_tile_of_it_is_the_pages(pages: list[str], workspace: Workspace):
    text, visit, compared = " ".join(pages), visiting(workspace), 0
    for part in parts():
        page = declaration(part.page)
        for tile in page.block(part.block).tiles:
            drawn = drawn_tile(tile, page, visit)
            assert f"{drawn.label} {drawn.before}".strip() in text or drawn.label in text
            assert drawn.value in text, (drawn.label, drawn.value)
            compared += 1
    assert compared > 25


def test_every_row_of_it_is_the_pages(paper: Paper, pages: list[str], workspace: Workspace):
    text, visit, compared = " ".join(pages), visiting(workspace), 0
    drawn = [part for section in paper.told["sections"] for row in section["rows"] for part in row]
    for part, told in zip(parts(), drawn, strict=True):
        if told["kind"] != "table":
            continue
        page = declaration(part.page)
        block = page.block(part.block)
        result = visit.read(page.reads[block.read])
        rows = shown(chosen_table(result, block.draw), part.columns or block.draw.get("columns", ()), "INR").rows
        assert (
            told["rows"]
            == [[{"text": cell.text, "tone": cell.tone} for cell in row] for row in rows][: len(told["rows"])]
        )
        assert told["title"] == framed(block, page.reads[block.read], visit, result).title
        if told["rows"]:
            assert told["rows"][0][0]["text"] in text
            compared += 1
    assert compared > 5


def test_every_chart_is_drawn(paper: Paper):
    charts = [
        part for section in paper.told["sections"] for row in section["rows"] for part in row if part["kind"] == "chart"
    ]
    assert len(charts) > 10
    assert all(each["svg"].startswith("<svg") for each in charts)


def test_it_is_of_what_the_caller_sees(workspace: Workspace, paper: Paper):
    toolbox = Toolbox(workspace, Principal("west", "demo", "analyst", {"region": ("West",)}))
    west = content(Part(page="overview", block="headline"), Visit(toolbox, facts_of(toolbox)))
    whole = paper.told["sections"][0]["rows"][0][0]
    assert west["tiles"][0]["value"] != whole["tiles"][0]["value"]


def test_it_takes_a_permission(workspace: Workspace):
    with pytest.raises(ToolRefused, match="reports:make"):
        board_pack(workspace, Principal("v", "demo", "viewer"), now=NOW)
