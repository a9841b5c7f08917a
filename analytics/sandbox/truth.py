"""Ground truth at month ends: what a customer is and what is happening to him. Never part of the books."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.sandbox.arrays import Columns, Ints
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.obligations import needs_of
from analytics.sandbox.people import OCCUPATIONS, People
from analytics.sandbox.scene import Scene
from analytics.sandbox.state import CLOSED, FADING, MOVED, NEVER, State


@dataclass
class TruthLog:
    """Month-end records of a chunk, column by column."""

    customers: list[Ints] = field(default_factory=list)
    columns: dict[str, list[npt.NDArray[Any]]] = field(default_factory=dict)

    def remember(self, scene: Scene) -> None:
        """Record everyone who has joined, at the end of the month."""
        people, state, book, month = scene.people, scene.state, scene.book, scene.month
        who = np.flatnonzero(people.start <= month.index)
        self.customers.append(who)
        rows: Columns = {"as_of": np.full(len(people), month.last_day, np.int32)}
        rows |= _traits(people) | _states(state) | _obligations(state, book, month)
        for name, values in rows.items():
            self.columns.setdefault(name, []).append(values[who])

    def table(self, customers: pa.Table) -> pa.Table:
        """Return one row per customer and month end."""
        who = pa.array(np.concatenate(self.customers))
        columns = {name: np.concatenate(values) for name, values in self.columns.items()}
        occupation = pa.array(OCCUPATIONS).take(pa.array(columns.pop("occupation")))
        as_of = pa.array(columns.pop("as_of")).cast(pa.date32())
        ids = customers["customer_id"].combine_chunks().take(who)
        return pa.table({"customer_id": ids, "as_of": as_of, "occupation": occupation, **columns})


def _traits(people: People) -> Columns:
    return {
        "occupation": people.occupation,
        "age": people.age,
        "stability": people.stability,
        "discipline": people.discipline,
        "engagement": people.engagement,
        "buffer": people.buffer,
    }


def _states(state: State) -> Columns:
    known = {f"months_since_{event}": np.minimum(months, NEVER) for event, months in state.since.items()}
    return {
        "income": state.income,
        "income_now": state.income_now,
        "income_factor": state.factor,
        "perceived_income": state.perceived,
        "income_shock": state.shocked,
        "stress": state.stress,
        "wealth": state.wealth / 100,
        "burden": state.burden / 100,
        "loan_app_debt": state.app_debt / 100,
        "outside_emi": state.outside_emi / 100,
        "outside_months_left": state.outside_left,
        "card_owed": state.card_owed / 100,
        "card_limit": state.card_limit / 100,
        "balance": state.balance / 100,
        "low_balance": state.low / 100,
        "rent": state.rent,
        "children": state.children,
        "bounces": state.bounces,
        "fading": state.stage == FADING,
        "salary_moved": state.stage == MOVED,
        "churned": state.stage >= MOVED,
        "closed": state.stage == CLOSED,
        **known,
    }


def _obligations(state: State, book: LoanBook, month: Month) -> Columns:
    """What the lender knows of the open loans: obligations to income, days past due, balance in instalments."""
    late = book.days_past_due(month.last_day)
    due = book.monthly_due / 100
    left = np.where(book.open, book.tenor - book.paid, 0)
    return {
        "open_loans": book.open.sum(axis=1),
        "emi_total": due,
        "emi_to_income": due / np.maximum(state.income, 1.0),
        "emi_to_income_now": np.minimum(due / np.maximum(state.income_now, 1.0), 9.0),
        "needs": needs_of(state, book),
        "balance_in_instalments": np.where(due > 0, np.minimum(state.balance / 100 / np.maximum(due, 1.0), 99.0), 99.0),
        "days_past_due": late.max(axis=1),
        "days_past_due_healthiest": np.where(book.open, late, 9_999).min(axis=1),
        "months_left": left.max(axis=1),
        "npa": late.max(axis=1) > 90,
    }
