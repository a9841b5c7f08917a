"""A block to bring a file in: a place to drop it, what it would bring, how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tools.operations.preview import SHOWN
from tools.operations.uploads import MOST_BYTES, SCOPE, Upload
from tools.result import Column, Table
from ui.markup import part, plainly
from ui.pages.declaration import Block, PageDeclaration
from ui.pages.visit import Visit
from ui.table_page import View, table_page

if TYPE_CHECKING:
    from tools.operations.preview import Preview

#: How the columns of the first rows are typed.
_TYPES: Mapping[str, dict[str, Any]] = {
    "posted_at": {"unit": "date", "type": "datetime"}, "value_date": {"unit": "date", "type": "date"},
    "amount": {"type": "decimal"}, "balance_after": {"type": "decimal"}, "line": {"type": "integer"},
}  # fmt: skip


def intake(block: Block, _: PageDeclaration, visit: Visit) -> Markup:
    """A place to drop a file; for who may not, what it would take."""
    may = visit.toolbox.principal.may(SCOPE)
    return part("pages/intake.html", block=block, may=may, scope=SCOPE, megabytes=MOST_BYTES >> 20)


def preview_html(upload: Upload, token: str, found: Preview, currency: str) -> Markup:
    """What a file would bring, and what is missing before it can."""
    shown = [name for name in SHOWN if any(row.get(name) not in (None, "") for row in found.rows)]
    columns = tuple(Column(name=name, label=plainly(name), **_TYPES.get(name, {})) for name in shown)
    rows = tuple(tuple(row.get(name) for name in shown) for row in found.rows)
    page = table_page(Table(columns=columns, rows=rows), View(), currency)
    recognised = {str(role): str(heading) for role, heading in (found.guessed.get("columns") or {}).items()}
    return part(
        "pages/preview.html", upload=upload, token=token, found=found, page=page, recognised=recognised,
        refused=sum(found.reasons.values()), told=upload.told,
        ready=bool(upload.told.account) or not any("account" in need.lower() for need in found.needs),
    )  # fmt: skip


def progress_html(upload: Upload, token: str) -> Markup:
    """How far taking a file in is, or what came of it."""
    return part("pages/progress.html", upload=upload, token=token)
