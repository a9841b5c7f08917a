"""Who was shown round: a person's first visit is led once."""

from __future__ import annotations

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.identity.tables import Clock, wall_clock

TOURS = sa.Table(
    "tours",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("principal", sa.String(64), primary_key=True),
    sa.Column("seen_at", sa.Float, nullable=False),
)


class Tours:
    """The people of one workspace who were shown round, or did not want to be."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def seen(self, principal: str) -> bool:
        """Whether a person was shown round."""
        query = sa.select(TOURS.c.seen_at).where(*self._who(principal))
        with self._control.reading() as connection:
            return connection.execute(query).one_or_none() is not None

    def see(self, principal: str) -> None:
        """Remember that a person was; a second time changes nothing but when."""
        row = {"workspace": self._control.workspace, "principal": principal, "seen_at": self._clock()}
        with self._control.writing() as connection:
            connection.execute(TOURS.delete().where(*self._who(principal)))
            connection.execute(TOURS.insert().values(**row))

    def _who(self, principal: str) -> tuple[sa.ColumnElement[bool], ...]:
        return TOURS.c.workspace == self._control.workspace, TOURS.c.principal == principal
