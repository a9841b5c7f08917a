"""Admin: people, keys, roles, rules, budgets, knowledge, the workspace's look, questions that found no answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal

from governance.identity.store import Identity
from governance.permission import permit
from governance.principal import ROLES, SCOPES, Principal
from tools.operations import access, own_knowledge, rules, spending, theming
from tools.result import ToolResult
from tools.workspace import Workspace
from ui.language import say
from ui.pages.kept import questions
from ui.pages.kept.tables import count, listing, moment, words
from ui.pages.operation import Done, Operation, Undo

MANAGE = access.SCOPE


# ── people and keys ──────────────────────────────────────────────────────────
def people(workspace: Workspace, by: Principal) -> ToolResult:
    """Who may sign in."""
    rows = [
        {**each, "state": "active" if each["active"] else "disabled", "rows": each["partitions"] or "all"}
        for each in access.people(workspace, Identity(workspace.control), by)
    ]
    columns = (
        words("name", "Name"),
        words("role", "Role"),
        words("rows", "Rows seen"),
        words("state", "State"),
        moment("created_at", "Since"),
    )
    return listing("People", columns, rows)


def keys(workspace: Workspace, by: Principal) -> ToolResult:
    """API keys, without anything secret."""
    rows = [
        {**each, "state": "revoked" if each["revoked_at"] else "good", "rows": each["partitions"] or "all"}
        for each in access.keys_for(workspace, Identity(workspace.control), by)
    ]
    columns = (
        words("key_id", "Key"),
        words("label", "Label"),
        words("role", "Role"),
        words("rows", "Rows seen"),
        words("state", "State"),
        moment("created_at", "Since"),
        moment("expires_at", "Until"),
        moment("last_used_at", "Last used"),
    )
    return listing("API keys", columns, reversed(rows))


def roles(workspace: Workspace, by: Principal) -> ToolResult:
    """What each role may do."""
    permit(workspace.control, by, MANAGE, doing="roles:list", what="seeing what roles may do")
    rows = [
        {"role": role, "may": "; ".join(SCOPES[each] for each in SCOPES if each in held)}
        for role, held in ROLES.items()
    ]
    return listing("Roles", (words("role", "Role"), words("may", "May")), rows)


def add_person(workspace: Workspace, by: Principal, name: str, password: str, role: str, rows: str = "") -> Done:
    """Add a person."""
    rights = access.rights_of(role, None, access.rows_written([rows] if rows else ()))
    access.add_person(workspace, Identity(workspace.control), by, name, password, rights)
    return Done(f"{name} may sign in as {role.replace('_', ' ')}.", Undo("person.disable", {"name": name}))


def disable_person(workspace: Workspace, by: Principal, name: str) -> Done:
    """Let a person in no more."""
    access.disable_person(workspace, Identity(workspace.control), by, name)
    return Done(f"{name} is disabled and signed out.")


def create_key(
    workspace: Workspace, by: Principal, label: str, role: str, days: float | None = None, rows: str = ""
) -> Done:
    """Make a key; it is shown this once."""
    permit(workspace.control, by, MANAGE, doing="key:create", what="creating API keys")
    rights = access.rights_of(role, None, access.rows_written([rows] if rows else ()))
    made = access.create_key(workspace, Identity(workspace.control), by, label, rights, days=days, per_minute=None)
    said = say("Key {key}: keep it now, it is shown this once.", key=made["key_id"])
    return Done(said, Undo("key.revoke", {"key_id": made["key_id"]}), shown=made["key"])


def revoke_key(workspace: Workspace, by: Principal, key_id: str) -> Done:
    """Let a key in no more."""
    permit(workspace.control, by, MANAGE, doing="key:revoke", what="revoking API keys")
    access.revoke_key(workspace, Identity(workspace.control), by, key_id)
    return Done(f"Key {key_id} lets nobody in any more.")


# ── rules ────────────────────────────────────────────────────────────────────
def rule_versions(workspace: Workspace, by: Principal) -> ToolResult:
    """Every version of the client's rules, with what simulating it found."""
    rows = [
        {**each, "simulated": _simulated(rules.shown(workspace, by, each["version"])["simulation"])}
        for each in rules.listed(workspace, by)
    ]
    columns = (
        count("version", "Version"),
        words("state", "State"),
        words("drafted_by", "By"),
        moment("drafted_at", "When"),
        words("reason", "Reason"),
        words("simulated", "Tried on history"),
    )
    return listing("Rules", columns, rows)


