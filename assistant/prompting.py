"""The prompts, read from ``assistant/prompts``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.offering import words_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.principal import Principal
    from tools.workspace import Workspace

FOLDER = Path(__file__).parent / "prompts"
#: So many words in a row of the system prompt are a quotation of it.
QUOTED_WORDS = 7


@cache
def prompt(name: str) -> str:
    """The text of ``prompts/<name>.md``."""
    return (FOLDER / f"{name}.md").read_text("utf-8").strip()


def system_prompt(
    workspace: Workspace, principal: Principal, question: str, *, shown: Iterable[str] = (), examples: str = ""
) -> str:
    """What a model is told before the conversation: books and rules first, the same for every question, then its own.

    Parameters
    ----------
    question
        Screened; the metrics and dimensions near it are named.
    shown
        Names of the tools the model is shown.
    examples
        Approved questions near this one.
    """
    meta = workspace.meta(principal)
    stable = prompt("system").format(
        workspace=workspace.name,
        data_clock=meta.get("data_clock", "none yet"),
        currency=meta.get("currency", "currency unknown"),
    )
    return stable + words_for(workspace.vocabulary, workspace.view_names(principal), question, shown) + examples


def quotes_prompt(sentence: str) -> bool:
    """Whether a sentence repeats the instructions a model was given."""
    return bool(_runs(sentence) & _prompt_runs())


@cache
def _prompt_runs() -> frozenset[str]:
    return frozenset(_runs(prompt("system")))


def _runs(text: str) -> set[str]:
    words = re.findall(r"[a-z]+", text.casefold())
    return {" ".join(words[place : place + QUOTED_WORDS]) for place in range(len(words) - QUOTED_WORDS + 1)}
