"""From a source's files to the canonical tables: one module per layout, one list of them all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from analytics.ingest.source import Source

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SOURCES", "Source"]


def _read_berka(folder: Path) -> Mapping[str, pa.Table]:
    from analytics.ingest.berka import read

    return read(folder)


def _read_canonical(folder: Path) -> Mapping[str, pa.Table]:
    from analytics.ingest.canonical_files import read

    return read(folder)


#: Name → source. A new layout is a module beside this one and an entry here.
SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        source.name: source
        for source in (
            Source(
                name="canonical",
                description="Canonical tables as Parquet or CSV files, one per table.",
                read=_read_canonical,
                notes=("A posting without an id gets one made from its content.",),
            ),
            Source(
                name="berka",
                description="PKDD'99 Discovery Challenge: a real, anonymised Czech bank, 1993 to 1998.",
                read=_read_berka,
                notes=(
                    "Names, phones, e-mail and tax numbers do not exist: those columns are empty.",
                    "Instalments paid and logins are not recorded: both tables are empty.",
                    "Cards carry no number, no limit and no postings of their own: card.csv is not read.",
                    "Repayment times tenor equals the principal on every loan, so the rate comes out as 0.",
                    "A finished loan is closed at the end of its term; loan_outcomes says whether it was repaid.",
                    "A transfer without a symbol takes the purpose of the standing order to the same payee.",
                    "An extract of the transactions will do; loan_histories says which loans it covers.",
                ),
            ),
        )
    }
)
