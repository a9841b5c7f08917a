"""Words that a workspace adds: every question is read with them from then on, and with them no more once taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.munshi import Munshi
from assistant.prompting import system_prompt
from assistant.unanswered import unanswered
from assistant.words import accept, listed, take_back
from governance.control import ControlStore
from governance.errors import ToolRefused, ToolRetry
from governance.principal import Principal
from governance.sealed import opened_rows
from governance.settings import Settings

MANAGER, STEWARD = Principal("manager", "demo", "risk_manager"), Principal("steward", "demo", "data_steward")


@pytest.fixture(scope="module")
def munshi(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Munshi]:
    with Munshi.open("demo", settings=demo_settings) as opened:
        kept = f"sqlite:///{tmp_path_factory.mktemp('words')}/control.sqlite"
        opened.workspace.control = ControlStore(kept, "demo", opened.workspace.keys)
        yield opened


def test_a_word_is_understood_from_the_next_question_until_it_is_taken_back(munshi: Munshi):
    assert munshi.ask("throughput by city in May 2026").status == "abstained"
    assert [each.words for each in unanswered(munshi.workspace, MANAGER)] == [("throughput",)]
    added = accept(munshi.workspace, MANAGER, "  Throughput ", "inflow")
    answer = munshi.ask("throughput by city in May 2026")
    assert answer.status == "answered"
    assert answer.table == munshi.ask("inflow by city in May 2026").table
    assert unanswered(munshi.workspace, MANAGER) == []
    told = system_prompt(munshi.workspace, munshi.principal, "throughput by city", shown=["query_metrics"])
    assert "inflow" in told
    assert [each.word for each in listed(munshi.workspace, STEWARD)] == ["throughput"]
    take_back(munshi.workspace, MANAGER, added.word_id)
    assert munshi.ask("throughput by city in May 2026").status == "abstained"
    deeds = [(each["action"], each["actor"]) for each in munshi.workspace.control.audit_entries()]
    assert ("word:add", "manager") in deeds
    assert ("word:remove", "manager") in deeds


def test_a_dimension_has_words_of_ones_own_too(munshi: Munshi):
    accept(munshi.workspace, MANAGER, "home base", "city")
    assert munshi.ask("Expected loss by home base").table == munshi.ask("Expected loss by city").table
    assert "workspace_words" in {row.table.name for row in opened_rows(munshi.workspace.control)}


@pytest.mark.parametrize(
    ("word", "like", "why"),
    [
        ("outstanding", "inflow", "means something already"),
        ("top", "inflow", "means something already"),
        ("last month", "inflow", r"already \(time\)"),
        ("7", "inflow", "is none"),
        ("one two three four five", "inflow", "is none"),
        ("throughput", "inflows of the moon", "Nothing is called"),
    ],
)
def test_what_cannot_be_a_word_is_told(munshi: Munshi, word: str, like: str, why: str):
    with pytest.raises(ToolRetry, match=why):
        accept(munshi.workspace, MANAGER, word, like)


def test_only_who_approves_questions_adds_words(munshi: Munshi):
    with pytest.raises(ToolRefused, match="questions:approve"):
        accept(munshi.workspace, STEWARD, "throughput", "inflow")
    with pytest.raises(ToolRefused, match="unanswered:read"):
        listed(munshi.workspace, Principal("v", "demo", "viewer"))
