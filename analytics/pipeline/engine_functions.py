"""Functions that DuckDB and Spark both have under the same name and Ibis does not."""

from __future__ import annotations

from typing import Any

import ibis

from analytics.schema import MONEY

_MONEY = ibis.dtype(MONEY.lower())
_INT = ibis.dtype("int32")


@ibis.udf.agg.builtin(signature=((_MONEY, ibis.dtype("timestamp")), _MONEY))  # type: ignore[untyped-decorator]
def max_by(value: Any, order: Any) -> Any:
    """Value of the row with the largest order, the first of equals."""


def last_told(value: Any, moment: Any) -> Any:
    """Return the value of the latest row that has one: of a NULL in the last row, engines make different things."""
    return max_by(value, moment, where=value.notnull())


@ibis.udf.agg.builtin(signature=((_INT,), _INT))  # type: ignore[untyped-decorator]
def bit_or(bits: Any) -> Any:
    """Bits that any row has set."""


@ibis.udf.scalar.builtin(signature=((_INT,), _INT))  # type: ignore[untyped-decorator]
def bit_count(bits: Any) -> Any:
    """Number of bits that are set."""
