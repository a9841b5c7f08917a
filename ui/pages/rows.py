"""A block of rows: which table, which columns, in which order, and what a row opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tools.result import Column, Table, ToolResult
from ui.pages.acting import Offered
from ui.table_page import Page, View, table_page


@dataclass(frozen=True)
class Row:
    """What a row opens, whether the address points at it, and what can be done with it."""

    cells: tuple[Any, ...]
    href: str = ""
    pointed: bool = False
    acts: tuple[Offered, ...] = ()


def chosen_table(result: ToolResult, draw: Mapping[str, Any]) -> Table:
    """The table a block shows: by title where the result has several, its first rows, in the order declared."""
    found = named_table(result, draw.get("table")) or Table(columns=(), rows=())
    found = _headed(_with_reasons(found), draw.get("heads") or {})
    rows = _ordered(found, draw.get("order") or {})
    return found.model_copy(update={"rows": tuple(rows[: draw.get("rows", 500)])})


def named_table(result: ToolResult, title: str | None) -> Table | None:
    """The table of that title, without one the first; None where the result has none such."""
    tables = [each for each in (result.table, *result.tables) if each is not None]
    return next((each for each in tables if title is None or each.title == title), None)


def shown(table: Table, names: Sequence[str], currency: str) -> Page:
    """The named columns as the screen draws them; without names all of them."""
    places = {column.name: place for place, column in enumerate(table.columns)}
    kept = [places[name] for name in (names or places) if name in places]
    cut = Table(
        title=table.title,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
    )
    return table_page(cut, View(), currency)


def rows_of(
    table: Table,
    page: Page,
    pointed: str,
    offers: Callable[[Mapping[str, Any]], tuple[Offered, ...]] | None = None,
) -> list[Row]:
    """The page's rows with what each opens, and offers: its customer, at its transaction where it is one."""
    places = {column.name: place for place, column in enumerate(table.columns)}
    return [
        Row(
            cells,
            _opens(row, places),
            bool(pointed) and _at(row, places, "transaction_id") == pointed,
            offers(dict(zip(places, row, strict=True))) if offers else (),
        )
        for row, cells in zip(table.rows, page.rows, strict=False)
    ]


def _opens(row: Sequence[Any], places: Mapping[str, int]) -> str:
    customer, transaction = _at(row, places, "customer_id"), _at(row, places, "transaction_id")
    if opens := _at(row, places, "opens"):  # an address that a listing gives its rows
        return opens
    if not customer:
        return ""
    return f"#/customer/{quote(customer, safe='')}{f'?transaction={quote(transaction)}' if transaction else ''}"


def _at(row: Sequence[Any], places: Mapping[str, int], name: str) -> str:
    return str(row[places[name]]) if name in places and row[places[name]] is not None else ""


def _ordered(table: Table, order: Mapping[str, Sequence[str]]) -> Sequence[Sequence[Any]]:
    rows: Sequence[Sequence[Any]] = table.rows
    for name, values in order.items():
        at = next(place for place, column in enumerate(table.columns) if column.name == name)
        places = {value: place for place, value in enumerate(values)}
        rows = sorted(rows, key=lambda row: places.get(str(row[at]), len(places)))
    return rows


def _headed(table: Table, heads: Mapping[str, str]) -> Table:
    """The table with some columns called otherwise: shorter, where the block's title says the rest."""
    columns = [
        column.model_copy(update={"label": heads[column.name]}) if column.name in heads else column
        for column in table.columns
    ]
    return table.model_copy(update={"columns": tuple(columns)})


def _with_reasons(table: Table) -> Table:
    """The table with its list of reasons as one text, ``reasons_said``."""
    at = next((place for place, column in enumerate(table.columns) if column.name == "reasons"), None)
    if at is None:
        return table
    rows = tuple((*row, "; ".join(str(each) for each in row[at] or ())) for row in table.rows)
    return table.model_copy(
        update={"columns": (*table.columns, Column(name="reasons_said", label="Why")), "rows": rows}
    )
