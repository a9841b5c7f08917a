"""Recurring payments found in narrations, beside what was simulated: lenders of seeds that nothing was tried on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from analytics.pipeline.recurring import LEAST_HITS, recurring
from benchmarks.report import Cell

#: Kinds that are held to a bound, and those that are told besides.
WANTED = ("salary", "emi", "rent")
BESIDES = ("sip", "insurance", "subscription", "utility")
REDRAWS, SEED = 400, 5
#: By customer: payments that are marked, marked rightly, simulated (of parties paid often enough), and of these found.
COUNTS = f"""SELECT customer_id, count(*) FILTER (marked = '{{0}}'),
    count(*) FILTER (marked = '{{0}}' AND true_kind = '{{0}}'),
    count(*) FILTER (true_kind = '{{0}}' AND hits >= {LEAST_HITS}),
    count(*) FILTER (true_kind = '{{0}}' AND hits >= {LEAST_HITS} AND marked = '{{0}}')
    FROM (SELECT t.customer_id, t.recurring_kind true_kind, m.recurring_kind marked,
        count(*) OVER (PARTITION BY t.customer_id, t.counterparty, t.recurring_kind) hits
        FROM truth t LEFT JOIN marks m USING (transaction_id))
    GROUP BY ALL ORDER BY ALL"""


class Books(Protocol):
    """A simulated lender with ``truth`` and what was ``found``."""

    backend: Any

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query."""
        ...


def recurring_payments(lenders: Sequence[Books]) -> list[list[Cell]]:
    """Return precision and recall of each kind, over all lenders and with the lowest of one."""
    for books in lenders:
        marks, _ = recurring(books.backend.table("found"))
        books.backend.con.execute(f"CREATE OR REPLACE TABLE marks AS {books.backend.compile(marks)}")
    return [row for kind in (*WANTED, *BESIDES) for row in _figures(kind, lenders)]


def _figures(kind: str, lenders: Sequence[Books]) -> list[list[Cell]]:
    counts = [np.array([row[1:] for row in books.rows(COUNTS.format(kind))], float) for books in lenders]
    rows: list[list[Cell]] = []
    for measure, of, right in (("precision", 0, 1), ("recall", 2, 3)):
        whole = np.concatenate([each[:, [right, of]] for each in counts])
        dice = np.random.default_rng(SEED)
        drawn = [_share(whole[dice.integers(0, len(whole), len(whole))]) for _ in range(REDRAWS)]
        low, high = np.quantile(drawn, (0.025, 0.975))
        worst = min(_share(each[:, [right, of]]) for each in counts)
        told = f"{int(whole[:, 1].sum()):,} payments of {len(lenders)} lenders; 95% {low:.3f} to {high:.3f}"
        rows.append([f"{kind}: {measure}", _share(whole), f"{told}; lowest lender {worst:.3f}"])
    return rows


def _share(pairs: np.ndarray) -> float:
    right, of = pairs.sum(axis=0)
    return float(right / of)
