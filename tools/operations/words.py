"""The vocabulary with the words that a workspace added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.words import OwnWord, OwnWords
from knowledge.vocabulary import with_words

if TYPE_CHECKING:
    from knowledge.vocabulary import Vocabulary
    from tools.workspace import Workspace


def own_words(workspace: Workspace) -> tuple[OwnWord, ...]:
    """The words that the workspace's people added, as they are now."""
    return OwnWords(workspace.control).all()


def in_own_words(workspace: Workspace, vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary, its metrics and dimensions called what the workspace's people call them too."""
    said: dict[str, list[str]] = {}
    for each in own_words(workspace):
        said.setdefault(each.names, []).append(each.word)
    return with_words(vocabulary, said)
