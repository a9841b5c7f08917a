"""Which columns are balance and amounts, by arithmetic: the balance before and what moved make the balance after."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, permutations

#: Share of the steps that must add up, and how many steps there must be.
LEAST_SHARE, LEAST_STEPS = 0.8, 3
#: More columns of figures than this are not tried against one another.
MOST_COLUMNS = 8
_DRESS = re.compile(r"(?i)₹|rs\.?|inr|[() ]|[dc]r\.?$")
#: A comma before the last one or two figures parts the decimals: groups of thousands and lakhs end in three.
DECIMAL_COMMA = re.compile(r",\d{1,2}$")


@dataclass(frozen=True)
class Sum:
    """Columns that add up: role → place, and in how many of the steps."""

    places: Mapping[str, int]
    right: int
    steps: int

    @property
    def share(self) -> float:
        """Share of the steps that add up."""
        return self.right / self.steps

    @property
    def reason(self) -> str:
        """Why the roles are these, in words."""
        return f"the balance before and what moved make the balance after in {self.right} of {self.steps} rows"


def adding_up(rows: Sequence[Sequence[str]], places: Sequence[int]) -> Sum | None:
    """Return the columns that best add up, None where none do.

    Parameters
    ----------
    rows
        Rows below the heading.
    places
        Columns that hold figures.
    """
    columns = {place: [number(row[place]) if len(row) > place else None for row in rows] for place in places}
    found = [_sum(columns, roles) for roles in _ways(places[:MOST_COLUMNS])]
    sound = [each for each in found if each.steps >= LEAST_STEPS and each.share >= LEAST_SHARE]
    return max(sound, key=lambda each: (each.share, each.right, len(each.places)), default=None)


def number(text: str) -> Decimal | None:
    """Return the figure that a cell holds, None where it holds none."""
    bare = _DRESS.sub("", text.strip())
    bare = bare.replace(".", "").replace(",", ".") if DECIMAL_COMMA.search(bare) else bare.replace(",", "")
    return Decimal(bare) if re.fullmatch(r"[-+]?\d{1,16}(\.\d+)?", bare) else None


def _ways(places: Sequence[int]) -> list[Mapping[str, int]]:
    pairs = [dict(zip(("balance", "amount"), each, strict=True)) for each in permutations(places, 2)]
    triples = [dict(zip(("balance", "debit", "credit"), each, strict=True)) for each in permutations(places, 3)]
    return [*pairs, *triples]


def _sum(columns: Mapping[int, Sequence[Decimal | None]], roles: Mapping[str, int]) -> Sum:
    """Count the steps that add up, in the direction in which more do."""
    cells = {role: columns[place] for role, place in roles.items()}
    moved = [_moved({role: column[at] for role, column in cells.items()}) for at in range(len(cells["balance"]))]
    kept = [(balance, move) for balance, move in zip(cells["balance"], moved, strict=True) if balance is not None]
    steps = [move for _, move in kept if move is not None]
    if len(kept) < LEAST_STEPS + 1 or len(steps) < LEAST_SHARE * len(kept):
        return Sum(roles, 0, max(len(kept), 1))
    both = [kept, kept[::-1]]
    right = max(sum(a[0] + (b[1] or 0) == b[0] for a, b in pairwise(way)) for way in both)
    return Sum(roles, right, len(kept) - 1)


def _moved(row: Mapping[str, Decimal | None]) -> Decimal | None:
    if "amount" in row:
        return row["amount"]
    out, into = row["debit"] or Decimal(0), row["credit"] or Decimal(0)
    return into - abs(out) if (out == 0) != (into == 0) else None
