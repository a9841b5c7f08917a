"""The board pack: what the pages show, on paper, for one caller."""

from __future__ import annotations

import datetime as dt
from typing import Any

from governance.permission import permit
from governance.principal import Principal
from tools.toolbox import Toolbox
from tools.workspace import Workspace
from ui.facts import facts_of
from ui.language import speaking
from ui.pages.visit import Visit
from ui.paper.contents import content
from ui.paper.declaration import pack
from ui.paper.fonts import fonts_of
from ui.paper.sheet import Paper, headed, sources

SCOPE = "reports:make"


def board_pack(workspace: Workspace, principal: Principal, *, now: dt.datetime | None = None) -> Paper:
    """Read a board pack in the workspace's language; every figure is a page's, read as the page reads it.

    Parameters
    ----------
    principal
        For whom: partitions, masking and locks are those of his pages.
    now
        When it is made; by default the present moment.

    Raises
    ------
    ToolRefused
        The principal may not make reports.
    """
    permit(workspace.control, principal, SCOPE, doing="report:board", what="The board pack")
    toolbox = Toolbox(workspace, principal)
    visit = Visit(toolbox, facts_of(toolbox))
    wanted, fonts = visit.facts.look.theme.language, fonts_of(workspace)
    with speaking(fonts.language(wanted)):
        return Paper({**_read(visit, now), "notice": fonts.notice(wanted)}, fonts)


def _read(visit: Visit, now: dt.datetime | None) -> dict[str, Any]:
    workspace, principal = visit.toolbox.workspace, visit.toolbox.principal
    declared = pack("board")
    parts = tuple(part for section in declared.sections for row in section.rows for part in row)
    sections = [
        {"title": section.title, "lead": section.lead,
         "rows": [[content(part, visit, len(row)) for part in row] for row in section.rows]}
        for section in declared.sections
    ]  # fmt: skip
    workspace.control.audit(principal.name, "report:board", "ok", {"sections": len(sections)})
    head = headed(workspace, principal, visit, now)
    return {**head, "title": declared.title, "cover": True, "sections": sections, **sources(parts, visit)}


def board_pdf(workspace: Workspace, principal: Principal) -> bytes:
    """The board pack of a caller as a PDF.

    Raises
    ------
    ToolRefused
        The principal may not make reports.
    """
    return board_pack(workspace, principal).as_pdf()
