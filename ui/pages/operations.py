"""What pages can do, by name: the one list. Each entry stands on an operation that every other face has too."""

from __future__ import annotations

from collections.abc import Mapping

from governance.errors import NotThere, did_you_mean
from ui.pages.kept import admin, compliance, data
from ui.pages.operation import Operation

OPERATIONS: Mapping[str, Operation] = {**data.OPERATIONS, **compliance.OPERATIONS, **admin.OPERATIONS}


def operation(name: str) -> Operation:
    """The operation of that name.

    Raises
    ------
    NotThere
        There is none.
    """
    if name not in OPERATIONS:
        raise NotThere(f"There is no operation '{name}'.{did_you_mean(name, OPERATIONS)}")
    return OPERATIONS[name]