def _simulated(report: Any) -> str:
    if not report:
        return ""
    told = {name: value for name, value in report.items() if isinstance(value, int | float | str)}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())


def draft_rules(workspace: Workspace, by: Principal, content: str, reason: str) -> Done:
    """Keep a version; it acts on nothing yet."""
    made = rules.draft(workspace, by, content, reason=reason)
    version = made["version"]
    return Done(
        f"Version {version} is drafted. Try it on history, then another approves it.",
        Undo("rules.decide", {"version": version, "deed": "retire", "reason": "Taken back at once."}),
    )


def simulate_rules(workspace: Workspace, by: Principal, version: int) -> Done:
    """Try a version on history."""
    report = rules.simulate(workspace, by, version)["simulation"]
    return Done(f"Version {version} was tried on history.", shown=json.dumps(report, indent=2, default=str))


def decide_rules(
    workspace: Workspace, by: Principal, version: int, deed: Literal["approve", "activate", "retire"], reason: str
) -> Done:
    """Approve a version, let it act, or retire it; in the sandbox one person may be author and approver."""
    drafted = rules.shown(workspace, by, version)["drafted_by"]
    alone = deed == "approve" and drafted == by.name and workspace.meta(by).get("source") == "sandbox"
    rules.decide(workspace, by, version, deed, reason=reason, alone=alone)
    return Done(f"Version {version}: {deed}d.")


def show_rules(workspace: Workspace, by: Principal, version: int) -> Done:
    """Show a version's file."""
    return Done(f"Version {version} of the rules", shown=rules.shown(workspace, by, version)["content"])


# ── budgets ──────────────────────────────────────────────────────────────────
def spent(workspace: Workspace, by: Principal) -> ToolResult:
    """What models outside cost this month."""
    permit(workspace.control, by, MANAGE, doing="usage:show", what="seeing what models cost")
    columns = (
        words("principal", "Who"),
        words("mind", "Model"),
        count("calls", "Calls"),
        count("prompt_tokens", "Tokens asked"),
        count("completion_tokens", "Tokens answered"),
        words("cost", "Cost"),
    )
    return listing("Usage", columns, spending.spending(workspace, "month")["spent"])


def budgets(workspace: Workspace, by: Principal) -> ToolResult:
    """Budgets with what is used of them."""
    permit(workspace.control, by, MANAGE, doing="usage:show", what="seeing what models cost")
    names = {"*workspace": say("the workspace"), "*each": say("each person")}
    rows = [
        {**each, "whose": names.get(each["whose"], each["whose"])}
        for each in spending.spending(workspace, "month")["budgets"]
    ]
    columns = (
        words("whose", "Whose"),
        words("per", "Per"),
        count("tokens", "Tokens"),
        count("used_tokens", "Used"),
        words("cost", "Cost"),
        words("used_cost", "Spent"),
    )
    return listing("Budgets", columns, rows)


def set_budget(
    workspace: Workspace,
    by: Principal,
    whose: str,
    per: Literal["day", "month"],
    tokens: int | None = None,
    cost: Decimal | None = None,
) -> Done:
    """Bound what may be spent; without bounds the budget goes."""
    permit(workspace.control, by, MANAGE, doing="budget:set", what="setting budgets")
    now = spending.spending(workspace, "month")["budgets"]
    key = spending.OWNERS.get(whose, whose)
    before = next((each for each in now if each["whose"] == key and each["per"] == per), None)
    spending.set_budget(workspace, by, whose, per, tokens=tokens, cost=cost)
    back = {
        "whose": whose,
        "per": per,
        "tokens": before and before["tokens"],
        "cost": str(before["cost"]) if before and before["cost"] is not None else None,
    }
    bound = tokens is not None or cost is not None
    return Done(f"The budget of {whose} a {per} is {'set' if bound else 'taken away'}.", Undo("budget.set", back))


