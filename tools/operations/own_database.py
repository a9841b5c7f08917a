"""A database of one's own in a workspace: its tables copied into the books, its semantic layer beside them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from governance.errors import MunshiError, SourceError, WorkspaceExists, did_you_mean
from governance.principal import local_principal
from governance.settings import Settings, load_settings
from knowledge.compile import compile_query
from knowledge.documents import Document, document_from_markdown
from knowledge.layer import SCHEMA, Layer, read_layer, vocabulary_of
from knowledge.query import MetricQuery
from knowledge.resolve import join_paths
from knowledge.views import view_sql
from tools.operations.fill import open_or_create
from tools.operations.knowledge_base import write_documents
from tools.operations.progress import Progress, silent

if TYPE_CHECKING:
    from analytics.warehouse import Writer
    from knowledge.vocabulary import Vocabulary


@dataclass(frozen=True)
class Held:
    """What a workspace holds now: rows of each table, and the day that "last month" is relative to."""

    workspace: str
    database: str
    rows: Mapping[str, int]
    data_clock: dt.date
    metrics: int
    dimensions: int


def hold_database(
    address: str | None,
    semantic: Path,
    name: str,
    *,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Held:
    """Copy a database into a workspace under its semantic layer, or give the database there another layer.

    Parameters
    ----------
    address
        What `analytics.outside.reading.outside_tables` opens; None keeps the tables that are there.
    semantic
        The file of the layer.

    Raises
    ------
    SourceError
        The database or the layer cannot be read, or do not fit each other; nothing was changed.
    WorkspaceExists
        The workspace holds a lender's books.
    """
    if not semantic.is_file():
        raise SourceError(f"There is no {semantic}. Draft a semantic layer first: `munshi semantic draft`.")
    text = semantic.read_text("utf-8")
    layer = read_layer(text)
    workspace = open_or_create(name, settings or load_settings())
    with workspace:
        with workspace.lake.writer("taking a database in") as writer:
            _refuse_books(writer, name)
            if address is not None:
                progress("Copying the tables", 0.1)
                _copy(writer, address)
            progress("Trying the semantic layer", 0.7)
            held = _hold(writer, name, layer, text)
        principal = local_principal(name)
        workspace.layers.keep(workspace.reader(principal).snapshot, text)
    progress("Done", 1.0)
    return held


@contextmanager
def passing_workspace(address: str, semantic: Path | None, settings: Settings) -> Iterator[tuple[str, Settings]]:
    """Hold a database in a workspace that is gone afterwards; yield its name and the settings that open it.

    Parameters
    ----------
    semantic
        The file of its layer; None for the one that is drafted of it.

    Raises
    ------
    SourceError
        As `hold_database`.
    """
    from tools.operations.semantic_draft import draft

    with tempfile.TemporaryDirectory(prefix="munshi-") as scratch:
        place = Path(scratch)
        passing = {"home": place / "home", "key_file": place / "key" / "master.key", "master_key": None}
        own = settings.model_copy(update=passing)
        if semantic is None:
            semantic = place / "semantic.yaml"
            draft(address, out=semantic, settings=own)
        hold_database(address, semantic, "database", settings=own)
        yield "database", own


def _refuse_books(writer: Writer, name: str) -> None:
    if writer.execute("SELECT count(*) FROM books.core.customers").rows[0][0]:
        raise WorkspaceExists(
            f"Workspace {name} holds a lender's books. Give the database a workspace of its own: --workspace NAME."
        )


def _copy(writer: Writer, address: str) -> None:
    from analytics.outside.reading import outside_tables

    writer.execute(f"CREATE SCHEMA IF NOT EXISTS books.{SCHEMA}")
    writer.settle()
    there = {table for table, _ in _tables(writer)}
    renamed: dict[str, str] = {}
    for table in outside_tables(writer.connection, address):
        writer.replace(f'{SCHEMA}."{table.name}"', table.select)
        there.discard(table.name)
        renamed |= {own.casefold(): plain for plain, own in ((table.name, table.original), *table.renamed.items())}
    for gone in sorted(there):
        writer.execute(f'DROP TABLE books.{SCHEMA}."{gone}"')
    writer.set_meta("renamed", json.dumps(renamed))


def _tables(writer: Writer) -> list[tuple[str, int]]:
    found = writer.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'books' AND schema_name = ? ORDER BY 1", [SCHEMA]
    ).rows
    return [(name, _one(writer, f'SELECT count(*) FROM books.{SCHEMA}."{name}"')) for (name,) in found]


def _hold(writer: Writer, name: str, layer: Layer, text: str) -> Held:
    rows = dict(_tables(writer))
    if not rows:
        raise SourceError(f"Workspace {name} holds no database yet. Name one: `munshi semantic hold DATABASE`.")
    vocabulary = vocabulary_of(layer)
    for view in layer.views:
        if view.table and view.table not in rows:
            raise SourceError(f"View '{view.name}' is of no table of the database.{did_you_mean(view.table, rows)}")
    _try_views(writer, vocabulary)
    clock = layer.clock or _newest(writer, layer)
    _try_figures(writer, vocabulary, clock)
    facts = {"data_clock": clock.isoformat(), "currency": layer.currency, "source": layer.database}
    for key, value in {**facts, "semantic": str(hash_of(text))}.items():
        writer.set_meta(key, value)
    write_documents(writer, [definitions(layer, clock)])
    return Held(name, layer.database, rows, clock, len(vocabulary.metrics), len(vocabulary.dimensions))


def hash_of(text: str) -> str:
    """Return a digest of a layer's text: a layer that changes is a change of the books."""
    return hashlib.sha256(text.encode()).hexdigest()


