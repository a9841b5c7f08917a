"""What people thought of answers: a thumb, and what they would rather have read; one of each person and answer."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.errors import NotThere
from governance.identity.tables import Clock, wall_clock

#: Of a correction: it waits, it became a verified question, or it did not. ``none`` where there is no correction.
State = Literal["none", "open", "approved", "dismissed"]

FEEDBACK = sa.Table(
    "feedback",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("feedback_id", sa.String(16), primary_key=True),
    sa.Column("receipt_id", sa.String(32), nullable=False),
    sa.Column("principal", sa.String(64), nullable=False),
    sa.Column("up", sa.Boolean, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("given_at", sa.Float, nullable=False),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decided_at", sa.Float),
    sa.Column("question_id", sa.String(16)),
    sa.UniqueConstraint("workspace", "receipt_id", "principal"),
)


@dataclass(frozen=True)
class Feedback:
    """One person's view of one answer.

    Attributes
    ----------
    correction
        A question in words or a SELECT that answers what was asked; empty for none.
    question_id
        The verified question that the correction became.
    """

    feedback_id: str
    receipt_id: str
    principal: str
    up: bool
    correction: str
    state: State
    given_at: float
    decided_by: str | None = None
    decided_at: float | None = None
    question_id: str | None = None


class FeedbackBook:
    """The feedback of one workspace, its texts sealed."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def give(self, receipt_id: str, principal: str, up: bool, correction: str = "") -> Feedback:
        """Keep what a person thinks of an answer, in place of what he thought before; it holds no personal data."""
        feedback_id = secrets.token_hex(4)
        sealed = self._control.keys.seal(json.dumps({"correction": correction}), about=f"feedback {feedback_id}")
        mine = (*self._here(), FEEDBACK.c.receipt_id == receipt_id, FEEDBACK.c.principal == principal)
        with self._control.writing() as connection:
            connection.execute(FEEDBACK.delete().where(*mine))
            connection.execute(FEEDBACK.insert().values(
                workspace=self._control.workspace, feedback_id=feedback_id, receipt_id=receipt_id, principal=principal,
                up=up, sealed=sealed, state="open" if correction else "none", given_at=self._clock(),
            ))  # fmt: skip
        return self.one(feedback_id)

    def decide(self, feedback_id: str, state: State, by: str, question_id: str | None = None) -> Feedback:
        """Close a correction.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        self.one(feedback_id)
        decided = {"state": state, "decided_by": by, "decided_at": self._clock(), "question_id": question_id}
        with self._control.writing() as connection:
            which = (*self._here(), FEEDBACK.c.feedback_id == feedback_id)
            connection.execute(FEEDBACK.update().where(*which).values(**decided))
        return self.one(feedback_id)

    def one(self, feedback_id: str) -> Feedback:
        """Return one.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        query = sa.select(FEEDBACK).where(*self._here(), FEEDBACK.c.feedback_id == feedback_id)
        with self._control.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotThere(f"There is no feedback '{feedback_id}'. `munshi corrections list` shows those that wait.")
        return self._opened(row)

    def all(self, state: State | None = None) -> list[Feedback]:
        """Every feedback, or that of one state, oldest first."""
        query = sa.select(FEEDBACK).where(*self._here())
        if state is not None:
            query = query.where(FEEDBACK.c.state == state)
        with self._control.reading() as connection:
            found = connection.execute(query.order_by(FEEDBACK.c.given_at, FEEDBACK.c.feedback_id))
            return [self._opened(row) for row in found]

    def _here(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (FEEDBACK.c.workspace == self._control.workspace,)

    def _opened(self, row: Any) -> Feedback:
        content = json.loads(self._control.keys.unseal(row.sealed, about=f"feedback {row.feedback_id}"))
        return Feedback(
            row.feedback_id, row.receipt_id, row.principal, row.up, content["correction"], row.state, row.given_at,
            row.decided_by, row.decided_at, row.question_id,
        )  # fmt: skip
