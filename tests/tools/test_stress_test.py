"""The book scored again: without a change nothing moves, and with one it is what each borrower's own trial says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from governance.errors import ToolRetry
from governance.principal import Principal
from governance.settings import Settings
from tools import stress_test as stress
from tools.toolbox import Toolbox

CHANGES = {"income": "-25%", "instalments": "+20%"}


@pytest.fixture(scope="module")
def toolbox(demo_settings: Settings) -> Iterator[Toolbox]:
    opened = Toolbox.open("demo", settings=demo_settings)
    with opened.workspace:
        yield opened


def test_nothing_changed_is_the_book_as_it_is(toolbox: Toolbox):
    told = toolbox.stress_test(changes={"income": "x1"})
    facts = {name: fact.value for name, fact in told.facts.items()}
    assert facts["average_pd_before"] == facts["average_pd_after"]
    assert facts["expected_loss_before"] == pytest.approx(facts["expected_loss_after"])
    booked = toolbox.query_metrics(metrics=["expected_loss", "average_pd", "scored_borrowers"]).table.rows[0]
    assert facts["expected_loss_before"] == pytest.approx(float(booked[0]))
    assert facts["average_pd_before"] == pytest.approx(booked[1])
    assert facts["borrowers"] == facts["scored_again"] == booked[2]
    assert all(row[1] == row[2] for row in told.table.rows)


def test_every_borrower_is_moved_as_a_trial_of_his_own_moves_him(toolbox: Toolbox):
    few = "GROUP BY 1 HAVING count(*) BETWEEN 4 AND 12 ORDER BY count(*), city LIMIT 1"
    sql = f"SELECT city FROM semantic.borrowers {few}"
    city = toolbox.workspace.query(toolbox.principal, sql).rows[0][0]
    told = toolbox.stress_test(changes=CHANGES, city=city)
    who = [row[1] for row in toolbox.top_risky_borrowers(limit=50, city=city).table.rows]
    alone = [toolbox.what_if(customer_id=each, changes=CHANGES).facts["probability_after"].value for each in who]
    assert told.facts["borrowers"].value == len(who)
    assert told.facts["average_pd_after"].value == pytest.approx(sum(alone) / len(alone))
    assert sum(row[1] for row in told.table.rows) == sum(row[2] for row in told.table.rows) == len(who)


def test_hardship_costs_and_says_how_much(toolbox: Toolbox):
    told = toolbox.stress_test(changes=CHANGES)
    before, after = (told.facts[f"expected_loss_{when}"].value for when in ("before", "after"))
    assert after > before
    assert told.facts["expected_loss_growth"].value == pytest.approx(after / before - 1)
    assert sum(row[4] for row in told.table.rows) == pytest.approx(after)


def test_of_a_large_book_the_same_sample_is_drawn_every_time(toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stress, "MOST", 40)
    first, second = (toolbox.stress_test(changes=CHANGES) for _ in range(2))
    assert first.facts["scored_again"].value == 40
    assert first.facts["borrowers"].value > 40
    assert first.table == second.table


def test_a_caller_stresses_what_he_may_see(toolbox: Toolbox):
    whole = toolbox.stress_test(changes=CHANGES, region="West")
    west = Toolbox(toolbox.workspace, Principal("west", "demo", "analyst", {"region": ("West",)}))
    assert west.stress_test(changes=CHANGES).table.rows == whole.table.rows


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"incom": "-10%"}, "Did you mean 'income'"), ({"income": "less"}, "is no change"), ({}, "at least 1 item")],
)
def test_what_cannot_be_tried_is_told(toolbox: Toolbox, changes: dict[str, str], said: str):
    with pytest.raises(ToolRetry, match=said):
        toolbox.stress_test(changes=changes)
