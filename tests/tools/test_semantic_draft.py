"""The first semantic layer of a database: what is guessed, what is left open, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from library_database import LAYER, make_library

from governance.errors import SourceError, WorkspaceExists
from governance.settings import Settings
from knowledge.layer import read_layer, vocabulary_of
from tools.operations.own_database import hold_database
from tools.operations.semantic_draft import draft
from tools.operations.semantic_names import plural, singular


@pytest.fixture(scope="module")
def library_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("draft") / "library.sqlite")


def test_tables_keys_joins_times_and_measures_are_found(library_file: Path, settings: Settings) -> None:
    text = draft(str(library_file), settings=settings)
    layer = read_layer(text)
    assert {(view.name, view.key, view.time) for view in layer.views} == {
        ("books", "book_id", ""), ("members", "member_id", "joined_on"), ("orders", "lending_id", "lent_on"),
    }  # fmt: skip
    assert {join.on for join in layer.joins} == {
        "orders.book_id = books.book_id", "orders.member_id = members.member_id",
    }  # fmt: skip
    assert {each.name for each in layer.dimensions} >= {"gender", "town", "genre", "state"}
    assert {each.name: each.sums for each in layer.measures} == {"fee": True, "days": False, "pages": True}
    members = next(view for view in layer.views if view.name == "members")
    assert [column.name for column in members.columns if column.personal] == ["email"]
    assert "does pages add up" in text
    assert "'email' looks personal" in text
    assert "what do the values of state mean? (R: 240 rows, L: 60 rows)" in text
    assert "orders_with" not in vocabulary_of(layer).metrics
    assert "members_with_orders" in vocabulary_of(layer).metrics


def test_the_same_database_gives_the_same_draft(library_file: Path, settings: Settings) -> None:
    assert draft(str(library_file), settings=settings) == draft(str(library_file), settings=settings)


def test_a_draft_can_be_held_as_it_is_and_nothing_is_overwritten(
    library_file: Path, settings: Settings, tmp_path: Path
) -> None:
    written = tmp_path / "layer.yaml"
    draft(str(library_file), out=written, settings=settings)
    with pytest.raises(WorkspaceExists):
        draft(str(library_file), out=written, settings=settings)
    held = hold_database(str(library_file), written, "library", settings=settings)
    assert dict(held.rows) == {"book": 12, "member": 40, "order_": 300}


def test_a_folder_of_files_is_a_database(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "city.csv").write_text("id,name\n1,Bonn\n2,Ulm\n", "utf-8")
    (tmp_path / "shop.csv").write_text("id,city_id,opened\n1,1,2020-01-01\n2,2,2021-05-01\n3,9,2021-06-01\n", "utf-8")
    layer = read_layer(draft(str(tmp_path), settings=settings))
    assert [view.name for view in layer.views] == ["cities", "shops"]
    assert layer.joins == ()  # a third of the shops' cities is in no row of the other file


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("view: books", "view: magazines"), "is of a view 'magazines'; there are members, books, lendings"),
        (("column: genre", "column: kind"), "a column 'kind' that 'books' lacks"),
        (("time: lent_on", "time: returned"), "'lendings' has no column 'returned'"),
        (("  table: book\n", ""), "needs either 'table' or 'relation'"),
        (("{name: town, label", "{name: genre, label"), "'genre' stands for more than one thing"),
        (("unit: days", "unit: parsecs"), "unit"),
        (("database: Library", "database: [Library"), "is no YAML"),
    ],
)
def test_a_layer_that_does_not_hold_together_says_why(change: tuple[str, str], fault: str) -> None:
    with pytest.raises(SourceError, match=fault):
        read_layer(LAYER.replace(*change, 1))


def test_a_layer_that_does_not_fit_the_tables_changes_nothing(library_file: Path, settings: Settings) -> None:
    wrong = settings.home.parent / "wrong.yaml"
    wrong.write_text(LAYER.replace("key: lending_id", "key: member_id"), "utf-8")
    with pytest.raises(SourceError, match="'member_id' is no key of the view 'lendings'"):
        hold_database(str(library_file), wrong, "library", settings=settings)
    wrong.write_text(LAYER.replace("table: order_", "table: orders"), "utf-8")
    with pytest.raises(SourceError, match="no table of the database"):
        hold_database(str(library_file), wrong, "library", settings=settings)


def test_what_is_no_database_is_refused(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "note.txt").write_text("nothing", "utf-8")
    for address, why in (
        (tmp_path / "note.txt", "neither"),
        (tmp_path / "gone.duckdb", "There is no"),
        (tmp_path, "no table"),
    ):
        with pytest.raises(SourceError, match=why):
            draft(str(address), settings=settings)


@pytest.mark.parametrize(
    ("one", "many"), [("loan", "loans"), ("city", "cities"), ("box", "boxes"), ("person", "people"), ("day", "days")]
)
def test_plurals_and_singulars(one: str, many: str) -> None:
    assert plural(one) == many
    assert singular(many) == one
    assert singular(one) == one
