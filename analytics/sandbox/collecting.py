"""Collecting instalments: presentation on the due day, retries, bounces and their charges, catching up by hand."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Ints
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.loan_book import SLOTS, LoanBook
from analytics.sandbox.people import People
from analytics.sandbox.plan import CATCH_UP_SECOND, INSTALMENT_SECOND, WINDOWS, Phase, Postings
from analytics.sandbox.state import State

#: Charge for a returned mandate by bank, in paise (GST included).
BOUNCE_CHARGE = np.array([53_100, 29_500, 59_000, 59_000, 41_300])
#: Banks that show a returned instalment as a debit and its reversal; the others show the charge alone.
SHOWS_RETURN = np.array([True, True, False, True, False])
#: Odds that a bank which shows the return charges for it as well; the others always do.
CHARGE_ODDS = 0.85


class Collector:
    """Collects one month's instalments and notes every posting that comes of it."""

    def __init__(self, people: People, state: State, book: LoanBook, month: Month, rng: np.random.Generator) -> None:
        self._people, self._state, self._book, self._month, self._rng = people, state, book, month, rng
        count = len(people)
        self._charges = np.zeros(count, np.int64)
        self._willing = (0.02 + 0.5 * people.discipline**1.5) * (1 - 0.6 * state.stress)
        self.bounces = np.zeros(count, np.int64)
        self.paid = Postings()
        self.returned = Postings()
        self.charged = Postings()

    def present(self, day: int) -> None:
        """Present instalments due today, and again those that bounced some days ago."""
        book, month = self._book, self._month
        begun = (book.first_due <= month.index) & book.open
        due = begun & (book.due_dom == day)
        book.fallen += due & (book.fallen < book.tenor)
        behind = book.fallen - book.paid
        again = (book.retry_dom == day) | ((behind > 1) & ((book.retry_dom - day) % 7 == 0))
        asked = (due | (begun & again)) & (behind > 0)
        if not asked.any():
            return
        for slot in range(SLOTS):
            who = np.flatnonzero(asked[:, slot])
            covered = self._state.balance[who] >= book.emi[who, slot]
            self._bounce(who[~covered], slot, day)
            self._pay("emi", who[covered], slot, day, INSTALMENT_SECOND + slot * 1500)

    def catch_up(self, day: int) -> None:
        """Let customers in arrears pay the oldest instalment themselves, when they can and are willing."""
        book = self._book
        behind = book.open & (book.fallen > book.paid)
        if not behind.any():
            return
        for slot in range(SLOTS):
            who = np.flatnonzero(behind[:, slot])
            able = self._state.balance[who] >= book.emi[who, slot] * 1.1
            willing = self._rng.random(len(who)) < self._willing[who]
            self._pay("emi_manual", who[able & willing], slot, day, CATCH_UP_SECOND + slot * 150)

    def charge(self, day: int) -> None:
        """Debit the day's bounce charges, whatever the balance."""
        who = np.flatnonzero(self._charges)
        if len(who) == 0:
            return
        amount = self._charges[who]
        self._state.balance[who] -= amount
        low, high = WINDOWS[Phase.CLOSE]
        second = self._rng.integers(low, high, len(who))
        self.charged.add(who, day=day, second=second, amount=-amount)
        self._charges[who] = 0

    def return_mandates(self, customer: Ints) -> None:
        """Charge for other lenders', funds' and insurers' mandates that were returned today."""
        if len(customer):
            np.add.at(self._charges, customer, BOUNCE_CHARGE[self._people.bank[customer]])
            np.add.at(self.bounces, customer, 1)

    def _pay(self, kind: str, who: Ints, slot: int, day: int, second: int) -> None:
        if len(who) == 0:
            return
        amount = self._book.emi[who, slot]
        self._state.balance[who] -= amount
        when = second + self._rng.integers(0, 120, len(who))
        self.paid.add(
            who, day=day, second=when, phase=int(kind != "emi"), amount=-amount, loan=self._book.loan[who, slot]
        )
        self._book.pay(who, slot, self._month.first_day + day)

    def _bounce(self, who: Ints, slot: int, day: int) -> None:
        if len(who) == 0:
            return
        self.bounces[who] += 1
        forgiven = SHOWS_RETURN[self._people.bank[who]] & (self._rng.random(len(who)) >= CHARGE_ODDS)
        charged = who[~forgiven]
        self._charges[charged] += BOUNCE_CHARGE[self._people.bank[charged]]
        shown = who[SHOWS_RETURN[self._people.bank[who]]]
        second = INSTALMENT_SECOND + slot * 1500 + 200 + self._rng.integers(0, 1100, len(shown))
        amount, loan = self._book.emi[shown, slot], self._book.loan[shown, slot]
        self.returned.add(shown, day=day, second=second, amount=-amount, loan=loan)
