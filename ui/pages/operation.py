"""An operation that pages offer, and what it leaves behind: a sentence, and the way back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from governance.errors import ToolRetry

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace


#: Parameters that come first in every operation: the workspace and who asks.
BOUND = 2
#: Names that their annotations may have for the type checker alone.
_NEVER_ASKED = {"Workspace": object, "Principal": object}


@dataclass(frozen=True)
class Undo:
    """The operation that takes another back, with its arguments."""

    operation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What was done, in a sentence; ``undo`` where it can be taken back; ``leads`` to an address, where it does.

    ``shown`` is a text to be read and copied before the page goes on.
    """

    said: str
    undo: Undo | None = None
    leads: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Operation:
    """A typed function on a workspace and a principal; it checks permissions itself, beneath every face.

    Attributes
    ----------
    scope
        What a caller must hold for the page to offer it; the function is what refuses.
    """

    function: Callable[..., Done]
    scope: str

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """Its arguments, as a pydantic model made from the signature."""
        hints = get_type_hints(self.function, localns=_NEVER_ASKED, include_extras=True)
        fields: dict[str, Any] = {
            name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
            for name, parameter in list(inspect.signature(self.function).parameters.items())[BOUND:]
        }
        return create_model(self.function.__name__, __config__=ConfigDict(extra="forbid"), **fields)

    def call(self, workspace: Workspace, principal: Principal, given: Mapping[str, Any]) -> Done:
        """Check the arguments, then do it.

        Raises
        ------
        ToolRetry
            An argument is wrong; the message lists every fault.
        ToolRefused
            The caller may not.
        """
        try:
            checked = self.arguments.model_validate(dict(given))
        except ValidationError as error:
            raise ToolRetry(" ".join(_fault(each) for each in error.errors())) from None
        return self.function(
            workspace, principal, **{name: getattr(checked, name) for name in self.arguments.model_fields}
        )


def _fault(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"]).replace("_", " ").capitalize()
    return f"{where}: {fault['msg']}."
