"""A first semantic layer of a database, written for a person to edit: what was guessed, why, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from analytics.outside.examine import Examined, examine
from analytics.outside.profile import ColumnProfile, Inclusion
from governance.errors import WorkspaceExists
from governance.settings import Settings, load_settings
from knowledge.layer import read_layer
from tools.operations.semantic_guess import (
    LISTED,
    ViewGuess,
    adds_up,
    discrete,
    joins,
    key_of,
    unit_of,
    views,
)
from tools.operations.semantic_names import label, plural, singular

HEAD = """\
# A first semantic layer of {address}, guessed from its schema and values. Edit it, then take the database in:
#   munshi semantic hold DATABASE --semantic FILE --workspace NAME
# `views` are the tables as they may be asked about, `words` what their rows are called (in the singular), `time` the
# date that periods refer to. `measures` are numbers of a row: their totals, averages, medians, largest and smallest
# values come by themselves. `dimensions` split and filter; `values` are value → other ways people say it. Lines with
# "open:" want a decision.
"""


def draft(address: str, *, out: Path | None = None, settings: Settings | None = None) -> str:
    """Return the first semantic layer of a database as YAML; the same database gives the same text.

    Parameters
    ----------
    address
        A DuckDB or SQLite file, a CSV or Parquet file, a folder of such, or an address that Ibis opens.
    out
        Where to write it too.

    Raises
    ------
    SourceError
        The database cannot be read.
    WorkspaceExists
        ``out`` exists already; it is left alone.
    """
    if out is not None and out.exists():
        raise WorkspaceExists(f"{out} exists already. Give a new file name; nothing was overwritten.")
    limits = settings or load_settings()
    examined = examine(address, key_of, threads=limits.threads, memory=limits.reader_memory)
    text = "\n".join(_lines(address, examined)) + "\n"
    read_layer(text)
    if out is not None:
        out.write_text(text, "utf-8")
    return text


def _lines(address: str, examined: Examined) -> Iterator[str]:
    guesses = list(views(examined))
    leading, _ = joins(examined)
    shown = f"a {address.partition(':')[0]} database" if "://" in address else Path(address).name
    yield HEAD.format(address=shown)
    yield f"database: {_scalar(label(Path(address).stem if '://' not in address else 'database'))}"
    yield '# open: the currency of money (ISO 4217); the day (clock) that "last month" is relative to'
    yield 'currency: ""'
    yield "views:"
    for guess in guesses:
        yield from _view_lines(guess)
    yield "joins:"
    yield from _or_none(_join_lines(leading, {guess.table.name: guess for guess in guesses}))
    used = _Names(guesses)
    yield "dimensions:"
    yield from _or_none(line for guess in guesses for line in _dimension_lines(guess, used))
    yield "measures:"
    yield from _or_none(line for guess in guesses for line in _measure_lines(guess, used))
    yield "metrics:"
    yield from _or_none(_metric_lines(leading, {guess.table.name: guess for guess in guesses}))


def _or_none(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a list, or what an empty one is written as."""
    written = False
    for line in lines:
        written = True
        yield line
    if not written:
        yield "  []"


class _Names:
    """Gives columns names of their own: as they are where one table alone has them, else with the table's word."""

    def __init__(self, guesses: Sequence[ViewGuess]) -> None:
        told = [name for guess in guesses for name in (*guess.dimensions, *guess.measures)]
        self._shared = {name for name in told if told.count(name) > 1}
        self._taken = {guess.name for guess in guesses} | {f"{guess.word}_id" for guess in guesses}

    def of(self, guess: ViewGuess, column: str) -> str:
        plain = f"{guess.word}_{column}" if column in self._shared or column in self._taken else column
        name, count = plain, 2
        while name in self._taken:
            name, count = f"{plain}_{count}", count + 1
        self._taken |= {name, f"{name}_value"}
        return name


def _view_lines(guess: ViewGuess) -> Iterator[str]:
    table = guess.table
    yield f"- name: {guess.name}"
    yield f"  label: {_scalar(label(guess.name))}"
    told = f"One row per {_said(guess.word)}: {table.rows:,} in the table {table.original}."
    yield f"  description: {_scalar(told)}"
    yield f"  table: {table.name}"
    if guess.key:
        yield f"  key: {guess.key}  # every row has a value of its own"
    yield f"  words: [{guess.word.replace('_', ' ')}]"
    if guess.time:
        column = table.columns[guess.time]
        yield f"  time: {guess.time}  # {column.low} to {column.high}"
    for doubt in guess.open:
        yield f"  # open: {doubt}"
    yield "  columns:"
    for column in table.columns.values():
        yield f"  - {_flow(_column(guess, column))}"


