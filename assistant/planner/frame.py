"""What a question asks for, independent of its words and of the tools' signatures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant.planner.words import HOUSE, Words
from knowledge.query import Each, Filter, Order, Period, Who
from knowledge.resolve import join_paths
from knowledge.vocabulary import Grain, Metric, Vocabulary

Intent = Literal[
    "ranking", "metrics", "profile", "explain", "model", "knowledge", "status", "sql", "leavers", "anomalies",
    "segments", "goals", "forecast", "what_if", "compare", "stress",
]  # fmt: skip
Comparison = Literal["previous_period", "previous_year"]
Definition = Literal["probability_of_default", "expected_loss", "days_past_due"]

#: Filters the ranking tool knows.
RANKING_FILTERS = ("city", "state", "region", "product", "band")
#: What a cohort that a customer is compared with can be named by.
COHORT_FILTERS = (*RANKING_FILTERS, "occupation")
#: A lever, and what becomes of it: a value, "+10%", "x2".
Change = tuple[str, "str | float"]
#: The most rows the ranking tool gives: "all".
ALL_ROWS = 100_000


@dataclass(frozen=True)
class Frame:
    """One thing asked for.

    Attributes
    ----------
    intent
        Which kind of answer.
    versus
        A second period to set beside the first: it becomes a question of its own.
    against
        A second period that the first is compared with in one table: what changed between the two.
    any_filters
        Conditions of which one must hold.
    who
        Only of customers whose own figures meet each of these.
    share
        Whether each group's share of the whole is asked for.
    each
        A statistic over customers, loans or the like in the place of the figure itself.
    ratio
        Whether the first figure over the second is asked for.
    together
        Whether the sum over the rows is asked for in their place: what the ten largest come to.
    skip
        Rows left out before the first that is shown: 1 for "the second".
    by
        Ranking: the definition of risk.
    customer
        Profile and explanation: whose.
    others
        Further customers to set beside him: each becomes a question of its own.
    changes, under
        What-if: levers with what becomes of them, or the probability to get under; neither is the next safer band.
    beside
        Comparison: with which customer; without, with those of ``filters``.
    text
        Knowledge: the question; SQL: the statement.
    ahead
        Forecast: months left out after the last whole one, and months wanted.
    """

    intent: Intent
    metrics: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    period: Period | None = None
    versus: Period | None = None
    against: Period | None = None
    any_filters: tuple[Filter, ...] = ()
    who: tuple[Who, ...] = ()
    share: bool = False
    each: Each | None = None
    ratio: bool = False
    together: bool = False
    skip: int = 0
    compare_to: Comparison | None = None
    grain: Grain | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    by: Definition = "probability_of_default"
    customer: str = ""
    others: tuple[str, ...] = ()
    model: str = "credit"
    changes: tuple[Change, ...] = ()
    under: float | None = None
    beside: str = ""
    text: str = ""
    ahead: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class World:
    """What there is to ask about.

    Attributes
    ----------
    vocabulary
        The governed vocabulary.
    values
        Dimension → the values that occur.
    clock
        The data clock.
    models
        Models that serve.
    words
        The word tables questions are read by.
    begins
        Day of the oldest posting; None where it is not known.
    personal
        Whether the caller may see personal details.
    """

    vocabulary: Vocabulary
    values: Mapping[str, Sequence[str]]
    clock: dt.date
    models: Collection[str]
    words: Words = HOUSE
    begins: dt.date | None = None
    personal: bool = True

    @cached_property
    def reach(self) -> Mapping[str, frozenset[str]]:
        """View → dimensions that its metrics can be split and filtered by."""
        homes = {name: frozenset(dimension.homes) for name, dimension in self.vocabulary.dimensions.items()}
        return {
            view: frozenset(name for name, places in homes.items() if places & join_paths(self.vocabulary, view).keys())
            for view in self.vocabulary.views
        }

    def metric(self, name: str) -> Metric:
        """Return the metric of that name."""
        return self.vocabulary.metrics[name]

    def applies(self, dimension: str, metrics: Sequence[str]) -> bool:
        """Whether every one of ``metrics`` can be split by ``dimension``."""
        return all(dimension in self.reach[self.metric(name).view] for name in metrics)
