"""What the planner does with a conversation: plan the calls, or answer from their results, or decline."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from langchain_core.messages import ToolMessage

from assistant.planner.catalogue import Catalogue
from assistant.planner.context import context_of
from assistant.planner.conversation import Turn, result_of
from assistant.planner.customers import Customers
from assistant.planner.decline import decline
from assistant.planner.frame import Frame, World
from assistant.planner.interpret import alternatives, interpretation
from assistant.planner.lexicon import Meaning, build_lexicon
from assistant.planner.plan import Call, call_of
from assistant.planner.spans import Recogniser
from assistant.planner.suggest import follow_ups
from assistant.planner.understand import NotUnderstood, Understanding, Understood
from assistant.planner.words import HOUSE, Words
from assistant.prose.compose import compose
from assistant.prose.scope import listed
from knowledge.vocabulary import Vocabulary

#: Unknown words of a question for which known ones are tried.
RESPELT = 3


@dataclass(frozen=True)
class Reply:
    """Calls to make, or the final text with what stands beside it."""

    calls: tuple[Call, ...] = ()
    text: str = ""
    interpretation: str = ""
    alternatives: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    status: Literal["answered", "abstained"] = "answered"


class PlannerMind:
    """The planner without its chat-model dress.

    Parameters
    ----------
    vocabulary, values, clock
        What there is to ask about, and when now is.
    models
        Models that serve.
    passages
        Texts of the knowledge base.
    own
        Texts of the workspace's own documents.
    customer_id
        Pattern of a customer id.
    words
        The word tables of what is asked about.
    personal
        Whether the caller may see personal details.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        values: Mapping[str, Sequence[str]],
        clock: dt.date,
        *,
        models: Sequence[str],
        passages: Iterable[str],
        customer_id: re.Pattern[str],
        own: Iterable[str] = (),
        words: Words = HOUSE,
        begins: dt.date | None = None,
        personal: bool = True,
    ) -> None:
        self.world = World(vocabulary, values, clock, models, words, begins, personal)
        lexicon = build_lexicon(vocabulary, values, models=models, passages=passages, own=own, tables=words)
        customers = Customers(values.get("customer_id", ()), customer_id)
        recogniser = Recogniser(lexicon, customers, clock, values.get("loan_id", ()) if words.of_house else ())
        self.understanding = Understanding(self.world, lexicon, recogniser)
        self.catalogue = Catalogue(values, self.answerable, words)

    def means(self, written: str) -> tuple[Meaning, ...]:
        """What a phrase can mean here as a whole, and the times, numbers and customers in it."""
        return self.understanding.means(written)

    def answerable(self, question: str) -> bool:
        """Whether ``question`` is understood on its own."""
        return isinstance(self.understanding.read(question), Understood)

    def read(self, turns: Sequence[Turn]) -> Understood | NotUnderstood:
        """Read the last turn's question in the light of the earlier ones."""
        *earlier, now = turns
        unread = earlier[-1].question if earlier and not earlier[-1].calls else ""
        return self.understanding.read(now.question, context_of(earlier), unread)

    def reply(self, turns: Sequence[Turn]) -> Reply:
        """Return the next step of the conversation's last turn."""
        if not turns:
            return Reply(
                text=decline(NotUnderstood(), self.world.words),
                follow_ups=self.catalogue.questions[:3],
                status="abstained",
            )
        now, read = turns[-1], self.read(turns)
        if isinstance(read, NotUnderstood):
            nearest = (*self._respelt(turns, read), *self.catalogue.nearest(now.question))[:3]
            return Reply(
                text=decline(read, self.world.words), alternatives=nearest, follow_ups=nearest, status="abstained"
            )
        if not now.outcomes:
            return Reply(calls=tuple(call_of(frame) for frame in read.frames))
        return self._answer(now, read)

    def _respelt(self, turns: Sequence[Turn], read: NotUnderstood) -> tuple[str, ...]:
        """Return the question with an unknown word replaced by a known one it resembles, where that is understood."""
        question = turns[-1].question
        written = (
            re.sub(rf"\b{re.escape(word)}\b", other, question, flags=re.IGNORECASE)
            for word in read.words[:RESPELT]
            for other in self.understanding.resembling(word)
        )
        respelt = (Turn(again) for again in written if again != question)
        return tuple(turn.question for turn in respelt if isinstance(self.read([*turns[:-1], turn]), Understood))

    def _answer(self, now: Turn, read: Understood) -> Reply:
        told = [self._told(frame, outcome) for frame, outcome in zip(read.frames, now.outcomes, strict=False)]
        found = any(result_of(outcome) is not None for outcome in now.outcomes)
        next_questions = follow_ups(read.frames, self.world) if found else self.catalogue.nearest(now.question)
        passages = found and not _empty(read.frames, now)
        unread = listed([f"“{word}”" for word in read.unread])
        apart = f"I do not know {unread}; on the rest the documents say: " if unread and passages else ""
        return Reply(
            text=apart + "\n\n".join(text for text in told if text),
            interpretation=interpretation(read.frames, read.mended, self.world),
            alternatives=alternatives(read.frames, self.world),
            follow_ups=next_questions,
            status="answered" if passages else "abstained",
        )

    def _told(self, frame: Frame, outcome: ToolMessage) -> str:
        result = result_of(outcome)
        return compose(frame, result, self.world.vocabulary) if result is not None else outcome.text


def _empty(frames: Sequence[Frame], now: Turn) -> bool:
    """Whether documents alone were asked and none had a passage."""
    return all(frame.intent == "knowledge" for frame in frames) and not any(result.sources for result in now.results)
