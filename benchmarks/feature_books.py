"""The books the feature builds run on: a generated lender, written once into an encrypted lake."""

from __future__ import annotations

import sys
from functools import cached_property

from analytics.schema import CORE
from analytics.warehouse import Lake, Writer
from governance.settings import Settings
from tools.operations.fill import open_or_create
from tools.workspace import Workspace

NAME = "features"
MONTHS, SEED, CHUNK = 42, 7, 1_000
#: Far more than are needed; simulating ends with the chunk that reaches the number of postings asked for.
CUSTOMERS_AT_MOST = 1_000_000


class FeatureBooks:
    """The workspace of the generated lender.

    Parameters
    ----------
    settings
        The benchmarks' settings.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace, made empty where there is none."""
        return open_or_create(NAME, self.settings)

    @property
    def lake(self) -> Lake:
        """Its books."""
        return self.workspace.lake

    def make(self, postings: int) -> int:
        """Fill the books until they hold ``postings``, where they hold fewer; return how many they hold."""
        with self.lake.writer("making the benchmark's books") as writer:
            held = int(writer.execute("SELECT count(*) FROM books.core.transactions").rows[0][0])
            if held >= postings:
                return held
            print(f"Making books of {postings:,} postings, once …", file=sys.stderr)
            return _fill(writer, postings)


def _fill(writer: Writer, postings: int) -> int:
    """Put chunk after chunk in place of whatever is there."""
    from analytics.sandbox import SandboxProfile, simulate

    for table in CORE:
        writer.execute(f"DELETE FROM books.{table.qualified}")
    written = 0
    for chunk in simulate(SandboxProfile(CUSTOMERS_AT_MOST, MONTHS, SEED, chunk_customers=CHUNK)):
        for table in CORE:
            if table.name in chunk.tables:
                writer.append(table.qualified, chunk.tables[table.name])
        written += chunk.tables["transactions"].num_rows
        if written >= postings:
            break
    return written
