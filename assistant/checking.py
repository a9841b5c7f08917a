"""Checking what a mind said against what the tools brought."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.answer import Status
from assistant.composing import plain_statement
from assistant.evidence import evidence_of, folded_words
from assistant.grounding import END, Grounded, ground
from assistant.prompting import quotes
from assistant.statuses import uncited, with_statuses

if TYPE_CHECKING:
    from assistant.thought import Thought
    from governance.principal import Principal
    from tools.workspace import Workspace

#: Dimensions whose values are places: naming one is an assertion.
PLACES = ("city", "state", "region")


@dataclass(frozen=True)
class Checked:
    """What may be shown of a thought."""

    text: str
    status: Status
    grounded: bool
    warnings: tuple[str, ...] = ()


class Checking:
    """Grounds the texts of one caller's minds.

    Parameters
    ----------
    workspace, principal
        Whose vocabulary and places.
    """

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self._workspace = workspace
        self._principal = principal

    def check(self, thought: Thought, question: str) -> Checked:
        """Drop what nothing bears out; where nothing is left, say what the last result says."""
        said_without_results = not thought.calls and not thought.faults
        outside = thought.mind is not None and thought.mind.external
        if thought.status in ("refused", "failed") or (thought.mind is None and not thought.calls):
            return Checked(thought.text, thought.status, grounded=True)
        if said_without_results and not outside:  # the planner's own words about what it understands
            return Checked(thought.text, thought.status, grounded=True)
        evidence = evidence_of(thought.calls, question, *thought.faults)
        text, quoted = _without_instructions(thought)
        found = ground(text, evidence, vocabulary=lambda: self._vocabulary, known_names=self._places)
        warnings = _told(found.dropped) + _repeated(quoted)
        status = thought.status
        if outside:
            found, warnings = _with_statuses(found, thought, warnings)
        if not thought.calls and outside:
            warnings += ("No tool was called: nothing in this text comes from the books.",)
            status = "abstained"
        if found.text:
            return Checked(found.text, status, not found.dropped, warnings)
        if thought.calls:
            return Checked(plain_statement(thought.calls[-1].result), status, not found.dropped, warnings)
        return Checked("Nothing that was found answers this question.", "abstained", not found.dropped, warnings)

    @cached_property
    def _vocabulary(self) -> Collection[str]:
        vocabulary = self._workspace.vocabulary
        declared = (*vocabulary.views.values(), *vocabulary.metrics.values(), *vocabulary.dimensions.values())
        texts = [f"{each.name} {each.label} {each.description}" for each in declared]
        texts += [word for metric in vocabulary.metrics.values() for word in metric.synonyms]
        texts += [word for dimension in vocabulary.dimensions.values() for word in dimension.synonyms]
        return frozenset(folded_words(" ".join(texts)))

    def _places(self) -> Collection[str]:
        dimensions = [self._workspace.vocabulary.dimensions.get(name) for name in PLACES]
        values = [
            value
            for dimension in dimensions
            if dimension is not None and dimension.view in self._workspace.view_names(self._principal)
            for value in self._workspace.values(self._principal, dimension.view, dimension.column)
        ]
        return frozenset(value.casefold() for value in values)


def _without_instructions(thought: Thought) -> tuple[str, int]:
    """Return the text without the sentences that repeat what the model was instructed, and how many they were."""
    instructions = thought.turns[-1].prompt if thought.turns else ""
    if not instructions:
        return thought.text, 0
    left_out = 0
    lines = []
    for line in thought.text.splitlines():
        sentences = END.split(line)
        kept = [sentence for sentence in sentences if not quotes(sentence, instructions)]
        left_out += len(sentences) - len(kept)
        lines.append(" ".join(kept))
    return "\n".join(lines), left_out


def _with_statuses(found: Grounded, thought: Thought, warnings: tuple[str, ...]) -> tuple[Grounded, tuple[str, ...]]:
    """Say the status of every passage that is not in force and that the text cites, or may have been made of."""
    sources = [source for call in thought.calls for source in call.seen.sources]
    return replace(found, text=with_statuses(found.text, sources)), warnings + uncited(found.text, sources)


def _repeated(sentences: int) -> tuple[str, ...]:
    return ("What only repeated the instructions was left out.",) if sentences else ()


def _told(dropped: Collection[str]) -> tuple[str, ...]:
    if not dropped:
        return ()
    sentences = "1 sentence was" if len(dropped) == 1 else f"{len(dropped)} sentences were"
    return (f"{sentences} left out: no result bears out what was said there.",)
