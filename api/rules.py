"""`/rules`: the client's own rules about scores, from a draft through a trial on history to the one that acts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Asking
from api.endpoint import Endpoint, as_json
from tools.operations import rules

Version = Annotated[int, Path(ge=1, le=1_000_000)]
Reason = Annotated[str, Field(min_length=1, max_length=1_000)]
EXAMPLE = """rules:
  - id: R12
    model: credit
    when: probability >= 0.05 AND product = 'two_wheeler'
    then: {band: high, decision: refer}
    text: Two-wheeler loans are held one band stricter.
"""


class RulesSent(BaseModel):
    """A file of rules, as YAML."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[str, Field(min_length=1, max_length=rules.MOST_CHARACTERS)]


class DraftAsked(RulesSent):
    """A file of rules to keep as a new version, and why."""

    reason: Reason


class Standing(BaseModel):
    """Why it is done."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class ApprovalAsked(Standing):
    """Why it is approved; ``alone`` where author and approver are one person, in the sandbox only."""

    alone: bool = False


class RulesChecked(BaseModel):
    """What a file holds, where nothing is wrong with it."""

    rules: int
    ids: list[str]
    notes: list[str]


class RulesStep(BaseModel):
    """What was done with a version; ``alone`` where author and approver were one person."""

    action: Literal["simulate", "approve", "activate", "retire"]
    by: str
    at: str
    reason: str
    alone: bool


class RulesVersion(BaseModel):
    """A version of the rules with its life."""

    version: int
    state: Literal["draft", "simulated", "approved", "active", "retired"]
    drafted_by: str
    drafted_at: str
    reason: str
    steps: list[RulesStep]


class RulesDecided(RulesVersion):
    """A version after a decision; ``ruled`` counts the newest scores that the active rules make something of."""

    ruled: int | None


class RulesSimulated(RulesVersion):
    """A version with what it would have done at the last month ends, and what became of those it would have moved."""

    simulation: dict[str, Any]


class RulesShown(RulesVersion):
    """A version with its file and the last simulation of it."""

    content: str
    simulation: dict[str, Any] | None


class RulesList(BaseModel):
    """Every version, the newest first."""

    versions: list[RulesVersion]


def list_rules(caller: Asking) -> Response:
    """Every version, the newest first."""
    found = rules.listed(caller.service.workspace, caller.principal)
    return as_json(RulesList(versions=[RulesVersion(**each) for each in found]))


def show_rules(version: Version, caller: Asking) -> Response:
    """One version, its file and its life."""
    return as_json(RulesShown(**rules.shown(caller.service.workspace, caller.principal, version)))


def check_rules(asked: RulesSent, caller: Asking) -> Response:
    """What is wrong with a file; nothing is kept."""
    return as_json(RulesChecked(**rules.check(caller.service.workspace, caller.principal, asked.content)))


def draft_rules(asked: DraftAsked, caller: Asking) -> Response:
    """Keep a file as a new version; it acts on nothing yet."""
    made = rules.draft(caller.service.workspace, caller.principal, asked.content, reason=asked.reason)
    return as_json(RulesVersion(**made), {"Location": f"/api/v1/rules/{made['version']}"}, status=201)


def simulate_rules(version: Version, caller: Asking) -> Response:
    """Try a version on the scores of the last month ends."""
    return as_json(RulesSimulated(**rules.simulate(caller.service.workspace, caller.principal, version)))


def approve_rules(version: Version, asked: ApprovalAsked, caller: Asking) -> Response:
    """Approve a version that was simulated; another person than its author does."""
    return _decided(caller, version, "approve", asked.reason, alone=asked.alone)


def activate_rules(version: Version, asked: Standing, caller: Asking) -> Response:
    """Let an approved version act in the place of the one that does."""
    return _decided(caller, version, "activate", asked.reason)


def retire_rules(version: Version, asked: Standing, caller: Asking) -> Response:
    """Let a version act no more."""
    return _decided(caller, version, "retire", asked.reason)


def _decided(
    caller: Any, version: int, deed: Literal["approve", "activate", "retire"], reason: str, *, alone: bool = False
) -> Response:
    workspace = caller.service.workspace
    done = rules.decide(workspace, caller.principal, version, deed, reason=reason, alone=alone)
    return as_json(RulesDecided(**done))


_BECAUSE = {"reason": "decided by the credit committee"}
RULES_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/rules", rules.READ, list_rules, "Every version of the client's rules", answer=RulesList),
    Endpoint("POST", "/rules", rules.WRITE, draft_rules, "Draft a version of the rules", answer=RulesVersion,
             status=201, example={"content": EXAMPLE, "reason": "two-wheeler losses of the last quarter"}),
    Endpoint("POST", "/rules/check", rules.WRITE, check_rules, "What is wrong with a file of rules",
             answer=RulesChecked, example={"content": EXAMPLE}),
    Endpoint("GET", "/rules/{version}", rules.READ, show_rules, "A version with its file and its life",
             answer=RulesShown, statuses=(404,)),
    Endpoint("POST", "/rules/{version}/simulate", rules.WRITE, simulate_rules, "Try a version on history",
             answer=RulesSimulated, statuses=(404,)),
    Endpoint("POST", "/rules/{version}/approve", rules.APPROVE, approve_rules, "Approve a version",
             answer=RulesDecided, example=_BECAUSE, statuses=(404,)),
    Endpoint("POST", "/rules/{version}/activate", rules.APPROVE, activate_rules, "Let a version act",
             answer=RulesDecided, example=_BECAUSE, statuses=(404,)),
    Endpoint("POST", "/rules/{version}/retire", rules.APPROVE, retire_rules, "Let a version act no more",
             answer=RulesDecided, example=_BECAUSE, statuses=(404,)),
)  # fmt: skip
