"""What follows from a settled month: debts paid off, the ledger's rows, refunds to come."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.sandbox.arrays import Columns, Ints
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.catalogue import Catalogue
from analytics.sandbox.collecting import Collector
from analytics.sandbox.other_accounts import card_rows, wallet_rows
from analytics.sandbox.plan import CARD, SAVINGS, UPI_LIMIT, Phase, Postings
from analytics.sandbox.postings import of_kind, sum_by_customer
from analytics.sandbox.scene import Scene
from analytics.sandbox.settle import Settlement
from analytics.sandbox.state import State

REFUND_ODDS = 0.012
REFUNDABLE = ("spend_upi", "spend_online", "card_purchase")
MISSED_APP_INTEREST = 0.08


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

    def post(self, month: Month, columns: Columns) -> int:
        """Write rows of a month, with days since 1970-01-01; returns the first row's number."""
        absolute = {**columns, "day": columns["day"].astype(np.int64) + month.first_day}
        customer = absolute.pop("customer").astype(np.int64)
        return self.ledger.add(customer, **absolute)


def plan_refunds(books: Books, scene: Scene) -> None:
    """Plan refunds of some of last month's purchases, on the account that paid."""
    bought, rng = books.refundable, scene.rng
    if bought is None:
        return
    lucky = (rng.random(len(bought["customer"])) < REFUND_ODDS) & scene.active[bought["customer"]]
    for account, kind in ((SAVINGS, "refund_upi"), (CARD, "refund_card")):
        mine = np.flatnonzero(lucky & (bought["account"] == account))
        amount = -bought["amount"][mine]
        part = (amount * rng.uniform(0.3, 0.9, len(mine)) / 100).astype(np.int64) * 100
        amount = np.where((rng.random(len(mine)) < 0.2) & (part > 0), part, amount)
        scene.plan.intend(
            kind, Phase.NOON, bought["customer"][mine].astype(np.int64), scene.days(len(mine), 0, 15), amount,
            bought["party"][mine].astype(np.int64), account=account, reverses=bought["row"][mine],
        )  # fmt: skip


def write_month(books: Books, scene: Scene, settled: Settlement) -> None:
    """Carry a settled month into debts, cards, wallets and, once the books are open, the ledger."""
    done = {name: values[settled.happened] for name, values in settled.savings.items()}
    _debts(scene, settled)
    _foreclosures(scene, done)
    card = card_rows(scene, settled.planned, done)
    wallet = wallet_rows(scene, done)
    if not scene.month.in_books:
        return
    first = books.post(scene.month, done)
    card_first = books.post(scene.month, card)
    books.post(scene.month, wallet)
    _collection_rows(books, scene, settled.collector)
    books.refundable = _purchases(((first, done), (card_first, card)), scene.catalogue)


def _debts(scene: Scene, settled: Settlement) -> None:
    """Savings grow by what was invested; costs and app loans shrink by what was paid, missed ones grow."""
    state, cat, rows, happened = scene.state, scene.catalogue, settled.savings, settled.happened
    state.wealth += sum_by_customer(rows, happened & of_kind(rows, cat, "sip", "investment_out"), scene.count)
    paid = sum_by_customer(rows, happened & of_kind(rows, cat, "hospital", "school_fee"), scene.count)
    state.burden = np.maximum(state.burden - paid, 0)
    repayments = of_kind(rows, cat, "loan_app_repayment")
    state.app_debt -= np.minimum(sum_by_customer(rows, happened & repayments, scene.count), state.app_debt)
    missed = sum_by_customer(rows, ~happened & repayments, scene.count)
    state.app_debt += (missed * MISSED_APP_INTEREST).astype(np.int64)


def _foreclosures(scene: Scene, done: Columns) -> None:
    rows = of_kind(done, scene.catalogue, "foreclosure")
    customer, loan = done["customer"][rows].astype(np.int64), done["loan"][rows].astype(np.int64)
    scene.book.settle_early(loan, customer, -done["amount"][rows], done["day"][rows] + scene.month.first_day)


def _collection_rows(books: Books, scene: Scene, collector: Collector) -> None:
    """Write instalments paid, instalments returned with their reversals, and charges."""
    month, kinds = scene.month, scene.catalogue.kind_index
    lender = int(scene.catalogue.picks["lenders"][0])
    paid = collector.paid.columns()
    by_upi = (scene.rng.random(len(paid["customer"])) < 0.7) & (paid["amount"] > -UPI_LIMIT * 100)
    by_hand = np.where(by_upi, kinds["emi_manual"], kinds["emi_manual_neft"])
    books.post(month, {**paid, "kind": np.where(paid["phase"] == 0, kinds["emi"], by_hand), **_party(paid, lender)})
    returned = {**collector.returned.columns()}
    count = len(returned["customer"])
    first = books.post(month, {**returned, "kind": np.full(count, kinds["emi"]), **_party(returned, lender)})
    reversal: Columns = {
        "kind": np.full(count, kinds["nach_return"]),
        "amount": -returned["amount"],
        "second": returned["second"] + 90,
        "reverses": first + np.arange(count),
    }
    books.post(month, {**returned, **reversal, **_party(returned, lender)})
    charged = collector.charged.columns()
    books.post(month, {**charged, "kind": np.full(len(charged["kind"]), kinds["bounce_charge"]), **_party(charged, -1)})


def _party(columns: Columns, party: int) -> Columns:
    return {"party": np.full(len(columns["customer"]), party)}


def _purchases(batches: tuple[tuple[int, Columns], ...], cat: Catalogue) -> Columns:
    """Return the purchases a refund can be asked for, with their row numbers in the ledger."""
    parts: list[Columns] = []
    for first, columns in batches:
        rows = np.flatnonzero(of_kind(columns, cat, *REFUNDABLE))
        part: Columns = {name: columns[name][rows] for name in ("customer", "account", "amount", "party")}
        parts.append({**part, "row": rows + first})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
