"""Money that has to go out: rent, bills, mandates, tax, debts of life, loan apps, card bills, wallet loads."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Bools, Floats, Ints, paise, pick
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.catalogue import PICK_SLOTS, Catalogue
from analytics.sandbox.loan_book import LoanBook
from analytics.sandbox.people import BUSINESS, SELF_EMPLOYED, STUDENT, People
from analytics.sandbox.plan import Phase, Plan
from analytics.sandbox.state import MOVED, State

#: Bills: subcategory, odds a month, share of income, rupees at most.
BILLS = (
    ("electricity", 0.9, 0.028, 9_000),
    ("mobile", 0.85, 0.008, 1_200),
    ("broadband", 0.35, 0.014, 1_500),
    ("gas", 0.35, 0.02, 1_150),
    ("television", 0.2, 0.007, 700),
    ("water", 0.15, 0.008, 800),
)


def needs_of(state: State, book: LoanBook) -> Floats:
    """Return rupees a month a customer cannot do without: rent, instalments, mandates, the barest consumption."""
    fixed = state.rent + book.monthly_due / 100 + state.sip * 0.5 + state.premium
    out: Floats = fixed + 0.28 * state.income
    return out


def plan_obligations(
    people: People, state: State, month: Month, plan: Plan, cat: Catalogue, rng: np.random.Generator
) -> None:
    """Plan the month's bills and mandates."""
    active = state.active(people, month.index)
    here = active & (state.stage != MOVED)
    _rent(people, state, month, plan, cat, here, rng)
    _bills(people, state, month, plan, cat, here & (people.occupation != STUDENT), rng)
    _mandates(people, state, month, plan, cat, here, rng)
    _taxes(people, state, month, plan, cat, here, rng)
    _burden(state, month, plan, cat, active, rng)
    _loan_apps(people, state, month, plan, cat, here, rng)
    _card_bill(people, state, month, plan, active, rng)
    _wallet_load(people, state, month, plan, cat, here, rng)


