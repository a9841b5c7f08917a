"""What an entry of an action can be chosen from where that depends on the workspace, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Name → what can be chosen: value and words.
CHOICES: Mapping[str, Callable[[Workspace, Principal], Sequence[tuple[str, str]]]] = {}
