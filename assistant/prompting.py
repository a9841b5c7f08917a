"""The prompts, read from ``assistant/prompts``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

FOLDER = Path(__file__).parent / "prompts"


@cache
def prompt(name: str) -> str:
    """The text of ``prompts/<name>.md``."""
    return (FOLDER / f"{name}.md").read_text("utf-8").strip()


def system_prompt(workspace: Workspace, principal: Principal) -> str:
    """What a model is told before the conversation: the books, the rules, the words the tools take."""
    vocabulary = workspace.vocabulary
    views = workspace.view_names(principal)
    meta = workspace.meta(principal)
    name = "system_database" if vocabulary.database else "system"
    return prompt(name).format(
        database=vocabulary.database,
        workspace=workspace.name,
        data_clock=meta.get("data_clock", "none yet"),
        currency=meta.get("currency", "unknown"),
        metrics=", ".join(name for name, metric in vocabulary.metrics.items() if metric.view in views),
        dimensions=", ".join(vocabulary.dimensions),
    )
