"""No personal value of anyone involved leaves the books: not to a model, a receipt, a log, the audit, the index."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from openai_server import Reply, ScriptedServer, calls, says
from personal import COMPLIANCE, personal_values

from assistant.munshi import Munshi
from assistant.privacy import TOKEN
from governance.principal import Principal, local_principal
from governance.settings import Settings
from knowledge.index import _client
from tools.passages import LakePassages
from tools.workspace import Workspace

#: What the question tells about somebody, as written and as it is spelled.
ASKED = frozenset(
    ("ABCPK1234F", "98200 12345", "9820012345", "4539 5787 6362 1486", "4539578763621486", "someone@example.in")
)


@pytest.fixture
def demo(own_demo: Settings, server: ScriptedServer) -> Iterator[Workspace]:
    """The sandbox, with an outside model set."""
    update = {"model": "openai:scripted-1", "model_base_url": server.url, "model_seconds": 20.0}
    server.requests.clear()
    server.headers.clear()
    with Workspace.open("demo", own_demo.model_copy(update=update)) as opened:
        yield opened


def riskiest(workspace: Workspace) -> list[str]:
    sql = "SELECT customer_id FROM semantic.borrowers ORDER BY probability_of_default DESC, exposure DESC, customer_id"
    return [row[0] for row in workspace.query(COMPLIANCE, f"{sql} LIMIT 3").rows]


def everything_kept(workspace: Workspace, conversations: list[str], server: ScriptedServer, log: str) -> dict[str, str]:
    control = workspace.control
    receipts = [receipt.content for each in conversations for receipt in control.conversation(each)]
    assert len(receipts) == 8
    passages = [passage.text for passage in LakePassages(workspace, COMPLIANCE).passages()]
    assert passages
    workspace.retriever(COMPLIANCE).search("what is an NPA?", limit=3)
    indexed = [collection.get() for collection in _client().list_collections()]
    kept = {
        "requests": server.sent,
        "receipts": json.dumps(receipts, ensure_ascii=False),
        "audit": json.dumps(control.audit_entries(), ensure_ascii=False),
        "passages": json.dumps(passages, ensure_ascii=False),
        "index": json.dumps(indexed, ensure_ascii=False, default=str),
        "log": log,
    }
    return {where: text.casefold() for where, text in kept.items()}


def converse(workspace: Workspace, who: Principal, server: ScriptedServer, conversation: str, name: str) -> list[str]:
    """List, profile by name with more than needed, why, free SQL with hidden columns; return the texts shown."""
    first, _, third = riskiest(workspace)
    munshi = Munshi(workspace, who)

    def repeats_tokens(request: dict[str, Any]) -> Reply:
        tokens = TOKEN.findall(request["messages"][-1]["content"])
        return says(f"Customer {third} is known. " + " ".join(f"They are {token}." for token in tokens))

    telling = "PAN ABCPK1234F, phone +91 98200 12345, card 4539 5787 6362 1486, mail someone@example.in"
    sql = (
        "SELECT customer_id AS a, full_name AS b, upper(phone) AS c, email || '!' AS d FROM customers "
        f"WHERE customer_id = '{third}'"
    )
    script: list[tuple[str, list[Any]]] = [
        (
            "who are my top 3 risky borrowers?",
            [calls(("top_risky_borrowers", {"limit": 3})), says("The 3 are listed.")],
        ),
        (f"tell me about {name}: {telling}", [calls(("customer_profile", {"customer_id": third})), repeats_tokens]),
        ("why the first one?", [calls(("explain_prediction", {"customer_id": first})), says(f"{first} is explained.")]),
        ("show his data", [calls(("run_sql", {"sql": sql})), repeats_tokens]),
    ]
    shown = []
    for question, lines in script:
        server.script(*lines)
        answer = munshi.ask(question, conversation)
        assert answer.mind == "openai:scripted-1", answer.warnings
        shown.append(answer.text)
    return shown


def test_personal_values_stay_in_the_books(
    demo: Workspace, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    third = riskiest(demo)[2]
    name = demo.query(COMPLIANCE, f"SELECT full_name FROM semantic.customers WHERE customer_id = '{third}'").rows[0][0]
    seen_by_local = converse(demo, local_principal("demo"), server, "conv-local", name)
    seen_by_compliance = converse(demo, COMPLIANCE, server, "conv-compliance", name)

    kept = everything_kept(demo, ["conv-local", "conv-compliance"], server, caplog.text)
    asked = {
        "ABCPK1234F",
        "98200 12345",
        "+919820012345",
        "4539 5787 6362 1486",
        "4539578763621486",
        "someone@example.in",
    }
    values = personal_values(demo, riskiest(demo)) | asked
    assert len(values) > 50
    leaks = {(where, value) for where, text in kept.items() for value in values if value.casefold() in text}
    assert sorted(leaks)[:20] == []

    assert name in seen_by_compliance[1]
    assert not any(name in text for text in seen_by_local)
    assert demo.control.verify_audit() >= 8
