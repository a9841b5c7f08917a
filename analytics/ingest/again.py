"""Rows of a file that was taken in, read again: under the layout that read it, with what a person mended in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analytics.ingest.account_aggregator import DEPOSIT
from analytics.ingest.layout import ROLES, Layout, heading_key
from analytics.ingest.layouts import LAYOUTS
from analytics.ingest.mapping import MAPPED, ColumnMapping
from analytics.ingest.owners import Pseudonym
from analytics.ingest.parsed import Parsed
from analytics.ingest.parsing import Asked, parsed
from analytics.ingest.record_batch import FLAT_RECORD
from analytics.ingest.shape import Shape, columns_of, missing
from analytics.ingest.statement import read_rows
from analytics.ingest.survey import Survey
from analytics.ingest.tables import plain_rows
from governance.errors import SourceError, ToolRetry, did_you_mean

#: Layouts of records, which are not among those of statements.
OF_RECORDS: Mapping[str, Layout] = {layout.name: layout for layout in (FLAT_RECORD, DEPOSIT)}


@dataclass(frozen=True)
class Origin:
    """A file in the books, as far as reading a row of it again needs it.

    Attributes
    ----------
    account, customer, currency
        Of the file's one account; None where its rows name their accounts.
    turned_at
        Line plus place in time of each row where the file runs newest first; None where it runs with time.
    """

    file_id: str
    name: str
    source: str
    guessed: Mapping[str, Any]
    account: str | None = None
    customer: str | None = None
    currency: str | None = None
    turned_at: int | None = None

    @property
    def shape(self) -> Shape:
        """Which cell tells what, by today's layout of that name.

        Raises
        ------
        SourceError
            The layout or the file's headings are not known any more.
        """
        heading = self.guessed.get("heading")
        layout = _layout(self.source, self.guessed)
        if not heading or layout is None:
            raise SourceError(
                f"How the columns of {self.name} ({self.source}) are called was not kept, so its rows cannot be read "
                "again one by one. Mend them in the file, and take it in anew."
            )
        columns = columns_of(layout, heading)
        if missing(columns):
            raise SourceError(f"The layout {self.source} does not fit the headings of {self.name} any more.")
        return Shape(layout, 0, tuple(heading), columns, "", 1.0)


def _layout(source: str, guessed: Mapping[str, Any]) -> Layout | None:
    if source != MAPPED:
        return LAYOUTS.get(source) or OF_RECORDS.get(source)
    told = guessed.get("mapping")
    if not told:
        return None
    return ColumnMapping(
        told["columns"], tuple(told["dates"]), told["debits"], told["credits"], told["currency"]
    ).layout


def cells_of(content: str) -> list[str]:
    """Return the cells of a row in quarantine."""
    return [str(cell) for cell in json.loads(content)]


def edited(cells: Sequence[str], changes: Mapping[str, str], shape: Shape) -> list[str]:
    """Return a row's cells with some of them changed, each named by its heading in the file or by its role.

    Raises
    ------
    ToolRetry
        There is no such column; the message lists those there are.
    """
    row = [*cells, *[""] * (len(shape.heading) - len(cells))]
    places = {heading_key(name) or name: place for place, name in enumerate(shape.heading) if name.strip()}
    for column, value in changes.items():
        role = column.strip().lower()
        place = shape.columns.get(role) if role in ROLES else None
        if heading_key(column) in places:
            place = places[heading_key(column)]
        if place is None:
            known = [*(name.strip() for name in shape.heading if name.strip()), *shape.columns]
            raise ToolRetry(f"The file has no column '{column}'.{did_you_mean(column, known, shown=20)}")
        row[place] = value
    return row


def read_again(origin: Origin, rows: Mapping[int, Sequence[str]], backend: Any, pseudonym: Pseudonym) -> Parsed:
    """Read rows of a file again, by line: each for itself, as no other row continues it.

    Parameters
    ----------
    rows
        Line → cells.
    """
    shape = origin.shape
    statement = read_rows(plain_rows(list(rows.values()), list(rows)), shape, backend)
    ordinal = statement.postings.line
    if origin.turned_at is not None:
        ordinal = origin.turned_at - ordinal
    statement = replace(statement, postings=statement.postings.mutate(ordinal=ordinal))
    of_file = not {"account", "customer"} & set(shape.columns)
    asked = Asked(origin.account if of_file else None, origin.customer if of_file else None, origin.currency, pseudonym)
    survey = Survey(Path(origin.name), origin.file_id, 0, "text")
    return parsed(survey, shape, (), statement, asked, origin.guessed)
