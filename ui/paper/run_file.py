"""What a run of a schedule gave, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import NotThere
from tools.operations import schedules
from ui.paper.answer_file import answer_file
from ui.paper.page_file import File

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace


def run_file(workspace: Workspace, principal: Principal, run_id: str) -> File:
    """What a run gave, as a file: the report as it was made, an answer from its receipt.

    Raises
    ------
    NotThere
        The caller has no such run, or it gave nothing.
    """
    run = schedules.result(workspace, principal, run_id)
    if run.file:
        return File(run.file_name, "application/pdf", run.file)
    if run.state != "ok":
        raise NotThere(f"The run {run_id} gave nothing: {run.said}")
    return answer_file(workspace, principal, run.receipt_id, "pdf")
