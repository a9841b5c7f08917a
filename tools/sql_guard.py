"""What free SQL may say: one query over the semantic views, in ordinary functions.

The statement is parsed, every node of its tree must be of a known kind, every table a semantic view or a common table
expression in scope, every call on the list in ``sql_functions.yaml``. What runs is written anew from the checked tree.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

from governance.errors import ToolRefused, ToolRetry, did_you_mean
from tools.sql_rules import Rules, load_rules, nearest

if TYPE_CHECKING:
    from sqlglot import exp

MAX_LENGTH = 20_000
#: Control characters other than tab and line ends: none belongs in a statement.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
PLAIN_NAME = re.compile(r"\w+")
#: What may be written without quotes: words of the language, as the parser keeps them outside names and literals.
WORDS = re.compile(r"[\w ]*")
TEXTS = frozenset({"Identifier", "Literal", "RawString"})
CLOCK_WARNING = "The statement uses the machine's clock; the books end on their own date, the newest posting."


@dataclass(frozen=True)
class GuardedSql:
    """A statement that passed.

    Attributes
    ----------
    sql
        What may run: written from the checked tree, views qualified, no comments.
    tables
        The semantic views it reads, sorted.
    warnings
        What an answer made from it should say.
    """

    sql: str
    tables: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def check(sql: str, views: Collection[str]) -> GuardedSql:
    """Check a statement and return what may run in its place.

    Parameters
    ----------
    sql
        One SELECT in DuckDB's dialect.
    views
        Names of the semantic views within reach, or a mapping from them.

    Raises
    ------
    ToolRefused
        The statement asks for something no statement may.
    ToolRetry
        It is not valid SQL, or names a view that does not exist.
    """
    if len(sql) > MAX_LENGTH:
        raise ToolRetry(f"The statement has {len(sql)} characters; at most {MAX_LENGTH} are read. Say it shorter.")
    if CONTROL.search(sql):
        raise ToolRefused("The statement holds control characters. Type it in plain text.")
    try:
        first = _checked(sql, views)
        again = _checked(first.sql, views)
    except RecursionError:
        raise ToolRetry("The statement is nested too deeply. Name its parts with WITH.") from None
    if again.sql != first.sql:
        raise ToolRetry("The statement cannot be read in one way only. Write it more plainly.")
    return first


def _checked(sql: str, views: Collection[str]) -> GuardedSql:
    from sqlglot.errors import UnsupportedError

    from tools.sql_dialect import render

    rules = load_rules()
    tree = _query(sql, rules)
    for node in tree.walk():
        _check_node(node, rules)
    tables = _qualify_tables(tree, {view.lower(): view for view in views}, rules)
    asked = [_check_call(node, rules) for node in tree.walk()]
    try:
        return GuardedSql(render(tree), tuple(sorted(tables)), (CLOCK_WARNING,) if any(asked) else ())
    except UnsupportedError as error:
        raise ToolRetry(f"The statement cannot be written safely: {error}") from None


def _query(sql: str, rules: Rules) -> exp.Expr:
    """Return the one query that ``sql`` is."""
    from sqlglot.errors import ParseError, TokenError

    from tools.sql_dialect import parse, tokens

    try:
        _check_tokens(tokens(sql), rules)
        statements = parse(sql)
    except (ParseError, TokenError) as error:
        raise ToolRetry(f"The statement is not valid SQL: {_said(error)}") from None
    if len(statements) != 1:
        raise ToolRetry("There is no statement. Write one SELECT over the semantic views.")
    if type(statements[0]).__name__ not in rules.queries:
        _refuse("This is not a query")
    return statements[0]


def _check_tokens(found: list[Any], rules: Rules) -> None:
    """Refuse what the parser would overlook: more than one statement, another statement's first word, ``0x1F``."""
    words = [token for token in found if token.token_type.name != "SEMICOLON"]
    ends = [index for index, token in enumerate(found) if token.token_type.name == "SEMICOLON"]
    if ends and ends[0] < len(words):
        _refuse("Only one statement may be given")
    opening = next((token.text.lower() for token in words if token.text != "("), "")
    if opening in rules.statements:
        _refuse(f"{opening.upper()} is not a query")
    for left, right in pairwise(words):
        if left.token_type.name == "NUMBER" and right.token_type.name == "VAR" and right.start == left.end + 1:
            raise ToolRetry(f"'{left.text}{right.text}' is not a number. Write it in plain digits.")


