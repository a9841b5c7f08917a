"""The simulation: chunk by chunk, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.sandbox.aftermath import Books, plan_refunds, write_month
from analytics.sandbox.anomalies import plant
from analytics.sandbox.arrays import paise
from analytics.sandbox.calendar_months import Month, months_of, origin_of
from analytics.sandbox.catalogue import Catalogue, catalogue
from analytics.sandbox.churn import close_accounts, drift_away
from analytics.sandbox.incomes import plan_incomes
from analytics.sandbox.lending import lend, opening_loans
from analytics.sandbox.life import feel_strain, live_through
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.obligations import needs_of, plan_obligations
from analytics.sandbox.people import People, draw_people
from analytics.sandbox.plan import Phase, Plan
from analytics.sandbox.profile import SandboxChunk, SandboxProfile
from analytics.sandbox.sessions import Logins
from analytics.sandbox.settle import settle
from analytics.sandbox.spending import Tastes, draw_tastes, plan_spending
from analytics.sandbox.state import MOVED, State, opening_state
from analytics.sandbox.tables import build_tables
from analytics.sandbox.truth import TruthLog
from analytics.sandbox.transactions import build_transactions, planted_anomalies

WRITE_OFF_ODDS = 0.5
WRITE_OFF_AFTER = 180


@dataclass
class World:
    """Everything about one chunk while it is simulated."""

    months: tuple[Month, ...]
    people: People
    state: State
    book: LoanBook
    tastes: Tastes
    books: Books
    logins: Logins
    truth: TruthLog
    catalogue: Catalogue
    rng: np.random.Generator

    @property
    def own_party(self) -> int:
        """Party number of the first customer himself; the others follow."""
        return len(self.catalogue.parties)


def simulate(profile: SandboxProfile) -> Iterator[SandboxChunk]:
    """Simulate the lender and yield its books in chunks of customers.

    Each chunk has its own random stream, drawn from the seed and the chunk's number, so chunks do not depend on one
    another and the same profile gives the same tables.

    Parameters
    ----------
    profile
        Size, span and seed.

    Yields
    ------
    SandboxChunk
        Canonical Arrow tables, with ground truth beside them.
    """
    months = months_of(profile)
    for chunk in range(profile.chunks):
        yield _simulate_chunk(profile, chunk, months)


def _simulate_chunk(profile: SandboxProfile, chunk: int, months: tuple[Month, ...]) -> SandboxChunk:
    first = chunk * profile.chunk_customers
    count = min(profile.chunk_customers, profile.customers - first)
    world = _open_world(first, count, months, np.random.default_rng(np.random.SeedSequence([profile.seed, chunk])))
    for month in months:
        _run_month(world, month)
    transactions, order = build_transactions(world.books, world.people, chunk, profile, world.catalogue, world.rng)
    tables = build_tables(world.people, world.state, world.book, months, profile, world.catalogue)
    tables["transactions"] = transactions
    tables["sessions"] = world.logins.table(tables["customers"])
    anomalies = planted_anomalies(world.books, order, transactions)
    return SandboxChunk(tables, world.truth.table(tables["customers"]), anomalies)


def _open_world(first: int, count: int, months: tuple[Month, ...], rng: np.random.Generator) -> World:
    declared = catalogue()
    people = draw_people(first, count, months, rng, declared)
    state = opening_state(people, rng)
    book = LoanBook(count, origin_of(months), first)
    opening_loans(people, state, book, months, rng)
    tastes = draw_tastes(people, declared, rng)
    return World(months, people, state, book, tastes, Books(), Logins(), TruthLog(), declared, rng)


def _run_month(world: World, month: Month) -> None:
    """Live, plan, settle, write, remember."""
    people, state, book, rng, declared = world.people, world.state, world.book, world.rng, world.catalogue
    if month.in_books:
        world.books.open(state)
    live_through(people, state, month, rng, declared)
    drift_away(people, state, book, month, rng)
    plan = _plan_month(world, month)
    settled, happened, collector = settle(plan, people, state, book, month, rng)
    write_month(world.books, people, state, month, plan, settled, happened, collector, declared, rng)
    state.bounces = collector.bounces
    feel_strain(people, state, book, needs_of(state, book))
    _write_off(world, month)
    if month.in_books:
        world.logins.log_in(people, state, month, rng)
        world.truth.remember(people, state, book, month)


def _plan_month(world: World, month: Month) -> Plan:
    people, state, book, rng, declared = world.people, world.state, world.book, world.rng, world.catalogue
    plan = Plan(rng, declared.kind_index)
    close_accounts(people, state, book, month, plan, world.own_party, rng)
    plan_incomes(people, state, book, month, plan, declared, world.own_party, rng)
    plan_obligations(people, state, month, plan, declared, rng)
    _bank_rows(world, month, plan)
    lend(people, state, book, month, plan, declared.picks, rng)
    plan_spending(people, state, book, month, plan, declared, world.tastes, rng)
    plan_refunds(world.books, month, plan, state.active(people, month.index), rng)
    plant(people, state, month, plan, declared, rng)
    return plan


def _bank_rows(world: World, month: Month, plan: Plan) -> None:
    """Quarterly interest and service charges; money put aside above a comfortable balance."""
    people, state, rng = world.people, world.state, world.rng
    active = state.active(people, month.index) & (people.start < month.index)
    if month.month in (1, 4, 7, 10):
        who = np.flatnonzero(active & (state.balance > 20_000))
        interest = np.maximum((state.balance[who] * 0.0066).astype(np.int64), 100)
        plan.intend("interest", Phase.DAWN, who, np.zeros(len(who), np.int64), interest, -1)
        who = np.flatnonzero(active & (rng.random(len(people)) < 0.8))
        charge = np.array([1_770, 2_124, 2_950])[people.bank[who] % 3]
        plan.intend("bank_charge", Phase.PAYMENT, who, rng.integers(4, 28, len(who)), -charge, -1)
    target = people.buffer * needs_of(state, world.book)
    spare = state.low / 100 - 1.7 * target - 5_000
    who = np.flatnonzero(active & (spare > 10_000) & (state.stage < MOVED) & (rng.random(len(people)) < 0.3))
    amount = paise(spare[who] * 0.6, 100_000)
    party = world.catalogue.picks["brokerage"][people.style[who] % 100]
    plan.intend("investment_out", Phase.PAYMENT, who, rng.integers(5, 26, len(who)), -amount, party)


def _write_off(world: World, month: Month) -> None:
    """Write off about half of the loans that pass 180 days past due, when they pass them."""
    book = world.book
    late = book.days_past_due(month.last_day)
    passes = (late > WRITE_OFF_AFTER) & (late - month.days <= WRITE_OFF_AFTER)
    chosen = passes & (world.rng.random(late.shape) < WRITE_OFF_ODDS)
    if chosen.any():
        book.write_off(chosen, month.last_day)
