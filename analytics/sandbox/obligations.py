"""Money that has to go out: rent, bills, mandates, tax, debts of life, loans elsewhere, card bills, wallet loads."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Floats, paise, pick
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.people import BUSINESS, SELF_EMPLOYED, STUDENT
from analytics.sandbox.plan import UPI_LIMIT, Phase
from analytics.sandbox.scene import Scene
from analytics.sandbox.shops import buy_large
from analytics.sandbox.state import State

#: Bills: subcategory, odds a month, share of income, rupees at most.
BILLS = (
    ("electricity", 0.9, 0.028, 9_000),
    ("mobile", 0.85, 0.008, 1_200),
    ("broadband", 0.35, 0.014, 1_500),
    ("gas", 0.35, 0.02, 1_150),
    ("television", 0.2, 0.007, 700),
    ("water", 0.15, 0.008, 800),
)
#: Monthly odds of borrowing from another lender, for the disciplined and unstrained.
OUTSIDE_ODDS = 0.009
SUBSCRIPTION_FEES = np.array([19_900, 14_900, 29_900, 64_900])
WALLET_LOADS = np.array([200.0, 500.0, 1000.0, 2000.0])


def fixed_outgoings(state: State, book: LoanBook) -> Floats:
    """Return rupees a month that are spoken for: rent, instalments here and elsewhere, SIPs, premiums."""
    out: Floats = state.rent + (book.monthly_due + state.outside_emi) / 100 + state.sip + state.premium
    return out


def needs_of(state: State, book: LoanBook) -> Floats:
    """Return rupees a month a customer cannot do without: what is spoken for and the barest consumption."""
    out: Floats = fixed_outgoings(state, book) - state.sip * 0.5 + 0.28 * state.income
    return out


def plan_obligations(scene: Scene) -> None:
    """Plan the month's bills and mandates."""
    _rent(scene)
    _bills(scene)
    _mandates(scene)
    _subscriptions(scene)
    _taxes(scene)
    _burden(scene)
    _loan_apps(scene)
    _outside_loans(scene)
    _cheques(scene)
    _card_bill(scene)
    _wallet_load(scene)


