"""The tools over HTTP: the same results, pages with the exact count, errors that say what exists."""

from __future__ import annotations

import json

import pytest

from api.app import ENDPOINTS
from api.problems import MEDIA_TYPE
from api.service import Service
from governance.principal import Principal
from tools.registry import TOOLS
from tools.toolbox import Toolbox

TOOL = "/api/v1/tools/"


def test_every_tool_is_listed_with_its_schema_and_whether_it_may_be_called(ask) -> None:
    listed = ask("GET", "/api/v1/tools", "viewer").json()["tools"]
    assert [each["name"] for each in listed] == [each.name for each in TOOLS]
    allowed = {each["name"] for each in listed if each["allowed"]}
    assert "customer_profile" in allowed
    assert "top_risky_borrowers" not in allowed
    assert all(each["arguments"]["additionalProperties"] is False for each in listed)


def test_who_holds_the_list_already_is_told_so(ask) -> None:
    first = ask("GET", "/api/v1/tools")
    again = ask("GET", "/api/v1/tools", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = ask("GET", "/api/v1/tools", "viewer", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_a_tool_gives_what_it_gives_in_python(ask, service: Service, borrower: str) -> None:
    caller = Principal("ana", "demo", "risk_manager")
    direct = Toolbox(service.workspace, caller).customer_profile(customer_id=borrower)
    told = ask("POST", f"{TOOL}customer_profile", json={"customer_id": borrower})
    assert told.json() == json.loads(direct.model_dump_json()) | {"page": None}


def test_pages_are_the_whole_table_each_row_once_with_the_exact_count(ask) -> None:
    asked = {"limit": 100}
    whole = ask("POST", f"{TOOL}top_risky_borrowers", json=asked).json()
    rows, cursor, sizes = [], None, []
    while True:
        query = {"limit": 30} | ({"cursor": cursor} if cursor else {})
        part = ask("POST", f"{TOOL}top_risky_borrowers", json=asked, params=query).json()
        rows += part["table"]["rows"]
        sizes.append(part["page"]["rows"])
        assert part["page"]["total"] == 100
        assert part["facts"] == whole["facts"]
        cursor = part["page"]["next"]
        if cursor is None:
            break
    assert sizes == [30, 30, 30, 10]
    assert rows == whole["table"]["rows"]


def test_a_cursor_goes_on_from_its_own_question_for_its_own_caller_only(ask) -> None:
    first = ask("POST", f"{TOOL}top_risky_borrowers", json={"limit": 50}, params={"limit": 10}).json()
    cursor = first["page"]["next"]
    forged = cursor[:4] + ("A" if cursor[4] != "A" else "B") + cursor[5:]
    for role, asked, given in (
        ("risk_manager", {"limit": 51}, cursor), ("analyst", {"limit": 50}, cursor),
        ("risk_manager", {"limit": 50}, forged), ("risk_manager", {"limit": 50}, "nonsense"),
    ):  # fmt: skip
        told = ask("POST", f"{TOOL}top_risky_borrowers", role, json=asked, params={"cursor": given})
        assert (told.status_code, told.json()["type"]) == (422, "urn:munshi:problem:malformed"), (role, asked)


#: Tool, body, status, kind, what is said.
WRONG = (
    ("top_risky_borrowers", {"limit": 0}, 422, "arguments", "greater than or equal to 1"),
    ("top_risky_borrowers", {"limits": 5}, 422, "arguments", "Did you mean 'limit'?"),
    ("top_risky_borrowers", {"city": "Atlantis"}, 422, "arguments", "No borrower has city 'Atlantis'"),
    ("customer_profile", {"customer_id": "C_nobody"}, 404, "not-there", "There is no customer 'C_nobody'"),
    ("run_sql", {"sql": "DROP TABLE customers"}, 403, "refused", "DROP is not a query"),
    ("top_risky_borrower", {}, 404, "not-there", "Did you mean 'top_risky_borrowers'?"),
)


@pytest.mark.parametrize(("tool", "body", "status", "kind", "said"), WRONG)
def test_an_error_is_a_problem_that_says_what_exists(ask, tool, body, status, kind, said) -> None:
    told = ask("POST", f"{TOOL}{tool}", json=body)
    assert (told.status_code, told.headers["content-type"]) == (status, MEDIA_TYPE)
    problem = told.json()
    assert problem["type"] == f"urn:munshi:problem:{kind}"
    assert problem["status"] == status
    assert said in problem["detail"]
    assert problem["instance"].endswith(told.headers["x-request-id"])


def test_what_was_done_is_audited_without_its_arguments(ask, service: Service, borrower: str) -> None:
    ask("POST", f"{TOOL}customer_profile", json={"customer_id": borrower})
    last = service.workspace.control.audit_entries()[-1]
    assert (last["action"], last["outcome"]) == ("tool:customer_profile", "done")
    assert borrower not in json.dumps(last)


def test_each_tool_has_an_address_of_its_own() -> None:
    assert {f"/tools/{each.name}" for each in TOOLS} <= {each.path for each in ENDPOINTS}
