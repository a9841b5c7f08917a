"""The ledger of models outside: written before the call, bounded by budgets, nobody beside anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from governance.control import ControlStore
from governance.errors import BudgetSpent, ConfigurationError
from governance.keys import WorkspaceKeys
from governance.usage import EACH, WORKSPACE, Budget, Ledger, Price, opening

#: 2026-09-30 23:59:50 UTC.
LATE = 1_790_812_790.0
PRICE = Price(prompt=Decimal("2.50"), completion=Decimal(10))


class Clock:
    def __init__(self) -> None:
        self.now = LATE

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    control = ControlStore.in_folder(tmp_path, WorkspaceKeys(bytes(32)))
    yield Ledger(control, clock)
    control.close()


def spend(ledger: Ledger, who: str, prompt: int, completion: int = 0) -> None:
    ledger.settle(ledger.reserve(who, "openai:m", prompt, PRICE), prompt, completion, PRICE)


def test_what_was_spent_is_summed_by_who_and_mind(ledger: Ledger) -> None:
    spend(ledger, "ana", 1_000, 200)
    spend(ledger, "ana", 1_000)
    spend(ledger, "bo", 10)
    (ana, bo) = ledger.spent("day")
    assert (ana.principal, ana.calls, ana.prompt_tokens, ana.completion_tokens) == ("ana", 2, 2_000, 200)
    assert ana.cost == Decimal("0.007")
    assert (bo.principal, bo.cost) == ("bo", Decimal("0.000025"))


@pytest.mark.parametrize(
    ("budget", "refused"),
    [
        (Budget(WORKSPACE, "day", 1_500, None), {"ana", "bo"}),
        (Budget(EACH, "day", 1_500, None), {"ana"}),
        (Budget("ana", "day", 1_500, None), {"ana"}),
        (Budget("bo", "day", 500, None), {"bo"}),
        (Budget(WORKSPACE, "month", None, Decimal("0.0030")), {"ana", "bo"}),
        (Budget(EACH, "day", None, Decimal("0.0030")), {"ana"}),
        (Budget(EACH, "day", 10_000, None), set()),
        (Budget(WORKSPACE, "day", 0, None), {"ana", "bo"}),
    ],
)
def test_a_budget_binds_whom_it_is_of(ledger: Ledger, budget: Budget, refused: set[str]) -> None:
    spend(ledger, "ana", 1_000)
    ledger.set_budget(budget)
    for who in ("ana", "bo"):
        if who in refused:
            with pytest.raises(BudgetSpent, match="is spent"):
                ledger.reserve(who, "openai:m", 600, PRICE)
        else:
            ledger.reserve(who, "openai:m", 600, PRICE)


def test_one_s_own_budget_goes_before_everybody_s(ledger: Ledger) -> None:
    ledger.set_budget(Budget(EACH, "day", 100, None))
    ledger.set_budget(Budget("ana", "day", 1_000, None))
    ledger.reserve("ana", "openai:m", 900, PRICE)
    with pytest.raises(BudgetSpent, match="bo, 100 tokens a day"):
        ledger.reserve("bo", "openai:m", 101, PRICE)


def test_a_day_ends_at_midnight_and_a_month_with_it(ledger: Ledger, clock: Clock) -> None:
    ledger.set_budget(Budget(EACH, "day", 100, None))
    ledger.reserve("ana", "openai:m", 100, PRICE)
    with pytest.raises(BudgetSpent):
        ledger.reserve("ana", "openai:m", 1, PRICE)
    clock.now += 20
    ledger.reserve("ana", "openai:m", 100, PRICE)
    assert opening(clock.now, "month") > LATE
    assert [each.calls for each in ledger.spent("month")] == [1]


def test_calls_that_begin_together_cannot_each_spend_the_rest(ledger: Ledger) -> None:
    ledger.set_budget(Budget(WORKSPACE, "day", 500, None))

    def reserve(_: int) -> bool:
        try:
            ledger.reserve("ana", "openai:m", 100, PRICE)
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reserve, range(16))) == 5


def test_a_budget_is_set_changed_and_taken_away(ledger: Ledger) -> None:
    ledger.set_budget(Budget("ana", "day", 100, None))
    ledger.set_budget(Budget("ana", "day", None, Decimal("1.50")))
    assert ledger.budgets() == [Budget("ana", "day", None, Decimal("1.5"))]
    ledger.set_budget(Budget("ana", "day", None, None))
    assert ledger.budgets() == []
    with pytest.raises(ConfigurationError, match="below nought"):
        ledger.set_budget(Budget("ana", "day", -1, None))
