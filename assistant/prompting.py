"""The prompts, read from ``assistant/prompts``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.offering import words_for
from tools.operations.words import in_own_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.principal import Principal
    from tools.workspace import Workspace

FOLDER = Path(__file__).parent / "prompts"
#: So many words in a row of the instructions are a quotation of them; so is a shorter sentence, to this many words,
#: where all of it stands there.
QUOTED_WORDS, SHORTEST = 7, 3


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
    name = "system_database" if workspace.vocabulary.database else "system"
    stable = prompt(name).format(
        database=workspace.vocabulary.database,
        workspace=workspace.name,
        data_clock=meta.get("data_clock", "none yet"),
        currency=meta.get("currency", "currency unknown"),
    )
    return (
        stable
        + words_for(in_own_words(workspace, workspace.vocabulary), workspace.view_names(principal), question, shown)
        + examples
    )


def quotes(sentence: str, instructions: str) -> bool:
    """Whether a sentence repeats the instructions a model was given: whole, or so many words of them in a row."""
    words, given = _words(sentence), f" {' '.join(_words(instructions))} "
    runs = [words] if len(words) < QUOTED_WORDS else _runs(words)
    return len(words) >= SHORTEST and any(f" {' '.join(run)} " in given for run in runs)


def _runs(words: list[str]) -> list[list[str]]:
    return [words[place : place + QUOTED_WORDS] for place in range(len(words) - QUOTED_WORDS + 1)]


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())
