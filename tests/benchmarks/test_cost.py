"""The script of the cost benchmark: plans that the tools take, SQL that parses, one answer for each request."""

from __future__ import annotations

import json

import pytest
import sqlglot

from benchmarks.chat_provider import Provider, Said
from benchmarks.cost import OURS, PEERS, STEPS, _Script
from benchmarks.cost_questions import QUESTIONS, CostQuestion
from benchmarks.processes import MeasurementError
from tools.registry import tool


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.ask)
def test_plans_are_calls_of_tools_and_statements_are_sql(question: CostQuestion) -> None:
    assert tool(question.tool).arguments.model_validate(dict(question.args))
    tables = {table.name for table in sqlglot.parse_one(question.sql, read="sqlite").find_all(sqlglot.exp.Table)}
    assert tables == set(question.tables)


@pytest.mark.parametrize("model", [OURS, *PEERS])
def test_each_step_is_said_after_the_one_before(model: str) -> None:
    script, question = _Script(QUESTIONS), QUESTIONS[0]
    messages = [{"role": "user", "content": question.ask}]
    for step in STEPS[model](question):
        found, said = script.answer({"model": model, "messages": messages, "tools": []})
        assert (found, said) == (question.ask, step)
        messages.append({"role": "tool", "content": "…"})


def test_a_request_is_counted_whole() -> None:
    provider = Provider("", lambda request: ("q", Said(calls=(("t", {"a": 1}),))))
    request = {"model": "m", "messages": [], "tools": ["x" * 400]}
    reply = provider.reply(request)
    assert provider.tokens("m", "q") == -(-len(json.dumps(request)) // 4)
    call = reply["choices"][0]["message"]["tool_calls"][0]["function"]
    assert (call["name"], json.loads(call["arguments"])) == ("t", {"a": 1})


def test_an_unknown_question_is_no_measurement() -> None:
    with pytest.raises(MeasurementError, match="no such question"):
        _Script(QUESTIONS).answer({"model": OURS, "messages": [{"role": "user", "content": "hello"}]})
