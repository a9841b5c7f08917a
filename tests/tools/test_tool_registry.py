"""One list of tools: who may call which, what is said of a wrong call, what every face can rely on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tools
from governance.control import ControlStore
from governance.errors import ToolRefused, ToolRetry
from governance.principal import ROLES, SCOPES, Principal
from governance.settings import Settings
from tools.registry import BOUND, TOOLS, Tool, tool
from tools.toolbox import Toolbox

#: Tool → arguments it can be called with, on any books.
CALLS: dict[str, dict[str, Any]] = {
    "query_metrics": {"metrics": ["customers"]},
    "run_sql": {"sql": "SELECT count(*) FROM customers"},
    "top_risky_borrowers": {"limit": 3},
    "likely_leavers": {"limit": 3},
    "customer_segments": {"limit": 3},
    "forecast_spend": {"months": 1},
    "unusual_transactions": {"limit": 3},
    "customer_goals": {"limit": 3},
    "customer_profile": {},
    "explain_prediction": {},
    "what_if": {},
    "stress_test": {"changes": {"income": "-10%"}},
    "compare_customers": {},
    "search_knowledge": {"question": "what is an NPA"},
    "model_card": {},
    "workspace_status": {},
}


@pytest.fixture(scope="module")
def calling(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Toolbox]]:
    """Open the tools for a caller; one workspace for all."""
    opened = Toolbox.open("demo", settings=demo_settings)
    audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"  # refusals leave the shared books alone
    opened.workspace.control = ControlStore(audit, "demo", opened.workspace.keys)
    with opened.workspace:
        yield lambda role="risk_manager", tenant="demo": Toolbox(
            opened.workspace, Principal(f"the {role}", tenant, role)
        )


@pytest.fixture(scope="module")
def borrower(calling: Callable[..., Toolbox]) -> str:
    return calling().top_risky_borrowers(limit=1).table.rows[0][1]


def arguments_of(name: str, borrower: str) -> dict[str, Any]:
    return CALLS[name] or ({"customer_id": borrower} if "customer_id" in tool(name).arguments.model_fields else {})


def audited(toolbox: Toolbox) -> list[tuple[str, str, str, Any]]:
    entries = toolbox.workspace.control.audit_entries()
    return [(each["actor"], each["action"], each["outcome"], json.loads(each["details"])) for each in entries]


def test_the_tools_are_these() -> None:
    assert [each.name for each in TOOLS] == list(CALLS)


@pytest.mark.parametrize("each", TOOLS, ids=lambda each: each.name)
def test_a_tool_has_a_description_a_schema_and_a_scope_that_exists(each: Tool) -> None:
    schema = each.arguments.model_json_schema()
    assert json.loads(json.dumps(schema))["additionalProperties"] is False
    assert not set(BOUND) & set(schema.get("properties", {}))
    assert each.scope in SCOPES
    assert 60 < len(each.description) < 1_000
    assert each.description == each.description.strip()


def test_no_description_is_without_its_tool() -> None:
    folder = Path(tools.__file__).parent
    assert {path.stem for path in folder.glob("*.md")} == {each.name for each in TOOLS}


@pytest.mark.parametrize("each", TOOLS, ids=lambda each: each.name)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_call_what_its_scopes_say_and_a_refusal_is_audited(
    calling: Callable[..., Toolbox], borrower: str, role: str, each: Tool
) -> None:
    caller = calling(role)
    before = audited(caller)
    if each.scope in ROLES[role]:
        assert caller.call(each.name, arguments_of(each.name, borrower)).title
        assert audited(caller) == before
    else:
        with pytest.raises(ToolRefused, match=f"takes the permission {each.scope}, which the role {role} does not"):
            caller.call(each.name, arguments_of(each.name, borrower))
        entry = (f"the {role}", f"tool:{each.name}", "refused", {"scope": each.scope})
        assert audited(caller) == [*before, entry]
        assert caller.workspace.control.verify_audit() == len(before) + 1


def test_a_viewer_calls_neither_scores_nor_sql(calling: Callable[..., Toolbox], borrower: str) -> None:
    for name in ("top_risky_borrowers", "explain_prediction", "run_sql", "model_card"):
        with pytest.raises(ToolRefused):
            calling("viewer").call(name, arguments_of(name, borrower))


@pytest.mark.parametrize("each", TOOLS, ids=lambda each: each.name)
def test_a_caller_of_another_workspace_is_refused_by_every_tool(
    calling: Callable[..., Toolbox], borrower: str, each: Tool
) -> None:
    stranger = calling("compliance", tenant="other")
    with pytest.raises(ToolRefused, match="the compliance belongs to other, not to demo"):
        stranger.call(each.name, arguments_of(each.name, borrower))
    assert audited(stranger)[-1][:3] == ("the compliance", f"tool:{each.name}", "refused")


def test_permission_comes_before_the_arguments(calling: Callable[..., Toolbox]) -> None:
    with pytest.raises(ToolRefused):
        calling("viewer").call("top_risky_borrowers", {"limit": "many", "town": "Pune"})


def test_a_refusal_within_a_tool_is_audited_without_its_words(calling: Callable[..., Toolbox]) -> None:
    with pytest.raises(ToolRefused):
        calling().run_sql(sql="COPY customers TO '/tmp/Vinay Gaikwad'")
    assert audited(calling())[-1] == ("the risk_manager", "tool:run_sql", "refused", {"why": "ToolRefused"})


def test_a_tool_that_is_not_there_is_told_with_those_that_are(calling: Callable[..., Toolbox]) -> None:
    for ask in (lambda: tool("top_risky_borrower"), lambda: calling().call("top_risky_borrower", {})):
        with pytest.raises(ToolRetry) as raised:
            ask()
        assert str(raised.value).startswith(
            "There is no tool 'top_risky_borrower'. Did you mean 'top_risky_borrowers'? There are: compare_customers, "
        )


def test_an_argument_that_is_not_there_is_told_with_those_that_are(calling: Callable[..., Toolbox]) -> None:
    with pytest.raises(ToolRetry) as raised:
        calling().model_card(modell="credit")
    assert str(raised.value) == (
        "model_card: modell: Extra inputs are not permitted. Did you mean 'model'? There are: model. Arguments: model."
    )


def test_the_toolbox_offers_every_tool_by_name(calling: Callable[..., Toolbox]) -> None:
    assert set(CALLS) <= set(dir(calling()))
    assert calling().model_card() == calling().call("model_card", {})
    assert not hasattr(calling(), "_nothing")
