"""Any file in: what it is told from its bytes and headings, its rows made postings as they came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analytics.ingest.layout import Layout
from analytics.ingest.layouts import LAYOUTS
from analytics.ingest.mapping import MAPPED, ColumnMapping
from analytics.ingest.owners import Pseudonym, passing_pseudonym
from analytics.ingest.parsed import Parsed
from analytics.ingest.parsing import Asked, parsed
from analytics.ingest.record_batch import Batch
from analytics.ingest.record_files import read_batch
from analytics.ingest.statement import read_rows, with_refused
from analytics.ingest.summary import summary_of
from analytics.ingest.survey import Survey, survey
from analytics.ingest.tables import find_table, plain_rows
from governance.errors import SourceError, did_you_mean

#: Source under which a guess is taken without a person's word.
GUESS = "guess"


def read_file(
    path: Path,
    backend: Any,
    *,
    source: str | None = None,
    account: str | None = None,
    customer: str | None = None,
    mapping: ColumnMapping | None = None,
    currency: str | None = None,
    pseudonym: Pseudonym = passing_pseudonym,
) -> Parsed:
    """Read one file into postings.

    Parameters
    ----------
    path
        A statement, an export or a dump: CSV, TSV, XLSX or Parquet.
    backend
        The Ibis backend that reads it; the result lies in temporary tables of it.
    source
        Name of the layout; by default the one whose headings fit best. `GUESS` takes a guess where none fits.
    account, customer
        Ids of the account and its owner; needed where the file names no account number.
    mapping
        Which column tells what, for a table in no known layout.
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
    asked = Asked(account, customer, currency or (mapping.currency if mapping else None), pseudonym)
    if found.kind in ("json", "xml"):
        return read_records(read_batch(found), found, backend, asked)
    table = find_table(found, _layouts(source), mapping, backend, may_guess=source == GUESS)
    with table.rows(backend) as (rows, usual):
        statement = read_rows(rows, table.shape, backend, usual)
    summary = summary_of(table).as_json()
    guessed = {**table.guessed, "heading": list(table.shape.heading), **({"summary": summary} if summary else {})}
    return parsed(found, table.shape, table.before, statement, asked, guessed)


def read_records(batch: Batch, origin: Survey, backend: Any, asked: Asked) -> Parsed:
    """Read a batch of records into postings.

    Raises
    ------
    SourceError
        The records have no date or no amount, or whose they are is not told.
    """
    shape = batch.shape
    if shape is None:
        names = ", ".join(batch.heading[:30]) or "none"
        raise SourceError(f"{origin.path.name} has records without a date or an amount. Their names are: {names}.")
    statement = read_rows(plain_rows(batch.rows, batch.lines), shape, backend)
    statement = with_refused(statement, batch.refused, backend)
    return parsed(origin, shape, (), statement, asked, {"layout": batch.layout.name, "heading": list(batch.heading)})


def _layouts(source: str | None) -> Sequence[Layout]:
    if source in (None, GUESS, MAPPED):
        return tuple(LAYOUTS.values())
    if source not in LAYOUTS:
        raise SourceError(f"There is no layout '{source}'.{did_you_mean(str(source), LAYOUTS)}")
    return (LAYOUTS[source],)
