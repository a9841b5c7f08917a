"""Who is lent what: demand, underwriting on income and obligations, terms, and what the money is used for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints, paise, pick, whole
from analytics.sandbox.calendar_months import Month, first_day_of
from analytics.sandbox.loan_book import (
    EMPTY,
    SLOTS,
    LoanBook,
    Terms,
    instalment_amount,
    outstanding_principal,
)
from analytics.sandbox.people import BUSINESS, RETIRED, SELF_EMPLOYED, STUDENT, People
from analytics.sandbox.plan import Phase
from analytics.sandbox.scene import Scene
from analytics.sandbox.shops import buy_large
from analytics.sandbox.state import FADING, State


@dataclass(frozen=True)
class Product:
    """A loan product: share of demand, tenors, yearly rates, principal in months of income, what it buys."""

    name: str
    weight: float
    tenors: tuple[int, ...]
    rates: tuple[float, float]
    multiple: tuple[float, float]
    cap: float
    dealer: str


PRODUCTS = (
    Product("personal_loan", 0.36, (18, 24, 36, 36, 48, 60), (0.125, 0.24), (2.5, 11.0), 1_500_000, "renovation"),
    Product("two_wheeler", 0.17, (18, 24, 30, 36), (0.11, 0.2), (1.8, 4.5), 180_000, "vehicle"),
    Product("consumer_durable", 0.21, (9, 12, 18, 24), (0.12, 0.24), (0.6, 2.2), 150_000, "durables"),
    Product("home_loan", 0.06, (120, 180, 240), (0.084, 0.1), (24.0, 44.0), 9_000_000, "property"),
    Product("business_loan", 0.1, (12, 24, 36, 48), (0.15, 0.25), (3.0, 11.0), 2_500_000, "stock"),
    Product("gold_loan", 0.1, (9, 12, 18, 24), (0.095, 0.15), (1.0, 4.0), 600_000, "events"),
)
DUE_DOMS = np.array([1, 2, 4, 4, 4, 6, 9, 14])
MONTHLY_DEMAND = 0.028
OPENING_DEMAND = 0.31
FORECLOSURE_ODDS = 0.02


def opening_loans(
    people: People, state: State, book: LoanBook, months: tuple[Month, ...], rng: np.random.Generator
) -> None:
    """Give some customers a loan that is part repaid when the simulation begins."""
    wants = (people.start == 0) & (rng.random(len(people)) < OPENING_DEMAND * _appetite(people))
    terms = _underwrite(np.flatnonzero(wants), people, state, book, months[0], rng)
    age = np.minimum(1 + (rng.random(len(terms.customer)) * (terms.tenor - 2)).astype(np.int64), 60)
    disbursed = first_day_of(book.origin, -age - 1) + rng.integers(0, 25, len(age))
    aged = Terms(**{**vars(terms), "first_due": -age, "paid": age, "disbursed_day": disbursed})
    book.grant(aged, _retry_dom(aged, rng))


def lend(scene: Scene) -> None:
    """Grant this month's loans and plan the disbursal and the purchase it is meant for."""
    people, state, book, month = scene.people, scene.state, scene.book, scene.month
    known = scene.active & (state.stage < FADING) & (month.index - people.start >= 2)
    need = _appetite(people) * (1 + 1.2 * state.stress) * np.where(state.since["marriage"] < 4, 2.0, 1.0)
    free = (book.loan == EMPTY).any(axis=1)
    clean = (book.overdue == 0) & (state.bounces < 2) & ~_known_shock(state)
    wants = known & free & clean & scene.chance(MONTHLY_DEMAND * need)
    terms = _underwrite(np.flatnonzero(wants), people, state, book, month, scene.rng)
    numbers = book.grant(terms, _retry_dom(terms, scene.rng))
    day = terms.disbursed_day - month.first_day
    house = int(scene.catalogue.picks["lenders"][0])
    scene.plan.intend("loan_disbursal", Phase.NOON, terms.customer, day, terms.principal, house, loan=numbers)
    _use(scene, terms, day)


def foreclose(scene: Scene) -> None:
    """Let a few who can well afford it repay all that is left, after this month's instalment."""
    book, balance = scene.book, scene.state.balance
    terms = book.all_terms()
    for slot in range(SLOTS):
        sound = book.open[:, slot] & (book.arrears[:, slot] == 0) & (book.first_due[:, slot] <= scene.month.index)
        long = (book.paid[:, slot] >= 5) & (book.paid[:, slot] + 3 <= book.tenor[:, slot])
        who = np.flatnonzero(scene.here & sound & long & scene.chance(FORECLOSURE_ODDS))
        loan = book.loan[who, slot]
        left = outstanding_principal(
            terms.principal[loan] / 100, terms.rate[loan], terms.tenor[loan], book.paid[who, slot] + 1
        )
        amount = paise(left)
        able = balance[who] > 1.4 * amount
        house = int(scene.catalogue.picks["lenders"][0])
        day = scene.days(len(who), 16, 27)
        scene.plan.intend("foreclosure", Phase.PAYMENT, who[able], day[able], -amount[able], house, loan=loan[able])


