"""Questions about metrics become SQL over the semantic views; views become SELECTs over the books.

Importing this loads no SQL library: the compiler itself is loaded by the first question.
"""

from __future__ import annotations

import datetime as dt

from knowledge.query import CompiledQuery, Filter, MetricQuery, Order, Period, ResultColumn
from knowledge.views import view_sql
from knowledge.vocabulary import Vocabulary

__all__ = [
    "CompiledQuery", "Filter", "MetricQuery", "Order", "Period", "ResultColumn", "compile_query", "view_sql",
]  # fmt: skip


def compile_query(vocabulary: Vocabulary, query: MetricQuery, data_clock: dt.date) -> CompiledQuery:
    """Return the SQL that answers ``query``, with what its columns mean.

    Parameters
    ----------
    vocabulary
        What exists. Where its dimension ``currency`` holds more than one value, money is grouped by currency.
    query
        Metrics, dimensions, filters, period, comparison, order, limit.
    data_clock
        The newest posting date: without a period nothing after it counts.

    Raises
    ------
    ToolRetry
        A name, value or combination is not understood; the message lists what exists.
    ToolRefused
        The query would show what may only be reported over groups customer by customer.
    """
    from knowledge.metric_sql import build

    return build(vocabulary, query, data_clock)