def own(cat: Catalogue, people: People, who: Ints, group: str, salt: int) -> Ints:
    """Return the party of a group that a customer stays with."""
    return cat.picks[group][(people.style[who] // (salt + 1) + salt * 97) % PICK_SLOTS]


def _rent(
    people: People, state: State, month: Month, plan: Plan, cat: Catalogue, here: Bools, rng: np.random.Generator
) -> None:
    who = np.flatnonzero(here & (state.rent > 0))
    landlord = cat.persons[(people.style[who] // 11) % len(cat.persons)]
    day = np.minimum(2 + people.style[who] % 6 + rng.integers(0, 3, len(who)), month.days - 1)
    amount = -paise(state.rent[who], 50_000)
    by_neft = people.style[who] % 4 == 0
    for kind, mine in (("rent_neft", by_neft), ("rent", ~by_neft)):
        plan.intend(kind, Phase.PAYMENT, who[mine], day[mine], amount[mine], landlord[mine])
    if month.month == 6:
        state.rent *= 1.06


def _bills(
    people: People, state: State, month: Month, plan: Plan, cat: Catalogue, here: Bools, rng: np.random.Generator
) -> None:
    count = len(people)
    summer = 1.35 if month.month in (4, 5, 6) else 1.0
    level = np.sqrt(state.income * 38_000)
    for salt, (group, odds, share, most) in enumerate(BILLS):
        has = (people.style // (salt + 3)) % 100 < odds * 100
        who = np.flatnonzero(here & has & (rng.random(count) < 0.96))
        value = np.minimum(level[who] * share * rng.lognormal(0, 0.18, len(who)), most)
        value *= summer if group == "electricity" else 1.0
        day = np.minimum((people.style[who] // (salt + 5)) % 24 + rng.integers(0, 3, len(who)), month.days - 1)
        by_bank = people.style[who] % 5 == 0
        party = own(cat, people, who, group, salt)
        for kind, mine in (("utility_billpay", by_bank), ("utility", ~by_bank)):
            plan.intend(kind, Phase.PAYMENT, who[mine], day[mine], -paise(value[mine]), party[mine])


def _mandates(
    people: People, state: State, month: Month, plan: Plan, cat: Catalogue, here: Bools, rng: np.random.Generator
) -> None:
    """Plan SIPs, premiums and subscriptions; strained customers cancel their SIPs."""
    quits = (state.sip > 0) & (rng.random(len(people)) < 0.10 * state.stress + 0.12 * state.shocked)
    state.sip[quits] = 0.0
    day = 4 + people.style // 13 % 12
    who = np.flatnonzero(here & (state.sip > 0))
    plan.intend("sip", Phase.MANDATE, who, day[who], -paise(state.sip[who]), own(cat, people, who, "mutual_fund", 1))
    who = np.flatnonzero(here & (state.premium > 0))
    plan.intend(
        "insurance", Phase.MANDATE, who, day[who] + 3, -paise(state.premium[who]), own(cat, people, who, "insurance", 2)
    )
    takes = people.style // 17 % 100 < 25 + 60 * people.engagement
    for nth in range(2):
        who = np.flatnonzero(here & takes & (people.style // 19 % 2 >= nth))
        fee = np.array([19_900, 14_900, 29_900, 64_900])[people.style[who] // (nth + 3) % 4]
        plan.intend(
            "subscription",
            Phase.MANDATE,
            who,
            (day[who] * 3 + nth * 9) % 28,
            -fee,
            own(cat, people, who, "subscriptions", nth),
        )


def _taxes(
    people: People, state: State, month: Month, plan: Plan, cat: Catalogue, here: Bools, rng: np.random.Generator
) -> None:
    if month.month not in (3, 6, 9, 12):
        return
    trades = np.isin(people.occupation, (BUSINESS, SELF_EMPLOYED)) & (state.income > 45_000)
    who = np.flatnonzero(here & trades)
    day = rng.integers(9, 15, len(who))
    share = 0.14 if month.month == 3 else 0.08
    plan.intend(
        "tax", Phase.PAYMENT, who, day, -paise(state.perceived[who] * share * 2), own(cat, people, who, "income_tax", 3)
    )


def _burden(state: State, month: Month, plan: Plan, cat: Catalogue, active: Bools, rng: np.random.Generator) -> None:
    """Pay off what illness, weddings and schools have cost, a third a month, as far as the account allows."""
    who = np.flatnonzero(active & (state.burden > 50_000))
    amount = np.maximum(state.burden[who] // 3, np.minimum(state.burden[who], 600_000))
    able = np.maximum(state.balance[who] // 2, (state.perceived[who] * 25).astype(np.int64))
    amount = np.minimum(amount, np.maximum(able, 50_000)) // 10_000 * 10_000
    school = (state.since["medical"][who] > 6) & (state.since["marriage"][who] > 6)
    for kind, mine, group in (("hospital", ~school, "hospitals"), ("school_fee", school, "school")):
        table = cat.picks[group]
        party = table[rng.integers(len(table), size=int(mine.sum()))]
        day = rng.integers(0, month.days, len(party))
        plan.intend(kind, Phase.PAYMENT, who[mine], day, -amount[mine], party)


def _loan_apps(
    people: People, state: State, month: Month, plan: Plan, cat: Catalogue, here: Bools, rng: np.random.Generator
) -> None:
    """Instant loans from apps: taken by the strained and the careless, due a month later with a third more."""
    count = len(people)
    who = np.flatnonzero(state.app_debt > 0)
    plan.intend(
        "loan_app_repayment",
        Phase.PAYMENT,
        who,
        rng.integers(3, 20, len(who)),
        -state.app_debt[who],
        own(cat, people, who, "loan_app", 4),
    )
    odds = 0.10 * state.stress * (1.25 - people.discipline) + 0.012 * (1 - people.discipline) ** 2
    takes = here & (rng.random(count) < odds) & (state.app_debt < state.income * 60) & (state.income < 150_000)
    who = np.flatnonzero(takes)
    amount = paise(state.income[who] * rng.uniform(0.08, 0.4, len(who)), 50_000)
    plan.intend(
        "loan_app_in", Phase.NOON, who, rng.integers(3, 26, len(who)), amount, own(cat, people, who, "loan_app", 4)
    )
    state.app_debt[who] += (amount * 1.3).astype(np.int64) // 100 * 100


def _card_bill(people: People, state: State, month: Month, plan: Plan, active: Bools, rng: np.random.Generator) -> None:
    """Pay the card: in full, in part or not at all, by discipline and by what the account holds."""
    who = np.flatnonzero(active & (state.card_owed > 10_000))
    owed, draw = state.card_owed[who], rng.random(len(who))
    full = draw < 0.25 + 0.75 * people.discipline[who] - 0.4 * state.stress[who]
    part = np.maximum((owed * rng.uniform(0.05, 0.35, len(who))).astype(np.int64), 10_000)
    amount = np.where(full, owed, part) // 100 * 100
    pays = draw < 0.93 + 0.07 * people.discipline[who] - 0.25 * state.stress[who]
    day = 7 + people.style[who] % 14
    plan.intend("card_bill", Phase.PAYMENT, who[pays], day[pays], -amount[pays], -1)


def _wallet_load(
    people: People, state: State, month: Month, plan: Plan, cat: Catalogue, here: Bools, rng: np.random.Generator
) -> None:
    for _ in range(2):
        wants = here & people.has_wallet & (rng.random(len(people)) < 0.6 * state.fade)
        who = np.flatnonzero(wants)
        amount = pick(rng, np.array([3, 4, 2, 1.0]), len(who))
        rupees = np.array([200.0, 500.0, 1000.0, 2000.0])[amount]
        plan.intend(
            "wallet_load",
            Phase.PAYMENT,
            who,
            rng.integers(0, month.days, len(who)),
            -paise(rupees),
            own(cat, people, who, "wallet_load", 5),
        )
