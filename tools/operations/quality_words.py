"""How the quality report is worded, on the page and on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

STATUSES = ("fail", "warn", "pass", "not applicable")
#: Beginning of a rule's id → who answered.
RULE_KINDS: Mapping[str, str] = {
    "source": "told by the source",
    "berka": "told by the source",
    "sandbox": "told by the source",
    "correction": "corrected by a person",
    "alias": "a known merchant",
    "fuzzy": "a known merchant, spelt otherwise",
    "mcc": "the merchant category code",
    "vpa": "a known payment address",
    "cut": "a known merchant, cut short",
    "word": "a word in the name",
    "person": "a person's name",
    "party": "the party's trade",
    "business": "the party's trade",
    "learned": "learned from names",
    "abstain": "unknown: nothing answers",
    **dict.fromkeys(("rail", "bank", "note", "nach", "form"), "the wording of the narration"),
}


def counts_of(checks: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many checks ended how."""
    found = dict.fromkeys(STATUSES, 0)
    for check in checks:
        found[check["status"]] += 1
    return found


def verdict_of(counts: Mapping[str, int]) -> str:
    """Return the report in one sentence."""
    if not sum(counts.values()):
        return "Nothing has been checked yet."
    if counts["fail"]:
        return f"{_checks(counts['fail'])} found something wrong.".capitalize()
    if counts["warn"]:
        return f"Nothing is wrong; {_checks(counts['warn'])} found something worth a look."
    return "The books are in order."


def _checks(count: int) -> str:
    return "one check" if count == 1 else f"{count} checks"
