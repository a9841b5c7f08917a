"""One month of one chunk, as the parts of the simulation see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints, whole
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.catalogue import PICK_SLOTS, Catalogue
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.people import People
from analytics.sandbox.plan import Plan
from analytics.sandbox.state import CLOSED, MOVED, State


@dataclass(frozen=True)
class Scene:
    """Who acts, in what state, with which intentions, in which month; ``rng`` is the chunk's random stream."""

    people: People
    state: State
    book: LoanBook
    month: Month
    plan: Plan
    catalogue: Catalogue
    rng: np.random.Generator

    @property
    def count(self) -> int:
        """Number of customers in the chunk."""
        return len(self.people)

    @property
    def active(self) -> Bools:
        """Who has an open relationship this month."""
        open_: Bools = (self.people.start <= self.month.index) & (self.state.stage != CLOSED)
        return open_

    @property
    def here(self) -> Bools:
        """Who banks here still: active, and the salary has not moved to another bank."""
        stays: Bools = self.active & (self.state.stage != MOVED)
        return stays

    @property
    def opened(self) -> Ints:
        """Day of this month, counted from 0, before which a customer has no account yet."""
        joins = self.people.start == self.month.index
        return whole(np.where(joins, self.people.joined_day - self.month.first_day, 0)).clip(0)

    def chance(self, odds: Floats | float) -> Bools:
        """Draw once for every customer; true with the given odds."""
        drawn: Bools = self.rng.random(self.count) < odds
        return drawn

    def days(self, count: int, first: int = 0, last: int | None = None) -> Ints:
        """Draw days of the month, counted from 0, from ``first`` up to but not including ``last``."""
        return self.rng.integers(first, self.month.days if last is None else last, count)

    def any_of(self, group: str, count: int) -> Ints:
        """Draw parties of a group by their weights."""
        return self.catalogue.picks[group][self.rng.integers(PICK_SLOTS, size=count)]

    def own(self, group: str, who: Ints, salt: int) -> Ints:
        """Return the party of a group that each customer stays with."""
        return self.catalogue.picks[group][(self.people.style[who] // (salt + 1) + salt * 97) % PICK_SLOTS]

    def self_party(self, who: Ints) -> Ints:
        """Return the parties that stand for the customers themselves, at another bank."""
        return whole(who + len(self.catalogue.parties))

    def friend(self, who: Ints) -> Ints:
        """Return one of each customer's ten acquaintances, some dearer than others."""
        nth = whole(self.rng.random(len(who)) ** 1.5 * 10)
        pool = self.catalogue.persons
        return pool[whole(self.people.style[who] // 7 + nth * 389) % len(pool)]
