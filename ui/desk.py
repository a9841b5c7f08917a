"""What the screen does when something is pressed: state in, state and markup out. Knows no gradio."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from assistant.answer import Answer
from ui.asking import QUESTION_LIMIT, Chat, answering, fault, settled
from ui.conversation import Pending, conversation_html
from ui.csv_file import csv_text, file_name
from ui.evidence import Draft, evidence_html, waiting_html
from ui.facts import ScreenFacts
from ui.language import day, say
from ui.markup import part, render
from ui.pages.page import Page
from ui.session import Session
from ui.tour import STEPS

State = dict[str, Any]
#: Letters of a statement.
STATEMENT_LIMIT = 20_000


class Shown(NamedTuple):
    """What an action changes; None leaves a part of the screen as it is."""

    state: State | None = None
    conversation: str | None = None
    evidence: str | None = None


class Desk:
    """The actions of the screen.

    Parameters
    ----------
    chat
        Who answers.
    facts
        Reads the head of the screen; called whenever a page opens or an answer is given.
    owner
        Whose sessions these are; the state of somebody else's is taken for a new one.
    pages
        What he may see beside Ask.
    first
        Whether he was never here; None where nobody is shown round.
    """

    def __init__(
        self, chat: Chat, facts: Callable[[], ScreenFacts], owner: str = "", pages: Sequence[Page] = (),
        first: Callable[[], bool] | None = None,
    ) -> None:  # fmt: skip
        self._first = first
        self._owner = owner
        self._pages = tuple(pages)
        self._chat = chat
        self._read_facts = facts
        self._facts = facts()
        self._downloads = itertools.count(1)

    def header(self) -> str:
        """The head of the screen, read anew."""
        self._facts = self._read_facts()
        tour = part("tour.html", steps=STEPS, first=self._first()) if self._first is not None else ""
        return render("header.html", facts=self._facts, pages=self._pages, tour=tour)

    def frame(self) -> str:
        """Where pages are shown: their shapes, and what stands there when none can be fetched."""
        return render("pages/frame.html", pages=self._pages)

    def opened(self) -> Shown:
        """A new session."""
        return self._show(Session())

    def ask(self, state: State, question: str) -> Iterator[Shown]:
        """Ask; the question is there at once, then each step, then the answer with its evidence."""
        question = str(question).strip()[:QUESTION_LIMIT]
        if not question:
            return
        session = self._session(state)
        pending = Pending(question)
        yield Shown(None, conversation_html(session, self._facts, pending), waiting_html())
        for item in answering(self._chat, question, session.conversation_id):
            if isinstance(item, Answer):
                yield self._answered(session, item)
                return
            pending.see(item)
            yield Shown(None, conversation_html(session, self._facts, pending))

    def resume(self, conversation_id: str) -> Shown:
        """Go on with an earlier conversation; with one that is not the caller's, a new session."""
        session = Session()
        try:
            answers = list(self._chat.conversation(str(conversation_id)))
        except Exception:  # noqa: BLE001
            answers = [fault(str(conversation_id), "Opening a conversation")]
        if answers and answers[0].conversation_id:
            session = Session(conversation_id=answers[0].conversation_id)
        for answer in answers:
            session.add(answer)
        return self._show(session)

    def as_of(self, state: State, month: str) -> Iterator[Shown]:
        """Run the selected answer again as of another month; the months are said at once."""
        session = self._session(state)
        answer, wanted = session.current, _day(month)
        if answer is None or wanted is None or not answer.receipt_id:
            return
        question = say("{question} as of {day}", question=answer.question, day=day(wanted))
        yield Shown(None, conversation_html(session, self._facts, Pending(question)), waiting_html())
        yield self._answered(session, settled(question, lambda: self._chat.as_of(answer.receipt_id, wanted)))

    def run_sql(self, state: State, sql: str) -> Shown:
        """Run a statement that was edited; what the guard has against it is told beside the statement."""
        session = self._session(state)
        statement = str(sql).strip()[:STATEMENT_LIMIT]
        if not statement or session.current is None:
            return Shown()
        made = settled(statement, lambda: self._chat.run_sql(statement, session.conversation_id))
        if made.status != "answered":
            return Shown(None, None, evidence_html(session, self._facts, Draft(statement, made.text)))
        return self._answered(session, made)

    def stop(self, state: State) -> Shown:
        """Leave the question that is on its way."""
        return self._show(self._session(state))

    def pick(self, state: State, place: int) -> Shown:
        """Show the evidence of an earlier answer."""
        session = self._session(state)
        session.select(int(place))
        return self._show(session)

    def sort(self, state: State, table: int, column: str) -> Shown:
        """Sort a table by a column."""
        session = self._session(state)
        session.sort(int(table), str(column))
        return Shown(self._state(session), None, evidence_html(session, self._facts))

    def page(self, state: State, table: int, page: int) -> Shown:
        """Show another window of a table."""
        session = self._session(state)
        session.turn_page(int(table), int(page))
        return Shown(self._state(session), None, evidence_html(session, self._facts))

    def csv(self, state: State, table: int) -> str | None:
        """A table as a file for the browser to keep, numbered so that a second press counts as another."""
        session = self._session(state)
        found, answer = session.table(int(table)), session.current
        if found is None or answer is None:
            return None
        name = file_name(found.title or answer.question, answer.as_of)
        return json.dumps({"name": name, "text": csv_text(found), "number": next(self._downloads)})

    def _answered(self, session: Session, answer: Answer) -> Shown:
        """The answer on screen; one that cannot be drawn must not leave the question hanging."""
        session.add(answer)
        try:
            return self._show(session)
        except Exception:  # noqa: BLE001
            session.answers[-1] = fault(answer.question, "Drawing an answer")
            return self._show(session)

    def _session(self, state: State) -> Session:
        return Session.from_dict(state if state.get("owner", "") == self._owner else {})

    def _state(self, session: Session) -> State:
        return {**session.to_dict(), **({"owner": self._owner} if self._owner else {})}

    def _show(self, session: Session) -> Shown:
        return Shown(self._state(session), conversation_html(session, self._facts), evidence_html(session, self._facts))


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(written))
    except ValueError:
        return None


def payload(data: Mapping[str, Any] | None, *names: str) -> list[Any]:
    """The named parts of what the browser sent; a part it left out is an empty text."""
    return [(data or {}).get(name, "") for name in names]
