"""Words that a workspace adds to the vocabulary: accepted out of unanswered questions, or added; taken back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.errors import ToolRetry, did_you_mean
from governance.permission import permit
from governance.principal import local_principal
from governance.words import OwnWords
from tools.operations.words import own_words

if TYPE_CHECKING:
    from governance.principal import Principal
    from governance.words import OwnWord
    from tools.workspace import Workspace

SCOPE = "questions:approve"
LONGEST, MOST_PARTS, MOST = 60, 4, 500
_WORD = re.compile(r"[^\W\d_][\w' &/-]*")
#: What a word may mean already without standing for a figure: it occurs in documents.
_HARMLESS = frozenset({"term"})


def accept(workspace: Workspace, by: Principal, word: str, like: str) -> OwnWord:
    """Let a word stand for what a word of the vocabulary does, from the next question on.

    Parameters
    ----------
    like
        Label or synonym of a metric or dimension.

    Raises
    ------
    ToolRetry
        It is no word, means something already, or nothing is called like that; the message says what.
    ToolRefused
    """
    permit(workspace.control, by, SCOPE, doing="word:add", what="adding words to the vocabulary")
    said = " ".join(word.split()).casefold()
    from assistant.stuck import named

    names = named(workspace.vocabulary)
    if not _WORD.fullmatch(said) or len(said) > LONGEST or len(said.split()) > MOST_PARTS:
        raise ToolRetry(f"A word has letters, {MOST_PARTS} parts and {LONGEST} letters at the most: '{word}' is none.")
    if like.strip().lower() not in names:
        raise ToolRetry(f"Nothing is called '{like}'.{did_you_mean(like.lower(), names)}")
    if meant := _meant(workspace, said):
        raise ToolRetry(f"“{said}” means something already ({meant}): what a word means is not changed, only added to.")
    book = OwnWords(workspace.control)
    if len(book.all()) >= MOST:
        raise ToolRetry(f"A workspace has {MOST} words of its own at the most. Take one back first.")
    added = book.add(said, names[like.strip().lower()].name, by.name)
    workspace.control.audit(by.name, "word:add", "done", {"word": added.word_id, "names": added.names})
    return added


def take_back(workspace: Workspace, by: Principal, word_id: str) -> OwnWord:
    """Let a word stand for nothing any more.

    Raises
    ------
    NotThere, ToolRefused
    """
    permit(workspace.control, by, SCOPE, doing="word:remove", what="taking words out of the vocabulary")
    gone = OwnWords(workspace.control).remove(word_id)
    workspace.control.audit(by.name, "word:remove", "done", {"word": gone.word_id, "names": gone.names})
    return gone


def listed(workspace: Workspace, by: Principal) -> tuple[OwnWord, ...]:
    """The workspace's own words.

    Raises
    ------
    ToolRefused
    """
    from assistant.unanswered import SCOPE as READ

    permit(workspace.control, by, READ, doing="word:list", what="seeing the workspace's own words")
    return own_words(workspace)


def _meant(workspace: Workspace, said: str) -> str:
    """What a word means to the planner as it is now; empty where it means nothing."""
    from assistant.minds import embedded_mind

    planner: Any = embedded_mind(workspace, local_principal(workspace.name)).model
    meanings = planner.mind.means(said)
    return ", ".join(sorted({each.name or each.kind for each in meanings if each.kind not in _HARMLESS}))
