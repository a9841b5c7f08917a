"""Pages and chat never disagree: every question a page stands for is asked, and its answer holds the page's figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from assistant.answer import Answer
from assistant.munshi import Munshi
from governance.control import ControlStore
from governance.errors import MunshiError
from governance.principal import Principal
from governance.settings import Settings
from tools.operations import conversations, worklist
from tools.result import Table
from tools.toolbox import Toolbox
from ui.facts import facts_of
from ui.pages.declaration import Block, PageDeclaration, Tile, declaration
from ui.pages.framing import framed
from ui.pages.registry import PAGES
from ui.pages.rows import chosen_table
from ui.pages.shows import block_html
from ui.pages.tiles import drawn_tile
from ui.pages.visit import Visit

LISTED = [page.key for page in PAGES if page.listed]


@pytest.fixture(scope="module")
def munshi(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Munshi]:
    with Munshi.open("demo", settings=demo_settings) as opened:
        audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"  # receipts leave the shared books alone
        opened.workspace.control = ControlStore(audit, "demo", opened.workspace.keys)
        yield opened


@pytest.fixture(scope="module")
def west(munshi: Munshi) -> Munshi:
    """An analyst who sees the West alone."""
    return Munshi(munshi.workspace, Principal("west", "demo", "analyst", {"region": ("West",)}))


@pytest.fixture(scope="module")
def viewer(munshi: Munshi) -> Munshi:
    return Munshi(munshi.workspace, Principal("viewer", "demo", "viewer"))


def visiting(munshi: Munshi, of: str = "", **chosen: str) -> Visit:
    return Visit(Toolbox(munshi.workspace, munshi.principal), facts_of(munshi), of, chosen)


def asked(munshi: Munshi, address: str) -> Answer:
    (question,) = parse_qs(address.partition("?")[2])["q"]
    return munshi.ask(question)


def tiles_of(page: PageDeclaration) -> list[Tile]:
    return [tile for block in page.blocks for tile in block.tiles]


def holds(answer: Answer, tile: Tile, value: Any, written: str) -> bool:
    """Whether the answer's table has the figure exactly, or else its text as it is written on the page."""
    for table in (answer.table, *answer.tables):
        names = [column.name for column in table.columns] if table else []
        if table and tile.figure in names and len(table.rows) == 1:
            return table.rows[0][names.index(tile.figure)] == value
    return written in answer.text


def check_tiles(munshi: Munshi, page: PageDeclaration, visit: Visit) -> int:
    compared = 0
    for tile in tiles_of(page):
        drawn = drawn_tile(tile, page, visit)
        if drawn.trouble or drawn.value == "–":
            continue
        answer = asked(munshi, drawn.ask)
        value = visit.read(page.reads[tile.read]).facts[tile.figure].value
        assert holds(answer, tile, value, drawn.value), (drawn.ask, drawn.value, answer.text)
        compared += 1
    return compared


@pytest.mark.parametrize("key", LISTED)
def test_every_tile_is_what_the_chat_says(munshi: Munshi, key: str):
    page = declaration(key)
    assert check_tiles(munshi, page, visiting(munshi)) == len(tiles_of(page))


def test_so_it_is_for_one_region_and_one_kind_of_work(munshi: Munshi):
    page = declaration("overview")
    assert check_tiles(munshi, page, visiting(munshi, region="West", occupation="salaried")) > 15


def test_so_it_is_for_one_product_and_one_band(munshi: Munshi):
    page = declaration("portfolio")
    assert check_tiles(munshi, page, visiting(munshi, product="personal_loan", band="high")) > 5


def test_so_it_is_for_another_model(munshi: Munshi):
    page, visit = declaration("models"), visiting(munshi, model="churn")
    assert check_tiles(munshi, page, visit) == len(tiles_of(page))
    assert visit.read(page.reads["card"]).model_versions.keys() == {"churn"}


