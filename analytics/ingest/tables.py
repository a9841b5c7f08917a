"""The table in a file: found by a layout's headings, by a mapping, or guessed; and its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analytics.ingest.cells import plain_characters, split_line
from analytics.ingest.columns import Cut, cut_columns, even_width
from analytics.ingest.guessing import Guess, guess
from analytics.ingest.judging import posting_columns
from analytics.ingest.keeping import kept
from analytics.ingest.layout import Layout
from analytics.ingest.lines import head, lines
from analytics.ingest.mapping import ColumnMapping, mapped_shape
from analytics.ingest.shape import DELIMITERS, Shape, cut, missing, shapes
from analytics.ingest.survey import Survey
from analytics.ingest.usual import WORTH_IT, glanced, usual_date
from analytics.ingest.workbook import sheets
from governance.errors import SourceError

if TYPE_CHECKING:
    import ibis

#: Rows looked at to tell what a table is.
HEAD = 200


@dataclass(frozen=True)
class Grid:
    """One way to see a file as rows of cells: a sheet, or its lines cut at one delimiter."""

    head: Sequence[Sequence[str]] = field(repr=False)
    delimiter: str = ""
    rows: Sequence[Sequence[str]] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Table:
    """A table found in a file: its shape, what stands before it, and where its rows come from."""

    survey: Survey
    shape: Shape
    grid: Grid
    guessed: Mapping[str, Any]

    @property
    def before(self) -> Sequence[Sequence[str]]:
        """The rows above the heading."""
        return self.grid.head[: self.shape.heading_line - 1]

    @contextmanager
    def rows(self, backend: Any) -> Iterator[tuple[ibis.Table, ibis.Table | None]]:
        """Yield the rows to be judged as ``(line, cells)``, and apart from them those that are postings beyond doubt.

        The latter have the columns of `analytics.ingest.judging.posting_columns`, in a temporary table.
        """
        large = self.survey.bytes > WORTH_IT
        below = self.grid.head[self.shape.heading_line :]
        if self.survey.kind == "parquet":
            if large and usual_date(self.shape, below) is not None:
                yield self._parted(parquet_columns(self.survey, backend), backend)
            else:
                yield parquet_rows(self.survey, backend), None
        elif self.grid.rows is not None:
            yield plain_rows(self.grid.rows), None
        else:
            width = even_width(self.grid.head, self.shape) if large and self.survey.plain else None
            if width is not None and usual_date(self.shape, below) is not None:
                with cut_columns(self.survey, self.shape, width, backend) as cut:
                    yield self._parted(cut, backend)
            else:
                with lines(self.survey, backend) as table:
                    yield self._split(table), None

    def _split(self, table: Any) -> ibis.Table:
        text = table.text if self.survey.ascii else plain_characters(table.text)
        return table.select("line", cells=split_line(text, self.shape.delimiter, quotes=self.survey.quotes))

    def _parted(self, cut: Cut, backend: Any) -> tuple[ibis.Table, ibis.Table | None]:
        """Read the rows once; return those to be judged and those that are postings beyond doubt."""
        import ibis
        import pyarrow as pa

        date = usual_date(self.shape, self.grid.head[self.shape.heading_line :])
        assert date is not None
        rows = cut.rows
        if not self.survey.ascii:
            rows = rows.mutate(**{f"c{at}": plain_characters(rows[f"c{at}"]) for at in range(cut.width)})
        row = glanced(rows, cut.width, self.shape, date)
        read = kept(posting_columns(row, self.shape, "cells"), backend)
        judged = read.filter(read.cells.notnull()).select("line", "cells")
        if cut.whole:
            numbers, texts = zip(*cut.whole, strict=True)
            whole = {"line": pa.array(numbers, pa.int64()), "text": pa.array(texts, pa.string())}
            judged = judged.union(self._split(ibis.memtable(pa.table(whole))))
        return judged, read.filter(read.cells.isnull()).drop("cells")


def find_table(
    survey: Survey, layouts: Sequence[Layout], mapping: ColumnMapping | None, backend: Any, *, may_guess: bool
) -> Table:
    """Find the table in a file.

    Parameters
    ----------
    layouts
        Layouts to look for, where no mapping is given.
    may_guess
        Whether a guess will do where no layout fits.

    Raises
    ------
    SourceError
        Nothing fits; the message says what was guessed and what is missing.
    """
    grids = _grids(survey, backend)
    if mapping is not None:
        return _mapped(survey, grids, mapping)
    fits = sorted(
        ((shape, grid) for grid in grids for shape in shapes(grid.head, layouts, grid.delimiter)),
        key=lambda fit: -fit[0].score,
    )
    if fits:
        scores = {shape.layout.name: shape.score for shape, _ in reversed(fits)}
        return Table(survey, *fits[0], {"layout": fits[0][0].layout.name, "scores": scores})
    return _guessed(survey, grids, layouts, may_guess=may_guess)


def plain_rows(rows: Sequence[Sequence[str]], lines: Sequence[int] | None = None) -> ibis.Table:
    """Return rows of text cells as ``(line, cells)``; without ``lines`` they are numbered from 1."""
    import ibis
    import pyarrow as pa

    numbers = pa.array(range(1, len(rows) + 1) if lines is None else lines, pa.int64())
    table = ibis.memtable(pa.table({"line": numbers, "cells": pa.array(rows, pa.list_(pa.string()))}))
    return table.mutate(cells=table.cells.map(plain_characters))


def parquet_rows(survey: Survey, backend: Any) -> ibis.Table:
    """Return a Parquet file's rows as ``(line, cells)``; line 1 stands for the names of its columns."""
    import ibis

    table = _parquet(survey, backend)
    cells = ibis.array([ibis.coalesce(table[name].cast("string"), "") for name in table.columns])
    return table.select(line=ibis.row_number().cast("int64") + 2, cells=cells)


