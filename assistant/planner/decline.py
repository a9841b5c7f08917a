"""Saying no: what was not understood, or is not there yet, and what could be asked instead."""

from __future__ import annotations

from assistant.planner.understand import NotUnderstood
from assistant.planner.words import HOUSE, Words
from assistant.prose.scope import listed


def decline(failure: NotUnderstood, words: Words = HOUSE) -> str:
    """Return the sentences that say why a question is not answered."""
    told = []
    if failure.later:
        labels = [str(words.table("later").get(name, {}).get("label", f"the {name} model")) for name in failure.later]
        told.append(f"This leans on {listed(labels)}, which I do not have yet.")
    unknown = [f"“{word}”" for word in failure.words]
    if unknown and not failure.later:
        told.append(f"I cannot account for {listed(unknown)} in this question, so I would rather not answer it.")
    if not unknown and not failure.later:
        told.append(str(words.table("about")["ask"]))
    told += [f"{note[0].upper()}{note[1:]}." for note in failure.notes]
    told.append("The questions offered with this are the nearest that I can answer.")
    return " ".join(sentence for sentence in told if sentence)
