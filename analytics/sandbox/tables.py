"""The canonical tables other than transactions and sessions, from what was simulated."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from analytics.sandbox.calendar_months import first_day_of
from analytics.sandbox.catalogue import Catalogue
from analytics.sandbox.columns import days, lookup, money, same
from analytics.sandbox.identity import card_numbers, customer_ids, pans, phones
from analytics.sandbox.lending import PRODUCTS
from analytics.sandbox.loan_book import LoanBook, Terms
from analytics.sandbox.people import OCCUPATIONS, People
from analytics.sandbox.profile import SandboxProfile
from analytics.sandbox.state import State
from analytics.schema import ACCOUNTS, CUSTOMERS, INSTALMENTS, LOANS, arrow_schema

FLAGS = ("dispute", "deceased", "legal", "do_not_contact")
ACCOUNT_KINDS = ("savings", "credit_card", "wallet")
ACCOUNT_MARKS = ("S", "K", "W")
MAIL_DOMAINS = ("example.com", "example.org", "example.net")


def build_tables(
    people: People, state: State, book: LoanBook, profile: SandboxProfile, cat: Catalogue
) -> dict[str, pa.Table]:
    """Return customers, accounts, loans and instalments."""
    ids = customer_ids(people.number, profile.customers)
    loans, instalments = _loan_tables(book, ids)
    return {
        "customers": _customers(people, state, ids, cat),
        "accounts": _accounts(people, state, ids, cat),
        "loans": loans,
        "instalments": instalments,
    }


def account_ids(ids: list[str]) -> list[str]:
    """Return the ids of every customer's possible accounts: three in a row per customer."""
    return [f"A{customer[1:]}{mark}" for customer in ids for mark in ACCOUNT_MARKS]


def full_names(people: People, cat: Catalogue) -> list[tuple[str, str]]:
    """Return given and family names."""
    given = [cat.given["F"] if gender == 1 else cat.given["M"] for gender in people.gender]
    return [(pool[g], cat.family[f]) for pool, g, f in zip(given, people.given, people.family, strict=True)]


def _customers(people: People, state: State, ids: list[str], cat: Catalogue) -> pa.Table:
    names = full_names(people, cat)
    places = [cat.places[c] for c in people.city]
    works = np.isin(people.occupation, (0, 3))
    employers = [party.name for party in cat.parties]
    flags = [[flag for flag, set_ in zip(FLAGS, row, strict=True) if set_] for row in people.flags]
    mails = [
        f"{given.lower()}.{family.lower()}{number:d}@{MAIL_DOMAINS[number % 3]}"
        for (given, family), number in zip(names, people.number.tolist(), strict=True)
    ]
    columns = {
        "customer_id": ids,
        "full_name": [f"{given} {family}" for given, family in names],
        "gender": lookup(["M", "F", "other"], people.gender),
        "birth_date": days(people.birth_day, missing=-(10**9)),
        "phone": phones(people.number),
        "email": mails,
        "tax_pan": pans(people.number, [family[0].upper() for _, family in names]),
        "city": [place.city for place in places],
        "state": [place.state for place in places],
        "region": [place.region for place in places],
        "occupation": lookup(OCCUPATIONS, people.occupation),
        "employer": lookup(employers, np.where(works, state.employer, -1)),
        "kyc_status": lookup(["verified", "pending", "expired"], people.kyc),
        "contact_flags": pa.array(flags, pa.list_(pa.string())),
        "joined_on": days(people.joined_day),
        "closed_on": days(state.closed_day),
    }
    return pa.table(columns, schema=arrow_schema(CUSTOMERS))