def _try_views(writer: Writer, vocabulary: Vocabulary) -> None:
    """Try every view, and that its key is one.

    Raises
    ------
    SourceError
        One does not fit the tables.
    """
    for view in vocabulary.views.values():
        select = view_sql(view, show_personal=False, partitions={})
        _try(writer, f"EXPLAIN SELECT * FROM ({select})", f"View '{view.name}'")
        key = next((e.key for e in vocabulary.entities if e.view == view.name and e.key), "")
        column = vocabulary.dimensions[key].column if key else ""
        if column:
            twice = _one(writer, f'SELECT count(*) - count(DISTINCT "{column}") FROM ({select})')
            if twice:
                raise SourceError(f"'{column}' is no key of the view '{view.name}': {twice} rows share its values.")


def _try_figures(writer: Writer, vocabulary: Vocabulary, clock: dt.date) -> None:
    """Let the engine read each metric, split by what is within its reach, without running it."""
    with_views = ", ".join(
        f'"semantic_{view.name}" AS ({view_sql(view, show_personal=False, partitions={})})'
        for view in vocabulary.views.values()
    )
    for metric in vocabulary.metrics.values():
        homes = join_paths(vocabulary, metric.view)
        reached = [d.name for d in vocabulary.dimensions.values() if not d.grain and set(d.homes) & set(homes)]
        try:
            compiled = compile_query(vocabulary, MetricQuery(metrics=(metric.name,), dimensions=tuple(reached)), clock)
        except MunshiError as error:
            raise SourceError(f"Metric '{metric.name}': {error}") from None
        sql = compiled.sql.replace("semantic.", "semantic_")
        body = sql.removeprefix("WITH ")
        _try(writer, f"EXPLAIN WITH {with_views}, {body}", f"Metric '{metric.name}'")


def _try(writer: Writer, sql: str, what: str) -> None:
    try:
        writer.execute(sql)
    except Exception as error:  # noqa: BLE001  the engine's words say what does not fit
        told = str(error).split("\n", 1)[0]
        raise SourceError(f"{what} does not fit the tables: {told}") from None


def _newest(writer: Writer, layer: Layer) -> dt.date:
    vocabulary = vocabulary_of(layer)
    days = []
    for view in layer.views:
        if view.time:
            select = view_sql(vocabulary.views[view.name], show_personal=True, partitions={})
            days.append(_one(writer, f'SELECT max("{view.time}")::DATE FROM ({select})'))
    known = [day for day in days if day is not None]
    return max(known) if known else dt.date.today()  # nothing in it is dated: it is as of the day it was copied


def _one(writer: Writer, sql: str) -> Any:
    return writer.execute(sql).rows[0][0]


def definitions(layer: Layer, day: dt.date) -> Document:
    """Return what the layer's words mean, a section each: what a question for a definition is answered from."""
    sections = dict(_sections(layer))
    standing = {"id": "definitions", "title": f"Definitions of {layer.database}", "kind": "schema",
                "status": "in force", "source": "semantic layer", "verified_on": day}  # fmt: skip
    body = "\n".join(f"## {head}\n\n{text}\n" for head, text in sections.items())
    return document_from_markdown(f"---\n{yaml.safe_dump(standing)}---\n{body}")


def _sections(layer: Layer) -> Iterator[tuple[str, str]]:
    for view in layer.views:
        called = f" Also called {', '.join(view.words[1:])}." if len(view.words) > 1 else ""
        columns = "; ".join(f"{column.name}: {column.description}" for column in view.columns if column.description)
        yield view.label, f"{view.label}: {_ended(view.description)}{called} Columns: {columns}."
    for measure in layer.measures:
        yield measure.label, f"{measure.label}{_also(measure.synonyms)}: {_ended(measure.description)}"
    for metric in layer.metrics:
        yield metric.label, f"{metric.label}{_also(metric.synonyms)}: {_ended(metric.description)}"
    for dimension in layer.dimensions:
        meanings = [f"{value} means {', '.join(ways)}" for value, ways in dimension.values.items() if ways]
        values = f" Values of {dimension.label.lower()}: {'; '.join(meanings)}." if meanings else ""
        meant = f"{dimension.label}{_also(dimension.synonyms)}: {_ended(dimension.description)}{values}"
        yield dimension.label, meant


def _ended(text: str) -> str:
    return f"{text.rstrip('.')}."


def _also(synonyms: tuple[str, ...]) -> str:
    return f" (also called {', '.join(synonyms)})" if synonyms else ""
