"""However a provider misbehaves: no wrong number, no hang, no leak, and an answer or an honest failure."""

from __future__ import annotations

import json
import re
import time

import pytest
from fakes import CARD, PEOPLE, TOOLS, calls, says, scripted
from misbehaviours import LIST, MISBEHAVIOURS, TRUE, Misbehaviour
from openai_server import ScriptedServer
from openai_server import calls as openai_calls
from openai_server import says as openai_says

from assistant.answer import Answer
from assistant.minds import external_mind
from assistant.munshi import Munshi
from assistant.turn import Limits
from governance.principal import local_principal
from governance.settings import Settings
from tools.workspace import Workspace

#: Seconds an answer may take beyond what its own limits say; generous, for a machine that is busy.
GRACE = 8.0


def asked(case: Misbehaviour, server: ScriptedServer, workspace: Workspace, environment: Settings) -> Answer:
    server.script(*case.lines)
    server.requests.clear()
    server.headers.clear()
    mind = external_mind("openai:scripted-1", environment.model_copy(update={"model_seconds": case.patience}))
    spare = scripted(calls("lists_borrowers"), says(TRUE))
    limits = Limits(seconds=case.seconds)
    munshi = Munshi(workspace, local_principal("demo"), mind=mind, fallback=spare, tools=TOOLS, limits=limits)
    if not case.live:
        return munshi.ask(case.question)
    *_, answer = munshi.stream(case.question)
    assert isinstance(answer, Answer)
    return answer


@pytest.fixture(scope="module", autouse=True)
def loaded(server: ScriptedServer, workspace: Workspace, environment: Settings) -> None:
    """Ask once beforehand: what is first imported then is no provider's doing."""
    asked(Misbehaviour("none", (openai_calls(LIST), openai_says(TRUE))), server, workspace, environment)


@pytest.mark.parametrize("case", MISBEHAVIOURS, ids=lambda case: case.name)
def test_a_provider_that_misbehaves_misleads_nobody(
    case: Misbehaviour, server: ScriptedServer, workspace: Workspace, environment: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    started = time.perf_counter()
    answer = asked(case, server, workspace, environment)
    assert time.perf_counter() - started < min(case.seconds, 4.0) + GRACE
    assert (answer.text, answer.mind, answer.status) == (case.text, case.mind, case.status), answer.warnings
    assert re.search(case.warns, " ".join(answer.warnings)), answer.warnings
    if case.mind == "embedded":
        assert "openai:scripted-1 gave no answer" in answer.warnings[0]
        assert "The embedded planner answered instead." in answer.warnings[0]
    assert (len(answer.table.rows) if answer.table else None) == case.rows
    receipt = json.dumps(workspace.control.receipt(answer.receipt_id).content, ensure_ascii=False)
    shown = answer.model_dump_json()
    for place in (shown, receipt, server.sent, caplog.text):
        assert not [value for value in personal() if value.casefold() in place.casefold()]
    assert not [word for word in case.never if word in shown]
    assert "k-1" not in shown + receipt + caplog.text


def personal() -> list[str]:
    return [CARD, *(value for person in PEOPLE for value in person[1:5])]


def test_there_are_many_of_them() -> None:
    assert len({case.name for case in MISBEHAVIOURS}) == len(MISBEHAVIOURS) >= 25
