"""The audit log as a chain: each entry carries the digest of the one before; what breaks it is found and named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

FIRST_LINK = "0" * 64
#: How far from where it stands an entry's own number is looked for.
_REACH = 1_000
#: Breaks that are told at the most; one early in a log may show in all that follow.
SHOWN = 10

Entry = Mapping[str, Any]
Kind = Literal["changed", "removed", "reordered"]


@dataclass(frozen=True)
class Break:
    """Where a chain breaks.

    Attributes
    ----------
    entry
        Number of the entry at which it shows.
    kind
        What was done to the log.
    says
        The same as a sentence.
    """

    entry: int
    kind: Kind
    says: str


@dataclass(frozen=True)
class Chain:
    """What a walk along the chain found.

    Attributes
    ----------
    entries
        How many there are.
    last
        Digest of the newest; kept elsewhere, it proves later that nothing was cut off at the end.
    breaks
        Where it breaks, in order, at most `SHOWN`; empty where it is whole.
    """

    entries: int
    last: str
    breaks: tuple[Break, ...]


@dataclass(frozen=True)
class Known:
    """How long a log was at an earlier time, and its last digest then."""

    entries: int
    digest: str


def digest_of(entry: Entry) -> str:
    """The digest of an entry, which has no digest yet."""
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()


def walk(read: Callable[[], Iterable[Entry]], known: Known | None = None) -> Chain:
    """Walk along a log from its first entry and look whether each follows on the one before.

    Parameters
    ----------
    read
        Gives all entries, by their numbers; called again where the chain breaks, to see what belongs where.
    known
        What was known of the log once.
    """
    count, last, at_known, broken = 0, FIRST_LINK, "", False
    for number, entry in enumerate(read(), start=1):
        broken = broken or not _follows(entry, number, last)
        count, last = number, str(entry["digest"])
        if known is not None and number == known.entries:
            at_known = last
    breaks = _breaks(read) if broken else ()
    if known is not None and not breaks and at_known != known.digest:
        breaks = (_against(known, count),)
    return Chain(count, last, breaks)


def _follows(entry: Entry, number: int, previous: str) -> bool:
    return entry["sequence"] == number and entry["previous"] == previous and _is_as_written(entry)


def _is_as_written(entry: Entry, number: int | None = None) -> bool:
    """Whether an entry is what was written, be it as another number."""
    content = {name: value for name, value in entry.items() if name != "digest"}
    return digest_of(content if number is None else {**content, "sequence": number}) == str(entry["digest"])


def _breaks(read: Callable[[], Iterable[Entry]]) -> tuple[Break, ...]:
    stands = {str(entry["digest"]): int(entry["sequence"]) for entry in read()}
    found: list[Break] = []
    number, last, told = 0, FIRST_LINK, False
    for entry in read():
        here = list(_of_one(entry, number, last, told, stands))
        found += here
        number, last, told = int(entry["sequence"]), str(entry["digest"]), bool(here)
        if len(found) >= SHOWN:
            break
    return tuple(found[:SHOWN])


def _of_one(entry: Entry, before: int, last: str, told: bool, stands: Mapping[str, int]) -> Iterator[Break]:
    """What is wrong of one entry; ``told`` is whether something was of the one before it."""
    number = int(entry["sequence"])
    if missing := number - before - 1:
        gone = f"entry {before + 1} is" if missing == 1 else f"entries {before + 1} to {number - 1} are"
        yield Break(before + 1, "removed", f"{gone} missing")
    if not _is_as_written(entry):
        yield _moved_or_changed(entry, number, stands)
    elif entry["previous"] != last and not missing and not told:
        yield (
            Break(before, "changed", f"entry {before} is another than the one that entry {number} was written after")
            if before
            else Break(1, "removed", "entry 1 was written after another, which is missing")
        )


def _moved_or_changed(entry: Entry, number: int, stands: Mapping[str, int]) -> Break:
    previous = str(entry["previous"])
    likely = [0 if previous == FIRST_LINK else stands.get(previous, -1)]
    nearby = [number + step * way for step in range(1, _REACH) for way in (1, -1)]
    own = next((each for each in [likely[0] + 1, *nearby] if each > 0 and _is_as_written(entry, each)), None)
    if own is None:
        return Break(number, "changed", f"entry {number} does not say what it said when it was written")
    if previous in stands or previous == FIRST_LINK:
        return Break(number, "reordered", f"what stands as entry {number} was written as entry {own}")
    return Break(
        number, "removed", f"what stands as entry {number} was written as entry {own}; the one before it is missing"
    )


def _against(known: Known, entries: int) -> Break:
    if entries < known.entries:
        gone = known.entries - entries
        said = f"the log had {known.entries} entries and has {entries}: {gone} are missing at its end"
        return Break(entries + 1, "removed", said)
    said = (
        f"entry {known.entries} is another than the one that was known: the log was written anew from there or before"
    )
    return Break(known.entries, "changed", said)
