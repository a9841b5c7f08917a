"""What people decided of cases that waited for one: kept sealed, one row for each decision, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.errors import ToolRetry
from governance.identity.tables import Clock, wall_clock

Outcome = Literal["uphold", "approve"]

REVIEWS = sa.Table(
    "review_decisions",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("case_id", sa.String(32), primary_key=True),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("decided_by", sa.String(64), nullable=False),
    sa.Column("decided_at", sa.Float, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True)
class ReviewDecision:
    """What somebody decided of a case, and why.

    Attributes
    ----------
    outcome
        ``uphold``: it stays adverse; ``approve``: the person overrides it in the customer's favour.
    case
        The case as it stood.
    """

    case_id: str
    outcome: Outcome
    decided_by: str
    decided_at: float
    reason: str
    case: Mapping[str, Any]


class Reviews:
    """The decisions of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def case_id(self, *parts: object) -> str:
        """The id of a case: the same for the same parts, and telling nobody what they are."""
        token = self._control.keys.token("case", "\x1f".join(str(part) for part in parts))
        return f"v_{token.removeprefix('CASE_')}"

    def decide(
        self, case_id: str, outcome: Outcome, case: Mapping[str, Any], *, by: str, reason: str
    ) -> ReviewDecision:
        """Keep a decision.

        Raises
        ------
        ToolRetry
            The case is decided already.
        """
        content = json.dumps({"reason": reason, "case": dict(case)}, default=str)
        sealed = self._control.keys.seal(content, about=f"review {case_id}")
        row = {"workspace": self._control.workspace, "case_id": case_id, "outcome": outcome, "decided_by": by,
               "decided_at": self._clock(), "sealed": sealed}  # fmt: skip
        try:
            with self._control.writing() as connection:
                connection.execute(REVIEWS.insert().values(row))
        except sa.exc.IntegrityError:
            raise ToolRetry(f"Case {case_id} is decided already: `munshi review list --decided` shows it.") from None
        return self.all()[case_id]

    def all(self) -> dict[str, ReviewDecision]:
        """Every decision, by case."""
        query = sa.select(REVIEWS).where(REVIEWS.c.workspace == self._control.workspace)
        with self._control.reading() as connection:
            rows = connection.execute(query.order_by(REVIEWS.c.decided_at)).all()
        return {row.case_id: self._opened(row) for row in rows}

    def _opened(self, row: Any) -> ReviewDecision:
        content = json.loads(self._control.keys.unseal(row.sealed, about=f"review {row.case_id}"))
        return ReviewDecision(
            row.case_id, row.outcome, row.decided_by, row.decided_at, content["reason"], content["case"]
        )
