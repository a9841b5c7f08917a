"""The lender's loan book: open loans in slots beside their borrowers, and every payment made on them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints
from analytics.sandbox.calendar_months import first_day_of

SLOTS = 3
EMPTY = -1


@dataclass(frozen=True)
class Terms:
    """Terms of loans, one array element each; money in paise, ``due_dom`` counts days of the month from 0."""

    customer: Ints
    product: Ints
    principal: Ints
    rate: Floats
    tenor: Ints
    emi: Ints
    due_dom: Ints
    disbursed_day: Ints
    first_due: Ints
    paid: Ints


def instalment_amount(principal: Floats, rate: Floats, tenor: Ints) -> Floats:
    """Return the equated monthly instalment of an annuity: ``P r / (1 - (1 + r)^-n)``, r monthly."""
    monthly = rate / 12
    out: Floats = principal * monthly / (1 - (1 + monthly) ** -tenor.astype(np.float64))
    return out


def outstanding_principal(principal: Floats, rate: Floats, tenor: Ints, paid: Ints) -> Floats:
    """Return the principal left after ``paid`` instalments of an annuity."""
    monthly = rate / 12
    growth, whole = (1 + monthly) ** paid, (1 + monthly) ** tenor
    out: Floats = principal * (whole - growth) / (whole - 1)
    return out


@dataclass
class LoanBook:
    """Open loans by borrower and slot, closed ones by running number.

    In slots, ``loan`` is the running number (EMPTY where the slot is free), ``fallen`` counts instalments fallen due
    and ``paid`` those paid; ``first_due`` is the index of the month of the first instalment. ``origin`` is the first
    simulated month, in months since 1970-01; ``chunk`` is the number of the chunk the borrowers belong to.
    """

    count: int
    origin: int
    chunk: int
    loan: Ints = field(init=False)
    emi: Ints = field(init=False)
    due_dom: Ints = field(init=False)
    retry_dom: Ints = field(init=False)
    first_due: Ints = field(init=False)
    tenor: Ints = field(init=False)
    fallen: Ints = field(init=False)
    paid: Ints = field(init=False)
    terms: list[Terms] = field(default_factory=list)
    total: int = 0
    closed: list[tuple[Ints, Ints]] = field(default_factory=list)
    written_off: list[tuple[Ints, int]] = field(default_factory=list)
    payments: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)
    settlements: list[tuple[Ints, Ints, Ints, Ints]] = field(default_factory=list)

    def __post_init__(self) -> None:
        shape = (self.count, SLOTS)
        self.emi, self.due_dom, self.retry_dom, self.first_due = np.zeros((4, *shape), np.int64)
        self.tenor, self.fallen, self.paid = np.zeros((3, *shape), np.int64)
        self.loan = np.full(shape, EMPTY, np.int64)

    @property
    def open(self) -> Bools:
        """Which slots hold an open loan."""
        held: Bools = self.loan != EMPTY
        return held

    @property
    def arrears(self) -> Ints:
        """Instalments fallen due and unpaid, by slot."""
        return np.where(self.open, self.fallen - self.paid, 0)

    @property
    def overdue(self) -> Ints:
        """Sum of instalments fallen due and unpaid, by borrower, in paise."""
        out: Ints = (self.arrears * self.emi).sum(axis=1)
        return out

    @property
    def monthly_due(self) -> Ints:
        """Sum of instalments of open loans, by borrower, in paise."""
        out: Ints = np.where(self.open, self.emi, 0).sum(axis=1)
        return out

    def grant(self, terms: Terms, retry_dom: Ints) -> Ints:
        """Open loans in free slots; returns their running numbers. Each borrower has one loan in ``terms``."""
        slot = np.argmax(self.loan[terms.customer] == EMPTY, axis=1)
        at = (terms.customer, slot)
        numbers = self.total + np.arange(len(terms.customer))
        self.loan[at], self.emi[at], self.due_dom[at] = numbers, terms.emi, terms.due_dom
        self.first_due[at], self.tenor[at], self.retry_dom[at] = terms.first_due, terms.tenor, retry_dom
        self.paid[at], self.fallen[at] = terms.paid, terms.paid
        self.terms.append(terms)
        self.total += len(numbers)
        return numbers

    def all_terms(self) -> Terms:
        """Return the terms of all loans ever granted, by running number."""
        return Terms(
            **{name: np.concatenate([vars(batch)[name] for batch in self.terms]) for name in vars(self.terms[0])}
        )

    def settle_early(self, loan: Ints, customer: Ints, amount: Ints, day: Ints) -> None:
        """Record that loans were repaid in one sum: it takes the place of all instalments left."""
        slot = np.argmax(self.loan[customer] == loan[:, None], axis=1)
        self.settlements.append((loan, self.paid[customer, slot] + 1, amount, day))
        self.closed.append((loan, day))
        self.loan[customer, slot] = EMPTY

    def pay(self, customer: Ints, slot: int, day: int) -> None:
        """Record that the oldest unpaid instalment was paid on ``day``; close loans that are repaid."""
        if len(customer) == 0:
            return
        loans = self.loan[customer, slot]
        self.paid[customer, slot] += 1
        self.payments.append((loans, self.paid[customer, slot].copy(), np.full(len(loans), day)))
        done = self.paid[customer, slot] >= self.tenor[customer, slot]
        self.release(customer[done], slot, np.full(int(done.sum()), day))

    def release(self, customer: Ints, slot: int, day: Ints) -> None:
        """Close repaid loans."""
        self.closed.append((self.loan[customer, slot], day))
        self.loan[customer, slot] = EMPTY

    def write_off(self, chosen: Bools, day: int) -> None:
        """Write off the chosen slots."""
        self.written_off.append((self.loan[chosen], day))
        self.loan[chosen] = EMPTY

    def days_past_due(self, day: int) -> Ints:
        """Return days past due at the end of ``day`` by slot: day − oldest unpaid due date + 1, else 0."""
        due_day = first_day_of(self.origin, self.first_due + self.paid) + self.due_dom
        return np.where(self.arrears > 0, day - due_day + 1, 0)
