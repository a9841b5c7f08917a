"""Finding the customers a question names, inside the house: raw names are compared here and go no further."""

from __future__ import annotations

import hashlib
import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

WORD = re.compile(r"[^\W\d_]+")
BETWEEN = re.compile(r"[\s.,'’-]{1,3}")
LONGEST_NAME = 5

#: Names are compared in lower case, letters only, one space between words.
_SPELLED = r"trim(regexp_replace(lower(full_name), '[^\p{L}]+', ' ', 'g'))"

#: Identifier → table that keeps it.
_KEPT_IN = {"email": "customers", "phone": "customers", "tax_pan": "customers", "card_number": "accounts"}


@dataclass(frozen=True)
class Named:
    """A full name found in a question, and every customer who bears it."""

    start: int
    end: int
    full_name: str
    customer_ids: tuple[str, ...]


class Customers:
    """The customers within a caller's sight, by name or identifier."""

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self._workspace = workspace
        self._principal = principal
        self._index: tuple[str, _Numbers] | None = None

    def named_in(self, text: str) -> list[Named]:
        """Full names of customers in ``text``, in order, the longest where several overlap."""
        places = _places(text)
        known = self._known()
        bearers = self._bearers([name for name in places if _number(name) in known])
        found: list[Named] = []
        for name in sorted(bearers, key=len, reverse=True):
            for start, end in places[name]:
                if all(end <= other.start or start >= other.end for other in found):
                    found.append(Named(start, end, text[start:end], tuple(sorted(bearers[name]))))
        return sorted(found, key=lambda named: named.start)

    def by_identifier(self, column: str, value: str) -> list[str]:
        """Ids of the customers who have ``value`` in ``column``."""
        table = _KEPT_IN[column]
        sql = (
            f"SELECT DISTINCT customer_id FROM books.core.{table} WHERE lower({column}) = ? AND {self._within_sight()}"
        )
        return sorted(row[0] for row in self._query(sql, [value.lower(), *self._sight_values()]))

    def _known(self) -> _Numbers:
        """Digests of all customers' names: what tells without a query that a question names nobody."""
        published = self._workspace.reader(self._principal).published
        if self._index is None or self._index[0] != published:
            sql = f"SELECT DISTINCT md5_number_lower({_SPELLED}) FROM books.core.customers WHERE full_name IS NOT NULL"
            self._index = published, _Numbers(row[0] for row in self._query(sql, []))
        return self._index[1]

    def _bearers(self, names: list[str]) -> dict[str, set[str]]:
        if not names:
            return {}
        sql = (
            f"SELECT customer_id, {_SPELLED} AS spelled FROM books.core.customers "
            f"WHERE list_contains(?, spelled) AND {self._within_sight()}"
        )
        bearers: dict[str, set[str]] = defaultdict(set)
        for customer_id, name in self._query(sql, [names, *self._sight_values()]):
            bearers[name].add(customer_id)
        return bearers

    def _within_sight(self) -> str:
        if not self._principal.partitions:
            return "TRUE"
        tests = " AND ".join(f'list_contains(?, "{column}")' for column in self._principal.partitions)
        return f"customer_id IN (SELECT customer_id FROM books.core.customers WHERE {tests})"

    def _sight_values(self) -> list[list[str]]:
        return [list(values) for values in self._principal.partitions.values()]

    def _query(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        reader = self._workspace.reader(self._principal)
        return reader.query(sql, parameters, seconds=self._workspace.settings.statement_seconds).rows


class _Numbers:
    """A set of 64-bit numbers, eight bytes each."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._sorted = array("Q", sorted(numbers))

    def __contains__(self, number: int) -> bool:
        place = bisect_left(self._sorted, number)
        return place < len(self._sorted) and self._sorted[place] == number


def _number(name: str) -> int:
    """DuckDB's ``md5_number_lower`` of a name."""
    return int.from_bytes(hashlib.md5(name.encode(), usedforsecurity=False).digest()[8:], "little")


def _places(text: str) -> dict[str, list[tuple[int, int]]]:
    """Every run of one to five words in the spelling names are compared in, and where it stands."""
    words = list(WORD.finditer(text))
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for first, opening in enumerate(words):
        for last in range(first, min(first + LONGEST_NAME, len(words))):
            run = words[first : last + 1]
            if last > first and not BETWEEN.fullmatch(text[run[-2].end() : run[-1].start()]):
                break
            if last == first and not opening.group()[0].isupper():
                continue
            spelled = [word.group().lower() for word in run]
            places[" ".join(spelled)].append((opening.start(), run[-1].end()))
            if len(run) == 2:
                places[" ".join(reversed(spelled))].append((opening.start(), run[-1].end()))
    return places