def _appetite(people: People) -> Floats:
    base = np.where(people.occupation == STUDENT, 0.15, np.where(people.occupation == RETIRED, 0.3, 1.0))
    ripe = np.clip(1.25 - np.abs(people.age - 36) / 40, 0.4, 1.25)
    out: Floats = base * ripe * (1.35 - 0.6 * people.discipline)
    return out


def _known_shock(state: State) -> Bools:
    """Who visibly lost his income: the lender looks at the last two months' credits."""
    seen: Bools = state.shocked & (state.since["job_loss"] >= 2)
    return seen


def _underwrite(
    customer: Ints, people: People, state: State, book: LoanBook, month: Month, rng: np.random.Generator
) -> Terms:
    """Offer terms whose instalments fit the customer's income; drop those that do not."""
    count = len(customer)
    product = _products(customer, people, rng)
    rows = [PRODUCTS[k] for k in range(len(PRODUCTS))]
    rates = np.array([row.rates for row in rows])[product]
    multiples = np.array([row.multiple for row in rows])[product]
    income = state.perceived[customer]
    wanted = income * (multiples[:, 0] + rng.beta(1.3, 1.8, count) * (multiples[:, 1] - multiples[:, 0]))
    principal = np.minimum(wanted, np.array([row.cap for row in rows])[product])
    rate = rates[:, 0] + rng.beta(2, 2, count) * (rates[:, 1] - rates[:, 0])
    tenor = _tenors(product, rng)
    owing = (book.monthly_due[customer] + state.outside_emi[customer]) / 100
    room = income * np.clip(rng.normal(0.50, 0.10, count), 0.2, 0.75) - owing
    emi = instalment_amount(principal, rate, tenor)
    fitted = np.floor(principal * np.clip(room / emi, 0, 1) / 500) * 500
    kept = (fitted >= 8_000) & (fitted >= 0.35 * wanted)
    day = rng.integers(0, 25, count)
    terms = Terms(
        customer=customer, product=product, principal=(fitted * 100).astype(np.int64), rate=np.round(rate, 4),
        tenor=tenor, emi=(np.ceil(instalment_amount(fitted, np.round(rate, 4), tenor)) * 100).astype(np.int64),
        due_dom=DUE_DOMS[rng.integers(len(DUE_DOMS), size=count)], disbursed_day=month.first_day + day,
        first_due=month.index + np.where(day < 15, 1, 2), paid=np.zeros(count, np.int64),
    )  # fmt: skip
    return Terms(**{name: values[kept] for name, values in vars(terms).items()})


def _products(customer: Ints, people: People, rng: np.random.Generator) -> Ints:
    product = pick(rng, np.array([row.weight for row in PRODUCTS]), len(customer))
    trades = np.isin(people.occupation[customer], (SELF_EMPLOYED, BUSINESS))
    product = np.where((product == 0) & trades & (rng.random(len(customer)) < 0.5), 4, product)
    return np.where((product == 4) & ~trades, 0, product)


def _tenors(product: Ints, rng: np.random.Generator) -> Ints:
    drawn, out = rng.random(len(product)), whole(np.zeros(len(product)))
    for index, row in enumerate(PRODUCTS):
        choices = np.array(row.tenors)
        out = np.where(product == index, choices[whole(drawn * len(choices))], out)
    return out


def _retry_dom(terms: Terms, rng: np.random.Generator) -> Ints:
    """Day of the month of the second presentation, some days after the due day."""
    return whole(np.minimum(terms.due_dom + rng.integers(4, 10, len(terms.customer)), 27))


def _use(scene: Scene, terms: Terms, day: Ints) -> None:
    """Plan the purchase the loan is for, a day or three after the money came."""
    rng = scene.rng
    share = np.where(terms.product == 0, rng.uniform(0.6, 1.0, len(day)), rng.uniform(0.9, 1.0, len(day)))
    amount = (terms.principal * share).astype(np.int64) // 10_000 * 10_000
    later = np.minimum(day + rng.integers(0, 4, len(day)), scene.month.days - 1)
    for index, row in enumerate(PRODUCTS):
        mine = terms.product == index
        dealer = scene.any_of(row.dealer, int(mine.sum()))
        buy_large(scene, terms.customer[mine], later[mine], amount[mine], dealer)
