"""How statements word a posting: the forms of `data/forms.yaml`, with the place of every field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
#: Fields that a form may hold.
FIELDS = ("counterparty", "vpa", "ifsc", "reference", "bank", "remark", "city")
#: Those that may stretch over several parts.
STRETCHING = ("counterparty", "remark")
SEPARATORS = ("/", "-", " ")
#: A place is counted from the left, from the part that is known by its shape, or from the right.
ABSENT, FROM_SHAPE, FROM_RIGHT = -1, 100, 200


@dataclass(frozen=True)
class Form:
    """One wording.

    Attributes
    ----------
    starts
        How it begins, in upper case; ``#`` stands for a digit.
    holds
        What the text holds besides; empty asks for nothing.
    sense
        What the posting is, where the form tells more than the rail.
    separator, also
        What parts the fields: one of `SEPARATORS`, and texts that count as it.
    shape
        The field that is known by its shape (``vpa``, ``reference``, ``mask``), or empty.
    tail
        Text at which the fields end, or empty.
    spans
        Field → the places it reaches from and to, the second exclusive.
    """

    starts: str
    holds: str
    mode: str
    sense: str
    separator: str
    also: tuple[str, ...]
    shape: str
    tail: str
    spans: Mapping[str, tuple[int, int]]

    @property
    def body(self) -> int:
        """Where the fields begin."""
        return len(self.starts.partition("#")[0])


@cache
def read(name: str) -> Any:
    """Return a declaration of this package."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C reads ten times as fast
    return yaml.load((DATA / f"{name}.yaml").read_text("utf-8"), loader)  # noqa: S506  # nosec B506  # safe, in C


@cache
def forms() -> tuple[Form, ...]:
    """Return the forms in the order in which they are tried."""
    return tuple(_form(*row) for rows in read("forms").values() for row in rows)


def _form(starts: str, mode: str, sense: str, separators: str, parts: str) -> Form:
    head, _, holds = starts.partition("|~")
    fields, _, tail = parts.partition(">")
    main, *also = separators.split() or [" "]
    if main not in SEPARATORS:
        main, also = "/", [main, *also]
    names = fields.split()
    shape = next((name[:-1] for name in names if name.endswith("^")), "")
    return Form(head, holds, mode, sense, main, tuple(also), shape, tail, _spans(names))


def _spans(names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return where each field of a form lies."""
    places = [*_places(names), FROM_RIGHT]
    return {
        name.rstrip("*^"): (places[at], places[at + 1] if name.endswith("*") else places[at] + 1)
        for at, name in enumerate(names)
        if name.rstrip("*^") in FIELDS
    }


def _places(names: Sequence[str]) -> list[int]:
    """Return where each part begins: from the left up to what stretches, from the shape or the right after it."""
    shape = next((at for at, name in enumerate(names) if name.endswith("^")), None)
    places, stretched = [], 0
    for at, name in enumerate(names):
        if not stretched:
            places.append(at)
        elif shape is not None and stretched < (2 if at > shape else 99):
            places.append(FROM_SHAPE + at - shape)
        else:
            places.append(FROM_RIGHT - len(names) + at)
        stretched += name.endswith("*")
    return places
