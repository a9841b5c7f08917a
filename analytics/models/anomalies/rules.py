"""Named patterns and the words each is reported in: one table.

A rule weighs as much as it is rare: minus the decimal logarithm of the share of postings it fires on, in the books the
model was fitted on. A pattern that is common among the lender's customers says little there. Texts name no party.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.models.anomalies.postings import Bools
from analytics.models.anomalies.signals import Signals


@dataclass(frozen=True)
class Rule:
    """A pattern.

    Attributes
    ----------
    kind
        What it is a sign of.
    fires
        Signals → whether each row meets it.
    text
        The reason; ``{ratio} {purpose} {spend} {hour} {minutes} {times} {share}`` are filled in.
    weight
        Part of the points that count: whole for a pattern, less for what may be the beginning of one.
    """

    name: str
    kind: str
    fires: Callable[[Signals], Bools]
    text: str
    weight: float = 1.0


UNUSUAL = "unusual_pattern"
#: Weighs as much as such an amount is rare among the lender's postings for the same purpose: a wide spread is usual for
#: jewellery and not for lunch.
ABOVE_USUAL = "above_usual"
BEGINNING = 0.7
KINDS = (
    "card_testing", "account_takeover", "duplicate_debit", "geo_jump", "structuring", "amount_outlier", UNUSUAL,
)  # fmt: skip

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("tiny_payments", "card_testing", lambda s: (s["tiny_before"] >= 2) & (s["card"] > 0),
         "after {times} tiny payments within half an hour"),
    Rule("first_tiny_payment", "card_testing",
         lambda s: (s["tiny"] > 0) & (s["card"] > 0) & (s["debit"] > 0) & (s["purpose_new"] > 0) & (s["party_new"] > 0),
         "a tiny card payment to a new merchant, of a new kind", BEGINNING),
    Rule("second_tiny_payment", "card_testing",
         lambda s: (s["tiny"] > 0) & (s["card"] > 0) & (s["tiny_before"] == 1),
         "a second tiny card payment within half an hour"),
    Rule("repeated_transfers", "account_takeover",
         lambda s: (s["transfer"] > 0) & (s["sent_before"] >= 1) & (s["night"] > 0),
         "another transfer to the same payee within the hour, at night"),
    Rule("new_payee_at_night", "account_takeover",
         lambda s: (s["transfer"] > 0) & (s["party_new"] > 0) & (s["night"] > 0) & (s["first_hour"] > 0),
         "a transfer at night to a payee never paid before"),
    Rule("large_to_new_payee_at_night", "account_takeover",
         lambda s: (s["transfer"] > 0) & (s["party_new"] > 0) & (s["night"] > 0) & (s["balance_share"] >= 0.1),
         "{share} of the balance to a payee never paid before"),
    Rule("same_again", "duplicate_debit",
         lambda s: (s["twin"] > 0) & (s["tiny"] == 0) & (s["night"] == 0) & (s["tiny_before"] == 0),
         "the same amount to the same party {minutes} minutes before"),
    Rule("two_cities", "geo_jump", lambda s: s["jump"] > 0, "in another city {away} minutes before"),
    Rule("new_city", "geo_jump", lambda s: (s["city_new"] > 0), "first time in this city", BEGINNING),
    Rule("just_under_again", "structuring", lambda s: s["just_under"] >= 2,
         "cash just under the reporting threshold, {times_under} times in ten days"),
    Rule("just_under", "structuring", lambda s: s["just_under"] == 1,
         "cash just under the reporting threshold", BEGINNING),
    Rule("passed_on", "structuring", lambda s: s["passed_on"] > 0,
         "moves on most of the cash paid in just under the reporting threshold"),
    Rule(ABOVE_USUAL, "amount_outlier",
         lambda s: (s["amount_z"] >= 2.5) & (s["ratio"] >= 3) & (s["known_amounts"] > 0) & (s["debit"] > 0),
         "{ratio}× your usual {purpose} {spend}"),
)
#: What is said beside a rule, or alone where the forest alone finds a row unusual.
REMARKS: tuple[Rule, ...] = (
    Rule("first_hour", UNUSUAL, lambda s: s["first_hour"] > 0, "first time at {hour}"),
    Rule("large", UNUSUAL, lambda s: (s["amount_z"] >= 2) & (s["ratio"] >= 2),
         "{ratio}× your usual {purpose} {spend}"),
    Rule("new_purpose", UNUSUAL, lambda s: s["purpose_new"] > 0, "first {purpose} {spend} in a year"),
    Rule("new_party", UNUSUAL, lambda s: s["party_new"] > 0, "a party not seen in a year"),
    Rule("day", UNUSUAL, lambda s: s["day_z"] >= 3, "on another day of the month than usual"),
    Rule("balance", UNUSUAL, lambda s: s["balance_share"] >= 0.5, "{share} of the balance in one payment"),
    Rule("rare_hour", UNUSUAL, lambda s: s["hour_bits"] >= 4, "at a rare hour, {hour}"),
)
# fmt: on
#: Where nothing that has a name stands out.
TOGETHER = "unusual in amount, time and party taken together"
MOST_REASONS = 3


def firing(found: Signals) -> Bools:
    """Return (rows, rules): which rules fire."""
    return np.stack([np.asarray(rule.fires(found), dtype=bool) for rule in RULES], axis=1)


def in_words(found: Signals, row: int, purpose: str, fired: list[Rule]) -> list[str]:
    """Return a row's reasons: the rules that fired, weightiest first, then what else is unusual; at most three."""
    credit = found["debit"][row] == 0
    value = {name: float(values[row]) for name, values in found.items()}
    words = {
        "ratio": f"{value['ratio']:.0f}" if value["ratio"] >= 2.95 else f"{value['ratio']:.1f}",
        "purpose": spoken(purpose),
        "spend": "receipt" if credit else "spend",
        "hour": f"{int(value['hour']):02d}:00",
        "minutes": _minutes(value["gap_minutes"]),
        "away": _minutes(value["away_minutes"]),
        "times": f"{value['tiny_before']:.0f}",
        "times_under": f"{value['just_under']:.0f}",
        "share": f"{value['balance_share']:.0%}",
    }
    one = {name: values[row : row + 1] for name, values in found.items()}
    beside = [rule for rule in REMARKS if rule.fires(one)[0]]
    texts = dict.fromkeys(rule.text.format(**words) for rule in [*fired, *beside])
    return list(texts)[:MOST_REASONS] or [TOGETHER]


def spoken(purpose: str) -> str:
    """Return ``category/subcategory`` in words: the subcategory, or the category where it begins with that."""
    category, _, subcategory = purpose.partition("/")
    chosen = category if not subcategory or subcategory.startswith(category) else subcategory
    return chosen.replace("_", " ") or "uncategorised"


def _minutes(minutes: float) -> str:
    return f"{max(minutes, 1):.0f}"
