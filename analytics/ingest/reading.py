"""Any file in: what it is told from its bytes and headings, its rows made postings as they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.ingest.cells import plain_characters, split_line
from analytics.ingest.layout import Layout
from analytics.ingest.layouts import LAYOUTS
from analytics.ingest.lines import head, lines
from analytics.ingest.owners import Pseudonym, passing_pseudonym
from analytics.ingest.parsed import Parsed
from analytics.ingest.parsing import Asked, parsed
from analytics.ingest.shape import Shape, shapes, text_shapes
from analytics.ingest.statement import read_rows
from analytics.ingest.survey import Survey, survey
from analytics.ingest.usual import WORTH_IT, UsualDate, usual_date, usual_line, usual_postings
from analytics.ingest.workbook import Sheet, sheets
from governance.errors import SourceError, did_you_mean

if TYPE_CHECKING:
    import ibis


def read_file(
    path: Path,
    backend: Any,
    *,
    source: str | None = None,
    account: str | None = None,
    customer: str | None = None,
    currency: str | None = None,
    pseudonym: Pseudonym = passing_pseudonym,
) -> Parsed:
    """Read one file into postings.

    Parameters
    ----------
    path
        A statement, an export or a dump: CSV, TSV or XLSX.
    backend
        The Ibis backend that reads it; the result lies in temporary tables of it.
    source
        Name of the layout; by default the one whose headings fit best.
    account, customer
        Ids of the account and its owner; needed where the file names no account number.
    currency
        Currency of the amounts, where the file does not say it.
    pseudonym
        Makes ids of account numbers; the default is good for a look only.

    Raises
    ------
    SourceError
        The file cannot be read, no layout fits, or whose it is is not told.
    """
    found = survey(path)
    asked = Asked(account, customer, currency, pseudonym)
    layouts = _asked_layouts(source)
    table = _workbook(found, layouts) if found.kind == "workbook" else _text(found, layouts)
    with table.rows(backend) as (rows, usual):
        statement = read_rows(rows, table.shape, backend, usual)
    return parsed(found, table.shape, table.head, statement, asked, table.guessed)


@dataclass(frozen=True)
class _Table:
    """A table found in a file: its shape, the rows before it, and where its rows come from."""

    survey: Survey
    shape: Shape
    head: Sequence[Sequence[str]]
    guessed: Mapping[str, Any]
    sheet: Sheet | None = field(default=None, repr=False)
    date: UsualDate | None = None

    @contextmanager
    def rows(self, backend: Any) -> Iterator[tuple[ibis.Table, ibis.Table | None]]:
        """Yield the rows as ``(line, cells)``, and apart from them those that are postings beyond doubt."""
        if self.sheet is not None:
            yield plain_rows(self.sheet.rows), None
            return
        with lines(self.survey, backend) as table:
            text = table.text if self.survey.ascii else plain_characters(table.text)
            cells = split_line(text, self.shape.delimiter, quotes=self.survey.quotes)
            if self.date is None:
                yield table.select("line", cells=cells), None
                return
            sure = table.text.re_search(usual_line(self.shape, self.date)) & (table.line > self.shape.heading_line)
            usual = usual_postings(table.filter(sure), self.shape, self.date)
            yield table.filter(~sure).select("line", cells=cells), usual


def plain_rows(rows: Sequence[Sequence[str]]) -> ibis.Table:
    """Return rows of text cells as ``(line, cells)``."""
    import ibis
    import pyarrow as pa

    numbers = pa.array(range(1, len(rows) + 1), pa.int64())
    table = ibis.memtable(pa.table({"line": numbers, "cells": pa.array(rows, pa.list_(pa.string()))}))
    return table.mutate(cells=table.cells.map(plain_characters))


def _asked_layouts(source: str | None) -> Sequence[Layout]:
    if source is None:
        return tuple(LAYOUTS.values())
    if source not in LAYOUTS:
        raise SourceError(f"There is no layout '{source}'.{did_you_mean(source, LAYOUTS)}")
    return (LAYOUTS[source],)


def _text(found: Survey, layouts: Sequence[Layout]) -> _Table:
    first = head(found)
    fits = text_shapes(first, layouts)
    if not fits:
        raise _unknown(found, layouts)
    shape = fits[0]
    before = [line.split(shape.delimiter) for line in first[: shape.heading_line - 1]]
    date = usual_date(shape, first[shape.heading_line :]) if found.bytes > WORTH_IT else None
    return _Table(found, shape, before, _chosen(fits), date=date)


def _workbook(found: Survey, layouts: Sequence[Layout]) -> _Table:
    for sheet in sheets(found.path):
        fits = shapes(sheet.rows, layouts)
        if fits:
            return _Table(found, fits[0], sheet.rows[: fits[0].heading_line - 1], _chosen(fits), sheet)
    raise _unknown(found, layouts)


def _chosen(fits: Sequence[Shape]) -> Mapping[str, Any]:
    """Say what was chosen and what else would have fitted, where there was a choice."""
    return {"layout": fits[0].layout.name, "scores": {fit.layout.name: fit.score for fit in reversed(fits)}}


def _unknown(found: Survey, layouts: Sequence[Layout]) -> SourceError:
    known = ", ".join(layout.name for layout in layouts)
    return SourceError(
        f"{found.path.name} has no heading that a known layout has ({known}). "
        "See what is guessed of it with --preview, and give the columns with --mapping FILE."
    )
