"""What a feature is, and the concepts features are grouped by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from analytics.features.windows import Windows

Unit = Literal["currency", "ratio", "percent", "count", "days", "months"]
#: Effect on the probability of default that the credit model is held to: +1 raises it, −1 lowers it, 0 is free.
Direction = Literal[-1, 0, 1]


@dataclass(frozen=True)
class Concept:
    """A group of features that a person would call one thing.

    Attributes
    ----------
    label
        Its name on a screen.
    actionable
        Whether a customer can do something about it, so that it may stand in a letter to him.
    """

    name: str
    label: str
    actionable: bool = True


CONCEPTS: Mapping[str, Concept] = MappingProxyType(
    {
        concept.name: concept
        for concept in (
            Concept("repayment", "Repayment record"),
            Concept("bounces", "Returned payments"),
            Concept("obligations", "Obligations against income"),
            Concept("income_level", "Income level"),
            Concept("income_stability", "Income stability"),
            Concept("balances", "Balances"),
            Concept("cash_flow", "Cash flow"),
            Concept("spending", "Spending pattern"),
            Concept("borrowing", "Loans and new borrowing"),
            Concept("engagement", "Use of the account", actionable=False),
        )
    }
)


#: "1 EMI bounces", "1 days": a single one, which takes no plural.
_ONE = re.compile(r"(?<![\d,.])1 (?P<kind>(?:[\w-]+ )?)(?P<noun>bounce|charge|day|instalment|loan|payment|posting)s\b")


@dataclass(frozen=True)
class Feature:
    """A declared quantity per customer and as-of.

    Attributes
    ----------
    name
        Column name.
    expression
        Ibis expression over the windowed monthly table.
    window
        Months it looks back, the newest included.
    unit
        Of the value; percent values are fractions.
    direction
        See `Direction`.
    concept
        Key of `CONCEPTS`.
    reason
        Approved adverse text for a letter; ``{value}`` stands for the customer's own figure. Empty: never a reason.
    description
        What it measures.
    mutable
        Whether the customer can change it, which a what-if may then try.
    version
        Raised with each change of the expression.
    """

    name: str
    expression: Callable[[Windows], Any]
    window: int
    unit: Unit
    direction: Direction
    concept: str
    reason: str
    description: str
    mutable: bool = True
    version: int = 1

    def text(self, value: float) -> str:
        """Return the approved text with the customer's figure in it."""
        return _ONE.sub(r"1 \g<kind>\g<noun>", self.reason.format(value=figure(value, self.unit)))


def figure(value: float, unit: Unit) -> str:
    """Return a value as a letter would write it; amounts with lakh and crore grouping, without a currency sign."""
    return _FIGURES[unit](value)


def grouped(amount: float) -> str:
    """Return a whole amount with Indian grouping: 1234567 → 12,34,567."""
    digits = f"{abs(round(amount))}"
    head, tail = digits[:-3], digits[-3:]
    while head:
        head, tail = head[:-2], f"{head[-2:]},{tail}"
    return f"−{tail}" if round(amount) < 0 else tail


_FIGURES: Mapping[Unit, Callable[[float], str]] = MappingProxyType(
    {
        "currency": grouped,
        "ratio": lambda value: f"{value:.1f}".replace("-", "−"),
        "percent": lambda value: f"{100 * value:.0f}%",
        "count": lambda value: f"{value:.0f}",
        "days": lambda value: f"{value:.0f}",
        "months": lambda value: f"{value:.0f}",
    }
)
