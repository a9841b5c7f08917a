"""The other accounts of a customer: credit card and wallet, month by month."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Columns
from analytics.sandbox.plan import CARD, WALLET, Postings
from analytics.sandbox.postings import of_kind, sum_by_customer
from analytics.sandbox.scene import Scene

CARD_INTEREST = 0.034
WALLET_RATE = 3.2


def card_rows(scene: Scene, planned: Columns, done: Columns) -> Columns:
    """Card postings: the bill's payment, interest on what was carried, purchases within the limit, refunds."""
    state, kinds = scene.state, scene.catalogue.kind_index
    rows = Postings()
    bill = of_kind(done, scene.catalogue, "card_bill")
    rows.add(
        done["customer"][bill].astype(np.int64), account=CARD, day=done["day"][bill],
        second=done["second"][bill] + 7, kind=kinds["card_receipt"], party=-1, amount=-done["amount"][bill],
    )  # fmt: skip
    carried = state.card_owed - sum_by_customer(done, bill, scene.count)
    who = np.flatnonzero((carried > 50_000) & (carried < 1.1 * state.card_limit) & (state.closed_day < 0))
    interest = (carried[who] * CARD_INTEREST).astype(np.int64)
    day = 21 + scene.people.style[who] % 5
    rows.add(who, account=CARD, day=day, second=85_500, kind=kinds["card_interest"], party=-1, amount=-interest)
    spent = _within_limit(scene, planned)
    rows.add(spent.pop("customer").astype(np.int64), **spent)
    columns = rows.columns()
    change = np.bincount(columns["customer"], weights=columns["amount"], minlength=scene.count)
    state.card_owed -= change.astype(np.int64)
    return columns


def _within_limit(scene: Scene, planned: Columns) -> Columns:
    """Return a plan's card purchases that fit the limit, and its card refunds."""
    inside = (planned["day"] >= scene.opened[planned["customer"]]) & (planned["day"] < scene.month.days)
    rows = np.flatnonzero((planned["account"] == CARD) & inside)
    customer = planned["customer"][rows].astype(np.int64)
    rows = rows[np.argsort(customer * 32 + planned["day"][rows], kind="stable")]
    customer = planned["customer"][rows].astype(np.int64)
    spent = np.maximum(-planned["amount"][rows], 0)
    running = np.cumsum(spent)
    within = running - (running - spent)[np.searchsorted(customer, customer)]
    headroom = (scene.state.card_limit - scene.state.card_owed)[customer]
    kept = rows[(within <= headroom) | (planned["amount"][rows] > 0)]
    return {name: values[kept] for name, values in planned.items()}


def wallet_rows(scene: Scene, done: Columns) -> Columns:
    """Wallet postings: loads as they left savings, and small spends out of what the wallet held before."""
    state, rng, cat = scene.state, scene.rng, scene.catalogue
    rows = Postings()
    load = of_kind(done, cat, "wallet_load")
    rows.add(
        done["customer"][load].astype(np.int64), account=WALLET, day=done["day"][load],
        second=done["second"][load] + 5, kind=cat.kind_index["wallet_receipt"], party=done["party"][load],
        amount=-done["amount"][load],
    )  # fmt: skip
    uses = scene.people.has_wallet & (state.wallet > 5_000) & (state.closed_day < 0)
    who = np.repeat(np.arange(scene.count), rng.poisson(np.where(uses, WALLET_RATE, 0.0)))
    amount = np.rint(rng.lognormal(4.6, 0.6, len(who))).astype(np.int64) * 100
    running = np.cumsum(amount)
    fits = running - (running - amount)[np.searchsorted(who, who)] <= state.wallet[who]
    who, amount = who[fits], amount[fits]
    party = scene.any_of("food_and_dining", len(who))
    rows.add(
        who, account=WALLET, day=scene.days(len(who)), second=rng.integers(36_000, 80_000, len(who)),
        kind=cat.kind_index["wallet_spend"], party=party, amount=-amount,
    )  # fmt: skip
    columns = rows.columns()
    change = np.bincount(columns["customer"], weights=columns["amount"], minlength=scene.count)
    state.wallet += change.astype(np.int64)
    return columns
