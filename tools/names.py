"""Finding the customers a question names, inside the house: raw names are compared here and go no further."""

from __future__ import annotations

import hashlib
import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
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


@cache
def question_words() -> frozenset[str]:
    """Words of questions that no name contains."""
    return frozenset((Path(__file__).parent / "question_words.txt").read_text("utf-8").split())


@dataclass(frozen=True)
class Named:
    """A full name found in a question, and every customer who bears it; ``token`` is what stands for it."""

    start: int
    end: int
    full_name: str
    customer_ids: tuple[str, ...]
    token: str = ""


class Customers:
    """The customers within a caller's sight, by name or identifier."""

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self._workspace = workspace
        self._principal = principal
        self._index: tuple[str, _Numbers] | None = None

    def named_in(self, text: str) -> list[Named]:
        """Full names of customers in ``text``, in order, the longest where several overlap."""
        places = _places(text)
        known = self._known() if places else ()
        bearers = self._bearers([name for name in places if _number(name) in known])
        found: list[Named] = []
        for name in sorted(bearers, key=len, reverse=True):
            for start, end in places[name]:
                if all(end <= other.start or start >= other.end for other in found):
                    customer_ids, full_names = zip(*sorted(bearers[name]), strict=True)
                    found.append(Named(start, end, full_names[0], customer_ids))
        return sorted(found, key=lambda named: named.start)

    def by_identifier(self, column: str, value: str) -> list[str]:
        """Ids of the customers who have ``value`` in ``column``."""
        sql = (
            f"SELECT DISTINCT customer_id FROM books.core.{_KEPT_IN[column]} "
            f"WHERE lower({column}) = {_literal(value.lower())} AND {self._within_sight()} ORDER BY customer_id"
        )
        return [row[0] for row in self._query(sql)]

    def _known(self) -> _Numbers:
        """Digests of all customers' names: what tells without a query that a question names nobody."""
        published = self._workspace.reader(self._principal).published
        if self._index is None or self._index[0] != published:
            sql = f"SELECT DISTINCT md5_number_lower({_SPELLED}) FROM books.core.customers WHERE full_name IS NOT NULL"
            self._index = published, _Numbers(row[0] for row in self._query(sql))
        return self._index[1]

    def _bearers(self, names: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        if not names:
            return {}
        sql = (
            f"SELECT customer_id, full_name, {_SPELLED} AS spelled FROM books.core.customers "
            f"WHERE spelled IN ({', '.join(map(_literal, names))}) AND {self._within_sight()}"
        )
        bearers: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for customer_id, full_name, spelled in self._query(sql):
            bearers[spelled].append((customer_id, full_name))
        return bearers

    def _within_sight(self) -> str:
        if not self._principal.partitions:
            return "TRUE"
        tests = " AND ".join(
            f'"{column}" IN ({", ".join(map(_literal, values))})'
            for column, values in self._principal.partitions.items()
        )
        return f"customer_id IN (SELECT customer_id FROM books.core.customers WHERE {tests})"

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        return self._workspace.query(self._principal, sql).rows


class _Numbers:
    """A set of 64-bit numbers, eight bytes each."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._sorted = array("Q", sorted(numbers))

    def __contains__(self, number: int) -> bool:
        place = bisect_left(self._sorted, number)
        return place < len(self._sorted) and self._sorted[place] == number


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


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
            spelled = [word.group().lower() for word in run]
            if spelled[-1] in question_words():
                break
            if last == first and not opening.group()[0].isupper():
                continue
            places[" ".join(spelled)].append((opening.start(), run[-1].end()))
            if len(run) == 2:
                places[" ".join(reversed(spelled))].append((opening.start(), run[-1].end()))
    return places
