"""Questions whose plan somebody with the permission approved: asked again, that plan answers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.errors import NotThere
from governance.identity.tables import Clock, wall_clock

State = Literal["proposed", "approved", "retired"]

VERIFIED = sa.Table(
    "verified_questions",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("question_id", sa.String(16), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("proposed_by", sa.String(64), nullable=False),
    sa.Column("proposed_at", sa.Float, nullable=False),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decided_at", sa.Float),
)


@dataclass(frozen=True)
class VerifiedQuestion:
    """A question and the tool calls that answer it.

    Attributes
    ----------
    plan
        Calls as ``{"tool": …, "args": …}``, in order.
    data_clock
        Newest posting date when it was proposed: what "last month" meant then.
    """

    question_id: str
    question: str
    plan: tuple[Mapping[str, Any], ...]
    data_clock: str
    state: State
    proposed_by: str
    proposed_at: float
    decided_by: str | None = None
    decided_at: float | None = None


class VerifiedQuestions:
    """The verified questions of one workspace, their texts sealed."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def propose(self, question: str, plan: Sequence[Mapping[str, Any]], data_clock: str, by: str) -> VerifiedQuestion:
        """Keep a question for somebody to approve."""
        question_id = secrets.token_hex(4)
        content = {"question": question, "plan": [dict(call) for call in plan], "data_clock": data_clock}
        sealed = self._control.keys.seal(json.dumps(content), about=f"verified {question_id}")
        with self._control.writing() as connection:
            connection.execute(VERIFIED.insert().values(
                workspace=self._control.workspace, question_id=question_id, sealed=sealed, state="proposed",
                proposed_by=by, proposed_at=self._clock(),
            ))  # fmt: skip
        return self.one(question_id)

    def decide(self, question_id: str, state: State, by: str) -> VerifiedQuestion:
        """Approve or retire a question.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        self.one(question_id)
        with self._control.writing() as connection:
            decided = {"state": state, "decided_by": by, "decided_at": self._clock()}
            connection.execute(VERIFIED.update().where(*self._which(question_id)).values(**decided))
        return self.one(question_id)

    def one(self, question_id: str) -> VerifiedQuestion:
        """Return one question.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        with self._control.reading() as connection:
            row = connection.execute(sa.select(VERIFIED).where(*self._which(question_id))).one_or_none()
        if row is None:
            raise NotThere(f"There is no verified question '{question_id}'. `munshi verified list` shows them.")
        return self._opened(row)

    def all(self, state: State | None = None) -> list[VerifiedQuestion]:
        """Every question, or those of one state, oldest first."""
        query = sa.select(VERIFIED).where(VERIFIED.c.workspace == self._control.workspace)
        if state is not None:
            query = query.where(VERIFIED.c.state == state)
        with self._control.reading() as connection:
            return [self._opened(row) for row in connection.execute(query.order_by(VERIFIED.c.proposed_at))]

    def _which(self, question_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        return VERIFIED.c.workspace == self._control.workspace, VERIFIED.c.question_id == question_id

    def _opened(self, row: Any) -> VerifiedQuestion:
        content = json.loads(self._control.keys.unseal(row.sealed, about=f"verified {row.question_id}"))
        return VerifiedQuestion(
            row.question_id, content["question"], tuple(content["plan"]), content["data_clock"], row.state,
            row.proposed_by, row.proposed_at, row.decided_by, row.decided_at,
        )  # fmt: skip