def _accounts(people: People, state: State, ids: list[str], cat: Catalogue) -> pa.Table:
    count = len(people)
    has = np.stack([np.ones(count, np.bool_), people.has_card, people.has_wallet], axis=1).ravel()
    owner, kind = (part[has] for part in np.divmod(np.arange(3 * count), 3))
    debit, credit = card_numbers(people.number, people.bank, 4), card_numbers(people.number, people.bank, 5)
    cards = lookup(
        [number for pair in zip(debit, credit, strict=True) for number in pair],
        np.where(kind < 2, owner * 2 + kind, -1),
    )
    limits = money(np.where(kind == 1, state.card_limit[owner], 0))
    branches = [f"{place.city} {name}" for place in cat.places for name in ("Main", "Station Road", "Market Yard")]
    columns = {
        "account_id": lookup(account_ids(ids), owner * 3 + kind),
        "customer_id": lookup(ids, owner),
        "kind": lookup(ACCOUNT_KINDS, kind),
        "currency": same("INR", len(owner)),
        "card_number": cards,
        "credit_limit": pa.compute.if_else(pa.array(kind == 1), limits, pa.scalar(None, pa.decimal128(18, 2))),
        "branch": lookup(branches, np.where(kind < 2, people.city[owner] * 3 + people.style[owner] % 3, -1)),
        "opened_on": days(people.joined_day[owner]),
        "closed_on": days(state.closed_day[owner]),
    }
    return pa.table(columns, schema=arrow_schema(ACCOUNTS))


def loan_ids(book: LoanBook) -> list[str]:
    """Return loan ids, unique over chunks: the chunk's number and the loan's."""
    return [f"L{book.chunk:03d}{number:06d}" for number in range(book.total)]


def _loan_tables(book: LoanBook, ids: list[str]) -> tuple[pa.Table, pa.Table]:
    terms = book.all_terms()
    closed, written = np.full((2, book.total), -1, np.int64)
    for loans, day in book.closed:
        closed[loans] = day
    for loans, last_day in book.written_off:
        written[loans] = last_day
    loan_names = loan_ids(book)
    accounts = account_ids(ids)
    loans_table = pa.table(
        {
            "loan_id": loan_names,
            "customer_id": lookup(ids, terms.customer),
            "account_id": lookup(accounts, terms.customer * 3),
            "product": lookup([product.name for product in PRODUCTS], terms.product),
            "principal": money(terms.principal),
            "annual_rate": terms.rate,
            "tenor_months": pa.array(terms.tenor.astype(np.int32)),
            "disbursed_on": days(terms.disbursed_day),
            "emi_amount": money(terms.emi),
            "closed_on": days(closed),
            "written_off_on": days(written),
        },
        schema=arrow_schema(LOANS),
    )
    return loans_table, _instalments(book, terms, loan_names)


def _instalments(book: LoanBook, terms: Terms, loan_names: list[str]) -> pa.Table:
    """Every scheduled instalment; those before the simulation were paid when due, early settlement ends the rest."""
    loan = np.repeat(np.arange(book.total), terms.tenor)
    start = np.cumsum(terms.tenor) - terms.tenor
    number = np.arange(len(loan)) - start[loan]
    due = first_day_of(book.origin, terms.first_due[loan] + number) + terms.due_dom[loan]
    paid = np.where(number < terms.paid[loan], due, -1)
    for loans, count, day in book.payments:
        paid[start[loans] + count - 1] = day
    amount = terms.emi[loan]
    keep = np.ones(len(loan), np.bool_)
    for loans, count, sum_, day in book.settlements:
        last = start[loans] + count - 1
        due[last], paid[last], amount[last] = day, day, sum_
        final = np.full(book.total, np.iinfo(np.int64).max)
        final[loans] = count - 1
        keep &= number <= final[loan]
    loan, number, due, paid, amount = (part[keep] for part in (loan, number, due, paid, amount))
    return pa.table(
        {
            "loan_id": lookup(loan_names, loan),
            "instalment_no": pa.array((number + 1).astype(np.int32)),
            "due_on": days(due),
            "amount_due": money(amount),
            "paid_on": days(paid),
            "amount_paid": money(np.where(paid >= 0, amount, 0)),
        },
        schema=arrow_schema(INSTALMENTS),
    )
