"""Questions asked of columns of postings."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Bools, Columns, Ints
from analytics.sandbox.catalogue import Catalogue


def of_kind(columns: Columns, cat: Catalogue, *kinds: str) -> Bools:
    """Return which postings are of the named kinds."""
    return np.isin(columns["kind"], [cat.kind_index[kind] for kind in kinds])


def sum_by_customer(columns: Columns, rows: Bools, count: int) -> Ints:
    """Return the sums of absolute amounts of some postings, by customer, in paise."""
    sums = np.bincount(columns["customer"][rows], weights=np.abs(columns["amount"][rows]), minlength=count)
    return sums.astype(np.int64)
