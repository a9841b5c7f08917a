"""The sandbox's declarations, read once: parties, places, names, posting kinds, narration forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from analytics.sandbox.arrays import Bools, Floats, Ints

DATA = Path(__file__).parent / "data"
PERSONS = 4000
PICK_SLOTS = 1024
BANK_NAMES = {
    "HDFC": "HDFC Bank", "SBIN": "State Bank of India", "ICIC": "ICICI Bank", "UTIB": "Axis Bank",
    "KKBK": "Kotak Mahindra Bank", "YESB": "Yes Bank", "CITI": "Citibank", "PUNB": "Punjab National Bank",
}  # fmt: skip
HANDLES = {
    "hdfcbank": "HDFC", "okhdfcbank": "HDFC", "oksbi": "SBIN", "sbi": "SBIN", "okicici": "ICIC", "icici": "ICIC",
    "okaxis": "UTIB", "axis": "UTIB", "axisbank": "UTIB", "axl": "UTIB", "apl": "UTIB", "ybl": "YESB", "paytm": "YESB",
    "citibank": "CITI", "ibl": "ICIC", "yesbank": "YESB",
}  # fmt: skip


@dataclass(frozen=True)
class Party:
    """Someone on the other side of a posting. ``merchant`` is None for persons."""

    name: str
    merchant: str | None
    vpa: str
    ifsc: str
    mcc: str | None
    category: str
    subcategory: str

    @property
    def bank(self) -> str:
        """Name of the party's bank, told by its IFSC."""
        return BANK_NAMES[self.ifsc[:4]]


@dataclass(frozen=True)
class Kind:
    """What a posting is: rail, narration form, category, marks."""

    name: str
    mode: str
    form: str
    category: str
    subcategory: str
    recurring: str
    own_transfer: bool
    remark: str


@dataclass(frozen=True)
class Place:
    """A city with its state, region, weight and tier (0 metro to 2 small)."""

    city: str
    state: str
    region: str
    weight: float
    tier: int


@dataclass(frozen=True)
class Catalogue:
    """Everything declared, with parties in one list and look-up tables into it.

    ``picks[group]`` holds `PICK_SLOTS` party indices, repeated by weight, for a category or subcategory.
    """

    parties: tuple[Party, ...]
    picks: Mapping[str, Ints]
    online_only: Bools
    offline_only: Bools
    employers: Ints
    large_employers: Ints
    persons: Ints
    kinds: tuple[Kind, ...]
    kind_index: Mapping[str, int]
    places: tuple[Place, ...]
    given: Mapping[str, Sequence[str]]
    family: Sequence[str]
    remarks: Sequence[str]
    banks: Mapping[str, str]
    forms: Mapping[str, Mapping[str, str]]


@cache
def catalogue() -> Catalogue:
    """Read the declarations; the same object every time."""
    names, narrations = _read("names"), _read("narrations")
    declared = _read("merchants")
    merchants, groups = _merchants(declared)
    channels = [row[-1] for rows in declared.values() for row in rows]
    employers = [_company(name, k) for k, name in enumerate(_employer_names(names["employers"]))]
    persons = _persons(names)
    edges = np.cumsum([len(merchants), len(employers), len(persons)])
    kinds = tuple(Kind(name, *row) for name, row in _read("kinds").items())
    return Catalogue(
        parties=(*merchants, *employers, *persons),
        picks={group: _pick_table(rows) for group, rows in groups.items()},
        online_only=_marked(channels, "online", int(edges[-1])),
        offline_only=_marked(channels, "offline", int(edges[-1])),
        employers=np.arange(edges[0], edges[1]),
        large_employers=np.arange(edges[0], edges[0] + len(names["employers"]["heads"])),
        persons=np.arange(edges[1], edges[2]),
        kinds=kinds,
        kind_index={kind.name: index for index, kind in enumerate(kinds)},
        places=tuple(Place(*row) for row in _read("places")["cities"]),
        given={"M": names["male"], "F": names["female"]},
        family=names["family"],
        remarks=names["remarks"],
        banks=narrations["banks"],
        forms={bank: {**narrations["common"], **own} for bank, own in narrations["forms"].items()},
    )


def _read(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def _marked(channels: Sequence[str], channel: str, parties: int) -> Bools:
    marks = np.zeros(parties, np.bool_)
    marks[: len(channels)] = np.array(channels) == channel
    return marks


def _ifsc(vpa: str, number: int) -> str:
    return f"{HANDLES.get(vpa.partition('@')[2], 'PUNB')}0{number * 7919 % 999983:06d}"


def _merchants(tables: Mapping[str, list[list[Any]]]) -> tuple[list[Party], dict[str, list[tuple[int, float]]]]:
    parties: list[Party] = []
    groups: dict[str, list[tuple[int, float]]] = {}
    for category, rows in tables.items():
        for short, legal, subcategory, mcc, vpa, weight, _ in rows:
            for group in {category, subcategory}:
                groups.setdefault(group, []).append((len(parties), float(weight)))
            parties.append(Party(legal, short, vpa, _ifsc(vpa, len(parties) + 11), mcc, category, subcategory))
    return parties, groups


def _pick_table(rows: Iterable[tuple[int, float]]) -> Ints:
    indices, weights = zip(*rows, strict=True)
    edges: Floats = np.cumsum(weights) / np.sum(weights)
    slots = np.searchsorted(edges, (np.arange(PICK_SLOTS) + 0.5) / PICK_SLOTS)
    return np.asarray(indices, dtype=np.int64)[slots]


def _employer_names(declared: Mapping[str, list[str]]) -> list[str]:
    large = [f"{name} Limited" for name in declared["heads"]]
    return large + [f"{stem} {trade}" for stem in declared["stems"] for trade in declared["trades"]]


def _company(name: str, number: int) -> Party:
    banks = ("CITI", "HDFC", "ICIC", "SBIN", "UTIB", "KKBK")
    ifsc = f"{banks[number % len(banks)]}0{number * 6007 % 999979:06d}"
    return Party(name, name, f"{''.join(name.lower().split())[:14]}@icici", ifsc, None, "income", "salary")


def _persons(names: Mapping[str, Any]) -> list[Party]:
    rng = np.random.default_rng(20_26)
    given, family, handles = [*names["male"], *names["female"]], names["family"], names["psp"]
    drawn = zip(
        rng.integers(len(given), size=PERSONS),
        rng.integers(len(family), size=PERSONS),
        rng.integers(len(handles), size=PERSONS),
        rng.integers(10, 999, size=PERSONS),
        strict=True,
    )
    return [person(given[a], family[b], handles[c], int(d), k) for k, (a, b, c, d) in enumerate(drawn)]


def person(given: str, family: str, handle: str, number: int, salt: int) -> Party:
    """Build a private person with a payment address."""
    vpa = f"{given.lower()}{number}@{handle}"
    return Party(f"{given} {family}", None, vpa, _ifsc(vpa, salt + 401), None, "transfer", "person")
