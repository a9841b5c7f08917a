"""What rules make of rows in a file: many at once, by the statement that the books are ruled by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from analytics.rules.fields import FIELDS
from analytics.rules.outcome import REASON_TYPE, Active, outcomes

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MEMORY = "1GB"
_TYPES = {"number": "DOUBLE", "text": "VARCHAR", "flag": "BOOLEAN"}


@contextmanager
def row_ruler(active: Active, model: str, as_of: dt.date) -> Iterator[Callable[[pa.Table, pa.Table], pa.Table]]:
    """Hold what rules rows by one version of the rules open: for many lots of rows, one after the other.

    Yields
    ------
    Callable
        Takes scored rows, with ``row``, ``probability``, ``score``, ``band`` and further columns, which stay, rows
        without a band too, and the features of the rows, in their order: other fields the rules look at are not known.
        Returns the rows with the band after the rules, and beside it the model's band, the decision and the rule.
    """
    from analytics.warehouse import passing_connection

    connection = passing_connection(threads=1, memory=MEMORY)
    try:
        yield partial(_ruled, connection, active, model, as_of)
    finally:
        connection.close()


def _ruled(
    connection: duckdb.DuckDBPyConnection, active: Active, model: str, as_of: dt.date, scored: pa.Table,
    figures: pa.Table,
) -> pa.Table:  # fmt: skip
    looked_at = active.fields(model) - set(scored.column_names)
    given = [name for name in figures.column_names if name in looked_at]
    known = {"probability", "score", "band", *given}
    unknown = "".join(
        f', NULL::{_TYPES[FIELDS[name].kind]} AS "{name}"' for name in sorted(active.fields(model) - known)
    )
    features = "".join(f', f."{name}"' for name in given)
    rows = (
        f"SELECT s.row AS customer_id, DATE '{as_of}' AS as_of, '{model}' AS model, '' AS version, "
        f"[]::{REASON_TYPE} AS reasons, s.probability, s.score, s.band{features}{unknown} "
        "FROM arriving AS s POSITIONAL JOIN figures AS f WHERE s.band IS NOT NULL"
    )
    connection.register("arriving", scored)
    connection.register("figures", figures.select(given or figures.column_names[:1]))
    try:
        return connection.sql(
            "SELECT s.* REPLACE (coalesce(o.band, s.band) AS band), s.band AS model_band, o.decision, o.rule "
            f"FROM arriving AS s LEFT JOIN ({outcomes(active, model, rows)}) AS o ON o.customer_id = s.row "
            "ORDER BY s.row"
        ).to_arrow_table()
    finally:
        connection.unregister("arriving")
        connection.unregister("figures")
