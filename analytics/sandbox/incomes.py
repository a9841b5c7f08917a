"""Money coming in: salaries, pensions, trade, gig payouts, gifts, redemptions, help from one's own other bank."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints, paise
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.catalogue import Catalogue
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.people import BUSINESS, GIG, RETIRED, SALARIED, SELF_EMPLOYED, STUDENT, People
from analytics.sandbox.plan import Phase, Plan
from analytics.sandbox.state import MOVED, State


def plan_incomes(
    people: People, state: State, book: LoanBook, month: Month, plan: Plan, cat: Catalogue, own_party: int,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Plan the month's credits; ``own_party`` is the party index of the chunk's first customer himself."""
    active = state.active(people, month.index)
    here = active & (state.stage != MOVED)
    amount = state.income * state.income_share * state.factor
    _salaries(people, state, month, plan, here, amount, rng)
    _trade(people, month, plan, cat, here, amount, rng)
    _gigs(people, month, plan, cat, here, amount, rng)
    _gifts(people, state, month, plan, cat, active, rng)
    _from_elsewhere(people, state, book, month, plan, active & (state.stage == MOVED), own_party, rng)
    _opening(people, state, month, plan, own_party, rng)
    _redeem(state, month, plan, cat, active, rng)


def payday(people: People, month: Month) -> Ints:
    """Return the regular payday counted from 0; paydays on a weekend move to the Friday before."""
    nominal = np.select(
        [people.payday == 0, people.payday == 1, people.payday == 2], [month.last_working_day, 0, 6], 4
    ).astype(np.int64)
    weekday = month.weekday[nominal]
    back = np.where(weekday == 5, 1, np.where(weekday == 6, 2, 0))
    return np.where(nominal >= back, nominal - back, nominal + (7 - weekday))


def _salaries(
    people: People, state: State, month: Month, plan: Plan, here: Bools, amount: Floats, rng: np.random.Generator
) -> None:
    count = len(people)
    wobble = 1 - people.stability
    late = (rng.random(count) < 0.02 + 0.45 * wobble**2) * rng.geometric(0.3, count)
    day = np.minimum(payday(people, month) + late, month.days - 1)
    paid = amount * (1 + rng.standard_normal(count) * (0.004 + 0.09 * wobble**1.5))
    paid *= np.where(rng.random(count) < 0.10 * wobble**2, rng.uniform(0.4, 0.8, count), 1.0)
    for occupation, kind in ((SALARIED, "salary"), (RETIRED, "pension")):
        who = np.flatnonzero(here & (people.occupation == occupation) & (paid > 500))
        plan.intend(kind, Phase.DAWN, who, day[who], paise(paid[who]), state.employer[who])
    if month.diwali or month.month == 4:
        lucky = here & (people.occupation == SALARIED) & ~state.shocked & (rng.random(count) < 0.35 * people.stability)
        who = np.flatnonzero(lucky)
        extra = paise(amount[who] * rng.uniform(0.2, 1.0, len(who)))
        plan.intend("bonus", Phase.DAWN, who, rng.integers(0, month.days, len(who)), extra, state.employer[who])


def _trade(
    people: People, month: Month, plan: Plan, cat: Catalogue, here: Bools, amount: Floats, rng: np.random.Generator
) -> None:
    """Receipts of the self-employed and of businesses, many small ones by UPI, some by NEFT."""
    rate = np.select([people.occupation == SELF_EMPLOYED, people.occupation == BUSINESS], [4.0, 8.0], 0.0)
    receipts = np.where(here & (amount > 500), rng.poisson(rate), 0)
    who = np.repeat(np.arange(len(people)), receipts)
    spread = 0.25 + 0.6 * (1 - people.stability[who])
    value = amount[who] / rate[who] * rng.lognormal(0, spread) / np.exp(spread**2 / 2)
    by_upi = rng.random(len(who)) < 0.65
    day = rng.integers(0, month.days, len(who))
    for kind, mine, pool in (("business_upi", by_upi, cat.persons), ("business_neft", ~by_upi, cat.employers)):
        parties = pool[(people.style[who[mine]] + rng.integers(0, 24, int(mine.sum()))) % len(pool)]
        plan.intend(kind, Phase.NOON, who[mine], day[mine], paise(value[mine]), parties)


