"""Admin: questions that found no answer, and the words that the workspace adds so that they do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from assistant import words as own
from governance.errors import ToolRetry
from governance.principal import Principal
from tools.operations import worklist
from tools.result import ToolResult
from tools.workspace import Workspace
from ui.pages.kept.tables import count, listing, moment, words
from ui.pages.operation import Done, Operation, Undo

#: Readings shown of a question's unknown words, the likeliest.
SUGGESTED = 3
#: Answers that abstained and are read again for the page, the newest; the command line reads more.
LOOKED_AT = 100
#: Between a word and what it may mean, and between two such.
_MEANS, _NEXT = " → ", "; "
_SUGGESTION = re.compile(r"(.+) → (.+) \((.+)\)")


def questions(workspace: Workspace, by: Principal) -> ToolResult:
    """Questions that found no answer, gathered by likeness."""
    from assistant.unanswered import unanswered

    rows = []
    for each in unanswered(workspace, by, LOOKED_AT):
        likeliest = sorted(each.suggestions, key=lambda found: -found.likeness)[:SUGGESTED]
        suggested = _NEXT.join(f"{one.word}{_MEANS}{one.like} ({one.names})" for one in likeliest)
        told = {"typical": each.typical, "count": each.count, "askers": each.askers, "words": each.words}
        offers = "yes" if likeliest else "no"
        rows.append({**told, "suggested": suggested, "last": each.last_asked, "offers": offers})
    columns = (
        words("typical", "Question"),
        count("count", "Asked"),
        count("askers", "By people"),
        words("words", "Not understood"),
        words("suggested", "May mean"),
        moment("last", "Last (UTC)"),
        words("offers", "Offers"),
    )
    return listing("Questions", columns, rows)


def suggestions(_: Workspace, __: Principal, told: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """What the words of a question may mean, to be accepted."""
    found = [_SUGGESTION.fullmatch(each) for each in told.get("suggested", "").split(_NEXT)]
    return [(f"{each[1]}{_MEANS}{each[2]}", each[0]) for each in found if each]


def meanings(workspace: Workspace, _: Principal) -> list[tuple[str, str]]:
    """The figures and splits that a word can stand for."""
    from assistant.stuck import named

    labels = sorted({each.label for each in named(workspace.vocabulary).values()})
    return [(label, label) for label in labels]


def own_words(workspace: Workspace, by: Principal) -> ToolResult:
    """The words that the workspace added."""
    declared = {**workspace.vocabulary.metrics, **workspace.vocabulary.dimensions}
    staff = worklist.staff(workspace)
    rows = [
        {"word": each.word, "label": declared[each.names].label if each.names in declared else each.names,
         "added_by": staff.get(each.added_by, each.added_by), "added": each.added_at, "word_id": each.word_id}
        for each in own.listed(workspace, by)
    ]  # fmt: skip
    columns = (
        words("word", "Word"),
        words("label", "Stands for"),
        words("added_by", "Added by"),
        moment("added", "Added"),
        words("word_id", "Word"),
    )
    return listing("Words", columns, rows)


def accept(workspace: Workspace, by: Principal, which: str) -> Done:
    """Let an unknown word stand for what it may mean."""
    word, means, like = which.partition(_MEANS)
    if not means:
        raise ToolRetry("Choose what the word means.")
    return add(workspace, by, word, like)


def add(workspace: Workspace, by: Principal, word: str, like: str) -> Done:
    """Let a word stand for a figure or a split."""
    made = own.accept(workspace, by, word, like)
    return Done(f"“{made.word}” is read as “{like}” from now on.", Undo("words.remove", {"word_id": made.word_id}))


def remove(workspace: Workspace, by: Principal, word_id: str) -> Done:
    """Let a word stand for nothing any more."""
    gone = own.take_back(workspace, by, word_id)
    declared = {**workspace.vocabulary.metrics, **workspace.vocabulary.dimensions}
    undo = (
        Undo("words.add", {"word": gone.word, "like": declared[gone.names].label}) if gone.names in declared else None
    )
    return Done(f"“{gone.word}” means nothing any more.", undo)


LISTINGS: Mapping[str, Callable[..., ToolResult]] = {"admin.questions": questions, "admin.words": own_words}
OPERATIONS: Mapping[str, Operation] = {
    "words.accept": Operation(accept, own.SCOPE),
    "words.add": Operation(add, own.SCOPE),
    "words.remove": Operation(remove, own.SCOPE),
}
