"""What befalls customers: lost and new work, illness, weddings, children, raises, swings of trade, strain."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Bools
from analytics.sandbox.calendar_months import Month
from analytics.sandbox.obligations import needs_of
from analytics.sandbox.people import GIG, RETIRED, SALARIED, STUDENT, People, draw_employers
from analytics.sandbox.scene import Scene
from analytics.sandbox.state import NEVER, State

#: Monthly odds of losing one's work at average stability, by occupation.
LOSS_ODDS = np.array([0.0195, 0.0200, 0.0210, 0.0240, 0.0025, 0.0060])
LOSS_SLOPE = 1.9
#: Monthly odds of illness at middle age, and the share of it that costs the income too.
ILLNESS_ODDS = 0.0095
GRAVE_SHARE = 0.3
RECOVERY_ODDS = 0.130
#: Odds that a salaried customer's blow is a cut in pay rather than the loss of it.
CUT_ODDS = 0.30
IRREGULAR_SWING = 0.42


def live_through(scene: Scene) -> None:
    """Let one month's events happen; changes the state."""
    for counter in scene.state.since.values():
        counter[:] = np.minimum(counter + 1, NEVER)
    _lose_and_find_work(scene)
    _change_work(scene)
    _family(scene)
    _illness(scene)
    _swings(scene)
    _perceive(scene.people, scene.state)


def begin_in_trouble(people: People, state: State, rng: np.random.Generator) -> None:
    """Put as many into trouble at the start as there are in the long run."""
    odds = LOSS_ODDS[people.occupation] * np.exp(LOSS_SLOPE * (0.5 - people.stability))
    share = odds / (odds + RECOVERY_ODDS * (0.6 + 0.8 * people.stability))
    hit = (people.start == 0) & (rng.random(len(people)) < share)
    salaried = people.occupation == SALARIED
    state.shocked |= hit
    state.income_share = np.where(hit, np.where(salaried, 0.0, rng.uniform(0.05, 0.5, len(people))), state.income_share)
    state.since["job_loss"][hit] = rng.geometric(RECOVERY_ODDS, int(hit.sum()))
    state.perceived *= np.where(hit, 0.5, 1.0)
    state.low = np.where(hit, state.low // 3, state.low)
    state.balance = np.where(hit, state.balance // 3, state.balance)


def economy(month: Month) -> float:
    """How hard the times are: 1 on average, between 0.88 and 1.12, over a cycle of some four years."""
    return float(1.0 + 0.12 * np.sin((month.year * 12 + month.month) * 2 * np.pi / 47))


def _lose_and_find_work(scene: Scene) -> None:
    """Blows to income: lost work or cut pay for the salaried, a slump for the others; and recovery from them."""
    people, state, rng = scene.people, scene.state, scene.rng
    odds = LOSS_ODDS[people.occupation] * np.exp(LOSS_SLOPE * (0.5 - people.stability)) * economy(scene.month)
    lost = scene.active & ~state.shocked & scene.chance(odds)
    back = state.shocked & scene.chance(RECOVERY_ODDS * (0.6 + 0.8 * people.stability))
    salaried = people.occupation == SALARIED
    partly = rng.uniform(0.2, 0.6, scene.count)
    remains = np.where(salaried, np.where(scene.chance(CUT_ODDS), partly, 0.0), np.maximum(partly - 0.22, 0.04))
    state.income_share = np.where(lost, remains, np.where(back, 1.0, state.income_share))
    state.shocked = (state.shocked | lost) & ~back
    state.since["job_loss"][lost] = 0
    rehired = back & salaried
    state.income *= np.where(rehired, rng.uniform(0.78, 1.12, scene.count), 1.0)
    _new_employer(scene, rehired)


def _change_work(scene: Scene) -> None:
    """Better jobs and yearly raises."""
    people, state, rng = scene.people, scene.state, scene.rng
    moves = scene.active & (people.occupation == SALARIED) & ~state.shocked & scene.chance(0.010)
    state.income *= np.where(moves, rng.uniform(1.04, 1.32, scene.count), 1.0)
    _new_employer(scene, moves)
    if scene.month.month == 4:
        state.income *= np.where(scene.chance(0.85), 1 + rng.gamma(3.0, 0.025, scene.count), 1.0)


def _new_employer(scene: Scene, changed: Bools) -> None:
    who = np.flatnonzero(changed)
    scene.state.employer[who] = draw_employers(scene.people.stability[who], scene.rng, scene.catalogue)
    scene.state.since["job_change"][who] = 0


def _family(scene: Scene) -> None:
    """Weddings, children, school terms: each leaves a cost that is paid off over months."""
    state, rng, count, age = scene.state, scene.rng, scene.count, scene.people.age
    weds = scene.active & (age > 22) & (age < 33) & scene.chance(0.006) & (state.since["marriage"] == NEVER)
    child = scene.active & (age > 24) & (age < 40) & scene.chance(0.005) & (state.children < 3)
    state.since["marriage"][weds] = 0
    state.since["child"][child] = 0
    state.children[child] += 1
    months_of_income = weds * rng.uniform(0.8, 3.0, count) + child * rng.uniform(0.3, 0.9, count)
    if scene.month.month in (4, 10):
        months_of_income += (scene.active & (state.children > 0) & (age > 31)) * rng.uniform(0.08, 0.3, count)
    state.burden += (state.income * 100 * months_of_income).astype(np.int64)


def _illness(scene: Scene) -> None:
    """Hospital bills weigh for months: they are paid off piece by piece from what is there. Some cost the income."""
    state, rng, count = scene.state, scene.rng, scene.count
    ill = scene.active & scene.chance(ILLNESS_ODDS * (0.6 + scene.people.age / 60))
    cost = state.income * 100 * np.minimum(rng.lognormal(0.45, 0.9, count), 9.0)
    state.burden += (ill * cost).astype(np.int64)
    state.since["medical"][ill] = 0
    grave = ill & scene.chance(GRAVE_SHARE) & ~state.shocked
    state.income_share = np.where(grave, rng.uniform(0.05, 0.5, count), state.income_share)
    state.shocked |= grave
    state.since["job_loss"][grave] = 0


def _swings(scene: Scene) -> None:
    """Irregular incomes swing, the less stable the wider; a first-order autoregression in logs."""
    people, state = scene.people, scene.state
    irregular = ~np.isin(people.occupation, (SALARIED, RETIRED, STUDENT))
    spread = IRREGULAR_SWING * (1 - people.stability) * np.where(people.occupation == GIG, 1.15, 1.0) * irregular
    tilt = -0.05 * (economy(scene.month) - 1) * irregular
    log = 0.85 * np.log(state.factor) + tilt + spread * scene.rng.standard_normal(scene.count)
    state.factor = np.exp(np.clip(log, -1.6, 0.9))


def _perceive(people: People, state: State) -> None:
    """What people take their income to be: it follows the facts, faster for the disciplined."""
    pace = 0.22 + 0.33 * people.discipline
    state.perceived += pace * (state.income_now - state.perceived)


def feel_strain(scene: Scene) -> None:
    """Update stress at month end: it builds up with empty accounts, arrears and lost work, and fades slowly."""
    people, state, book = scene.people, scene.state, scene.book
    empty = (state.low < 10 * needs_of(state, book)).astype(np.float64)
    behind = np.minimum(book.arrears.max(axis=1), 2) / 2
    push = 0.35 * empty * (1.2 - people.discipline) + 0.35 * behind + 0.3 * state.shocked
    state.stress = np.clip(0.78 * state.stress + 0.22 * 1.6 * push, 0.0, 1.0)
