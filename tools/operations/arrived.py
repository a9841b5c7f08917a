"""Postings that came in real time, as a file of an intake."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tools.arrivals import Arrival, Arrivals

if TYPE_CHECKING:
    from analytics.ingest.parsed import Parsed
    from tools.workspace import Workspace

NAME, SOURCE = "postings sent in real time", "realtime"
#: Postings of one intake; what is left over waits for the next.
MOST = 1_000_000


class Arrived:
    """What waits at the beginning of an intake; once that is published it is in."""

    def __init__(self, workspace: Workspace) -> None:
        self._arrivals = Arrivals(workspace.control)
        self._taken: list[Arrival] = []

    def files(self) -> Iterator[Parsed]:
        """Everything that waits as one file, or none."""
        self._taken = self._arrivals.waiting()[:MOST]
        if self._taken:
            yield _parsed(self._taken)

    def taken_in(self) -> None:
        """Say that the books hold it; where this is not reached, the next intake finds the same ids, and adds none."""
        if self._taken:
            self._arrivals.taken_in(self._taken)


def _parsed(arrivals: list[Arrival]) -> Parsed:
    import ibis

    from analytics.ingest.parsed import Parsed
    from analytics.schema import ACCOUNTS, CUSTOMERS, QUARANTINE, arrow_schema

    digest = hashlib.sha256("\n".join(sorted(each.posting_id for each in arrivals)).encode()).hexdigest()
    nothing = arrow_schema(QUARANTINE).empty_table().drop_columns(["state"])
    return Parsed(
        file_id=digest, name=NAME, source=SOURCE, bytes=0, postings=ibis.memtable(_rows(arrivals, digest)),
        rejected=ibis.memtable(nothing), accounts=arrow_schema(ACCOUNTS).empty_table(),
        customers=arrow_schema(CUSTOMERS).empty_table(),
    )  # fmt: skip


def _rows(arrivals: list[Arrival], digest: str) -> Any:
    """The postings as `analytics.schema.RAW_POSTINGS`, numbered in the order of time."""
    import pyarrow as pa

    from analytics.schema import RAW_POSTINGS, arrow_schema

    schema = arrow_schema(RAW_POSTINGS)
    ordered = sorted((each.posting for each in arrivals), key=lambda row: (row["posted_at"], row["posting_id"]))
    numbered = [{**row, "file_id": digest, "line": at, "ordinal": at} for at, row in enumerate(ordered, 1)]
    text = pa.schema([(field.name, pa.int64() if pa.types.is_integer(field.type) else pa.string()) for field in schema])
    return pa.Table.from_pylist(numbered, schema=text).cast(schema)
