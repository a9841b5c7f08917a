"""Canonical tables as files: ``transactions.parquet``, ``customers.csv`` …, one per table, whichever there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from analytics.schema import CORE, Table, arrow_schema
from governance.errors import SourceError, did_you_mean

#: Columns a file must bring, by table; the others are empty, or follow from these.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "customers": ("customer_id",),
    "accounts": ("account_id", "customer_id", "currency"),
    "transactions": ("account_id", "customer_id", "posted_at", "amount", "currency"),
    "loans": ("loan_id", "customer_id", "account_id", "principal", "tenor_months", "disbursed_on", "emi_amount"),
    "instalments": ("loan_id", "instalment_no", "due_on", "amount_due"),
    "sessions": ("customer_id", "started_at"),
    "loan_outcomes": ("loan_id", "bad", "observed_on"),
    "loan_histories": ("loan_id", "complete"),
}
#: Two 64-bit hashes make an id; the keys are part of what an id is, so they never change.
HASH_KEYS = ("munshi-posting-a", "munshi-posting-b")
IDENTIFYING = ("account_id", "posted_at", "amount", "narration", "reference", "balance_after")


def read(folder: Path) -> Mapping[str, pa.Table]:
    """Read every canonical table that has a file in ``folder``.

    Raises
    ------
    SourceError
        No file is there, a column is missing or unknown, or a value does not fit its type.
    """
    found = {table: path for table in CORE if (path := _file(folder, table.name))}
    if not found:
        names = ", ".join(f"{table.name}.parquet" for table in CORE)
        raise SourceError(f"{folder} holds no canonical table. Expected any of {names}, or the same as .csv.")
    return {table.name: _canonical(table, path) for table, path in found.items()}


def _file(folder: Path, name: str) -> Path | None:
    return next((folder / f"{name}{end}" for end in (".parquet", ".csv") if (folder / f"{name}{end}").exists()), None)


def _canonical(table: Table, path: Path) -> pa.Table:
    rows = _typed(table, path, _raw(table, path))
    if table.name != "transactions":
        return rows
    return _completed(rows)


def _raw(table: Table, path: Path) -> pa.Table:
    schema = arrow_schema(table)
    try:
        if path.suffix == ".parquet":
            rows = pyarrow.parquet.read_table(path)
        else:
            flat = {field.name: pa.string() if pa.types.is_list(field.type) else field.type for field in schema}
            options = pyarrow.csv.ConvertOptions(column_types=flat, strings_can_be_null=True)
            rows = pyarrow.csv.read_csv(path, convert_options=options)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path.name} cannot be read: {error}") from None
    unknown = [name for name in rows.column_names if name not in schema.names]
    if unknown:
        raise SourceError(f"{path.name} has a column '{unknown[0]}'.{did_you_mean(unknown[0], schema.names, shown=30)}")
    missing = [name for name in REQUIRED[table.name] if name not in rows.column_names]
    if missing:
        raise SourceError(f"{path.name} lacks {', '.join(missing)}. It has {', '.join(rows.column_names)}.")
    return rows


def _typed(table: Table, path: Path, rows: pa.Table) -> pa.Table:
    columns = []
    for field in arrow_schema(table):
        if field.name not in rows.column_names:
            columns.append(pa.nulls(rows.num_rows, field.type))
            continue
        try:
            columns.append(_cast(rows[field.name], field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise SourceError(f"{path.name}: {field.name} does not fit {field.type}: {error}") from None
        if field.name in REQUIRED[table.name] and columns[-1].null_count:
            place = pc.index(columns[-1].is_null(), True).as_py() + 1
            raise SourceError(f"{path.name}, row {place}: {field.name} is empty.")
    return pa.Table.from_arrays(columns, schema=arrow_schema(table))


def _cast(values: Any, kind: Any) -> Any:
    if pa.types.is_list(kind) and pa.types.is_string(values.type):
        return pc.split_pattern(pc.fill_null(values, ""), ";")
    return values.cast(kind)


def _completed(rows: pa.Table) -> pa.Table:
    """Fill what follows from the rest: id, known_at, direction, value date, source."""
    filled: Mapping[str, Callable[[], Any]] = {
        "transaction_id": lambda: _identifiers(rows),
        "known_at": lambda: rows["posted_at"],
        "value_date": lambda: rows["posted_at"].cast(pa.date32()),
        "direction": lambda: pc.if_else(pc.greater(rows["amount"], 0), "credit", "debit"),
        "is_own_transfer": lambda: pa.repeat(pa.scalar(False), rows.num_rows),
        "source": lambda: pa.repeat(pa.scalar("canonical"), rows.num_rows),
    }
    for name, derive in filled.items():
        if rows[name].null_count:
            place = rows.schema.get_field_index(name)
            rows = rows.set_column(place, rows.schema.field(place), pc.coalesce(rows[name], derive()))
    return rows


def _identifiers(rows: pa.Table) -> pa.Array:
    """The same id for the same row, whenever it comes; the n-th of equal rows differs from the first."""
    import pandas as pd

    texts = [pc.fill_null(rows[name].cast(pa.string()), "") for name in IDENTIFYING]
    content = pd.Series(pc.binary_join_element_wise(*texts, "|").to_numpy(zero_copy_only=False), dtype=object)
    nth = content + "#" + content.groupby(content, sort=False).cumcount().astype(str)
    halves = [pd.util.hash_pandas_object(nth, index=False, hash_key=key) for key in HASH_KEYS]
    return pc.binary_join_element_wise("X", *[pa.array(half).cast(pa.string()) for half in halves], "")