def parquet_columns(survey: Survey, backend: Any) -> Cut:
    """Return a Parquet file's rows as columns of text, ``c0`` on; line 1 stands for the names of its columns."""
    import ibis

    table = _parquet(survey, backend)
    cells = {f"c{at}": ibis.coalesce(table[name].cast("string"), "") for at, name in enumerate(table.columns)}
    return Cut(table.select(line=ibis.row_number().cast("int64") + 2, **cells), len(table.columns))


def _parquet(survey: Survey, backend: Any) -> Any:
    """Open a Parquet file, looked at first: an error in the engine would end what else is being written."""
    import pyarrow as pa
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(survey.path) as file:
            for part in file.iter_batches(batch_size=1):
                part.validate()
                break
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{survey.path.name} is not a readable Parquet file ({type(error).__name__}).") from None
    table = backend.read_parquet(str(survey.path))
    nested = [name for name, kind in table.schema().items() if kind.is_nested() or kind.is_binary()]
    return table.drop(*nested) if nested else table


def _grids(survey: Survey, backend: Any) -> list[Grid]:
    if survey.kind == "workbook":
        return [Grid(sheet.rows[:HEAD], rows=sheet.rows) for sheet in sheets(survey.path)]
    if survey.kind == "parquet":
        first = parquet_rows(survey, backend).limit(HEAD).to_pyarrow()["cells"].to_pylist()
        return [Grid([list(_parquet(survey, backend).columns), *first])]
    first = head(survey, HEAD)
    return [Grid([cut(line, delimiter) for line in first], delimiter) for delimiter in DELIMITERS]


def _mapped(survey: Survey, grids: Sequence[Grid], mapping: ColumnMapping) -> Table:
    lacking = missing(dict.fromkeys(mapping.columns, 0))
    if lacking:
        raise SourceError(f"The mapping names no column for {' and '.join(lacking)}.")
    for grid in grids:
        shape = mapped_shape(grid.head, mapping, grid.delimiter)
        if shape is not None:
            return Table(survey, shape, grid, {"layout": "mapped", "mapping": mapping.as_json()})
    wanted = ", ".join(mapping.columns.values())
    raise SourceError(f"{survey.path.name} has no row with the headings that the mapping names: {wanted}.")


def _guessed(survey: Survey, grids: Sequence[Grid], layouts: Sequence[Layout], *, may_guess: bool) -> Table:
    guesses = [(found, grid) for grid in grids if (found := guess(grid.head, grid.delimiter)) is not None]
    if not guesses:
        known = ", ".join(layout.name for layout in layouts)
        raise SourceError(
            f"{survey.path.name} has no row of headings above rows with dates: no layout fits ({known}), and nothing "
            "can be guessed. Munshi reads tables of postings as CSV, TSV, XLSX or Parquet."
        )
    best, grid = max(guesses, key=lambda pair: pair[0].score)
    lacking = missing(dict.fromkeys(best.mapping.columns, 0))
    if lacking or not may_guess:
        raise SourceError(_unknown(survey, best, lacking))
    return replace_guess(_mapped(survey, [grid], best.mapping), best)


def replace_guess(table: Table, found: Guess) -> Table:
    """Return the table with what was guessed of it, and why."""
    mapping = found.mapping
    guessed = {**table.guessed, "confidence": dict(mapping.confidence), "reasons": dict(mapping.reasons)}
    return Table(table.survey, table.shape, table.grid, guessed)


def _unknown(survey: Survey, found: Guess, lacking: Sequence[str]) -> str:
    mapping = found.mapping
    guesses = ", ".join(
        f"{role} ← '{heading}' ({mapping.confidence[role]:.0%})" for role, heading in sorted(mapping.columns.items())
    )
    headings = ", ".join(f"'{cell.strip()}'" for cell in found.heading if cell.strip())
    need = f"It still needs {' and '.join(lacking)}. " if lacking else ""
    return (
        f"{survey.path.name} is in no layout Munshi knows. Its headings are {headings}. "
        f"Guessed: {guesses or 'nothing'}. {need}"
        "Look at it with --preview, write the guess with --save-mapping FILE, mend it, and give --mapping FILE."
    )