# ── knowledge ────────────────────────────────────────────────────────────────
def documents(workspace: Workspace, by: Principal) -> ToolResult:
    """Documents that people added."""
    rows = [vars(each) for each in own_knowledge.list_documents(workspace, by)]
    columns = (
        words("title", "Title"),
        words("status", "Status"),
        count("passages", "Passages"),
        words("roles", "Who may read"),
        moment("added_at", "Added"),
        words("document_id", "Document"),
    )
    return listing("Documents", columns, [{**each, "roles": each["roles"] or "all"} for each in rows])


def add_document(workspace: Workspace, by: Principal, name: str, text: str) -> Done:
    """Add a document written here, as markdown."""
    stem = "-".join("".join(each if each.isalnum() else " " for each in name.lower()).split()) or "document"
    told = own_knowledge.Told(title=name)
    (made,) = own_knowledge.add_documents(workspace, by, [(f"{stem}.md", text.encode())], told)
    return Done(
        f"{made.title} is in the knowledge base, {made.passages} passages.",
        Undo("knowledge.remove", {"document_id": made.document_id}),
    )


def remove_document(workspace: Workspace, by: Principal, document_id: str) -> Done:
    """Take a document out."""
    gone = own_knowledge.remove_document(workspace, by, document_id)
    return Done(f"{gone.title} is out of the knowledge base.")


# ── look ─────────────────────────────────────────────────────────────────────
def look(workspace: Workspace, by: Principal) -> ToolResult:
    """The theme that holds."""
    permit(workspace.control, by, theming.SCOPE, doing="theme:show", what="the look of the workspace")
    told = theming.shown(workspace)
    rows = [{"name": name.replace("_", " "), "value": value} for name, value in told["theme"].items()]
    by_whom = told["set_by"] or say("the house's own")
    return listing(
        "Look", (words("name", "What"), words("value", "Is")), rows, {"version": told["version"], "set_by": by_whom}
    )


def set_look(workspace: Workspace, by: Principal, theme: str) -> Done:
    """Let a theme hold."""
    theming.set_theme(workspace, by, theme)
    return Done("The look is set. Load the page anew to see all of it.", Undo("look.undo"))


def reset_look(workspace: Workspace, by: Principal) -> Done:
    """Let the house's look hold."""
    theming.reset(workspace, by)
    return Done("The house's own look holds.", Undo("look.undo"))


def undo_look(workspace: Workspace, by: Principal) -> Done:
    """Let the look hold that held before."""
    theming.undo(workspace, by)
    return Done("The look of before holds.", Undo("look.undo"))


LISTINGS: Mapping[str, Callable[..., ToolResult]] = {
    "admin.people": people,
    "admin.keys": keys,
    "admin.roles": roles,
    "admin.rules": rule_versions,
    "admin.spent": spent,
    "admin.budgets": budgets,
    "admin.documents": documents,
    "admin.look": look,
    **questions.LISTINGS,
}
OPERATIONS: Mapping[str, Operation] = {
    "person.add": Operation(add_person, MANAGE),
    "person.disable": Operation(disable_person, MANAGE),
    "key.create": Operation(create_key, MANAGE),
    "key.revoke": Operation(revoke_key, MANAGE),
    "rules.draft": Operation(draft_rules, rules.WRITE),
    "rules.simulate": Operation(simulate_rules, rules.WRITE),
    "rules.decide": Operation(decide_rules, rules.APPROVE),
    "rules.show": Operation(show_rules, rules.READ),
    "budget.set": Operation(set_budget, MANAGE),
    "knowledge.add": Operation(add_document, own_knowledge.WRITE),
    "knowledge.remove": Operation(remove_document, own_knowledge.WRITE),
    "look.set": Operation(set_look, theming.SCOPE),
    "look.reset": Operation(reset_look, theming.SCOPE),
    "look.undo": Operation(undo_look, theming.SCOPE),
    **questions.OPERATIONS,
}
