"""The pages beside Ask, in the order of the navigation: the one list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from governance.principal import Principal
from tools.operations import alerts
from tools.workspace import Workspace
from ui.pages.page import DeclaredPage, Page

PAGES: tuple[Page, ...] = (
    DeclaredPage("overview", "Overview"),
    DeclaredPage("portfolio", "Portfolio", scope="scores:read"),
    DeclaredPage("customers", "Customers"),
    DeclaredPage("models", "Models", scope="models:read"),
    DeclaredPage("work", "Work", scope="worklist:work"),
    DeclaredPage("item", "Item", scope="worklist:work", listed=False, named=True),
    DeclaredPage("customer", "Customer", listed=False, named=True),
)

#: Page → how many things on it wait for the caller: beside its name in the navigation.
COUNTS: Mapping[str, Callable[[Workspace, Principal], int]] = {"work": alerts.open_count}


def page_named(key: str) -> Page | None:
    """The page of that key."""
    return next((page for page in PAGES if page.key == key), None)


def pages_of(principal: Principal) -> tuple[Page, ...]:
    """The pages that the caller may see."""
    return tuple(page for page in PAGES if principal.may(page.scope))
