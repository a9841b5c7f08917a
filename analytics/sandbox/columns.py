"""Arrow columns built without touching rows one by one: money, moments, digits, look-ups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.sandbox.arrays import Ints

_QUADS: npt.NDArray[np.uint8] = np.array([list(f"{k:04d}".encode()) for k in range(10_000)], dtype=np.uint8)


def money(paise: Ints) -> pa.Array:
    """Turn whole paise into DECIMAL(18,2)."""
    words = np.empty((len(paise), 2), np.int64)
    words[:, 0] = paise
    words[:, 1] = paise >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(paise), [None, pa.py_buffer(words)])


def moments(seconds: Ints) -> pa.Array:
    """Turn seconds since 1970-01-01 into timestamps."""
    return pa.array(seconds * 1_000_000, pa.timestamp("us"))


def days(values: Ints, missing: int = -1) -> pa.Array:
    """Turn days since 1970-01-01 into dates; ``missing`` becomes null."""
    return pa.array(values.astype(np.int32), pa.int32(), mask=values == missing).cast(pa.date32())


def digits(values: Ints, width: int) -> pa.Array:
    """Write numbers with leading zeros; ``width`` is a multiple of four."""
    quads = np.empty((len(values), width // 4, 4), np.uint8)
    rest = values.astype(np.int64)
    for place in range(width // 4 - 1, -1, -1):
        rest, low = np.divmod(rest, 10_000)
        quads[:, place] = _QUADS[low]
    return fixed_width(quads.reshape(len(values), width))


def fixed_width(letters: npt.NDArray[np.uint8]) -> pa.Array:
    """Turn a matrix of ASCII codes into strings, one per row."""
    count, width = letters.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)[: count + 1]
    data = np.ascontiguousarray(letters)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def lookup(pool: Sequence[str | None] | pa.Array, index: Ints) -> pa.Array:
    """Take strings from a pool; index −1 gives null."""
    texts = pool if isinstance(pool, pa.Array) else pa.array(pool, pa.string())
    missing = index < 0
    if missing.any():
        return texts.take(pa.array(index, mask=missing))
    return texts.take(pa.array(index))


def same(text: str, count: int) -> pa.Array:
    """Repeat a text."""
    return pa.repeat(pa.scalar(text, pa.string()), count)
