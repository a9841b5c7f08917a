"""Berka's files at full size, made of the extract: as long as the bank's own, or merely as many.

``as the bank``: the opening part (fifteen months of every account) is put behind itself five times, its balances going
on from where they stood, and beside itself for as many accounts as the rows ask for. That gives 6,100 accounts of six
years; the bank had 4,500. ``side by side``: the whole extract beside itself, 21,000 accounts of short history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from benchmarks import place
from governance.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows of the whole transaction file, of which the extract holds a part.
FULL_SIZE = 1_056_320
EXTRACT, OPENING = "trans_partial.parquet", "opening_1993_1994"
DATA = place.ROOT.parent / "shared" / "data" / "berka"
#: Between the ids of two tiles; larger than any id in the files.
SHIFT = 100_000_000
#: Months the opening part covers, and how often it is put behind itself.
OPENING_MONTHS, STACKED = 15, 5
#: File → columns that are shifted with each tile; a file that is not here stands once.
SHIFTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "account": ("account_id",),
        "client": ("client_id",),
        "disp": ("disp_id", "client_id", "account_id"),
        "loan": ("loan_id", "account_id"),
        "order": ("order_id", "account_id"),
    }
)
ONCE = ("district",)
SHAPES = ("as the bank", "side by side")


def tiled(folder: Path, shape: str, rows: int = FULL_SIZE, data: Path = DATA) -> int:
    """Write Berka's files with ``rows`` postings to ``folder``; return how many accounts have some.

    Raises
    ------
    SourceError
        The extract is not beside the repository.
    """
    import pyarrow.compute as pc
    import pyarrow.csv
    import pyarrow.parquet as pq

    if not (data / EXTRACT).is_file():
        raise SourceError(f"The Berka files are not in {data}: the benchmark tiles them.")
    folder.mkdir(parents=True, exist_ok=True)
    extract = pq.read_table(data / EXTRACT)
    tile = _lasting(extract) if shape == SHAPES[0] else extract
    tile = _with_cents(tile.drop_columns(["part"]))
    tiles = -(-rows // tile.num_rows)
    whole = _beside(tile, ("trans_id", "account_id"), tiles).slice(0, rows)
    pyarrow.csv.write_csv(whole, folder / "trans.csv")
    used = pc.unique(whole["account_id"].combine_chunks())
    files = {stem: pyarrow.csv.read_csv(data / f"{stem}.csv.gz") for stem in (*SHIFTED, *ONCE)}
    made = {stem: _beside(table, SHIFTED[stem], tiles) if stem in SHIFTED else table for stem, table in files.items()}
    kept = {stem: _of(table, "account_id", used) for stem, table in made.items()}
    kept["client"] = _of(made["client"], "client_id", kept["disp"]["client_id"].combine_chunks())
    for stem, table in kept.items():
        pyarrow.csv.write_csv(table, folder / f"{stem}.csv")
    return len(used)


def _lasting(extract: pa.Table) -> pa.Table:
    """Return the opening part put behind itself, each time some months later and with the balances it ended with."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    part = extract.filter(pc.equal(extract["part"], OPENING))
    signed = pc.if_else(pc.equal(part["type"], "PRIJEM"), part["amount"], pc.negate(part["amount"]))
    sums = part.append_column("signed", signed).group_by("account_id").aggregate([("signed", "sum")])
    ends = sums["signed_sum"].combine_chunks().take(
        pc.index_in(part["account_id"].combine_chunks(), value_set=sums["account_id"].combine_chunks())
    )  # fmt: skip
    step = int(pc.max(part["trans_id"]).as_py()) + 1
    days = part["date"].to_numpy().astype("datetime64[D]")
    stacks = []
    for nth in range(STACKED):
        moved = {
            "trans_id": pc.add(part["trans_id"], nth * step),
            "date": pa.array(_later(np, days, nth * OPENING_MONTHS)),
            "balance": pc.add(part["balance"], pc.multiply(ends, float(nth))),
        }
        stack = part
        for name, column in moved.items():
            stack = stack.set_column(stack.column_names.index(name), name, column)
        stacks.append(stack)
    return pa.concat_tables(stacks)


def _with_cents(postings: pa.Table) -> pa.Table:
    """Return the postings with their money as the files write it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in ("amount", "balance"):
        cents = pc.round(postings[name], 2).cast(pa.decimal128(18, 2))
        postings = postings.set_column(postings.column_names.index(name), name, cents)
    return postings


def _later(np: Any, days: Any, months: int) -> Any:
    """Return the days so many months later, or those months' last days."""
    month = days.astype("datetime64[M]")
    longest = (month + months + 1).astype("datetime64[D]") - (month + months).astype("datetime64[D]")
    into = np.minimum(days - month.astype("datetime64[D]"), longest - np.timedelta64(1, "D"))
    return (month + months).astype("datetime64[D]") + into


def _of(table: pa.Table, column: str, wanted: pa.Array) -> pa.Table:
    import pyarrow.compute as pc

    return table.filter(pc.is_in(table[column], value_set=wanted)) if column in table.column_names else table


def _beside(table: pa.Table, columns: Iterable[str], tiles: int) -> pa.Table:
    """Return the table as often as asked, the ids of each tile apart from the others'."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = []
    for tile in range(tiles):
        part = table
        for column in columns:
            part = part.set_column(part.column_names.index(column), column, pc.add(part[column], tile * SHIFT))
        parts.append(part)
    return pa.concat_tables(parts)
