"""What a page is: a place in the navigation, a shape while it loads, and markup for a visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from markupsafe import Markup

from ui.markup import part, render
from ui.pages.acts import Act
from ui.pages.declaration import Block, PageDeclaration, declaration
from ui.pages.filters import choices
from ui.pages.shows import across, block_html
from ui.pages.visit import Visit

if TYPE_CHECKING:
    from governance.principal import Principal

#: The kinds of file a page can be taken as.
FILES = ("pdf", "xlsx", "html")


class Page(Protocol):
    """One page. ``listed``: whether it stands in the navigation."""

    @property
    def key(self) -> str:
        """Its name in the address."""

    @property
    def label(self) -> str:
        """Its name in the navigation."""

    def scope_of(self, principal: Principal) -> str:
        """What it takes to see it: of several, the first that the caller holds, else the first."""

    @property
    def listed(self) -> bool:
        """Whether the navigation names it."""

    @property
    def filters(self) -> tuple[str, ...]:
        """What it can be narrowed to."""

    @property
    def acts(self) -> Mapping[str, Act]:
        """What can be done on it."""

    @property
    def live(self) -> tuple[str, ...]:
        """Keys of its blocks that are made anew each time."""

    @property
    def live_at_once(self) -> bool:
        """Whether such a block comes with the page itself."""

    def skeleton(self) -> Markup:
        """Its shape, before its content is there."""

    def html(self, visit: Visit) -> str:
        """Its content."""

    def block(self, visit: Visit, key: str) -> str | None:
        """One block of it, fetched by itself; None where it has none of that key."""


@dataclass(frozen=True)
class DeclaredPage:
    """A page that is all in its declaration.

    Attributes
    ----------
    scopes
        One of these a caller must hold to see it; its blocks take what they take.
    named
        What the address names within it (``customer``): its title then.
    files
        Whether it can be taken as a file.
    """

    key: str
    label: str
    scopes: tuple[str, ...] = ("books:read",)
    listed: bool = True
    named: bool = False
    files: bool = True

    def scope_of(self, principal: Principal) -> str:
        """What it takes to see the page."""
        return next((scope for scope in self.scopes if principal.may(scope)), self.scopes[0])

    @property
    def declared(self) -> PageDeclaration:
        """The declaration, ``ui/pages/<key>.yaml``."""
        return declaration(self.key)

    @property
    def filters(self) -> tuple[str, ...]:
        """What the page can be narrowed to."""
        return self.declared.filters

    @property
    def acts(self) -> Mapping[str, Act]:
        """What can be done on the page."""
        return self.declared.acts

    @property
    def live(self) -> tuple[str, ...]:
        """Keys of the blocks that are made anew each time."""
        return tuple(block.key for block in self.declared.blocks if self.declared.live(block))

    @property
    def live_at_once(self) -> bool:
        """Whether such a block comes with the page itself, so that the page is made anew too."""
        return any(self.declared.live(block) and not block.later for block in self.declared.blocks)

    def skeleton(self) -> Markup:
        """The blocks' shapes."""
        blocks = [block for block in self.declared.blocks if not block.scope]
        return part(
            "pages/skeleton.html", page=self.declared, blocks=blocks, across=lambda block: across(len(block.tiles))
        )

    def html(self, visit: Visit) -> str:
        """Every block; those that take long leave their place."""
        page = self.declared
        shown = [block for block in page.blocks if _open_to(block, visit)]
        drawn = [(block, Markup() if block.later else block_html(block, page, visit)) for block in shown]
        return render(
            "pages/page.html", page=page, key=self.key, of=visit.of if self.named else "", facts=visit.facts,
            drawn=drawn, choices=choices(visit.toolbox, page.filters, visit.chosen), chosen=visit.chosen, across=across,
            files=FILES if self.files and visit.toolbox.principal.may("reports:make") else (), query=_query(visit),
        )  # fmt: skip

    def block(self, visit: Visit, key: str) -> str | None:
        """One block by its key."""
        found = self.declared.block(key)
        return None if found is None or not _open_to(found, visit) else block_html(found, self.declared, visit)


def _open_to(block: Block, visit: Visit) -> bool:
    """Whether the page has the block for this caller."""
    return not block.scope or visit.toolbox.principal.may(block.scope)


def _query(visit: Visit) -> str:
    """What the address of a file says: the same as the page's."""
    words = {**({"of": visit.of} if visit.of else {}), **visit.chosen}
    return f"?{urlencode(words)}" if words else ""
