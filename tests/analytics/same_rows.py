"""Where two tables differ: by key, column by column, to the paisa."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: By how much doubles may differ, of themselves; what two sums leave of one another is judged to a millionth.
RELATIVE, LEFT_OF_SUMS = 1e-9, 1e-6


def differences(ours: pa.Table, theirs: pa.Table, key: Sequence[str]) -> dict[str, int]:
    """Return how many rows differ by column; rows that only one has are counted under ``rows``."""
    assert set(ours.column_names) == set(theirs.column_names)
    if ours.num_rows != theirs.num_rows:
        return {"rows": abs(ours.num_rows - theirs.num_rows)}
    order = [(name, "ascending") for name in key]
    ours, theirs = ours.sort_by(order), theirs.select(ours.column_names).cast(ours.schema).sort_by(order)
    counted = {name: _differing(ours[name], theirs[name]) for name in ours.column_names}
    return {name: count for name, count in counted.items() if count}


def _differing(one: pa.ChunkedArray, other: pa.ChunkedArray) -> int:
    if pa.types.is_floating(one.type):
        values = (each.to_numpy(zero_copy_only=False) for each in (one, other))
        return int((~np.isclose(*values, rtol=RELATIVE, atol=LEFT_OF_SUMS, equal_nan=True)).sum())
    same = pc.fill_null(pc.equal(one, other), False)
    return len(one) - int(pc.sum(pc.or_(same, pc.and_(pc.is_null(one), pc.is_null(other)))).as_py() or 0)