def _check_node(node: exp.Expr, rules: Rules) -> None:
    kind = type(node).__name__
    if kind not in rules.nodes:
        _refuse(f"{_spelled(kind)} is not part of a query over the views")
    if kind == "With" and node.args.get("recursive"):
        _refuse("A recursive common table expression has no bound")
    if kind not in TEXTS and any(not WORDS.fullmatch(word) for word in node.args.values() if isinstance(word, str)):
        _refuse("A quoted name stands where the language has a word of its own")
    if kind == "DataType" and node.this.name == "USERDEFINED":
        raise ToolRetry(f"There is no type {node.args.get('kind')}.")
    if kind == "Pivot":
        _check_pivot(node)
    if kind == "Dot" and type(node.expression).__name__ == "Anonymous":
        _refuse(f"A call is written {node.expression.name}(x), not x.{node.expression.name}()")


def _check_pivot(node: exp.Expr) -> None:
    """Refuse a pivot whose columns are not written out: the engine makes temporary types for it."""
    if node.args.get("unpivot"):
        return
    columns = node.args.get("fields") or node.expressions
    if any(type(column).__name__ != "In" or not column.expressions for column in columns):
        raise ToolRetry("PIVOT needs its values written out: ON column IN ('first', 'second').")


def _qualify_tables(tree: exp.Expr, views: dict[str, str], rules: Rules) -> set[str]:
    """Qualify every view with its schema, and return the views; ``tree`` changes."""
    used: set[str] = set()
    waiting: list[tuple[exp.Expr, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        node, scope = waiting.pop()
        if type(node).__name__ == "Table":
            used |= _qualify(node, scope, views, rules)
        shared = node.args.get("with_")
        for definition in shared.expressions if shared else ():
            _check_name(definition.alias, rules)
            waiting.append((definition, scope))
            scope |= {definition.alias.lower()}
        waiting.extend((child, scope) for child in node.iter_expressions() if child is not shared)
    return used


def _qualify(table: exp.Expr, scope: frozenset[str], views: dict[str, str], rules: Rules) -> set[str]:
    from sqlglot import exp

    schema, catalog = table.text("db"), table.text("catalog")
    if catalog or schema.lower() not in ("", "semantic"):
        _refuse(f"{'.'.join(filter(None, (catalog, schema, table.name)))} is outside the semantic views")
    if isinstance(table.this, exp.Anonymous):
        if schema or table.this.name.lower() not in rules.table_functions:
            _refuse(f"{table.this.name}() may not stand in FROM")
        return set()
    if not isinstance(table.this, exp.Identifier):
        _refuse("FROM takes the name of a view")
    name = table.name.lower()
    if not schema and name in scope:
        return set()
    if name not in views:
        _check_name(table.name, rules)
        raise ToolRetry(f"There is no view '{table.name}'.{did_you_mean(table.name, views.values(), shown=20)}")
    table.set("this", exp.to_identifier(views[name], quoted=True))
    table.set("db", exp.to_identifier("semantic", quoted=True))
    return {views[name]}


def _check_name(name: str, rules: Rules) -> None:
    if not PLAIN_NAME.fullmatch(name):
        _refuse(f"'{name}' is not a plain name; files and addresses are out of reach")
    if rules.engine_tables.fullmatch(name.lower()):
        _refuse(f"'{name}' belongs to the engine")


def _check_call(node: exp.Expr, rules: Rules) -> bool:
    """Refuse a call that is not on the list; return whether it asks the machine's clock."""
    kind = type(node).__name__
    if kind in ("CurrentDate", "CurrentTimestamp"):
        return True
    if kind == "Column" and not node.text("table") and node.name.lower() in rules.session_names:
        _refuse(f"'{node.name}' is the engine's word for its own session; qualify a column of that name")
    if kind != "Anonymous":
        return False
    name = node.name.lower()
    if name not in rules.callable:
        _refuse(f"{name}() is not among the functions a statement may call{nearest(name, rules.callable)}")
    rules.check_arguments(name, node)
    return name in rules.clock


def _spelled(kind: str) -> str:
    """``HistoricalData`` as a person reads it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).upper()


def _said(error: Exception) -> str:
    """Return the first line of what the parser said, without the colours of a terminal."""
    return re.sub(r"\x1b\[\d*m", "", str(error)).strip().split("\n", 1)[0]


def _refuse(problem: str) -> NoReturn:
    raise ToolRefused(f"{problem}. Allowed is one read-only SELECT over the semantic views.")
