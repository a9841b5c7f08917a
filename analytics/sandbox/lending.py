"""Who is lent what: demand, underwriting on income and obligations, terms, and what the money is used for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints, pick
from analytics.sandbox.calendar_months import Month, first_day_of, origin_of
from analytics.sandbox.loan_book import EMPTY, LoanBook, Terms, instalment_amount
from analytics.sandbox.people import BUSINESS, RETIRED, SELF_EMPLOYED, STUDENT, People
from analytics.sandbox.plan import Phase, Plan
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
    Product("personal_loan", 0.36, (12, 18, 24, 36, 48, 60), (0.125, 0.24), (2.0, 9.0), 1_500_000, "renovation"),
    Product("two_wheeler", 0.17, (12, 18, 24, 36), (0.11, 0.2), (1.5, 3.5), 160_000, "vehicle"),
    Product("consumer_durable", 0.21, (6, 9, 12, 18), (0.12, 0.24), (0.5, 1.6), 120_000, "durables"),
    Product("home_loan", 0.06, (120, 180, 240), (0.084, 0.1), (24.0, 44.0), 9_000_000, "property"),
    Product("business_loan", 0.1, (12, 24, 36, 48), (0.15, 0.25), (3.0, 9.0), 2_500_000, "stock"),
    Product("gold_loan", 0.1, (6, 9, 12, 24), (0.095, 0.15), (1.0, 4.0), 600_000, "events"),
)
DUE_DOMS = np.array([1, 2, 4, 4, 4, 6, 9, 14])
MONTHLY_DEMAND = 0.030
OPENING_DEMAND = 0.36


def opening_loans(
    people: People, state: State, book: LoanBook, months: tuple[Month, ...], rng: np.random.Generator
) -> None:
    """Give some customers a loan that is part repaid when the simulation begins."""
    wants = (people.start == 0) & (rng.random(len(people)) < OPENING_DEMAND * _appetite(people))
    terms = _underwrite(np.flatnonzero(wants), people, state, book, months[0], rng)
    age = np.minimum(1 + (rng.random(len(terms.customer)) * (terms.tenor - 2)).astype(np.int64), 60)
    disbursed = first_day_of(origin_of(months), -age - 1) + rng.integers(0, 25, len(age))
    aged = Terms(**{**vars(terms), "first_due": -age, "paid": age, "disbursed_day": disbursed})
    book.grant(aged, _retry_dom(aged, people, rng))


def lend(
    people: People,
    state: State,
    book: LoanBook,
    month: Month,
    plan: Plan,
    picks: dict[str, Ints],
    rng: np.random.Generator,
) -> None:
    """Grant this month's loans and plan the disbursal and the purchase it is meant for."""
    active = state.active(people, month.index) & (state.stage < FADING) & (month.index - people.start >= 2)
    need = _appetite(people) * (1 + 1.2 * state.stress) * np.where(state.since["marriage"] < 4, 2.0, 1.0)
    wants = active & (rng.random(len(people)) < MONTHLY_DEMAND * need)
    free = (book.loan == EMPTY).any(axis=1)
    clean = (book.arrears.max(axis=1) == 0) & (state.bounces < 2)
    terms = _underwrite(np.flatnonzero(wants & free & clean & ~_known_shock(state)), people, state, book, month, rng)
    numbers = book.grant(terms, _retry_dom(terms, people, rng))
    day = terms.disbursed_day - month.first_day
    house = int(picks["lenders"][0])
    plan.intend("loan_disbursal", Phase.NOON, terms.customer, day, terms.principal, house, loan=numbers)
    _use(terms, day, month, plan, picks, rng)


def _appetite(people: People) -> Floats:
    base = np.where(people.occupation == STUDENT, 0.15, np.where(people.occupation == RETIRED, 0.3, 1.0))
    ripe = np.clip(1.25 - np.abs(people.age - 36) / 40, 0.4, 1.25)
    out: Floats = base * ripe * (1.35 - 0.6 * people.discipline)
    return out


def _known_shock(state: State) -> Bools:
    """Who visibly lost his income: the lender looks at the last two months' credits."""
    return state.shocked & (state.since["job_loss"] >= 2)


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
    room = income * np.clip(rng.normal(0.46, 0.09, count), 0.2, 0.7) - book.monthly_due[customer] / 100
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
    drawn, out = rng.random(len(product)), np.zeros(len(product), np.int64)
    for index, row in enumerate(PRODUCTS):
        choices = np.array(row.tenors)
        out = np.where(product == index, choices[(drawn * len(choices)).astype(np.int64)], out)
    return out


def _retry_dom(terms: Terms, people: People, rng: np.random.Generator) -> Ints:
    """Day of the month of the second presentation, some days after the due day."""
    return np.minimum(terms.due_dom + rng.integers(4, 10, len(terms.customer)), 27)


def _use(terms: Terms, day: Ints, month: Month, plan: Plan, picks: dict[str, Ints], rng: np.random.Generator) -> None:
    """Plan the purchase the loan is for, a day or three after the money came."""
    share = np.where(terms.product == 0, rng.uniform(0.6, 1.0, len(day)), rng.uniform(0.9, 1.0, len(day)))
    amount = (terms.principal * share).astype(np.int64) // 10_000 * 10_000
    later = np.minimum(day + rng.integers(0, 4, len(day)), month.days - 1)
    for index, row in enumerate(PRODUCTS):
        mine = terms.product == index
        table = picks[row.dealer]
        dealer = table[rng.integers(len(table), size=int(mine.sum()))]
        plan.intend("large_purchase", Phase.PAYMENT, terms.customer[mine], later[mine], -amount[mine], dealer)
