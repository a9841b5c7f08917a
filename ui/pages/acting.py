"""What happens when a button of a page is pressed: the form that asks first, the operation, the way back."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import KeyUnusable, NotThere, ToolRetry
from governance.permission import permit
from ui.markup import plainly, render
from ui.pages.acts import Act, Entry
from ui.pages.choosing import CHOICES, OF_A_ROW
from ui.pages.operation import Done, Undo
from ui.pages.operations import OPERATIONS, operation

if TYPE_CHECKING:
    from assistant.munshi import Munshi
    from governance.principal import Principal
    from tools.workspace import Workspace
    from ui.pages.page import Page

#: Seconds that what was done can be taken back with the button that says so.
UNDOABLE = 600.0


@dataclass(frozen=True)
class Offered:
    """An action as a button: what it is called, what is sent along, whether it asks first."""

    key: str
    label: str
    told: str
    asks: bool
    grave: bool


def offered(
    acts: Mapping[str, Act], names: Sequence[str], principal: Principal, row: Mapping[str, Any], of: str = ""
) -> tuple[Offered, ...]:
    """The actions of these names that fit a row and that the caller may do."""
    found = ((name, acts[name]) for name in names)
    return tuple(
        Offered(name, act.label, json.dumps(act.told_of(row, of), sort_keys=True), act.asks, act.grave)
        for name, act in found
        if principal.may(OPERATIONS[act.operation].scope) and act.fits(row)
    )


def form(munshi: Munshi, page: Page, name: str, told: Mapping[str, str]) -> str:
    """The form that asks for what an action needs before it is done."""
    act = _act(munshi, page, name)
    entries = [(entry, _choices(munshi, entry, told), _first(entry, told)) for entry in act.entries]
    return render("pages/act.html", key=name, act=act, entries=entries, confirm=_said(act.confirm, told),
                  told=json.dumps(dict(told), sort_keys=True))  # fmt: skip


def act_on(munshi: Munshi, page: Page, name: str, told: Mapping[str, str], entered: Mapping[str, Any]) -> Done:
    """Do a page's action.

    Raises
    ------
    NotThere
        The page has no such action.
    ToolRetry, ToolRefused
        An entry is wrong; the caller may not.
    """
    act = _act(munshi, page, name)
    missing = [entry.label for entry in act.entries if entry.required and entered.get(entry.name) in (None, "")]
    if missing:
        raise ToolRetry(f"Fill in: {', '.join(missing)}.")
    return operation(act.operation).call(munshi.workspace, munshi.principal, act.arguments(told, entered))


def sealed(workspace: Workspace, principal: Principal, undo: Undo) -> str:
    """The way back, for the browser to bring again: nobody else's, unforgeable, good for a few minutes."""
    until = time.time() + UNDOABLE
    text = json.dumps({"operation": undo.operation, "arguments": dict(undo.arguments), "until": until})
    return base64.urlsafe_b64encode(workspace.keys.seal(text, about=_about(principal))).decode()


def take_back(munshi: Munshi, page: Page, token: str) -> Done:
    """Undo what was done.

    Raises
    ------
    ToolRetry
        The way back is another caller's, or too old.
    """
    _page_allowed(munshi, page)
    try:
        text = munshi.workspace.keys.unseal(base64.urlsafe_b64decode(token), about=_about(munshi.principal))
    except (KeyUnusable, binascii.Error, ValueError):
        raise ToolRetry("This cannot be undone from here: who did it undoes it.") from None
    kept = json.loads(text)
    if kept["until"] < time.time():
        raise ToolRetry(f"This was done more than {UNDOABLE / 60:.0f} minutes ago. Change it by hand.")
    return operation(kept["operation"]).call(munshi.workspace, munshi.principal, kept["arguments"])


def _act(munshi: Munshi, page: Page, name: str) -> Act:
    _page_allowed(munshi, page)
    found = page.acts.get(name)
    if found is None:
        raise NotThere(f"The page {page.label} has no action '{name}'. Load it anew.")
    return found


def _page_allowed(munshi: Munshi, page: Page) -> None:
    permit(
        munshi.workspace.control,
        munshi.principal,
        page.scope_of(munshi.principal),
        doing=f"act:{page.key}",
        what=page.label,
    )


def _about(principal: Principal) -> str:
    return f"undo {principal.name}"


def _choices(munshi: Munshi, entry: Entry, told: Mapping[str, str]) -> list[tuple[str, str]]:
    if entry.choices in OF_A_ROW:
        return list(OF_A_ROW[entry.choices](munshi.workspace, munshi.principal, told))
    if entry.choices:
        return list(CHOICES[entry.choices](munshi.workspace, munshi.principal))
    return [(value, plainly(value)) for value in entry.values]


def _first(entry: Entry, told: Mapping[str, str]) -> str:
    return told.get(entry.at[1:], "") if entry.at.startswith("$") else entry.at


def _said(sentence: str, told: Mapping[str, str]) -> str:
    try:
        return sentence.format_map(told)
    except KeyError as missing:
        raise ToolRetry(f"Nothing says which {missing.args[0]} this is of. Load the page anew.") from None
