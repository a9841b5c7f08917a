"""What a customer can move, as people speak of it: one declaration per lever, with the features that follow it.

"Income up by a tenth" moves more than mean income: what is measured against income falls, and as much more comes in.
Whatever a lever does not name stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from analytics.features.application import EVERY
from analytics.features.bounds import bounds
from governance.errors import ToolRetry

Kind = Literal["to", "by", "times"]


@dataclass(frozen=True)
class Move:
    """What happens to a figure: it becomes ``value``, grows by it, or is multiplied by it."""

    kind: Kind
    value: float

    def of(self, own: float) -> float:
        """Return what ``own`` becomes; not a number where that cannot be told."""
        if self.kind == "to":
            return self.value
        return own + self.value if self.kind == "by" else own * self.value


@dataclass(frozen=True)
class Lever:
    """One thing a customer can move.

    Attributes
    ----------
    label
        Its name in a sentence.
    moves
        Features that take the move itself, all of one unit; the first is the one that is spoken of.
    along, against
        Features that grow, and that shrink, in the proportion in which the first of ``moves`` grows.
    at_zero
        Feature → its value once nothing of it is left.
    at_least
        Features that are never less than the first of ``moves``.
    adds_to
        Lever to which the same amount is added.
    """

    label: str
    moves: tuple[str, ...]
    along: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    at_zero: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    at_least: tuple[str, ...] = ()
    adds_to: str = ""

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature the lever itself names."""
        return (*self.moves, *self.along, *self.against, *self.at_zero, *self.at_least)


LEVERS: Mapping[str, Lever] = MappingProxyType(
    {
        "income": Lever(
            "monthly income", ("income_6m",), adds_to="inflow",
            against=("obligations_to_income_6m", "contracted_emi_to_income_6m", "outstanding_to_income_6m",
                     "emi_to_income_3m"),
        ),
        "inflow": Lever(
            "monthly inflow", ("inflow_3m", "inflow_12m"),
            against=("contracted_emi_to_inflow_3m", "penalty_fees_to_inflow_6m", "lowest_balance_to_inflow_6m",
                     "outflow_to_inflow_3m", "outflow_to_inflow_12m", "largest_debit_to_inflow_3m",
                     "discretionary_to_inflow_3m", "essentials_to_inflow_3m", "gambling_to_inflow_6m",
                     "saving_rate_6m", "loan_app_owed_to_inflow_6m", "emi_asked_to_inflow_12m"),
        ),
        "income_swings": Lever("swings of income", ("income_variation_6m", "inflow_variation_12m")),
        "spending": Lever(
            "spending against inflow", ("outflow_to_inflow_3m", "outflow_to_inflow_12m"),
            against=("balance_to_outflow_3m",),
        ),
        "wants": Lever("spending on wants", ("discretionary_to_inflow_3m",)),
        "needs": Lever("spending on daily needs", ("essentials_to_inflow_3m",)),
        "gambling": Lever("gambling against inflow", ("gambling_to_inflow_6m",)),
        "cash": Lever("cash withdrawals as a share of outflow", ("cash_share_3m",)),
        "saving": Lever("saving against inflow", ("saving_rate_6m",)),
        "deficits": Lever("months with more spent than earned", ("deficit_months_6m",)),
        "bounces": Lever(
            "returned payments", ("bounces_12m", "bounces_6m", "emi_bounces_3m", "emi_bounces_1m"),
            at_zero={"months_since_bounce": 12.0},
        ),
        "penalties": Lever(
            "penalty charges", ("penalties_12m", "penalties_3m"), along=("penalty_fees_to_inflow_6m",),
            at_zero={"penalty_fees_to_inflow_6m": 0.0},
        ),
        "overdue": Lever(
            "days past due", ("days_past_due",), at_least=("worst_days_past_due_6m", "worst_days_past_due_12m")
        ),
        "late_instalments": Lever(
            "instalments paid late", ("late_instalments_12m", "late_instalments_3m"),
            at_zero={"average_days_late_6m": 0.0, "worst_days_late_12m": 0.0},
        ),
        "instalments": Lever(
            "instalments agreed", ("contracted_emi_to_income_6m", "contracted_emi_to_inflow_3m",
                                   "emi_asked_to_inflow_12m"),
            along=("emi_asked",),
            against=("balance_to_emi", "average_balance_to_emi_3m", "average_balance_to_emi_asked_3m",
                     "lowest_balance_to_emi_asked_3m"),
        ),
        "obligations": Lever("fixed obligations against income", ("obligations_to_income_6m",)),
        "debt": Lever("loans outstanding", ("outstanding",), along=("outstanding_to_income_6m",)),
        "balance": Lever(
            "balances", ("closing_balance", "average_balance_3m"),
            along=("balance_to_emi", "average_balance_to_emi_3m", "balance_to_outflow_3m",
                   "average_balance_to_emi_asked_3m"),
        ),
        "lowest_balance": Lever(
            "lowest balance", ("lowest_balance_3m",),
            along=("lowest_balance_to_inflow_6m", "lowest_balance_to_emi_asked_3m"),
        ),
        "low_balance_days": Lever("days with a nearly empty account", ("low_balance_days_3m",)),
        "overdrawn_days": Lever("days overdrawn", ("negative_days_6m",)),
        "card_utilisation": Lever("use of card limits", ("card_utilisation",)),
        "loan_apps": Lever(
            "postings from and to loan apps", ("loan_app_uses_12m", "loan_app_uses_3m"),
            at_zero={"loan_app_owed_to_inflow_6m": 0.0},
        ),
        "logins": Lever("logins", ("logins_3m",), along=("logins_change_3m",)),
        "activity": Lever("days a month with a posting", ("active_days_3m",), along=("postings_change_3m",)),
    }
)  # fmt: skip