def _gigs(
    people: People, month: Month, plan: Plan, cat: Catalogue, here: Bools, amount: Floats, rng: np.random.Generator
) -> None:
    """Weekly payouts on the customer's own weekday, some weeks missing."""
    who = np.flatnonzero(here & (people.occupation == GIG) & (amount > 500))
    for week in range(5):
        day = (people.style[who] % 7 - month.weekday[0]) % 7 + 7 * week
        works = (day < month.days) & (rng.random(len(who)) < 0.96 - 0.3 * (1 - people.stability[who]))
        mine, value = who[works], amount[who[works]] / 3.6
        spread = 0.12 + 0.5 * (1 - people.stability[mine])
        payout = paise(value * rng.lognormal(0, spread))
        party = cat.employers[people.style[mine] % len(cat.employers)]
        plan.intend("gig_payout", Phase.NOON, mine, day[works], payout, party)


def _gifts(
    people: People, state: State, month: Month, plan: Plan, cat: Catalogue, active: Bools, rng: np.random.Generator
) -> None:
    """Money from friends and family, more when work is lost; allowances of students; cash paid in."""
    count = len(people)
    shares = np.where(active, 0.35 + 0.5 * people.engagement, 0.0) * state.fade
    who = np.repeat(np.arange(count), rng.poisson(shares))
    value = np.minimum(rng.lognormal(6.7, 1.0, len(who)), 40_000)
    plan.intend(
        "person_in",
        Phase.NOON,
        who,
        rng.integers(0, month.days, len(who)),
        paise(value),
        friends(people, who, cat, rng),
    )
    helped = active & state.shocked & (rng.random(count) < 0.22)
    student = active & (people.occupation == STUDENT)
    who = np.flatnonzero(helped | student)
    share = np.where(student[who], 0.8, rng.uniform(0.1, 0.5, len(who)))
    support = paise(state.income[who] * share)
    plan.intend("allowance", Phase.NOON, who, rng.integers(0, 9, len(who)), support, friends(people, who, cat, rng))
    cash = np.isin(people.occupation, (BUSINESS, SELF_EMPLOYED, GIG)) & active & (rng.random(count) < 0.22)
    who = np.flatnonzero(cash)
    value = state.perceived[who] * rng.uniform(0.05, 0.25, len(who))
    plan.intend("cash_deposit", Phase.NOON, who, rng.integers(0, month.days, len(who)), paise(value, 10_000), -1)


def friends(people: People, who: Ints, cat: Catalogue, rng: np.random.Generator) -> Ints:
    """Return one of each customer's ten acquaintances."""
    nth = (rng.random(len(who)) ** 1.5 * 10).astype(np.int64)
    return cat.persons[(people.style[who] // 7 + nth * 389) % len(cat.persons)]


def _from_elsewhere(
    people: People, state: State, book: LoanBook, month: Month, plan: Plan, moved: Bools, own_party: int,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Those who moved their salary send what their instalments need, as long as they earn."""
    due = book.monthly_due
    reliable = rng.random(len(people)) < 0.72 + 0.27 * people.discipline
    who = np.flatnonzero(moved & (due > 0) & ~state.shocked & reliable)
    first = np.where(book.open, book.due_dom, 99).min(axis=1)[who]
    day = np.clip(first - 1, 0, month.days - 1)
    amount = (due[who] * rng.uniform(1.0, 1.15, len(who)) / 100).astype(np.int64) * 100 + 100
    plan.intend("own_in", Phase.DAWN, who, day, amount, own_party + who)


def _opening(people: People, state: State, month: Month, plan: Plan, own_party: int, rng: np.random.Generator) -> None:
    """Pay in the first deposit of those who join this month."""
    who = np.flatnonzero((people.start == month.index) & (people.start > 0))
    amount = paise(people.income[who] * (0.1 + 0.8 * people.buffer[who]) * rng.lognormal(0, 0.3, len(who)))
    day = np.clip(people.joined_day[who] - month.first_day, 0, month.days - 1)
    plan.intend("opening_deposit", Phase.DAWN, who, day, amount, own_party + who)


def _redeem(state: State, month: Month, plan: Plan, cat: Catalogue, active: Bools, rng: np.random.Generator) -> None:
    """Sell investments when the account runs low."""
    need = np.maximum(state.perceived * 30, state.income * 15).astype(np.int64)
    who = np.flatnonzero(active & (state.wealth > 200_000) & (state.low < need) & (rng.random(len(need)) < 0.5))
    amount = np.minimum(state.wealth[who], (state.income[who] * 80).astype(np.int64))
    state.wealth[who] -= amount
    plan.intend("redemption", Phase.DAWN, who, rng.integers(2, 20, len(who)), amount, int(cat.picks["mutual_fund"][0]))
