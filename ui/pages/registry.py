"""The pages beside Ask, in the order of the navigation: the one list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from governance.principal import Principal
from tools.operations import alerts
from tools.workspace import Workspace
from ui.pages.page import DeclaredPage, Page

PAGES: tuple[Page, ...] = (
    DeclaredPage("overview", "Overview"),
    DeclaredPage("pinned", "Pinned", scopes=("chat:ask",), files=False),
    DeclaredPage("portfolio", "Portfolio", scopes=("scores:read",)),
    DeclaredPage("customers", "Customers"),
    DeclaredPage("models", "Models", scopes=("models:read",)),
    DeclaredPage("work", "Work", scopes=("worklist:work",)),
    DeclaredPage("item", "Item", scopes=("worklist:work",), listed=False, named=True),
    DeclaredPage("data", "Data"),
    DeclaredPage("compliance", "Compliance", scopes=("audit:read", "privacy:manage", "reviews:decide")),
    DeclaredPage(
        "admin", "Admin", scopes=("identity:manage", "look:manage", "knowledge:write", "rules:write", "unanswered:read")
    ),
    DeclaredPage("conversations", "Conversations", scopes=("chat:ask",), listed=False, files=False),
    DeclaredPage("shared", "A shared conversation", scopes=("chat:ask",), listed=False, files=False),
    DeclaredPage("customer", "Customer", listed=False, named=True),
)

#: Page → how many things on it wait for the caller: beside its name in the navigation.
COUNTS: Mapping[str, Callable[[Workspace, Principal], int]] = {"work": alerts.open_count}


def page_named(key: str) -> Page | None:
    """The page of that key."""
    return next((page for page in PAGES if page.key == key), None)


def pages_of(principal: Principal) -> tuple[Page, ...]:
    """The pages that the caller may see."""
    return tuple(page for page in PAGES if principal.may(page.scope_of(principal)))
