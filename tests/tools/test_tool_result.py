"""A result as JSON: what every face but Python's sees."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from governance.settings import Settings
from tools.result import Column, Fact, Table, ToolResult
from tools.toolbox import Toolbox

PLAIN_DIGITS = re.compile(r"-?\d+(\.\d+)?")

#: What a column of this type holds in JSON, null aside.
IN_JSON = {
    "text": lambda cell: isinstance(cell, str),
    "integer": lambda cell: type(cell) is int,
    "decimal": lambda cell: bool(PLAIN_DIGITS.fullmatch(cell)),
    "float": lambda cell: isinstance(cell, int | float) and math.isfinite(cell),
    "date": lambda cell: bool(dt.date.fromisoformat(cell)),
    "datetime": lambda cell: bool(dt.datetime.fromisoformat(cell)),
    "boolean": lambda cell: type(cell) is bool,
    "list": lambda cell: isinstance(cell, list),
}

ENGINE_VALUES = """
SELECT 0::DECIMAL(18, 8) AS small, '12345678901234567890.12'::DECIMAL(38, 2) AS large, -0.1::DECIMAL(18, 2) AS minus,
       'nan'::DOUBLE AS nan, 'inf'::DOUBLE AS infinite, 1e20 AS real, DATE '2026-02-28' AS day,
       TIMESTAMP '2026-02-28 10:00:00' AS moment, TRUE AS yes, [0::DECIMAL(18, 8)] AS amounts,
       9007199254740993 AS wide, NULL AS nothing, 'é₹' AS words
""".strip()


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


@pytest.fixture(scope="module")
def results(toolbox: Toolbox) -> dict[str, ToolResult]:
    """A result of every tool, with every type the engine has."""
    borrower = toolbox.top_risky_borrowers(limit=1).table.rows[0][1]
    split = {"dimensions": ["product"], "grain": "month"}
    calls: dict[str, dict[str, Any]] = {
        "query_metrics": {"metrics": ["outstanding", "npa_ratio", "open_loans"], **split},
        "top_risky_borrowers": {"limit": 20, "by": "expected_loss"},
        "customer_profile": {"customer_id": borrower},
        "explain_prediction": {"customer_id": borrower},
        "what_if": {"customer_id": borrower, "changes": {"income": "+10%"}},
        "stress_test": {"changes": {"income": "-10%"}},
        "compare_customers": {"customer_id": borrower},
        "search_knowledge": {"question": "when is a loan an NPA"},
        "model_card": {},
        "workspace_status": {},
        "run_sql": {"sql": ENGINE_VALUES},
    }
    return {name: toolbox.call(name, arguments) for name, arguments in calls.items()}


def test_cells_and_figures_are_of_their_columns_type_in_json(results: dict[str, ToolResult]) -> None:
    for name, result in results.items():
        told = json.loads(json.dumps(result.model_dump(mode="json"), allow_nan=False))
        tables = [table for table in (told["table"], *told["tables"]) if table is not None]
        assert tables or name == "search_knowledge"
        for table in tables:
            for row in table["rows"]:
                for column, cell in zip(table["columns"], row, strict=True):
                    assert cell is None or IN_JSON[column["type"]](cell), (name, column["name"], cell)


def test_a_result_comes_back_from_its_json_as_the_same_json(results: dict[str, ToolResult]) -> None:
    for result in results.values():
        told = result.model_dump_json()
        assert ToolResult.model_validate_json(told).model_dump_json() == told
        assert json.loads(told) == result.model_dump(mode="json")


def test_values_of_the_engine_survive_to_the_digit(results: dict[str, ToolResult]) -> None:
    row = results["run_sql"].model_dump(mode="json")["table"]["rows"][0]
    assert row == [
        "0.00000000", "12345678901234567890.12", "-0.10", None, None, 1e20, "2026-02-28",
        "2026-02-28T10:00:00", True, ["0.00000000"], 9007199254740993, None, "é₹",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Decimal("0E-8"), "0.00000000"),
        (Decimal("1E+5"), "100000"),
        (Decimal("-12.50"), "-12.50"),
        (b"\xaa\x00", "aa00"),
        ({"paid": Decimal("0E-8")}, {"paid": "0.00000000"}),
        (dt.date(2026, 2, 28), "2026-02-28"),
        (dt.timedelta(days=1), "P1D"),
        (math.nan, None),
        (True, True),
        (7, 7),
    ],
    ids=str,
)
def test_a_cell_in_json(value: Any, told: Any) -> None:
    table = Table(columns=(Column(name="x", label="X"),), rows=((value,),))
    assert table.model_dump(mode="json")["rows"] == [[told]]
    assert table.model_dump()["rows"] == ((value,),)


def test_a_figure_keeps_its_type() -> None:
    for value in (True, 3, 0.25, Decimal("1.50"), dt.date(2026, 2, 28), "2026-02-28", None):
        kept = Fact(value=value).value
        assert (kept, type(kept)) == (value, type(value))
