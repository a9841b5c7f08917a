"""Ask the books a question: screening, thinking, grounding, receipt."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.again import conversation_again
from assistant.answer import Answer, Step, Usage
from assistant.by_hand import ByHand, carried_out
from assistant.checking import Checking
from assistant.composing import gathered, interpreted, unique
from assistant.minds import EMBEDDED, Mind, Minds
from assistant.moving import AS_OF, moved
from assistant.planner.plan import Call as Planned
from assistant.privacy import Veil
from assistant.prose.numbers import day
from assistant.receipts import receipt_content
from assistant.replay import Replay, replay, visible_to
from assistant.screening import Screening
from assistant.thought import Thought, too_long, which_customer
from assistant.turn import Limits
from governance.errors import ToolRetry
from governance.principal import Principal, local_principal
from governance.tracing import ANSWER, span
from tools.registry import Tool, tools_of
from tools.workspace import Workspace

if TYPE_CHECKING:
    import datetime as dt

    from governance.feedback import Feedback
    from governance.settings import Settings


#: Characters of a question.
LONGEST_QUESTION = 4_000


@dataclass
class _Asking:
    """One question as it was asked."""

    written: str
    conversation_id: str
    veil: Veil
    receipt_id: str = field(default_factory=lambda: secrets.token_hex(8))
    started: float = field(default_factory=time.perf_counter)

    @property
    def ms(self) -> float:
        return (time.perf_counter() - self.started) * 1000


class Munshi:
    """Answers questions about one workspace for one caller.

    Parameters
    ----------
    workspace
        Whose books.
    principal
        Who asks.
    mind
        Who thinks; by default what the settings name.
    fallback
        Who thinks where an external mind fails; by default the embedded planner.
    tools
        What may be called; by default all that have something to work on here.
    limits
        How far one question may go.
    """

    def __init__(
        self,
        workspace: Workspace,
        principal: Principal,
        *,
        mind: Mind | None = None,
        fallback: Mind | None = None,
        tools: Sequence[Tool] | None = None,
        limits: Limits | None = None,
    ) -> None:
        from assistant.memory import Memory
        from assistant.thinking import Thinker

        self.workspace = workspace
        self.principal = principal
        self._opening: threading.Thread | None = None
        tools = tools_of(workspace) if tools is None else tools
        self._tools = {tool.name: tool for tool in tools}
        self._asked = 0
        self._screening = Screening(workspace, principal)
        self._checking = Checking(workspace, principal)
        self._memory = Memory(workspace, principal, self._tools)
        minds = Minds(workspace, principal, mind, fallback)
        self._thinker = Thinker(workspace, principal, tools, minds, self._memory, limits or Limits())

    @classmethod
    def open(
        cls,
        name: str = "demo",
        *,
        settings: Settings | None = None,
        principal: Principal | None = None,
        mind: Mind | None = None,
    ) -> Munshi:
        """Open a workspace by name, by default as the caller on the machine itself.

        Raises
        ------
        WorkspaceNotFound, KeyUnusable
        """
        workspace, principal = Workspace.open(name, settings), principal or local_principal(name)
        opening = threading.Thread(target=_open_books, args=(workspace, principal))
        opening.start()  # the books open while the agent's libraries load
        munshi = cls(workspace, principal, mind=mind)
        munshi._opening = opening
        return munshi

    def close(self) -> None:
        """Let go of the workspace."""
        if self._opening is not None:
            self._opening.join()
        self.workspace.close()

    def __enter__(self) -> Munshi:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def ask(self, question: str, conversation_id: str | None = None) -> Answer:
        """Answer a question; the answer of status ``failed``, ``refused`` or ``abstained`` says why.

        Parameters
        ----------
        question
            In words.
        conversation_id
            The ``conversation_id`` of an earlier answer, to go on from it.
        """
        for item in self._answering(question, conversation_id, live=False):
            if isinstance(item, Answer):
                return item
        raise AssertionError("an asking ends with its answer")

    def stream(self, question: str, conversation_id: str | None = None) -> Iterator[Step | Answer]:
        """Answer a question, showing each tool step as it starts (``ms`` is 0) and ends, then the answer."""
        return self._answering(question, conversation_id, live=True)

    def replay(self, receipt_id: str, *, today: bool = False) -> Replay:
        """Run an answer's tool calls again and say whether figures and rows are the same, or what changed.

        Parameters
        ----------
        receipt_id
            Id that stands under the answer.
        today
            On the newest books instead of those the answer was made from.

        Raises
        ------
        ReceiptNotFound
        ToolRefused
            The answer was given to another caller.
        """
        receipt = self.workspace.control.receipt(receipt_id)
        return replay(receipt, self.workspace, self.principal, self._tools, today=today)

    def conversation(self, conversation_id: str) -> list[Answer]:
        """The caller's newest answers of a conversation, oldest first, each made again; none where it is another's."""
        return conversation_again(self.workspace, self.principal, conversation_id)

    def as_of(self, receipt_id: str, month: dt.date) -> Answer:
        """Run an answer's calls again as of another month, as an answer of its conversation.

        Parameters
        ----------
        receipt_id
            Id that stands under the answer.
        month
            Any day of the month.

        Raises
        ------
        ReceiptNotFound
        ToolRefused
            The answer was given to another caller.
        """
        receipt = self.workspace.control.receipt(receipt_id)
        visible_to(receipt, self.workspace, self.principal, doing="as_of")
        question, again, _ = receipt.content["question"].partition(AS_OF)
        clock, vocabulary = self.workspace.data_clock(self.principal), self.workspace.vocabulary_of(self.principal)
        try:
            now = moved(receipt.content["plan"], month, clock, vocabulary, again=bool(again))
        except ToolRetry as error:
            thought = ByHand(str(error), "abstained")
        else:
            both = f"{day(now.now)} instead of {day(now.was)}"
            question, lead, read = f"{question}{AS_OF}{both}", f"Run again as of {both}.", f"the same, as of {both}"
            thought = carried_out(self.workspace, self.principal, self._tools, now.calls, read=read, lead=lead)
        asking = _Asking(question, receipt.conversation_id, Veil(self.workspace.keys))
        return self._answer(asking, question, thought)

    def run_sql(self, sql: str, conversation_id: str | None = None) -> Answer:
        """Run a statement that a person wrote, within the guard, as an answer of his conversation.

        The answer of status ``refused`` or ``abstained`` says what the guard said.
        """
        asking = _Asking(sql, conversation_id or secrets.token_hex(8), Veil(self.workspace.keys))
        statement = self._screening.screen(sql, asking.veil).text.strip().rstrip(";")
        planned = [Planned("run_sql", {"sql": statement})]
        read = "the statement as it was written"
        thought = carried_out(self.workspace, self.principal, self._tools, planned, read=read)
        if thought.status != "answered":  # audited where it was refused; a conversation keeps what came of it
            return Answer(receipt_id="", question=sql, text=thought.text, status=thought.status)
        return self._answer(asking, statement, thought)

    def feedback(self, receipt_id: str, *, up: bool, correction: str = "") -> Feedback:
        """Keep what the caller thinks of an answer; see `assistant.feedback.give_feedback`.

        Raises
        ------
        ReceiptNotFound, ToolRetry, ToolRefused
        """
        from assistant.feedback import give_feedback

        return give_feedback(self.workspace, self.principal, receipt_id, up=up, correction=correction)

    def _answering(self, question: str, conversation_id: str | None, *, live: bool) -> Iterator[Step | Answer]:
        asking = _Asking(question, conversation_id or secrets.token_hex(8), Veil(self.workspace.keys))
        self._asked += 1
        if self._asked == 2:  # a process that is asked again is worth keeping small tables in memory for
            self.workspace.warm(self.principal)
        screened = self._screening.screen(question[:LONGEST_QUESTION], asking.veil)
        if len(question) > LONGEST_QUESTION:
            thought = too_long(LONGEST_QUESTION)
        elif screened.unclear:
            thought = which_customer(screened)
        else:
            thought = yield from self._thinker.think(screened.text, asking.conversation_id, live=live)
        yield self._answer(asking, screened.text, thought)

    def _answer(self, asking: _Asking, question: str, thought: Thought) -> Answer:
        """Check what was thought against what came back, keep it, and tell it."""
        with span(ANSWER) as told:
            answer = self._answered(asking, question, thought)
            told.tell(munshi_answer_status=answer.status, munshi_answer_grounded=answer.grounded)
        return answer

    def _answered(self, asking: _Asking, question: str, thought: Thought) -> Answer:
        for call in thought.calls:
            asking.veil.learn(call.hidden)
        checked = self._checking.check(thought, question)
        results = [call.result for call in thought.calls]
        said = [warning for result in results for warning in result.warnings]
        answer = Answer(
            receipt_id=asking.receipt_id,
            question=question,
            interpretation=thought.beside.get("interpretation") or interpreted(thought.calls),
            alternatives=tuple(thought.beside.get("alternatives", ())),
            text=checked.text,
            steps=thought.steps,
            warnings=tuple(unique([*thought.warnings, *checked.warnings, *said])),
            status=checked.status,
            grounded=checked.grounded,
            follow_ups=tuple(thought.beside.get("follow_ups", ())),
            mind=thought.mind.name if thought.mind else EMBEDDED,
            conversation_id=asking.conversation_id,
            usage=_usage(thought, asking.ms),
            **gathered(thought.calls),
        )
        self._record(asking, answer, thought)
        return self._as_seen(answer, asking)

    def _record(self, asking: _Asking, answer: Answer, thought: Thought) -> None:
        """Keep the receipt, audit what has to be, hold the results for the next question."""
        hide = asking.veil.hide
        content = receipt_content(
            question=hide(answer.question),
            interpretation=hide(answer.interpretation),
            text=hide(answer.text),
            mind=answer.mind,
            calls=thought.calls,
            warnings=[hide(warning) for warning in answer.warnings],
        )
        control = self.workspace.control
        control.keep_receipt(answer.receipt_id, answer.conversation_id, self.principal.name, answer.status, content)
        if answer.status == "refused" or thought.sent_to:
            details = {
                "receipt": answer.receipt_id,
                "minds": [mind.name for mind in thought.sent_to],
                "tools": [call.tool for call in thought.calls],
            }
            control.audit(self.principal.name, "ask", answer.status, details)
        self._memory.keep(answer.receipt_id, [call.result for call in thought.calls])

    def _as_seen(self, answer: Answer, asking: _Asking) -> Answer:
        """The answer for the screen: values put back for a caller who may see them."""
        if not self.principal.may("pii:read"):
            return answer
        reveal = asking.veil.reveal
        texts = {name: reveal(getattr(answer, name)) for name in ("interpretation", "text")}
        lists = {
            name: tuple(reveal(text) for text in getattr(answer, name))
            for name in ("alternatives", "follow_ups", "warnings")
        }
        return answer.model_copy(update={"question": reveal(asking.written), **texts, **lists})


def _open_books(workspace: Workspace, principal: Principal) -> None:
    with suppress(Exception):  # the first question meets the same error and tells it
        workspace.reader(principal)


def _usage(thought: Thought, ms: float) -> Usage:
    return Usage(
        model_calls=sum(turn.model_calls for turn in thought.turns),
        prompt_tokens=sum(turn.prompt_tokens for turn in thought.turns),
        completion_tokens=sum(turn.completion_tokens for turn in thought.turns),
        ms=ms,
    )
