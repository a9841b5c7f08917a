"""Messages between Munshi and the process that runs free SQL: a length, then a pickle of plain values."""

from __future__ import annotations

import io
import pickle
from typing import Any, BinaryIO

_LENGTH = 8

#: What a row's values may be besides Python's own numbers, texts, lists and dictionaries.
VALUE_TYPES = frozenset(
    {
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("decimal", "Decimal"),
        ("uuid", "UUID"),
        ("pytz", "_UTC"),
        ("pytz", "_p"),
    }
)


class _Values(pickle.Unpickler):
    """Loads values only: a process that ran hostile SQL cannot make its reader call anything."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in VALUE_TYPES:
            raise pickle.UnpicklingError(f"{module}.{name} is not a value")
        return super().find_class(module, name)


def write_frame(stream: BinaryIO, message: Any) -> None:
    """Write one message."""
    body = pickle.dumps(message, protocol=5)
    stream.write(len(body).to_bytes(_LENGTH, "big") + body)
    stream.flush()


def read_frame(stream: BinaryIO, *, trusted: bool = False) -> Any:
    """Read one message; ``trusted`` allows objects other than values.

    Raises
    ------
    EOFError
        The other side is gone.
    pickle.UnpicklingError
        The message holds something other than values.
    """
    header = stream.read(_LENGTH)
    body = stream.read(int.from_bytes(header, "big")) if len(header) == _LENGTH else b""
    if len(header) < _LENGTH or len(body) < int.from_bytes(header, "big"):
        raise EOFError("the other side is gone")
    return pickle.loads(body) if trusted else _Values(io.BytesIO(body)).load()  # noqa: S301  # nosec B301  # our own process