def _column(guess: ViewGuess, column: ColumnProfile) -> dict[str, Any]:
    own = guess.table.renamed.get(column.name)
    told = f"in the source {own}" if own else ""
    empty = guess.table.rows - column.filled
    told = "; ".join(part for part in (told, f"empty in {empty:,} rows" if empty else "") if part)
    found = {"name": column.name, "type": column.type, "description": told}
    return {**found, "personal": True} if column.name in guess.personal else found


def _join_lines(leading: Sequence[Inclusion], guesses: Mapping[str, ViewGuess]) -> Iterator[str]:
    for each in leading:
        left, right = guesses[each.left].name, guesses[each.right].name
        on = {"left": left, "right": right, "on": f"{left}.{each.column} = {right}.{each.key}"}
        missing = each.distinct - each.found
        why = f"{missing} of {each.distinct} values find no row" if missing else f"all {each.distinct} values are there"
        yield f"- {_flow(on)}  # {why}"


def _dimension_lines(guess: ViewGuess, used: _Names) -> Iterator[str]:
    for column in (guess.table.columns[name] for name in guess.dimensions):
        name = used.of(guess, column.name)
        declared: dict[str, Any] = {
            "name": name, "label": label(name), "description": f"{label(column.name)} of the {_said(guess.word)}.",
            "view": guess.name, "column": column.name,
        }  # fmt: skip
        if column.kind == "boolean":
            declared["kind"] = "boolean"
        declared["synonyms"] = _synonyms(name, column.name)
        if column.kind != "boolean" and len(column.values) <= LISTED:
            declared["values"] = {value: [] for value, _ in column.values}
        coded = column.kind == "text" and column.values and max(len(value) for value, _ in column.values) <= 2
        if coded:
            told = ", ".join(f"{value}: {rows:,} rows" for value, rows in column.values[:6])
            yield f"# open: what do the values of {name} mean? ({told})"
        yield f"- {_flow(declared)}"


def _measure_lines(guess: ViewGuess, used: _Names) -> Iterator[str]:
    for column in (guess.table.columns[name] for name in guess.measures):
        name = used.of(guess, column.name)
        sums = adds_up(column)
        declared: dict[str, Any] = {
            "name": name, "label": label(name), "description": f"{label(column.name)} of the {_said(guess.word)}.",
            "view": guess.name, "column": column.name, "unit": unit_of(column),
            "statistic": "average" if sums is False else "sum", "synonyms": _synonyms(name, column.name),
        }  # fmt: skip
        if sums is False:
            declared["sums"] = False
        if discrete(column):
            declared["discrete"] = True
        if sums is None:
            span = f"{column.low} to {column.high}"
            yield f"# open: does {name} add up over rows, and in which unit? It is taken to ({span})"
        yield f"- {_flow(declared)}"


def _metric_lines(leading: Sequence[Inclusion], guesses: Mapping[str, ViewGuess]) -> Iterator[str]:
    """Yield how many rows of one table have rows of another: accounts with a loan."""
    written = set()
    for each in leading:
        child, parent = guesses[each.left], guesses[each.right]
        name = f"{parent.name}_with_{child.name}"
        if name in written:
            continue
        written.add(name)
        many, one, have = _said(parent.name), _said(child.word), _said(child.name)
        ways = [f"{many} {having} {what}" for having in ("with", "having", "have", "that have", "who have", "has")
                for what in (have, f"a {one}")]  # fmt: skip
        declared = {
            "name": name, "label": f"{label(parent.name)} with {have}",
            "description": f"{label(parent.name)} that at least one of the {have} leads to.", "view": child.name,
            "expression": f'count(DISTINCT "{each.column}")', "unit": "count", "synonyms": ways,
        }  # fmt: skip
        yield f"- {_flow({**declared, 'time': child.time} if child.time else declared)}"


def _synonyms(name: str, column: str) -> list[str]:
    """Return other ways to say a name: without the table's word, in the plural."""
    ways = [column.replace("_", " "), plural(singular(column)).replace("_", " ")]
    return [way for way in dict.fromkeys(ways) if way != name.replace("_", " ")]


def _said(name: str) -> str:
    return name.replace("_", " ")


def _flow(declared: Mapping[str, Any]) -> str:
    options: dict[str, Any] = {"default_flow_style": True, "sort_keys": False, "width": 10**6, "allow_unicode": True}
    return str(yaml.safe_dump(dict(declared), **options)).strip()


def _scalar(text: str) -> str:
    return yaml.safe_dump(text, width=10**6, allow_unicode=True).split("\n...")[0].strip()
