"""DuckDB's SQL, read and written word for word: a function keeps the name its asker gave it."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import ErrorLevel, TokenType, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import Token

#: Calls with a syntax of their own; all others are parsed as name and arguments.
SPELLED_OUT = ("CAST", "TRY_CAST", "EXTRACT", "SUBSTRING", "TRIM")


class Verbatim(DuckDB):
    """DuckDB without sqlglot's translations, which rename calls and drop what they cannot place."""

    class Parser(DuckDBParser):
        """Every call but `SPELLED_OUT` becomes ``exp.Anonymous``."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {"COLUMNS": lambda args: exp.Columns(this=args[0] if args else None)}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: parser for name, parser in DuckDBParser.FUNCTION_PARSERS.items() if name in SPELLED_OUT
        }
        NO_PAREN_FUNCTIONS: ClassVar[dict[TokenType, Any]] = {
            TokenType.CURRENT_DATE: exp.CurrentDate,
            TokenType.CURRENT_TIMESTAMP: exp.CurrentTimestamp,
        }

        def _warn_unsupported(self) -> None:
            """Stay silent: the guard refuses what is not a query, and a log line would carry the statement."""

    class Generator(DuckDBGenerator):
        """Writes what was read."""

        def ignorenulls_sql(self, expression: exp.IgnoreNulls) -> str:
            """Write ``x IGNORE NULLS``."""
            return f"{self.sql(expression, 'this')} IGNORE NULLS"

        def respectnulls_sql(self, expression: exp.RespectNulls) -> str:
            """Write ``x RESPECT NULLS``."""
            return f"{self.sql(expression, 'this')} RESPECT NULLS"

        def withingroup_sql(self, expression: exp.WithinGroup) -> str:
            """Write ``f(x) WITHIN GROUP (ORDER BY y)``."""
            return f"{self.sql(expression, 'this')} WITHIN GROUP ({self.sql(expression, 'expression').strip()})"


#: The engine's version decides what ``~`` means.
DIALECT = Verbatim(version="1.5.5")


def tokens(sql: str) -> list[Token]:
    """Return the tokens of ``sql``; raises ``sqlglot.errors.TokenError``."""
    return list(DIALECT.tokenize(sql))


def parse(sql: str) -> list[exp.Expr]:
    """Return the statements of ``sql``; raises ``sqlglot.errors.ParseError``."""
    found = DIALECT.parse(sql, error_level=ErrorLevel.IMMEDIATE)
    return [statement for statement in found if statement is not None and not isinstance(statement, exp.Semicolon)]


def render(tree: exp.Expr) -> str:
    """Return ``tree`` as text: every identifier quoted, no comment; raises ``sqlglot.errors.UnsupportedError``."""
    return DIALECT.generate(tree, identify=True, comments=False, unsupported_level=ErrorLevel.RAISE)