def test_so_it_is_for_a_caller_who_sees_a_part(west: Munshi, munshi: Munshi):
    page = declaration("overview")
    assert check_tiles(west, page, visiting(west)) == len(tiles_of(page))
    part, whole = (drawn_tile(tiles_of(page)[0], page, visiting(each)) for each in (west, munshi))
    assert part.value != whole.value


def test_so_it_is_for_a_viewer_who_sees_no_score(viewer: Munshi):
    page, visit = declaration("overview"), visiting(viewer)
    assert check_tiles(viewer, page, visit) > 8
    locked = [
        tile for tile in tiles_of(page) if (told := drawn_tile(tile, page, visit).trouble) and told.kind == "locked"
    ]
    assert {tile.read for tile in locked} == {"risk", "leaving", "unusual"}


def same_rows(ours: Table, theirs: Table) -> None:
    """Every column both have is the same in every row both have, in whatever order."""
    shared = [column.name for column in ours.columns if column.name in {each.name for each in theirs.columns}]
    assert shared

    def rows(table: Table) -> set[tuple[str, ...]]:
        places = [[column.name for column in table.columns].index(name) for name in shared]
        return {tuple(str(row[place]) for place in places) for row in table.rows}

    assert rows(ours) <= rows(theirs) or rows(theirs) <= rows(ours)


def blocks_of(page: PageDeclaration) -> list[Block]:
    """Blocks that a tool reads; what people keep is no figure of the books, and nobody asks for it."""
    return [block for block in page.blocks if block.read and not page.reads[block.read].listing]


@pytest.mark.parametrize("key", LISTED)
def test_every_chart_and_table_is_of_the_rows_that_the_chat_gives(munshi: Munshi, key: str):
    page, visit = declaration(key), visiting(munshi)
    for block in blocks_of(page):
        read = page.reads[block.read]
        result = visit.read(read)
        answer = asked(munshi, framed(block, read, visit, result).ask)
        assert answer.status == "answered", (block.key, answer.text)
        same_rows(result.table, answer.table)


@pytest.fixture(scope="module")
def borrower(munshi: Munshi) -> str:
    return visiting(munshi).call("top_risky_borrowers", {"limit": 1}).table.rows[0][1]


def test_a_customer_is_what_the_chat_says_of_him(munshi: Munshi, borrower: str):
    page, visit = declaration("customer"), visiting(munshi, of=borrower)
    assert check_tiles(munshi, page, visit) == len(tiles_of(page))
    for key in ("history", "ahead", "timeline", "unusual"):
        block = page.block(key)
        read = page.reads[block.read]
        result = visit.read(read)
        answer = asked(munshi, framed(block, read, visit, result).ask)
        if result.table.rows:
            same_rows(chosen_table(result, {}), answer.table)


@pytest.mark.parametrize("key", [page.key for page in PAGES])
def test_every_block_can_be_drawn(munshi: Munshi, borrower: str, key: str):
    page = declaration(key)
    worklist.fill(munshi.workspace, munshi.principal, "risky_borrowers", limit=3, hold_out=0)
    item = worklist.listed(munshi.workspace, munshi.principal)["items"][0]["item_id"]
    _, link = conversations.share(munshi.workspace, munshi.principal, munshi.ask("how many customers").conversation_id)
    visit = visiting(munshi, of={"customer": borrower, "item": item, "shared": link}.get(key, ""))
    for block in page.blocks:
        if block.scope and not munshi.principal.may(block.scope):
            continue  # left out for who may not see it
        drawn = block_html(block, page, visit)
        assert f'data-block="{block.key}"' in drawn
        assert 'class="trouble' not in drawn, (block.key, drawn)


def test_what_is_not_there_is_told_in_the_figures_place(munshi: Munshi):
    page = declaration("customer")
    visit = visiting(munshi, of="C_NOBODY")
    with pytest.raises(MunshiError):
        visit.read(page.reads["profile"])
    for block in page.blocks:
        drawn = block_html(block, page, visit)
        assert "C_NOBODY" in drawn or block.key in ("history", "ahead", "unusual", "goals", "timeline", "trial")
