"""The month as the account sees it: day by day, part of day by part of day, what the balance allows happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.sandbox.arrays import SECONDS, Bools, Columns, Ints
from analytics.sandbox.collecting import Collector
from analytics.sandbox.plan import SAVINGS, Phase
from analytics.sandbox.postings import of_kind
from analytics.sandbox.scene import Scene
from analytics.sandbox.state import State

PHASES = len(Phase)


@dataclass(frozen=True)
class Cells:
    """Planned savings postings in the order of time, cut into parts of days.

    ``within`` is the running sum of a customer's amounts within one part of one day; ``last`` marks its last row.
    """

    columns: Columns
    customer: Ints
    amount: Ints
    within: Ints
    last: Bools
    bounds: npt.NDArray[np.intp]

    def at(self, day: int, phase: Phase) -> slice:
        """Return the rows of one part of one day."""
        cell = day * PHASES + phase
        return slice(int(self.bounds[cell]), int(self.bounds[cell + 1]))


@dataclass(frozen=True)
class Settlement:
    """A settled month: the whole plan, its savings postings in order, which of them happened, and collection."""

    planned: Columns
    savings: Columns
    happened: Bools
    collector: Collector


def cells_of(columns: Columns, scene: Scene) -> Cells:
    """Order a plan's savings postings; leave out what would come before the account was opened."""
    days = scene.month.days
    keep = (columns["account"] == SAVINGS) & (columns["day"] >= scene.opened[columns["customer"]])
    keep &= columns["day"] < days
    part = columns["day"].astype(np.int64) * PHASES + columns["phase"]
    key = (part * scene.count + columns["customer"]) * SECONDS + columns["second"]
    rows = np.flatnonzero(keep)
    rows = rows[np.argsort(key[rows], kind="stable")]
    columns = {name: values[rows] for name, values in columns.items()}
    cell = key[rows] // SECONDS
    fresh = np.ones(len(rows), np.bool_)
    fresh[1:] = cell[1:] != cell[:-1]
    amount = columns["amount"].astype(np.int64)
    running = np.cumsum(np.abs(amount))
    starts = np.flatnonzero(fresh)
    before = np.repeat(running[starts] - np.abs(amount[starts]), np.diff(np.append(starts, len(rows))))
    bounds = np.searchsorted(part[rows], np.arange(days * PHASES + 1))
    last = np.append(fresh[1:], True) if len(rows) else fresh
    return Cells(columns, columns["customer"].astype(np.int64), amount, running - before, last, bounds)


def settle(scene: Scene) -> Settlement:
    """Run the days of a month; changes balances and the loan book.

    Free spending leaves alone a reserve for the next instalments, the larger the more disciplined the customer.
    Mandates and bills are paid when the balance covers them.
    """
    people, state, book, month = scene.people, scene.state, scene.book, scene.month
    planned = scene.plan.columns()
    cells = cells_of(planned, scene)
    happened = np.zeros(len(cells.customer), np.bool_)
    returnable = of_kind(cells.columns, scene.catalogue, "sip", "insurance", "outside_emi")
    collector = Collector(people, state, book, month, scene.rng)
    caution = np.clip(1.15 * people.discipline**1.5, 0, 1) * (1 - 0.5 * state.stress)
    state.low[:] = np.iinfo(np.int64).max
    for day in range(month.days):
        _debit(cells, day, Phase.NIGHT, state, None, happened)
        _credit(cells, day, Phase.DAWN, state, happened)
        collector.present(day)
        _debit(cells, day, Phase.MANDATE, state, None, happened)
        rows = cells.at(day, Phase.MANDATE)
        collector.return_mandates(cells.customer[rows][returnable[rows] & ~happened[rows]])
        reserve = (caution * (book.monthly_due + book.overdue)).astype(np.int64)
        _debit(cells, day, Phase.MORNING, state, reserve, happened)
        _credit(cells, day, Phase.NOON, state, happened)
        collector.catch_up(day)
        _debit(cells, day, Phase.PAYMENT, state, None, happened)
        _debit(cells, day, Phase.EVENING, state, reserve, happened)
        collector.charge(day)
        np.minimum(state.low, state.balance, out=state.low)
    return Settlement(planned, cells.columns, happened, collector)


def _credit(cells: Cells, day: int, phase: Phase, state: State, happened: Bools) -> None:
    rows = cells.at(day, phase)
    if rows.start == rows.stop:
        return
    last = cells.last[rows]
    state.balance[cells.customer[rows][last]] += cells.within[rows][last]
    happened[rows] = True


def _debit(cells: Cells, day: int, phase: Phase, state: State, reserve: Ints | None, happened: Bools) -> None:
    """Let a customer's debits happen one after the other as long as the balance lasts."""
    rows = cells.at(day, phase)
    if rows.start == rows.stop:
        return
    customer = cells.customer[rows]
    able = state.balance[customer] if reserve is None else state.balance[customer] - reserve[customer]
    done = cells.within[rows] <= able
    happened[rows] = done
    np.add.at(state.balance, customer[done], cells.amount[rows][done])
