"""What models outside cost a workspace, beside what they may."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from governance.errors import ConfigurationError, did_you_mean
from governance.usage import EACH, SPANS, WORKSPACE, Budget, Ledger, Span, Spent, described

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: How a budget's owner is written on the command line, where it is nobody's name.
OWNERS = {"workspace": WORKSPACE, "each": EACH}


def spending(workspace: Workspace, span: Span) -> dict[str, Any]:
    """What was spent in the running day or month, by whom on which mind, and the budgets with what is left of them."""
    ledger = Ledger(workspace.control)
    spent = ledger.spent(span)
    return {
        "per": span,
        "spent": [vars(each) for each in spent],
        "budgets": [_beside(ledger, budget) for budget in ledger.budgets()],
    }


def set_budget(
    workspace: Workspace, by: Principal, whose: str, span: str, *, tokens: int | None, cost: Decimal | None
) -> dict[str, Any]:
    """Keep a budget of the workspace, of each principal, or of one by name; without bounds it is taken away.

    Raises
    ------
    ConfigurationError
        There is no such span, or a bound is below nought.
    """
    if span not in SPANS:
        raise ConfigurationError(f"A budget is for a day or a month, not for '{span}'.{did_you_mean(span, SPANS)}")
    budget = Budget(OWNERS.get(whose, whose), span, tokens, cost)
    with workspace.control.together():
        Ledger(workspace.control).set_budget(budget)
        workspace.control.audit(by.name, "budget:set", "done", {"per": span, "tokens": tokens, "cost": cost})
    return dict(described(budget))


def _beside(ledger: Ledger, budget: Budget) -> dict[str, Any]:
    """A budget with what is used of it; of everybody's, what the one nearest to it used."""
    used = _used(ledger.spent(budget.span), budget.whose)
    return {**described(budget), "used_tokens": used[0], "used_cost": used[1]}


def _used(spent: Sequence[Spent], whose: str) -> tuple[int, Decimal]:
    by_principal: dict[str, tuple[int, Decimal]] = {}
    for each in spent:
        tokens, cost = by_principal.get(each.principal, (0, Decimal(0)))
        by_principal[each.principal] = tokens + each.prompt_tokens + each.completion_tokens, cost + each.cost
    if whose == WORKSPACE:
        return sum(tokens for tokens, _ in by_principal.values()), sum(
            (c for _, c in by_principal.values()), Decimal(0)
        )
    if whose == EACH:
        return max(by_principal.values(), default=(0, Decimal(0)))
    return by_principal.get(whose, (0, Decimal(0)))
