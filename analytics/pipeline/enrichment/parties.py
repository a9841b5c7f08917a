"""Who stands behind a name: a known merchant, a near spelling of one, a person, a trade by its letters, or nobody."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from analytics.pipeline.enrichment.forms import read

if TYPE_CHECKING:
    import pyarrow as pa

#: Least likeness, in hundredths, of a near spelling.
NEAR = 90.0
#: Letters of the shortest cut name, and of the shortest name a near spelling is sought for.
SHORTEST_CUT, SHORTEST_NEAR = 7, 5
CONFIDENCE = {"alias": 0.98, "vpa": 0.97, "cut": 0.9, "fuzzy": 0.85, "person": 0.85}
_LEGAL = re.compile(r"\b(private|pvt|limited|ltd|llp|inc|india|the|m/s)\b\.?")


@dataclass(frozen=True)
class Party:
    """Who a name is. ``kind`` is merchant, person or unknown; ``rule`` says what decided."""

    kind: str = "unknown"
    merchant: str | None = None
    mcc: str | None = None
    category: str = ""
    subcategory: str = ""
    confidence: float = 0.0
    rule: str = "abstain"


@dataclass(frozen=True)
class Directory:
    """The merchants that are known, by every name they go by."""

    by_name: dict[str, Party]
    names: Sequence[str]


def parties_of(keys: pa.Table, directory: Directory | None = None) -> pa.Table:
    """Tell who the distinct names are.

    Parameters
    ----------
    keys
        ``counterparty`` and ``vpa``, each pair once.
    directory
        Merchants to know; all declared ones by default.

    Returns
    -------
    pyarrow.Table
        The keys with ``party_kind``, ``party_merchant``, ``party_mcc``, ``party_category``, ``party_subcategory``,
        ``party_confidence`` and ``party_rule``.
    """
    import pyarrow as pa

    known = directory or declared()
    names, vpas = keys["counterparty"].to_pylist(), keys["vpa"].to_pylist()
    found = [_by_rule(name or "", vpa or "", known) for name, vpa in zip(names, vpas, strict=True)]
    unknown = [at for at, party in enumerate(found) if party.kind == "unknown" and names[at]]
    for at, party in zip(unknown, _learned([names[at] for at in unknown], known), strict=True):
        found[at] = party
    types = {"confidence": pa.float64()}
    fields = ("kind", "merchant", "mcc", "category", "subcategory", "confidence", "rule")
    for field in fields:
        column = pa.array([getattr(party, field) for party in found], types.get(field, pa.string()))
        keys = keys.append_column(f"party_{field}", column)
    return keys


@cache
def declared() -> Directory:
    """Return the merchants of `data/merchants.yaml`."""
    return directory_of(merchants())


@cache
def merchants() -> tuple[tuple[Party, tuple[str, ...]], ...]:
    """Return each declared merchant with the names it goes by."""
    rows = []
    for category, kinds in read("merchants").items():
        for kind, entries in kinds.items():
            if kind == "words":
                continue
            subcategory, mcc = kind.split()
            for entry in entries:
                name, _, others = str(entry).partition(" = ")
                rule = f"alias:{key_of(name)}"
                party = Party("merchant", name, mcc, category, subcategory, CONFIDENCE["alias"], rule)
                rows.append((party, (name, *filter(None, others.split(" / ")))))
    return tuple(rows)


def directory_of(rows: Sequence[tuple[Party, tuple[str, ...]]]) -> Directory:
    """Return merchants in an order that can be searched."""
    by_name = {key_of(name): party for party, names in rows for name in names}
    return Directory(by_name, sorted(by_name))


def key_of(name: str) -> str:
    """Return a name as names are compared: letters and digits in lower case, without what companies end with."""
    lower = name.lower()
    return re.sub(r"[^a-z0-9]", "", _LEGAL.sub(" ", lower)) or re.sub(r"[^a-z0-9]", "", lower)


def _by_rule(name: str, vpa: str, known: Directory) -> Party:
    local, _, handle = vpa.lower().partition("@")
    address = re.sub(r"[^a-z0-9]", "", re.sub(r"[.]\d+$", "", local))
    return (
        _named(address, known, "vpa")
        or _alias(name, known)
        or _person(name, local, handle)
        or _cut(address if not handle else "", known)
        or _cut(key_of(name), known)
        or _near(name, known)
        or Party()
    )


def _alias(name: str, known: Directory) -> Party | None:
    """Return the merchant whose name the words begin with, the longest first."""
    words = name.lower().replace("/", " ").split()
    for count in range(len(words), 0, -1):
        found = _named(key_of(" ".join(words[:count])), known, "alias")
        if found and (count == len(words) or len(key_of(" ".join(words[:count]))) > 3):
            return found
    return None


def _named(key: str, known: Directory, how: str) -> Party | None:
    found = known.by_name.get(key) if len(key) > 1 else None
    return replace(found, confidence=CONFIDENCE[how]) if found else None


def _cut(key: str, known: Directory) -> Party | None:
    """Return the one merchant that a cut name begins."""
    if len(key) < SHORTEST_CUT:
        return None
    at = bisect_left(known.names, key)
    fitting = list(takewhile(lambda name: name.startswith(key), known.names[at : at + 10]))
    parties = {known.by_name[name] for name in fitting}
    return replace(parties.pop(), confidence=CONFIDENCE["cut"]) if len(parties) == 1 else None


def _near(name: str, known: Directory) -> Party | None:
    from rapidfuzz import fuzz, process

    key = key_of(name)
    if len(key) < SHORTEST_NEAR:
        return None
    best = process.extractOne(key, known.names, scorer=fuzz.ratio, score_cutoff=NEAR)
    if best is None:
        return None
    party = known.by_name[best[0]]
    return replace(party, confidence=CONFIDENCE["fuzzy"] * best[1] / 100, rule=party.rule.replace("alias", "fuzzy"))


@cache
def _people() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in read("people").items()}


def _person(name: str, local: str, handle: str) -> Party | None:
    """Return a person where the name has a person's shape, or the VPA is a telephone number."""
    people = _people()
    words = re.findall(r"[a-z]+", name.lower())
    if any(word in people["business"] for word in words):
        return None
    borne = 1 <= len(words) <= 4 and (words[0] in people["given"] or words[-1] in people["family"])
    handled = handle in people["handles"] and re.sub(r"[^a-z].*", "", local) in people["given"]
    called = re.fullmatch(r"(91)?[6-9]\d{9}", local) is not None
    alone = len(words) == 1 and not (local or re.search(r"\d", name))
    if (borne and not alone) or handled or called:
        return Party("person", None, None, "transfer", "", CONFIDENCE["person"], "person")
    return None


def _learned(names: Sequence[str], known: Directory) -> list[Party]:
    if not names:
        return []
    from analytics.pipeline.enrichment.learned import trades

    return [_of_trade(*guess) for guess in trades(names, frozenset(known.names))]


def _of_trade(category: str, subcategory: str, confidence: float) -> Party:
    known = Party("merchant", None, None, category, subcategory, confidence, "learned")
    return known if category else Party(confidence=confidence)


def crosswalk() -> dict[str, Any]:
    """Return ``first-last`` ranges of merchant category codes with category and subcategory."""
    codes: dict[str, Any] = read("mcc")
    return codes
