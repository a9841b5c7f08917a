"""The SELECT behind a semantic view: personal columns masked, rows bound to the caller's partitions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from governance.errors import ConfigurationError, did_you_mean
from governance.personal_data import PERSONAL_COLUMNS, masked
from knowledge.vocabulary import View

#: Columns of ``core.customers`` by which rows may be partitioned.
PARTITION_COLUMNS = frozenset({"city", "state", "region", "occupation", "kyc_status", "customer_id"})
#: Who is left out of what: purpose and customer_id, in the reader's own memory.
WITHHELD = 'hot."withheld"'


def view_sql(
    view: View, *, show_personal: bool, partitions: Mapping[str, tuple[str, ...]], withheld: Collection[str] = ()
) -> str:
    """Return the SELECT that stands behind ``view`` for one caller.

    Parameters
    ----------
    view
        What to select.
    show_personal
        Show personal columns as they are; otherwise each is masked, under its own name.
    partitions
        Column of ``core.customers`` → values the caller may see. All of them bind; an empty tuple lets no row through.
    withheld
        Purposes that somebody is left out of: `WITHHELD` names them.

    Raises
    ------
    ConfigurationError
        A partition names a column that rows are not partitioned by.
    """
    selected = ", ".join(
        f'{column.sql} AS "{column.name}"' if column.sql else f'"{column.name}"' for column in view.columns
    )
    further = f", {view.further}" if view.further else ""
    rows = f"SELECT {selected}{further} FROM {view.relation}{_where(view, partitions, withheld)}"
    hidden = {column.name for column in view.columns if column.personal or column.name in PERSONAL_COLUMNS}
    if show_personal or not hidden:
        return rows
    shown = ", ".join(masked(name) if name in hidden else f'"{name}"' for name in (c.name for c in view.columns))
    return f"SELECT {shown} FROM ({rows}) AS unmasked"


def _where(view: View, partitions: Mapping[str, tuple[str, ...]], withheld: Collection[str]) -> str:
    conditions = [*_partitioned(view.customer_key, partitions), *_consented(view, withheld)]
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _partitioned(customer_key: str, partitions: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    if partitions:
        conditions = " AND ".join(_among(column, values) for column, values in sorted(partitions.items()))
        yield f"{customer_key} IN (SELECT customer_id FROM books.core.customers WHERE {conditions})"


def _consented(view: View, withheld: Collection[str]) -> Iterable[str]:
    if view.purpose in withheld:
        out = f"{view.customer_key} IN (SELECT customer_id FROM {WITHHELD} WHERE purpose = {_literal(view.purpose)})"
        yield f"NOT ({view.purpose_rows} AND {out})" if view.purpose_rows else f"NOT ({out})"


def _among(column: str, values: Iterable[str]) -> str:
    if column not in PARTITION_COLUMNS:
        raise ConfigurationError(f"Rows cannot be partitioned by '{column}'.{did_you_mean(column, PARTITION_COLUMNS)}")
    allowed = ", ".join(_literal(value) for value in values)
    return f"{column} IN ({allowed})" if allowed else "FALSE"


def _literal(value: str) -> str:
    from sqlglot import exp

    return exp.Literal.string(value).sql("duckdb")
