"""Steps of a derivation by name: each is compiled once, and run again for every part of the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis

    from analytics.writer import Writer

Make = Callable[[], "ibis.Table"]


class Statements:
    """What is asked of the engine, step by step.

    Tables are named and temporary, so a step that runs again finds the newest rows of the step before under the same
    name; compiling costs more than running where rows are few.

    Parameters
    ----------
    writer
        Open books.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._selects: dict[str, str] = {}
        self._tables: dict[str, ibis.Table] = {}

    def keep(self, name: str, make: Make) -> ibis.Table:
        """Compute a step: its rows in the temporary table ``name``, which replaces an earlier one."""
        self.writer.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self._select(name, make)}')
        self.writer.settle()
        return self.named(name)

    def show(self, name: str, make: Make) -> ibis.Table:
        """Name a step without computing it."""
        self.writer.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {self._select(name, make)}')
        return self.named(name)

    def insert(self, name: str, qualified: str, make: Make) -> int:
        """Append a step's rows to a table of the books; return how many."""
        return self.writer.insert(qualified, self._select(name, make))

    def delete(self, name: str, qualified: str, make: Make) -> int:
        """Keep a step and take the rows out that agree with a row of it in all its columns; return how many."""
        return self.writer.delete(qualified, self.keep(name, make))

    def rows(self, name: str) -> int:
        """How many rows a step that is kept has."""
        return int(self.writer.execute(f'SELECT count(*) FROM temp.main."{name}"').rows[0][0])

    def named(self, name: str) -> ibis.Table:
        """Return the temporary table or view of that name."""
        if name not in self._tables:
            self._tables[name] = self.writer.temporary(name)
        return self._tables[name]

    def _select(self, name: str, make: Make) -> str:
        if name not in self._selects:
            self._selects[name] = self.writer.select(make())
        return self._selects[name]
