"""A table of another database, read through Ibis by its address."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from analytics.ingest.mapping import ColumnMapping, mapped_shape
from analytics.ingest.owners import Pseudonym, passing_pseudonym
from analytics.ingest.parsed import Parsed
from analytics.ingest.parsing import Asked, parsed
from analytics.ingest.shape import missing
from analytics.ingest.statement import read_rows
from analytics.ingest.survey import Survey
from governance.errors import SourceError, did_you_mean

#: Rows fetched at a time.
BATCH = 100_000


def read_database_table(
    url: str,
    table: str,
    mapping: ColumnMapping,
    backend: Any,
    *,
    account: str | None = None,
    customer: str | None = None,
    pseudonym: Pseudonym = passing_pseudonym,
) -> Parsed:
    """Read a table of another database into postings; line n is its n-th row as the database gives them.

    Parameters
    ----------
    url
        Address as Ibis takes it: ``postgres://…``, ``sqlite:///…``, ``duckdb://…``. It appears in no message.
    table
        Name of the table.
    mapping
        Which column tells what.

    Raises
    ------
    SourceError
        The database cannot be read, there is no such table, or the mapping does not fit it.
    """
    import ibis

    kind = re.sub(r"\W.*", "", url)
    try:
        source = ibis.connect(url)
        names = source.list_tables()
    except Exception as error:  # noqa: BLE001  each database has errors of its own, and they may tell the address
        raise SourceError(
            f"The {kind} database cannot be read ({type(error).__name__}): look at its address."
        ) from None
    if table not in names:
        raise SourceError(f"The {kind} database has no table '{table}'.{did_you_mean(table, names)}")
    found = source.table(table)
    shape = mapped_shape([found.columns], mapping, "")
    if shape is None or missing(shape.columns):
        raise SourceError(
            f"The mapping does not fit '{table}': it has the columns {', '.join(found.columns)}, and a date and an "
            "amount, or a debit and a credit, must be named."
        )
    names = list(found.columns)
    kept = _fetched(found, backend)
    source.disconnect()
    cells = ibis.array([ibis.coalesce(kept[name], "") for name in kept.columns])
    statement = read_rows(kept.select(line=ibis.row_number().cast("int64") + 2, cells=cells), shape, backend)
    origin = Survey(Path(f"{kind} {table}"), _digest(kept), 0, "table")
    asked = Asked(account, customer, mapping.currency, pseudonym)
    guessed = {"layout": "mapped", "mapping": mapping.as_json(), "heading": names}
    return parsed(origin, shape, (), statement, asked, guessed)


def _fetched(found: Any, backend: Any) -> Any:
    """Copy the table's rows, as text, into a temporary table of the backend."""
    import ibis

    text = found.select(**{name: found[name].cast("string") for name in found.columns})
    with text.to_pyarrow_batches(chunk_size=BATCH) as batches:
        return backend.create_table(f"fetched_{uuid4().hex}", ibis.memtable(batches.read_all()), temp=True)


def _digest(kept: Any) -> str:
    """Return a digest of what the rows say, whatever their order."""
    import ibis

    row = ibis.literal("").join([ibis.coalesce(kept[name], "") for name in kept.columns]).hash()
    said = kept.select(row=row.cast("decimal(38, 0)")).row.sum().to_pyarrow().as_py()
    return hashlib.sha256(f"{','.join(kept.columns)} {kept.count().to_pyarrow().as_py()} {said}".encode()).hexdigest()
