"""The simulation: chunk by chunk, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from analytics.sandbox.aftermath import Books, plan_refunds, write_month
from analytics.sandbox.anomalies import plant
from analytics.sandbox.bank import bank_rows, write_off
from analytics.sandbox.calendar_months import Month, months_of, origin_of
from analytics.sandbox.catalogue import Catalogue, catalogue
from analytics.sandbox.churn import close_accounts, drift_away
from analytics.sandbox.habits import Tastes, draw_tastes
from analytics.sandbox.incomes import plan_incomes
from analytics.sandbox.lending import foreclose, lend, opening_loans
from analytics.sandbox.life import begin_in_trouble, feel_strain, live_through
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.obligations import plan_obligations
from analytics.sandbox.people import People, draw_people
from analytics.sandbox.plan import Plan
from analytics.sandbox.profile import SandboxChunk, SandboxProfile
from analytics.sandbox.scene import Scene
from analytics.sandbox.sessions import Logins
from analytics.sandbox.settle import settle
from analytics.sandbox.spending import plan_spending
from analytics.sandbox.state import State, opening_state
from analytics.sandbox.tables import build_tables
from analytics.sandbox.transactions import build_transactions, planted_anomalies
from analytics.sandbox.truth import TruthLog


@dataclass
class World:
    """Everything about one chunk while it is simulated."""

    people: People
    state: State
    book: LoanBook
    tastes: Tastes
    catalogue: Catalogue
    rng: np.random.Generator
    books: Books = field(default_factory=Books)
    logins: Logins = field(default_factory=Logins)
    truth: TruthLog = field(default_factory=TruthLog)


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


def open_world(profile: SandboxProfile, chunk: int, months: tuple[Month, ...]) -> World:
    """Draw a chunk's customers, their state and their loans before the first month."""
    rng = np.random.default_rng(np.random.SeedSequence([profile.seed, chunk]))
    first = chunk * profile.chunk_customers
    count = min(profile.chunk_customers, profile.customers - first)
    declared = catalogue()
    people = draw_people(first, count, months, rng, declared)
    state = opening_state(people, rng)
    begin_in_trouble(people, state, rng)
    book = LoanBook(count, origin_of(months), chunk)
    opening_loans(people, state, book, months, rng)
    return World(people, state, book, draw_tastes(people, declared, rng, profile.spending), declared, rng)


def run_month(world: World, month: Month) -> None:
    """Live, plan, settle, write, remember."""
    plan = Plan(world.rng, world.catalogue.kind_index)
    scene = Scene(world.people, world.state, world.book, month, plan, world.catalogue, world.rng)
    if month.in_books:
        world.books.open(world.state)
    live_through(scene)
    drift_away(scene)
    _plan_month(world, scene)
    settled = settle(scene)
    write_month(world.books, scene, settled)
    world.state.bounces = settled.collector.bounces
    feel_strain(scene)
    write_off(scene)
    if month.in_books:
        world.logins.log_in(scene)
        world.truth.remember(scene)


def _plan_month(world: World, scene: Scene) -> None:
    close_accounts(scene)
    plan_incomes(scene)
    plan_obligations(scene)
    bank_rows(scene)
    lend(scene)
    foreclose(scene)
    plan_spending(scene, world.tastes)
    plan_refunds(world.books, scene)
    plant(scene)


def _simulate_chunk(profile: SandboxProfile, chunk: int, months: tuple[Month, ...]) -> SandboxChunk:
    world = open_world(profile, chunk, months)
    for month in months:
        run_month(world, month)
    transactions, order = build_transactions(world.books, world.people, chunk, profile, world.catalogue, world.rng)
    tables = build_tables(world.people, world.state, world.book, profile, world.catalogue)
    tables["transactions"] = transactions
    tables["sessions"] = world.logins.table(tables["customers"])
    anomalies = planted_anomalies(world.books, order, transactions)
    return SandboxChunk(tables, world.truth.table(tables["customers"]), anomalies)
