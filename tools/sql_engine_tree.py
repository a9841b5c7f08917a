"""The second look: the engine's own parse of a statement, held to the same lists as the guard's.

The guard reads SQL with one parser, the engine runs it with another. Where they differ, this is the one that counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from governance.errors import ToolRefused, ToolRetry
from tools.sql_rules import Rules, load_rules

#: What may stand in FROM, and what a query may be, in the engine's words.
REFERENCES = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT"})
QUERY_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE"})


def check_engine_tree(serialized: Mapping[str, Any]) -> None:
    """Check what ``json_serialize_sql`` made of a statement.

    Raises
    ------
    ToolRetry
        The engine cannot parse it.
    ToolRefused
        It is not one query over the semantic views in allowed functions.
    """
    if serialized.get("error_type") == "parser":
        raise ToolRetry(f"The statement is not valid SQL: {serialized['error_message']}.")
    statements = serialized.get("statements", ())
    if serialized.get("error", True) or len(statements) != 1:
        _refuse("The engine does not read this as one query")
    nodes = list(_nodes(statements[0]))
    defined = {entry["key"].lower() for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    rules = load_rules()
    for node in nodes:
        _check(node, defined, rules)


def _check(node: Mapping[str, Any], defined: set[str], rules: Rules) -> None:
    kind = node.get("type")
    if "cte_map" in node:
        if kind not in QUERY_NODES:
            _refuse(f"The engine reads a {kind}")
    elif "class" not in node and node.keys() & {"sample", "query_location"} and kind not in REFERENCES:
        _refuse(f"The engine reads a {kind}")
    if node.get("sample"):
        _refuse("The engine reads a sample")
    if kind == "BASE_TABLE":
        _check_table(node, defined)
    if kind == "TABLE_FUNCTION" and node["function"].get("function_name", "").lower() not in rules.table_functions:
        _refuse("The engine reads a function in FROM")
    if "function_name" in node:
        name = node["function_name"].lower()
        if name not in rules.engine_callable:
            _refuse(f"The engine reads a call of {name}()")
    if node.get("class") == "PARAMETER":
        _refuse("The engine reads a parameter")


def _check_table(table: Mapping[str, Any], defined: set[str]) -> None:
    place = (table.get("catalog_name") or "", table.get("schema_name") or "")
    known = place == ("", "semantic") or (place == ("", "") and table["table_name"].lower() in defined)
    if not known or table.get("at_clause"):
        _refuse(f"The engine reads the table {'.'.join(filter(None, (*place, table['table_name'])))}")


def _nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [tree]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _refuse(problem: str) -> NoReturn:
    raise ToolRefused(f"{problem}. Allowed is one read-only SELECT over the semantic views.")
