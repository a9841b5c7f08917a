"""Rules, models and single customers, asked in words of every day; what such words do not explain is still declined."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from planner_world import CLOCK, VALUES

from assistant.planner import EmbeddedPlanner
from assistant.planner.plan import call_of
from assistant.planner.understand import NotUnderstood, Understood
from knowledge.documents import load_documents
from knowledge.vocabulary import load_vocabulary

MODELS = ("credit", "churn", "forecast", "segments", "anomalies", "goals")


@cache
def house() -> EmbeddedPlanner:
    """A planner that knows the words of the documents, with every model serving."""
    passages = tuple(passage.text for document in load_documents() for passage in document.passages)
    return EmbeddedPlanner(
        vocabulary=load_vocabulary(), values=VALUES, data_clock=CLOCK, models=MODELS, passages=passages
    )


def read(question: str) -> Understood | NotUnderstood:
    return house().mind.understanding.read(question)


@pytest.mark.parametrize(
    ("question", "tool", "arguments"),
    [
        # the matter of a question makes it one for the documents
        ("Is keeping the CVV all right provided it is encrypted?", "search_knowledge", None),
        ("What is the deadline for shifting over to ECL provisioning?", "search_knowledge", None),
        ("Log preservation under the DPDP regime, for what duration is it compulsory?", "search_knowledge", None),
        ("Can religion or caste be used as an input for scoring?", "search_knowledge", None),
        ("CCD - when does it come into effect?", "search_knowledge", None),
        # a concept is looked up by itself, a short form by what it stands for
        ("Pls explain roll rate to a newcomer", "search_knowledge", None),
        ("What is the calculation behind EL?", "search_knowledge", {"question": "what is expected loss"}),
        ("When you say spend, is EMI counted in it?", "search_knowledge", {"question": "what counts as spend"}),
        # a model's card answers whatever is asked of the model
        ("Any drift seen in our credit scoring model lately?", "model_card", {"model": "credit"}),
        ("Which release of the credit model is live?", "model_card", {"model": "credit"}),
        ("Does the churn model do better than a coin toss?", "model_card", {"model": "churn"}),
        ("What MASE are we getting on the forecasts of spending?", "model_card", {"model": "forecast"}),
        ("Training date of the model?", "model_card", {"model": "credit"}),
        ("data kitna taaza hai, books kis date tak load hain?", "workspace_status", {}),
        # one customer
        ("What pushes up the riskiness of C_4F21?", "explain_prediction", {"customer_id": "C_4F21"}),
        ("C_4F21 ko itna risky kyun maana gaya hai?", "explain_prediction", {"customer_id": "C_4F21"}),
        ("Why do we think C_4F21 may leave?", "explain_prediction", {"customer_id": "C_4F21", "model": "churn"}),
        ("Give me a briefing note on C_4F21, key facts please", "customer_profile", {"customer_id": "C_4F21"}),
        ("put C_4F21 and C_77A0 side by side", "compare_customers", {"customer_id": "C_4F21", "other": "C_77A0"}),
        # what is supposed ends where the question about it begins
        ("Suppose C_4F21's income went up by 20 percent, does the PD fall?", "what_if",
         {"customer_id": "C_4F21", "changes": {"income": "+20%"}}),
        ("Would a 20% higher income reduce the default probability of C_4F21?", "what_if",
         {"customer_id": "C_4F21", "changes": {"income": "+20%"}}),
        ("C_4F21 ki kamai 25% badh jaaye to risk kam hoga kya?", "what_if",
         {"customer_id": "C_4F21", "changes": {"income": "+25%"}}),
        ("How can C_4F21 get himself off the high risk band?", "what_if", {"customer_id": "C_4F21"}),
    ],
)  # fmt: skip
def test_it_is_read(question: str, tool: str, arguments: dict[str, Any] | None) -> None:
    found = read(question)
    assert isinstance(found, Understood), found
    call = call_of(found.frames[0])
    assert call.tool == tool
    assert arguments is None or call.args == arguments


@pytest.mark.parametrize(
    "question",
    [
        "what colour is the credit model",
        "how much electricity does the credit model use",
        "is the algorithm of Google fair",
        "Retrain the credit model on last year's files and email it",
        "why is C_4F21 tall",
        "C_4F21's favourite food",
        "if C_4F21 got married what would the risk be",
        "explain the movement of planets",
        "formula for happiness",
        "how is the salary of our staff calculated",
        "what is the encryption key of this workspace",
        "how fresh is the fish",
        "altitude of the kill switch",
    ],
)
def test_what_the_words_of_every_day_do_not_explain_is_declined(question: str) -> None:
    assert isinstance(read(question), NotUnderstood)


def test_no_word_is_a_slip_of_the_pen_for_one_of_every_day() -> None:
    """“handed” is not “handled”, which would narrow nothing."""
    assert isinstance(read("how good is the credit model for left-handed applicants"), NotUnderstood)


def test_a_model_that_does_not_serve_is_not_answered_by_another() -> None:
    without = EmbeddedPlanner(vocabulary=load_vocabulary(), values=VALUES, data_clock=CLOCK, models=("credit",))
    found = without.mind.understanding.read("how good is the churn model lately")
    assert isinstance(found, NotUnderstood)
    assert found.later == ("churn",)
