"""What follows from a settled month: the ledger's rows, the other leg of own transfers, cards, wallets, debts."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.sandbox.arrays import Bools, Ints
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.catalogue import Catalogue
from analytics.sandbox.collecting import Collector
from analytics.sandbox.people import People
from analytics.sandbox.plan import CARD, WALLET, Columns, Phase, Plan, Postings
from analytics.sandbox.state import State

REFUND_ODDS = 0.012
CARD_INTEREST = 0.034
WALLET_RATE = 3.2


@dataclass
class Books:
    """The ledger of a chunk. ``openings`` are balances when the books open: savings, card, wallet, in paise."""

    ledger: Postings = field(default_factory=Postings)
    openings: Ints | None = None
    refundable: Columns | None = None

    def open(self, state: State) -> None:
        """Note the balances with which the books open."""
        if self.openings is None:
            self.openings = np.stack([state.balance, -state.card_owed, state.wallet], axis=1)


def post(books: Books, month: Month, columns: Columns) -> int:
    """Write rows of a month to the ledger, with days since 1970-01-01; returns the first row's number."""
    absolute = {**columns, "day": columns["day"].astype(np.int64) + month.first_day}
    customer = absolute.pop("customer").astype(np.int64)
    return books.ledger.add(customer, **absolute)


def plan_refunds(books: Books, month: Month, plan: Plan, active: Bools, rng: np.random.Generator) -> None:
    """Plan refunds of some of last month's purchases, on the account that paid."""
    bought = books.refundable
    if bought is None:
        return
    chosen = np.flatnonzero((rng.random(len(bought["customer"])) < REFUND_ODDS) & active[bought["customer"]])
    for account, kind in ((0, "refund_upi"), (CARD, "refund_card")):
        mine = chosen[bought["account"][chosen] == account]
        amount = -bought["amount"][mine].astype(np.int64)
        part = (amount * rng.uniform(0.3, 0.9, len(mine)) / 100).astype(np.int64) * 100
        amount = np.where((rng.random(len(mine)) < 0.2) & (part > 0), part, amount)
        plan.intend(
            kind, Phase.NOON, bought["customer"][mine].astype(np.int64), rng.integers(0, 15, len(mine)), amount,
            bought["party"][mine].astype(np.int64), account=account, reverses=bought["row"][mine],
        )  # fmt: skip


def write_month(
    books: Books, people: People, state: State, month: Month, plan: Plan, settled: Columns, happened: Bools,
    collector: Collector, cat: Catalogue, rng: np.random.Generator,
) -> None:  # fmt: skip
    """Carry a settled month into debts, cards, wallets and, once the books are open, the ledger."""
    done = {name: values[happened] for name, values in settled.items()}
    _debts(state, settled, happened, cat)
    other = _card_rows(people, state, month, plan, done, cat, rng)
    wallet = _wallet_rows(people, state, month, done, cat, rng)
    if not month.in_books:
        return
    first = post(books, month, done)
    card_first = post(books, month, other)
    post(books, month, wallet)
    _collection_rows(books, month, collector, cat, rng)
    books.refundable = _purchases(((first, done), (card_first, other)), cat)


def _of_kind(columns: Columns, cat: Catalogue, *kinds: str) -> Bools:
    return np.isin(columns["kind"], [cat.kind_index[kind] for kind in kinds])


def _sum_by_customer(columns: Columns, rows: Bools, count: int) -> Ints:
    sums = np.bincount(columns["customer"][rows], weights=np.abs(columns["amount"][rows]), minlength=count)
    return sums.astype(np.int64)


def _debts(state: State, settled: Columns, happened: Bools, cat: Catalogue) -> None:
    count = len(state.balance)
    state.wealth += _sum_by_customer(settled, happened & _of_kind(settled, cat, "sip", "investment_out"), count)
    paid = _sum_by_customer(settled, happened & _of_kind(settled, cat, "hospital", "school_fee"), count)
    state.burden = np.maximum(state.burden - paid, 0)
    repayments = _of_kind(settled, cat, "loan_app_repayment")
    state.app_debt -= np.minimum(_sum_by_customer(settled, happened & repayments, count), state.app_debt)
    missed = _sum_by_customer(settled, ~happened & repayments, count)
    state.app_debt += (missed * 0.08).astype(np.int64)


def _card_rows(
    people: People, state: State, month: Month, plan: Plan, done: Columns, cat: Catalogue, rng: np.random.Generator
) -> Columns:
    """Card postings: purchases within the limit, refunds, the bill's payment, interest on what was carried."""
    count = len(people)
    rows = Postings()
    bill = _of_kind(done, cat, "card_bill")
    paid = _sum_by_customer(done, bill, count)
    rows.add(
        done["customer"][bill].astype(np.int64), account=CARD, day=done["day"][bill],
        second=done["second"][bill] + 7, kind=cat.kind_index["card_receipt"], party=-1, amount=-done["amount"][bill],
    )  # fmt: skip
    carried = np.maximum(state.card_owed - paid, 0)
    who = np.flatnonzero((carried > 50_000) & (state.closed_day < 0))
    interest = (carried[who] * CARD_INTEREST).astype(np.int64)
    day = 21 + people.style[who] % 5
    rows.add(
        who, account=CARD, day=day, second=85_500, kind=cat.kind_index["card_interest"], party=-1, amount=-interest
    )
    spent = _within_limit(plan, state, month)
    rows.add(spent.pop("customer").astype(np.int64), **spent)
    columns = rows.columns()
    change = np.bincount(columns["customer"], weights=columns["amount"], minlength=count)
    state.card_owed -= change.astype(np.int64)
    return columns


