"""What an entry of an action can be chosen from where that depends on the workspace, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from governance.principal import ROLES
from governance.privacy.declared import purposes
from ui.markup import plainly
from ui.pages import alert_rows, work_rows
from ui.pages.kept import questions

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Name → what can be chosen of a row, or of what the address names: value and words.
OF_A_ROW: Mapping[str, Callable[[Workspace, Principal, Mapping[str, str]], Sequence[tuple[str, str]]]] = {
    "outcomes": work_rows.outcome_choices,
    "suggestions": questions.suggestions,
}
#: Name → what can be chosen: value and words.
CHOICES: Mapping[str, Callable[[Workspace, Principal], Sequence[tuple[str, str]]]] = {
    "meanings": questions.meanings,
    "metrics": alert_rows.metric_choices,
    "staff": work_rows.staff_choices,
    "worklists": work_rows.kind_choices,
    "categories": lambda workspace, by: _plainly(workspace.values(by, "transactions", "category")),
    "roles": lambda _, __: _plainly(role for role in ROLES if role != "customer"),
    "consents": lambda _, __: [(name, each.label) for name, each in purposes().items() if each.basis == "consent"],
}


def _plainly(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, plainly(value)) for value in values]
