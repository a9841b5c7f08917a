"""What an entry of an action can be chosen from where that depends on the workspace, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from governance.principal import ROLES
from governance.privacy.declared import purposes
from ui.markup import plainly

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Name → what can be chosen: value and words.
CHOICES: Mapping[str, Callable[[Workspace, Principal], Sequence[tuple[str, str]]]] = {
    "categories": lambda workspace, by: _plainly(workspace.values(by, "transactions", "category")),
    "roles": lambda _, __: _plainly(role for role in ROLES if role != "customer"),
    "consents": lambda _, __: [(name, each.label) for name, each in purposes().items() if each.basis == "consent"],
}


def _plainly(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, plainly(value)) for value in values]
