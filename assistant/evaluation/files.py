"""Files of golden questions: Munshi's own YAML, and the JSON of text-to-SQL benchmarks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from assistant.evaluation.golden import Golden, Rows, load_file, on_books
from governance.errors import MunshiError, SourceError

#: What benchmarks call a question's gold, and its kind.
GOLDS, KINDS = ("query", "SQL", "sql", "gold_sql"), ("difficulty", "hardness", "kind")


def read_questions(
    file: Path, query: Callable[[str], Rows], *, names: Mapping[str, str], only: str | None = None
) -> tuple[tuple[Golden, ...], tuple[str, ...]]:
    """Read a file of questions; return those whose golds run, and why the others are left out.

    Parameters
    ----------
    file
        ``.yaml`` of golden questions, or ``.json`` with a list of ``{question, query | SQL | sql, db_id}``.
    query
        Runs a SELECT on the books.
    names
        Names of tables and columns in lower case → what the workspace calls them, for the golds of a benchmark.
    only
        The ``db_id`` whose questions are asked; by default all.

    Raises
    ------
    SourceError
        There is no such file, or it is malformed.
    """
    if not file.is_file():
        raise SourceError(f"There is no {file}: give a file of golden questions, YAML or JSON.")
    try:
        found = _benchmark(file, names, only) if file.suffix == ".json" else tuple(load_file(file, query))
    except (ValidationError, yaml.YAMLError, json.JSONDecodeError) as error:
        raise SourceError(f"{file.name} holds no golden questions: {' '.join(str(error).split())[:400]}") from None
    faults = {golden.ask: fault for golden in found if (fault := _fault(golden, query))}
    return tuple(each for each in found if each.ask not in faults), tuple(
        f"{ask}: {why}" for ask, why in faults.items()
    )


def _benchmark(file: Path, names: Mapping[str, str], only: str | None) -> tuple[Golden, ...]:
    listed = json.loads(file.read_text("utf-8"))
    if not isinstance(listed, list):
        raise SourceError(f"{file.name} is no list: a text-to-SQL benchmark is one of questions with their SQL.")
    return tuple(_golden(each, names) for each in listed if only is None or each.get("db_id") == only)


def _golden(each: Mapping[str, Any], names: Mapping[str, str]) -> Golden:
    gold = next((str(each[name]) for name in GOLDS if each.get(name)), "")
    kind = next((str(each[name]) for name in KINDS if each.get(name)), "question")
    if "question" not in each or not gold:
        raise SourceError(f"A question of a benchmark needs 'question' and one of {', '.join(GOLDS)}.")
    sql = in_workspace(gold, names)
    return Golden(ask=str(each["question"]), kind=kind, sql=(sql,), ordered="order by" in gold.casefold())


def in_workspace(sql: str, names: Mapping[str, str]) -> str:
    """Return a benchmark's SQL, which is SQLite's, as the engine's, its tables and columns as the workspace's."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="sqlite")
    named = {cte.alias.casefold() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name.casefold() not in named:
            plain = names.get(table.name.casefold(), table.name.casefold())
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(plain, quoted=True))
            table.set("db", exp.to_identifier("source"))
            table.set("catalog", exp.to_identifier("books"))
    for column in tree.find_all(exp.Column):
        if not isinstance(column.this, exp.Star):
            column.set("this", exp.to_identifier(names.get(column.name.casefold(), column.name), quoted=True))
    return tree.sql("duckdb")


def _fault(golden: Golden, query: Callable[[str], Rows]) -> str:
    """Return why a gold does not run, or nothing."""
    try:
        for each in (golden, *golden.then):
            for sql in each.sql:
                query(on_books(sql))
    except MunshiError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  the engine's words say what the gold has wrong
        return str(error).split("\n", 1)[0]
    return ""
