"""What the workspace says of itself, counted again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analytics.schema import SCHEMA_VERSION
from governance.settings import Settings
from tools.result import ToolResult
from tools.toolbox import Toolbox

PARTS = ("customers", "accounts", "transactions", "loans", "instalments", "sessions")


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


@pytest.fixture(scope="module")
def status(toolbox: Toolbox) -> ToolResult:
    return toolbox.workspace_status()


def test_rows_are_counted_as_they_lie_in_the_books(toolbox: Toolbox, status: ToolResult) -> None:
    counted = {
        part: toolbox.workspace.query(toolbox.principal, f"SELECT count(*) FROM books.core.{part}").rows[0][0]
        for part in PARTS
    }
    assert dict(status.table.rows) == counted
    assert {part: status.facts[part].value for part in PARTS} == counted
    assert counted["transactions"] > 100_000


def test_the_data_clock_is_the_newest_posting(toolbox: Toolbox, status: ToolResult) -> None:
    newest = toolbox.workspace.query(toolbox.principal, "SELECT max(posted_at)::DATE FROM books.core.transactions").rows
    assert status.as_of == status.facts["data_clock"].value == newest[0][0]


def test_source_currency_schema_and_models_are_told(toolbox: Toolbox, status: ToolResult) -> None:
    facts = {name: fact.value for name, fact in status.facts.items()}
    assert (facts["source"], facts["currency"], facts["schema_version"]) == ("sandbox", "INR", SCHEMA_VERSION)
    assert facts["snapshot"] == toolbox.workspace.reader(toolbox.principal).snapshot
    registry = "SELECT model, version FROM books.models.registry WHERE alias = 'champion'"
    assert status.model_versions == dict(toolbox.workspace.query(toolbox.principal, registry).rows)
    assert status.warnings == ()