def levers_of(features: Collection[str]) -> Mapping[str, Lever]:
    """Return the levers that move any of ``features``."""
    return {name: lever for name, lever in LEVERS.items() if any(each in features for each in lever.features)}


def pulled(name: str, move: Move, own: Mapping[str, float]) -> dict[str, float]:
    """Return what every feature becomes that follows a lever.

    Parameters
    ----------
    name
        Key of `LEVERS`.
    own
        Feature → the customer's figure, not a number where it is not known; also of features no model reads.

    Returns
    -------
    dict
        Feature → new value, within the feature's bounds; a value that was given stays as it was given.

    Raises
    ------
    ToolRetry
        The customer has no such figure that could be multiplied or added to.
    """
    lever = LEVERS[name]
    first = next((each for each in lever.moves if own.get(each, math.nan) == own.get(each, math.nan)), lever.moves[0])
    before = own.get(first, math.nan)
    after = move.of(before)
    if math.isnan(after):
        raise ToolRetry(f"Nothing is known of this customer's {lever.label}: give the value itself.")
    changes = dict(_moved(lever, move, own, first, after))
    factor = after / before if before == before and before else math.nan
    for each, power in (*((each, 1) for each in lever.along), *((each, -1) for each in lever.against)):
        if factor == factor and factor > 0 and own.get(each, math.nan) == own.get(each, math.nan):
            changes[each] = own[each] * factor**power
    if after == 0:
        changes |= lever.at_zero
    changes |= {each: after for each in lever.at_least if own.get(each, math.inf) < after}
    if lever.adds_to and before == before:
        more = pulled(lever.adds_to, Move("by", after - before), own) if _known(lever.adds_to, own) else {}
        changes |= {each: value for each, value in more.items() if each not in changes}
    said = lever.moves if move.kind == "to" else ()
    return {each: value if each in said else rounded(each, value) for each, value in changes.items() if each in own}


def _known(name: str, own: Mapping[str, float]) -> bool:
    return any(own.get(each, math.nan) == own.get(each, math.nan) for each in LEVERS[name].moves)


def _moved(lever: Lever, move: Move, own: Mapping[str, float], first: str, after: float) -> Iterator[tuple[str, float]]:
    """The features that take the move itself; a shorter window may have less of a count than was said, never more."""
    lowering = after < own.get(first, -math.inf)
    for each in lever.moves:
        value = own.get(each, math.nan)
        if move.kind == "to":
            counted = EVERY[each].unit in ("count", "days") and lowering and value == value
            yield each, min(value, after) if counted else after
        elif value == value:
            yield each, move.of(value)


def rounded(name: str, value: float) -> float:
    """Return a value that a feature can have: within its bounds, whole where it counts."""
    low, high = bounds(name)
    whole = EVERY[name].unit in ("count", "days", "months")
    return float(min(max(round(value) if whole else value, low), high))
