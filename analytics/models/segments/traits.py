"""What customers are grouped by, and the words for having much or little of it: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

#: Share that stands for a part of the spending which is not there, so that its logarithm exists.
LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Trait:
    """One column that customers are grouped by.

    Attributes
    ----------
    value
        Feature rows → the column, before it is scaled.
    high, low
        How a segment far above or below is told apart, after the earners it is of: "who save".
    much, little
        The same of one customer: "saves much of what comes in".
    """

    name: str
    value: Callable[[pd.DataFrame], Any]
    high: str
    low: str
    much: str
    little: str


def _log(name: str) -> Callable[[pd.DataFrame], Any]:
    return lambda rows: np.log1p(np.maximum(rows[name].astype(float), 0.0))


def _plain(name: str) -> Callable[[pd.DataFrame], Any]:
    return lambda rows: rows[name].astype(float)


#: Parts of what comes in, as shares of it; the spend mix is their logarithms against the mean of them.
PARTS: Mapping[str, Callable[[pd.DataFrame], Any]] = MappingProxyType(
    {
        "essentials": _plain("essentials_to_inflow_3m"),
        "discretionary": _plain("discretionary_to_inflow_3m"),
        "saving": _plain("saving_rate_6m"),
        "cash": lambda rows: rows["cash_share_3m"].astype(float) * rows["outflow_to_inflow_3m"].astype(float),
        "obligations": _plain("obligations_to_income_6m"),
    }
)


def _mix(part: str) -> Callable[[pd.DataFrame], Any]:
    """Centred log-ratio: J. Aitchison, "The Statistical Analysis of Compositional Data", 1986."""

    def value(rows: pd.DataFrame) -> Any:
        logs = {name: np.log(np.clip(share(rows), 0.0, 5.0) + LEAST_SHARE) for name, share in PARTS.items()}
        return logs[part] - sum(logs.values()) / len(logs)

    return value


# fmt: off
INCOME = "inflow"
TRAITS: tuple[Trait, ...] = (
    Trait("recency", _log("days_since_posting"), "gone quiet", "always active",
          "has not used the account for long", "used the account just now"),
    Trait("frequency", _log("postings_3m"), "with many payments", "with few payments",
          "pays often", "pays seldom"),
    Trait(INCOME, _log("inflow_12m"), "", "", "much comes in", "little comes in"),
    Trait("salary", _plain("salary_share_6m"), "on a salary", "without a salary",
          "lives on a salary or pension", "no salary or pension comes in"),
    Trait("inflow_swing", _plain("inflow_variation_12m"), "whose income swings", "whose income is steady",
          "income swings from month to month", "income is steady"),
    Trait("outflow_swing", _plain("outflow_variation_6m"), "who spend in bursts", "who spend evenly",
          "spends in bursts", "spends evenly"),
    Trait("cushion", _log("balance_to_outflow_3m"), "with a cushion", "who run their balance down",
          "keeps months of spending on the account", "runs the balance down"),
    Trait("essentials", _mix("essentials"), "who spend on daily needs", "who spend little on daily needs",
          "daily needs take a large part", "daily needs take a small part"),
    Trait("discretionary", _mix("discretionary"), "who spend on wants", "who spend little on wants",
          "wants take a large part", "wants take a small part"),
    Trait("saving", _mix("saving"), "who save", "who do not save", "saves regularly", "saves little or nothing"),
    Trait("cash", _mix("cash"), "who use cash", "who hardly use cash", "takes out much cash", "hardly takes out cash"),
    Trait("obligations", _mix("obligations"), "with fixed obligations", "with few obligations",
          "fixed obligations take a large part", "few fixed obligations"),
)
# fmt: on
#: How earners are called by where a segment's income lies, in robust standard deviations of all.
EARNERS: tuple[tuple[float, str], ...] = ((-0.6, "Small earners"), (0.6, "Middle earners"), (np.inf, "High earners"))


def columns(rows: pd.DataFrame) -> Floats:
    """Return `TRAITS` as columns, NaN where a feature is missing or not finite."""
    with np.errstate(all="ignore"):
        found = np.stack([np.asarray(trait.value(rows), dtype=np.float64) for trait in TRAITS], axis=1)
    return np.where(np.isfinite(found), found, np.nan)


def names(centres: Floats) -> list[str]:
    """Name segments by what sets each apart, no two alike.

    Parameters
    ----------
    centres
        (segments, traits) in robust standard deviations from the middle of all customers.
    """
    income = next(at for at, trait in enumerate(TRAITS) if trait.name == INCOME)
    earners = [next(word for end, word in EARNERS if centre[income] < end) for centre in centres]
    wording = [_words(centre, income) for centre in centres]
    told = [1] * len(centres)
    for _ in range(len(TRAITS)):
        found = [_name(who, words[:count]) for who, words, count in zip(earners, wording, told, strict=True)]
        twins = [found.count(name) > 1 for name in found]
        if not any(twins):
            return found
        told = [count + twin for count, twin in zip(told, twins, strict=True)]
    return [f"{name} ({number})" for number, name in enumerate(found, start=1)]


def _words(centre: Floats, income: int) -> list[str]:
    order = [int(at) for at in np.argsort(-np.abs(centre), kind="stable") if at != income]
    return [TRAITS[at].high if centre[at] > 0 else TRAITS[at].low for at in order]


def _name(earners: str, words: list[str]) -> str:
    return f"{earners} {' and '.join(words)}"
