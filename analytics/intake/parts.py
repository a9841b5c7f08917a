"""The books cut by customer: a derivation goes through them part by part, so that memory holds one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.writer import Writer

#: Postings of a part, about; a customer is never cut.
PART_ROWS = 1_000_000
#: Views that show one part: name → what it is cut from.
VIEWS = {
    "part_spans": "SELECT * FROM spans",
    "part_raw": "SELECT * FROM books.raw.postings",
    "part_books": "SELECT * FROM books.core.transactions",
    "part_accounts": "SELECT * FROM books.core.accounts",
}


@dataclass(frozen=True)
class Part:
    """Customers from ``first`` to ``last``; None for all of them."""

    first: str | None = None
    last: str | None = None

    def show(self, writer: Writer) -> None:
        """Make the views show this part."""
        within = f" WHERE customer_id BETWEEN {_quoted(self.first)} AND {_quoted(self.last)}" if self.first else ""
        for name, select in VIEWS.items():
            writer.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}{within}")


def show_days(writer: Writer, name: str, *, of: str, around: str, reach: int) -> None:
    """Make a view of the rows of another that were posted within some days of what is touched.

    Rows are stored by day, so files are read for those days alone.

    Parameters
    ----------
    name, of
        The view, and the one it is cut from.
    around
        Table with ``first`` and ``last``, days.
    reach
        Days before the earliest and after the latest of them.
    """
    first, last = writer.execute(f'SELECT min("first"), max("last") FROM {around}').rows[0]
    within = "false" if first is None else f"posted_at >= DATE '{_moved(first, -reach)}'"
    within += "" if last is None else f" AND posted_at < DATE '{_moved(last, reach + 1)}'"
    writer.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {of} WHERE {within}")


def _moved(day: dt.date, by: int) -> dt.date:
    """Return a day so many days on, kept within the calendar."""
    return dt.date.fromordinal(min(max(day.toordinal() + by, 1), dt.date.max.toordinal()))


def parts(writer: Writer) -> list[Part]:
    """Cut what the temporary table ``spans`` touches (``customer_id``, ``rows``); one part where it is small.

    An account of two customers, whose rows belong together, keeps everything in one part.
    """
    shared = writer.execute(
        "SELECT count(*) FROM (SELECT account_id FROM spans GROUP BY 1 HAVING count(DISTINCT customer_id) > 1)"
    ).rows[0][0]
    bounds = writer.execute(
        f"""WITH added_up AS (
            SELECT customer_id, sum("rows") OVER (ORDER BY customer_id) AS so_far, sum("rows") OVER () AS total
            FROM spans)
        SELECT min(customer_id), max(customer_id) FROM added_up
        GROUP BY floor((so_far - 1) * ceil(total / {PART_ROWS}) / total) ORDER BY 1"""
    ).rows
    return [Part()] if shared or len(bounds) < 2 else [Part(*pair) for pair in bounds]


def _quoted(text: str | None) -> str:
    return "'" + (text or "").replace("'", "''") + "'"
