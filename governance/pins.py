"""Answers that people pinned: question and calls, sealed; made anew whenever they are looked at."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.errors import NotThere
from governance.identity.tables import Clock, wall_clock

PINS = sa.Table(
    "pins",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("pin_id", sa.String(16), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("receipt_id", sa.String(32), nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("workspace", "owner", "receipt_id"),
)


@dataclass(frozen=True)
class Pin:
    """One pinned answer.

    Attributes
    ----------
    receipt_id
        The answer that was pinned.
    shared
        Whether everybody of the workspace sees it, each under his own rights.
    question
        As it was asked, personal data as tokens.
    plan
        Calls as ``{"tool": …, "args": …}``, in order.
    data_clock
        Newest posting date when the answer was given: what "last month" meant then.
    """

    pin_id: str
    owner: str
    receipt_id: str
    shared: bool
    created_at: float
    question: str
    plan: tuple[Mapping[str, Any], ...]
    data_clock: str


class Pins:
    """The pins of one workspace, their texts sealed."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def add(
        self, owner: str, receipt_id: str, question: str, plan: Sequence[Mapping[str, Any]], data_clock: str,
        *, shared: bool = False,
    ) -> Pin:  # fmt: skip
        """Keep an answer; one that its owner pinned before stays as it is."""
        pin_id = secrets.token_hex(4)
        content = {"question": question, "plan": [dict(call) for call in plan], "data_clock": data_clock}
        sealed = self._control.keys.seal(json.dumps(content), about=f"pin {pin_id}")
        same = (*self._here(), PINS.c.owner == owner, PINS.c.receipt_id == receipt_id)
        with self._control.writing() as connection:
            held = connection.execute(sa.select(PINS.c.pin_id).where(*same)).scalar()
            if held is None:
                connection.execute(PINS.insert().values(
                    workspace=self._control.workspace, pin_id=pin_id, owner=owner, receipt_id=receipt_id,
                    shared=shared, created_at=self._clock(), sealed=sealed,
                ))  # fmt: skip
        return self.one(held or pin_id)

    def remove(self, pin_id: str) -> None:
        """Take a pin out."""
        with self._control.writing() as connection:
            connection.execute(PINS.delete().where(*self._which(pin_id)))

    def share(self, pin_id: str, *, shared: bool) -> Pin:
        """Let everybody of the workspace see a pin, or its owner alone."""
        with self._control.writing() as connection:
            connection.execute(PINS.update().where(*self._which(pin_id)).values(shared=shared))
        return self.one(pin_id)

    def one(self, pin_id: str) -> Pin:
        """Return one pin.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        with self._control.reading() as connection:
            row = connection.execute(sa.select(PINS).where(*self._which(pin_id))).one_or_none()
        if row is None:
            raise NotThere(f"There is no pinned answer '{pin_id}'. Load the page anew to see which there are.")
        return self._opened(row)

    def seen_by(self, owner: str) -> list[Pin]:
        """A person's own pins and those that are shared, the oldest first."""
        mine = sa.or_(PINS.c.owner == owner, PINS.c.shared)
        query = sa.select(PINS).where(*self._here(), mine).order_by(PINS.c.created_at, PINS.c.pin_id)
        with self._control.reading() as connection:
            return [self._opened(row) for row in connection.execute(query)]

    def _here(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (PINS.c.workspace == self._control.workspace,)

    def _which(self, pin_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (*self._here(), PINS.c.pin_id == pin_id)

    def _opened(self, row: Any) -> Pin:
        content = json.loads(self._control.keys.unseal(row.sealed, about=f"pin {row.pin_id}"))
        return Pin(
            row.pin_id, row.owner, row.receipt_id, row.shared, row.created_at, content["question"],
            tuple(content["plan"]), content["data_clock"],
        )  # fmt: skip
