"""What changes from month to month: money, work, stress, attachment to the bank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints
from analytics.sandbox.people import STUDENT, People

#: A count of months that stands for "never happened".
NEVER = 99
STAYS, FADING, MOVED, CLOSED = range(4)


@dataclass
class State:
    """Mutable state of a chunk's customers; money in paise, incomes in rupees a month.

    ``income_share`` is the part of ``income`` that arrives: 1 in ordinary times, 0 for the jobless, in between in a
    slump. ``factor`` is the swing of irregular incomes. ``low`` is the lowest end-of-day balance of the last month.
    ``since[event]`` counts months since a life event.
    """

    balance: Ints
    low: Ints
    card_owed: Ints
    card_limit: Ints
    wallet: Ints
    wealth: Ints
    burden: Ints
    app_debt: Ints
    outside_emi: Ints
    outside_left: Ints
    income: Floats
    income_share: Floats
    factor: Floats
    perceived: Floats
    shocked: Bools
    employer: Ints
    rent: Floats
    children: Ints
    sip: Floats
    premium: Floats
    stress: Floats
    stage: Ints
    stage_months: Ints
    fade: Floats
    closed_day: Ints
    bounces: Ints
    since: dict[str, Ints]

    @property
    def income_now(self) -> Floats:
        """Rupees that arrive this month, before lateness and noise."""
        out: Floats = self.income * self.income_share * self.factor
        return out


EVENTS = ("job_loss", "job_change", "medical", "marriage", "child")


def opening_state(people: People, rng: np.random.Generator) -> State:
    """Draw the state in which the simulation begins."""
    count = len(people)
    rents = (rng.random(count) < 0.46) & (people.occupation != STUDENT)
    income = people.income
    invests = rng.random(count) < 0.12 + 0.5 * people.discipline * (income > 25_000)
    insured = rng.random(count) < 0.25 + 0.25 * people.discipline
    limit = np.maximum(np.rint(income * rng.uniform(1.5, 4.5, count) / 10_000), 2) * 1_000_000
    opening = people.buffer * income * 0.8 * rng.lognormal(0.0, 0.4, count) * 100
    return State(
        balance=np.where(people.start == 0, opening, 0).astype(np.int64),
        low=np.where(people.start == 0, opening * 0.7, 0).astype(np.int64),
        card_owed=np.zeros(count, np.int64),
        card_limit=(limit * people.has_card).astype(np.int64),
        wallet=np.zeros(count, np.int64),
        wealth=np.zeros(count, np.int64),
        burden=np.zeros(count, np.int64),
        app_debt=np.zeros(count, np.int64),
        outside_emi=np.zeros(count, np.int64),
        outside_left=np.zeros(count, np.int64),
        income=income.copy(),
        income_share=np.ones(count),
        factor=np.ones(count),
        perceived=income.copy(),
        shocked=np.zeros(count, np.bool_),
        employer=people.employer.copy(),
        rent=np.where(rents, income * rng.uniform(0.15, 0.32, count), 0.0),
        children=((people.age > 28) & (rng.random(count) < 0.5)).astype(np.int64),
        sip=np.where(invests, np.maximum(np.rint(income * rng.uniform(0.03, 0.12, count) / 500), 1) * 500, 0.0),
        premium=np.where(insured, np.rint(income * rng.uniform(0.015, 0.045, count)), 0.0),
        stress=np.zeros(count),
        stage=np.zeros(count, np.int64),
        stage_months=np.zeros(count, np.int64),
        fade=np.ones(count),
        closed_day=np.full(count, -1, np.int64),
        bounces=np.zeros(count, np.int64),
        since={event: np.full(count, NEVER, np.int64) for event in EVENTS},
    )