def _within_limit(plan: Plan, state: State, month: Month) -> Columns:
    """Return a plan's card purchases that fit the limit, and its card refunds."""
    columns = plan.columns()
    rows = np.flatnonzero((columns["account"] == CARD) & (columns["day"] < month.days))
    customer = columns["customer"][rows].astype(np.int64)
    rows = rows[np.argsort(customer * 32 + columns["day"][rows], kind="stable")]
    customer = columns["customer"][rows].astype(np.int64)
    spent = np.maximum(-columns["amount"][rows].astype(np.int64), 0)
    running = np.cumsum(spent)
    starts = np.searchsorted(customer, customer)
    within = running - (running - spent)[starts]
    headroom = (state.card_limit - state.card_owed)[customer]
    kept = rows[(within <= headroom) | (columns["amount"][rows] > 0)]
    return {name: values[kept] for name, values in columns.items()}


def _wallet_rows(
    people: People, state: State, month: Month, done: Columns, cat: Catalogue, rng: np.random.Generator
) -> Columns:
    """Wallet postings: loads as they left savings, and small spends out of what the wallet held before."""
    rows = Postings()
    load = _of_kind(done, cat, "wallet_load")
    rows.add(
        done["customer"][load].astype(np.int64), account=WALLET, day=done["day"][load],
        second=done["second"][load] + 5, kind=cat.kind_index["wallet_receipt"], party=done["party"][load],
        amount=-done["amount"][load],
    )  # fmt: skip
    rate = np.where(people.has_wallet & (state.wallet > 5_000) & (state.closed_day < 0), WALLET_RATE, 0.0)
    who = np.repeat(np.arange(len(people)), rng.poisson(rate))
    amount = np.rint(rng.lognormal(4.6, 0.6, len(who))).astype(np.int64) * 100
    running = np.cumsum(amount)
    starts = np.searchsorted(who, who)
    fits = running - (running - amount)[starts] <= state.wallet[who]
    table = np.concatenate([cat.picks["food_and_dining"], cat.picks["transport"]])
    party = table[rng.integers(len(table), size=len(who))]
    day, second = rng.integers(0, month.days, len(who)), rng.integers(36_000, 80_000, len(who))
    rows.add(
        who[fits], account=WALLET, day=day[fits], second=second[fits], kind=cat.kind_index["wallet_spend"],
        party=party[fits], amount=-amount[fits],
    )  # fmt: skip
    columns = rows.columns()
    change = np.bincount(columns["customer"], weights=columns["amount"], minlength=len(people))
    state.wallet += change.astype(np.int64)
    return columns


def _collection_rows(
    books: Books, month: Month, collector: Collector, cat: Catalogue, rng: np.random.Generator
) -> None:
    """Write instalments paid, instalments returned with their reversals, and charges."""
    lender, kinds = int(cat.picks["lenders"][0]), cat.kind_index
    paid = collector.paid.columns()
    by_hand = np.where(rng.random(len(paid["customer"])) < 0.7, kinds["emi_manual"], kinds["emi_manual_neft"])
    paid["kind"] = np.where(paid["phase"] == 0, kinds["emi"], by_hand)
    paid["party"] = np.full(len(by_hand), lender)
    post(books, month, paid)
    returned = collector.returned.columns()
    returned["party"] = np.full(len(returned["customer"]), lender)
    returned["kind"] = np.full(len(returned["customer"]), kinds["emi"])
    first = post(books, month, returned)
    count = len(returned["customer"])
    returned["kind"] = np.full(count, kinds["nach_return"])
    returned["amount"] = -returned["amount"]
    returned["second"] = returned["second"] + 90
    returned["reverses"] = first + np.arange(count)
    post(books, month, returned)
    charged = collector.charged.columns()
    charged["kind"] = np.full(len(charged["customer"]), kinds["bounce_charge"])
    charged["party"] = np.full(len(charged["customer"]), -1)
    post(books, month, charged)


def _purchases(batches: tuple[tuple[int, Columns], ...], cat: Catalogue) -> Columns:
    """Return the purchases a refund can be asked for, with their row numbers in the ledger."""
    parts: list[Columns] = []
    for first, columns in batches:
        rows = np.flatnonzero(_of_kind(columns, cat, "spend_upi", "spend_online", "card_purchase"))
        part: Columns = {name: columns[name][rows] for name in ("customer", "account", "amount", "party")}
        parts.append({**part, "row": rows + first})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
