"""Books in memory, empty, for each test that asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from memory_books import MemoryWriter

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ibis 12 reads schemas through a DuckDB function that DuckDB 1.5 calls deprecated."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"))


@pytest.fixture
def writer() -> MemoryWriter:
    return MemoryWriter()