def _rent(scene: Scene) -> None:
    people, state = scene.people, scene.state
    who = np.flatnonzero(scene.here & (state.rent > 0))
    landlord = scene.catalogue.persons[(people.style[who] // 11) % len(scene.catalogue.persons)]
    day = 2 + people.style[who] % 6 + scene.rng.integers(0, 3, len(who))
    amount = -paise(state.rent[who], 50_000)
    by_neft = (people.style[who] % 4 == 0) | (state.rent[who] >= UPI_LIMIT)
    for kind, mine in (("rent_neft", by_neft), ("rent", ~by_neft)):
        scene.plan.intend(kind, Phase.PAYMENT, who[mine], day[mine], amount[mine], landlord[mine])
    if scene.month.month == 6:
        state.rent *= 1.06


def _bills(scene: Scene) -> None:
    people, rng = scene.people, scene.rng
    summer = 1.35 if scene.month.month in (4, 5, 6) else 1.0
    level = np.sqrt(scene.state.income * 38_000)
    household = scene.here & (people.occupation != STUDENT)
    for salt, (group, odds, share, most) in enumerate(BILLS):
        has = (people.style // (salt + 3)) % 100 < odds * 100
        who = np.flatnonzero(household & has & scene.chance(0.96))
        value = np.minimum(level[who] * share * rng.lognormal(0, 0.18, len(who)), most)
        value *= summer if group == "electricity" else 1.0
        day = (people.style[who] // (salt + 5)) % 24 + rng.integers(0, 3, len(who))
        by_bank = people.style[who] % 5 == 0
        party = scene.own(group, who, salt)
        for kind, mine in (("utility_billpay", by_bank), ("utility", ~by_bank)):
            scene.plan.intend(kind, Phase.PAYMENT, who[mine], day[mine], -paise(value[mine]), party[mine])


def _mandates(scene: Scene) -> None:
    """Plan SIPs and premiums; the strained cancel their SIPs."""
    people, state = scene.people, scene.state
    state.sip[(state.sip > 0) & scene.chance(0.10 * state.stress + 0.12 * state.shocked)] = 0.0
    day = 4 + people.style // 13 % 12
    who = np.flatnonzero(scene.here & (state.sip > 0))
    party = scene.own("mutual_fund", who, 1)
    scene.plan.intend("sip", Phase.MANDATE, who, day[who], -paise(state.sip[who]), party)
    who = np.flatnonzero(scene.here & (state.premium > 0))
    party = scene.own("insurance", who, 2)
    scene.plan.intend("insurance", Phase.MANDATE, who, day[who] + 3, -paise(state.premium[who]), party)


def _subscriptions(scene: Scene) -> None:
    people = scene.people
    takes = scene.here & (people.style // 17 % 100 < 25 + 60 * people.engagement)
    for nth in range(2):
        who = np.flatnonzero(takes & (people.style // 19 % 2 >= nth))
        fee = SUBSCRIPTION_FEES[people.style[who] // (nth + 3) % 4]
        day = (people.style[who] // 13 % 12 * 3 + nth * 9) % 28
        scene.plan.intend("subscription", Phase.MANDATE, who, day, -fee, scene.own("subscriptions", who, nth))


def _taxes(scene: Scene) -> None:
    """Advance tax of the self-employed, by quarter, most of it in March."""
    if scene.month.month not in (3, 6, 9, 12):
        return
    trades = np.isin(scene.people.occupation, (BUSINESS, SELF_EMPLOYED)) & (scene.state.income > 45_000)
    who = np.flatnonzero(scene.here & trades)
    share = 0.28 if scene.month.month == 3 else 0.16
    amount = -paise(scene.state.perceived[who] * share)
    party = scene.own("income_tax", who, 3)
    scene.plan.intend("tax", Phase.PAYMENT, who, scene.days(len(who), 9, 15), amount, party)


def _burden(scene: Scene) -> None:
    """Pay off what illness, weddings and schools have cost, a third a month, as far as the account allows."""
    state = scene.state
    who = np.flatnonzero(scene.active & (state.burden > 50_000))
    amount = np.maximum(state.burden[who] // 3, np.minimum(state.burden[who], 600_000))
    able = np.maximum(state.balance[who] * 2 // 3, (state.perceived[who] * 35).astype(np.int64))
    amount = np.minimum(amount, np.maximum(able, 50_000)) // 10_000 * 10_000
    school = (state.since["medical"][who] > 6) & (state.since["marriage"][who] > 6)
    for kind, mine, group in (("hospital", ~school, "hospitals"), ("school_fee", school, "school")):
        party = scene.any_of(group, int(mine.sum()))
        scene.plan.intend(kind, Phase.PAYMENT, who[mine], scene.days(len(party)), -amount[mine], party)


def _loan_apps(scene: Scene) -> None:
    """Instant loans from apps: taken by the strained and the careless, due a month later with a third more."""
    people, state, rng = scene.people, scene.state, scene.rng
    who = np.flatnonzero(state.app_debt > 0)
    party = scene.own("loan_app", who, 4)
    scene.plan.intend(
        "loan_app_repayment", Phase.PAYMENT, who, scene.days(len(who), 3, 20), -state.app_debt[who], party
    )
    odds = 0.10 * state.stress * (1.25 - people.discipline) + 0.012 * (1 - people.discipline) ** 2
    takes = scene.here & scene.chance(odds) & (state.app_debt < state.income * 60) & (state.income < 150_000)
    who = np.flatnonzero(takes)
    amount = paise(state.income[who] * rng.uniform(0.08, 0.4, len(who)), 50_000)
    party = scene.own("loan_app", who, 4)
    scene.plan.intend("loan_app_in", Phase.NOON, who, scene.days(len(who), 3, 26), amount, party)
    state.app_debt[who] += (amount * 1.3).astype(np.int64) // 100 * 100


def _outside_loans(scene: Scene) -> None:
    """Loans taken from other lenders, seen in the books as credits and instalments alone."""
    people, state, rng = scene.people, scene.state, scene.rng
    state.outside_left = np.maximum(state.outside_left - 1, 0)
    state.outside_emi[state.outside_left == 0] = 0
    who = np.flatnonzero(scene.here & (state.outside_emi > 0))
    lender, day = scene.own("outside_lenders", who, 6), 1 + people.style[who] % 10
    scene.plan.intend("outside_emi", Phase.MANDATE, who, day, -state.outside_emi[who], lender)
    odds = OUTSIDE_ODDS * (1.4 - 0.9 * people.discipline) * (1 + 2.0 * state.stress)
    able = (people.occupation != STUDENT) & (state.perceived > 8_000)
    takes = scene.here & (state.outside_left == 0) & scene.chance(odds) & able
    who = np.flatnonzero(takes)
    emi = paise(state.perceived[who] * rng.uniform(0.05, 0.24, len(who)))
    tenor, day = rng.integers(6, 30, len(who)), scene.days(len(who), 3, 24)
    state.outside_emi[who], state.outside_left[who] = emi, tenor
    lent, bought = (np.floor(emi * tenor * share / 10_000).astype(np.int64) * 10_000 for share in (0.85, 0.8))
    lender = scene.own("outside_lenders", who, 6)
    scene.plan.intend("outside_disbursal", Phase.NOON, who, day, lent, lender)
    buy_large(scene, who, day, bought, scene.own("dealers", who, 7))


def _cheques(scene: Scene) -> None:
    """Cheques still written, by traders to suppliers and by the older generation."""
    people = scene.people
    odds = np.where(np.isin(people.occupation, (BUSINESS, SELF_EMPLOYED)), 0.10, 0.012) + 0.03 * (people.age > 50)
    who = np.flatnonzero(scene.here & scene.chance(odds))
    amount = paise(scene.state.perceived[who] * scene.rng.uniform(0.02, 0.12, len(who)), 1_000)
    scene.plan.intend("cheque", Phase.PAYMENT, who, scene.days(len(who)), -amount, scene.friend(who))


def _card_bill(scene: Scene) -> None:
    """Pay the card: in full, in part or not at all, by discipline and strain."""
    state, rng = scene.state, scene.rng
    who = np.flatnonzero(scene.active & (state.card_owed > 10_000))
    discipline, stress = scene.people.discipline[who], state.stress[who]
    owed, draw = state.card_owed[who], rng.random(len(who))
    full = draw < 0.25 + 0.75 * discipline - 0.4 * stress
    part = np.maximum((owed * rng.uniform(0.05, 0.35, len(who))).astype(np.int64), 10_000)
    amount = np.where(full, owed, part) // 100 * 100
    pays = draw < 0.93 + 0.07 * discipline - 0.25 * stress
    day = 7 + scene.people.style[who] % 14
    scene.plan.intend("card_bill", Phase.PAYMENT, who[pays], day[pays], -amount[pays], -1)


def _wallet_load(scene: Scene) -> None:
    for _ in range(2):
        who = np.flatnonzero(scene.here & scene.people.has_wallet & scene.chance(0.6 * scene.state.fade))
        rupees = WALLET_LOADS[pick(scene.rng, np.array([3, 4, 2, 1.0]), len(who))]
        party = scene.own("wallet_load", who, 5)
        scene.plan.intend("wallet_load", Phase.PAYMENT, who, scene.days(len(who)), -paise(rupees), party)
