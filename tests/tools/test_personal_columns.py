"""Personal columns: masked in every view for who may not see them, as they are for who may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from governance.personal_data import PERSONAL_COLUMNS
from governance.principal import Principal
from governance.settings import Settings
from knowledge.vocabulary import load_vocabulary
from tools.toolbox import Toolbox

KEEPER = Principal("kim", "demo", "compliance")
#: Where the canonical tables keep each personal column.
HOMES = {
    "customers": ("full_name", "birth_date", "phone", "email", "tax_pan", "employer"),
    "accounts": ("card_number",),
    "transactions": ("narration", "counterparty", "vpa", "remark"),
    "recurring_payments": ("party",),
}
SHOWN = [
    (view.name, column.name)
    for view in load_vocabulary().views.values()
    for column in view.columns
    if column.name in PERSONAL_COLUMNS
]


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


def values(toolbox: Toolbox, principal: Principal, column: str, table: str) -> set[object]:
    sql = f'SELECT DISTINCT "{column}" FROM {table} WHERE "{column}" IS NOT NULL'
    return {row[0] for row in toolbox.workspace.query(principal, sql).rows}


def test_every_personal_column_has_a_home_here() -> None:
    assert {column for columns in HOMES.values() for column in columns} == PERSONAL_COLUMNS
    assert len(SHOWN) >= len(PERSONAL_COLUMNS)


@pytest.mark.parametrize(("view", "column"), SHOWN, ids=lambda value: value)
def test_a_personal_column_is_masked_for_the_risk_manager_and_clear_for_compliance(
    toolbox: Toolbox, view: str, column: str
) -> None:
    home = next(table for table, columns in HOMES.items() if column in columns)
    real = values(toolbox, toolbox.principal, column, f"books.core.{home}")
    masked = values(toolbox, toolbox.principal, column, f'semantic."{view}"')
    clear = values(toolbox, KEEPER, column, f'semantic."{view}"')
    assert real
    assert masked
    assert clear == real if view == home else clear <= real
    if column == "birth_date":
        assert all((day.month, day.day) == (1, 1) for day in masked)
    else:
        assert not masked & real
        assert all("•" in str(value) for value in masked)


def test_no_alias_function_or_join_unmasks(toolbox: Toolbox) -> None:
    real = values(toolbox, toolbox.principal, "full_name", "books.core.customers")
    for sql in (
        "SELECT full_name AS city FROM customers",
        "SELECT upper(full_name) FROM customers",
        "SELECT b.full_name FROM borrowers AS b JOIN customers AS c ON c.full_name = b.full_name LIMIT 50",
        "SELECT string_agg(full_name, ',') FROM customers",
    ):
        shown = "".join(str(cell) for row in toolbox.run_sql(sql=sql).table.rows for cell in row).casefold()
        assert shown
        assert not [name for name in real if name.casefold() in shown]


def test_the_profile_masks_the_name_unless_the_caller_may_see_it(toolbox: Toolbox) -> None:
    customer, name = toolbox.workspace.query(
        toolbox.principal, "SELECT customer_id, full_name FROM books.core.customers ORDER BY customer_id LIMIT 1"
    ).rows[0]
    compliance = Toolbox(toolbox.workspace, KEEPER)
    assert toolbox.customer_profile(customer_id=customer).facts["full_name"].value == f"{name[0]}•••"
    assert compliance.customer_profile(customer_id=customer).facts["full_name"].value == name


def test_masking_changes_no_figure(toolbox: Toolbox) -> None:
    compliance = Toolbox(toolbox.workspace, KEEPER)
    assert compliance.top_risky_borrowers(limit=20) == toolbox.top_risky_borrowers(limit=20)
