"""`munshi eval`: a file of questions asked on a workspace, or on a database with its semantic layer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.evaluation.files import read_questions
from assistant.evaluation.report import Evaluation
from assistant.evaluation.run import ask_all, query_of
from assistant.minds import EMBEDDED
from governance.settings import Settings, load_settings
from tools.operations.own_database import passing_workspace

if TYPE_CHECKING:
    from assistant.munshi import Munshi


def evaluate(
    file: Path,
    *,
    workspace: str = "demo",
    database: str | None = None,
    semantic: Path | None = None,
    minds: Sequence[str] = (EMBEDDED,),
    only: str | None = None,
    settings: Settings | None = None,
) -> Evaluation:
    """Ask the questions of ``file`` and judge the answers.

    Parameters
    ----------
    workspace
        Whom to ask.
    database, semantic
        Ask this database instead, for the time of the evaluation in a workspace of its own; without ``semantic`` under
        the layer that is drafted of it.
    minds
        Who thinks: ``embedded`` or names of models, each asked everything.
    only
        The ``db_id`` of a benchmark's questions to ask.

    Raises
    ------
    SourceError
        The file, the database or its layer cannot be read.
    WorkspaceNotFound
        There is no such workspace.
    """
    settings = settings or load_settings()
    if database is None:
        return _asked(file, workspace, minds, only, settings)
    with passing_workspace(database, semantic, settings) as (name, passing):
        return _asked(file, name, minds, only, passing)


def _asked(file: Path, workspace: str, minds: Sequence[str], only: str | None, settings: Settings) -> Evaluation:
    from assistant.munshi import Munshi

    judged = {}
    left_out: tuple[str, ...] = ()
    for mind in minds:
        with Munshi.open(workspace, settings=settings.model_copy(update={"model": mind})) as munshi:
            questions, left_out = read_questions(file, query_of(munshi), names=_names(munshi), only=only)
            judged[mind] = ask_all(munshi, questions)
    return Evaluation(file.name, workspace, judged, left_out)


def _names(munshi: Munshi) -> Mapping[str, str]:
    """Names in the source, in lower case → what the workspace calls them."""
    found: Mapping[str, str] = json.loads(munshi.workspace.meta(munshi.principal).get("renamed", "{}"))
    return found
