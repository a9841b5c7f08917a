"""Inside the process that runs free SQL: open the books, look at each statement once more, run it, send its rows."""

from __future__ import annotations

import json
import os
import pickle
import queue
import re
import sys
import threading
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from governance.errors import MunshiError, ToolRetry
from tools.sql_engine_tree import check_engine_tree
from tools.sql_frames import read_frame, write_frame

_LARGEST_BATCH = 4096
#: A literal, not a parameter: binding one makes the engine import pandas.
_SERIALIZE = "SELECT json_serialize_sql('{}')"


class Opened(Protocol):
    """Books that are open: a locked-down connection of the engine."""

    @property
    def connection(self) -> Any:
        """The engine's connection."""


class Spec(Protocol):
    """What opens the books; pickles."""

    def open(self) -> Opened:
        """Open the books for reading only."""


@dataclass(frozen=True)
class Setup:
    """The first message: what to open, and the limits.

    Attributes
    ----------
    address_space
        Bytes of memory the process may map, the second barrier beside the engine's own limit.
    result_bytes
        Bytes a result may have.
    """

    spec: Spec
    address_space: int
    result_bytes: int


def serve() -> None:
    """Answer statements until the other side is gone."""
    replies, requests = os.fdopen(os.dup(1), "wb"), sys.stdin.buffer
    os.dup2(2, 1)
    setup: Setup = read_frame(requests, trusted=True)
    _limit_memory(setup.address_space)
    try:
        connection = setup.spec.open().connection
    except Exception as error:  # noqa: BLE001
        write_frame(replies, failure(error))
        return
    write_frame(replies, ("ready",))
    arrived: queue.Queue[tuple[str, int]] = queue.Queue()
    threading.Thread(target=_listen, args=(requests, arrived), daemon=True).start()
    while True:
        sql, row_limit = arrived.get()
        write_frame(replies, _answer(connection, sql, row_limit, setup.result_bytes))


def _listen(requests: BinaryIO, arrived: queue.Queue[tuple[str, int]]) -> None:
    """Take requests in; end the process, whatever it is doing, when the other side is gone."""
    try:
        while True:
            arrived.put(read_frame(requests, trusted=True))
    except EOFError:
        os._exit(0)


def _limit_memory(address_space: int) -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(connection: Any, sql: str, row_limit: int, result_bytes: int) -> tuple[Any, ...]:
    cursor = connection.cursor()
    try:
        check_engine_tree(json.loads(cursor.execute(_SERIALIZE.format(sql.replace("'", "''"))).fetchone()[0]))
        cursor.execute(sql)
        columns = tuple((column[0], str(column[1])) for column in cursor.description)
        rows = _fetched(cursor, row_limit, result_bytes)
        return ("rows", columns, rows[:row_limit], len(rows) > row_limit)
    except Exception as error:  # noqa: BLE001
        return failure(error)
    finally:
        cursor.close()


def _fetched(cursor: Any, row_limit: int, result_bytes: int) -> list[tuple[Any, ...]]:
    """Fetch one row more than the limit, in growing batches, while the result is small enough."""
    rows: list[tuple[Any, ...]] = []
    batch_size, size = 1, 0
    while len(rows) <= row_limit:
        batch = cursor.fetchmany(min(batch_size, row_limit + 1 - len(rows)))
        if not batch:
            break
        size += len(pickle.dumps(batch, protocol=5))
        if size > result_bytes:
            raise ToolRetry(
                f"The result is larger than {result_bytes / 1e6:.0f} MB. Aggregate, filter, or select fewer columns."
            )
        rows += batch
        batch_size = min(2 * batch_size, _LARGEST_BATCH)
    return rows


READ_FAILED = "The books could not be read just now; they may have been published anew. Run the statement again."
OUT_OF_MEMORY = (
    "The statement needed more memory than it may use and was stopped. Filter first, aggregate, or join on a key."
)
#: The engine's error → what the asker reads; None passes the first sentence of the engine's own words on. Errors that
#: may quote a row or a path have words of ours.
MEANINGS: dict[str, str | None] = {
    "BinderException": None,
    "CatalogException": None,
    "ParserException": None,
    "SyntaxException": None,
    "NotImplementedException": None,
    "ConversionException": "A value could not be converted to the type asked for. Use TRY_CAST, or filter first.",
    "OutOfRangeException": "A calculation left the range of its type. Cast to DOUBLE first.",
    "InvalidInputException": "A function was given an argument it cannot take. Check the formats and types.",
    "TypeMismatchException": "The types do not go together. Cast one side.",
    "InvalidTypeException": "The types do not go together. Cast one side.",
    "OutOfMemoryException": OUT_OF_MEMORY,
    "MemoryError": OUT_OF_MEMORY,
    "IOException": READ_FAILED,
    "PermissionException": READ_FAILED,
    "HTTPException": READ_FAILED,
}
UNKNOWN = "The engine could not run the statement. Say it differently, or in smaller parts."


def failure(error: Exception) -> tuple[str, str, str]:
    """Return the message that tells of ``error``: its class in our tree, and words that quote no row, path or key."""
    if isinstance(error, MunshiError):
        return ("error", type(error).__name__, str(error))
    meaning = MEANINGS.get(type(error).__name__, UNKNOWN)
    return ("error", ToolRetry.__name__, _own_words(error) if meaning is None else meaning)


def _own_words(error: Exception) -> str:
    """Return the engine's message without its heading, the statement it repeats, and the functions it proposes."""
    said = re.split(r"\n\s*(?:LINE \d|Did you mean|Candidate functions)", str(error), maxsplit=1)[0]
    heading, _, rest = said.partition(": ")
    return " ".join((rest or heading).split())
