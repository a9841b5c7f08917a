"""The feature store: named, versioned sets of features, as of any date for many, or of today for one in milliseconds.

Both ways give the same values: what is online is the newest month end's rows as they lie in the books, and history is
either those rows or the same expressions run for the dates asked for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.features.catalogue import FEATURES
from analytics.features.feature import Feature
from analytics.schema import CORE
from governance.errors import ToolRetry, did_you_mean

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from analytics.pipeline.books import Books

#: SELECT → its rows.
Query = Callable[[str], "pa.Table"]


@dataclass(frozen=True)
class FeatureSet:
    """Features that are used, versioned and owned together.

    Attributes
    ----------
    stored
        Whether the books hold it at every month end; another set is computed when asked for.
    """

    name: str
    description: str
    owner: str
    features: Mapping[str, Feature]
    stored: bool

    @property
    def version(self) -> str:
        """Digest of the names and versions: another whenever a member joins, leaves or changes."""
        members = ",".join(f"{name}:{feature.version}" for name, feature in sorted(self.features.items()))
        return hashlib.sha256(members.encode()).hexdigest()[:12]


def feature_sets() -> Mapping[str, FeatureSet]:
    """Return the sets there are, by name."""
    from analytics.features.statement import STATEMENT

    sets = (
        FeatureSet("behaviour", "What the credit model learns from, month by month.", "credit risk", FEATURES, True),
        FeatureSet("statement", "What analysts read of a bank statement.", "underwriting", STATEMENT, False),
    )
    return MappingProxyType({each.name: each for each in sets})


class FeatureStore:
    """Features of one workspace, read only.

    Parameters
    ----------
    query
        Runs a SELECT on the books of one snapshot.
    currency
        The books' main currency.
    """

    def __init__(self, query: Query, *, currency: str) -> None:
        self._query = query
        self._currency = currency

    @cached_property
    def as_of(self) -> dt.date | None:
        """The newest month end with features; None before the first build."""
        found: dt.date | None = self._query("SELECT max(as_of) AS as_of FROM books.features.customer_monthly")["as_of"][
            0
        ].as_py()
        return found

    def get_historical(
        self, customers: Sequence[str], as_ofs: Sequence[dt.date], feature_set: str = "behaviour"
    ) -> pa.Table:
        """Return the features of customers at dates, from what was known by then.

        Parameters
        ----------
        customers
            Identifiers; those without a posting or loan by a date have no row for it.
        as_ofs
            Any dates.

        Returns
        -------
        pyarrow.Table
            ``customer_id``, ``as_of`` and a DOUBLE column for each feature, ordered by both.

        Raises
        ------
        ToolRetry
            There is no such set.
        """
        wanted = self._set(feature_set)
        if not customers or not as_ofs:
            customers, as_ofs = [""], [dt.date(1, 1, 1)]
        stored = self._stored(as_ofs) if wanted.stored else frozenset()
        computed = [day for day in as_ofs if day not in stored]
        selects = [self._select_stored(customers, sorted(stored), wanted)] if stored else []
        selects += [self._select_computed(customers, computed, wanted)] if computed else []
        return self._query(f"SELECT * FROM ({' UNION ALL '.join(selects)}) ORDER BY customer_id, as_of")

    def get_online(self, customer_id: str) -> Mapping[str, float | None]:
        """Return a customer's features at the newest month end, by name; empty for one who has none."""
        place = self._places.get(customer_id)
        if place is None:
            return {}
        row = self._matrix[place]
        return {name: None if value != value else float(value) for name, value in zip(FEATURES, row, strict=True)}

    @cached_property
    def _online(self) -> pa.Table:
        names = ", ".join(f'"{name}"' for name in FEATURES)
        newest = "(SELECT max(as_of) FROM books.features.customer_monthly)"
        return self._query(f"SELECT customer_id, {names} FROM books.features.customer_monthly WHERE as_of = {newest}")

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {customer: place for place, customer in enumerate(self._online["customer_id"].to_pylist())}

    @cached_property
    def _matrix(self) -> Any:
        import numpy as np

        return np.column_stack([self._online[name].to_numpy(zero_copy_only=False) for name in FEATURES])

    def _set(self, name: str) -> FeatureSet:
        sets = feature_sets()
        if name not in sets:
            raise ToolRetry(f"There is no feature set '{name}'.{did_you_mean(name, sets)}")
        return sets[name]

    def _stored(self, as_ofs: Sequence[dt.date]) -> frozenset[dt.date]:
        held = self._query("SELECT DISTINCT as_of FROM books.features.customer_monthly")["as_of"].to_pylist()
        return frozenset(as_ofs) & frozenset(held)

    def _select_stored(self, customers: Sequence[str], as_ofs: Sequence[dt.date], wanted: FeatureSet) -> str:
        names = ", ".join(f'"{name}"' for name in wanted.features)
        days = ", ".join(f"DATE '{day}'" for day in as_ofs)
        return (
            f"SELECT customer_id, as_of, {names} FROM books.features.customer_monthly "
            f"WHERE as_of IN ({days}) AND customer_id IN ({', '.join(map(_quoted, customers))})"
        )

    def _select_computed(self, customers: Sequence[str], as_ofs: Sequence[dt.date], wanted: FeatureSet) -> str:
        import ibis

        from analytics.features.build import features_at, statement_features
        from analytics.pipeline.periods import as_of_table

        books = unbound_books(self._currency)
        asked = books.customers.filter(books.customers.customer_id.isin(list(customers)))
        spine = asked.select("customer_id").cross_join(as_of_table(as_ofs))
        rows = features_at(books, spine) if wanted.stored else statement_features(books, spine)
        rows = rows.select("customer_id", "as_of", *wanted.features)
        return f"({ibis.to_sql(rows, dialect='duckdb')})"


def unbound_books(currency: str) -> Books:
    """Return the canonical tables as Ibis tables that no connection stands behind: for compiling."""
    import ibis

    from analytics.pipeline.books import Books
    from analytics.schema import arrow_schema

    declared = {table.name: table for table in CORE}
    tables: dict[str, ibis.Table] = {
        each.name: ibis.table(arrow_schema(declared[each.name]), name=each.name, catalog="books", database="core")
        for each in fields(Books)
        if each.name != "currency"
    }
    return Books(**tables, currency=currency)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
