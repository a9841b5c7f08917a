"""Alert rules of a workspace and the alerts they raised, sealed; what became of each alert, by whom and when."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.errors import NotThere, ToolRetry
from governance.identity.tables import Clock, wall_clock

State = Literal["open", "acknowledged", "snoozed", "resolved"]
STATES: tuple[State, ...] = ("open", "acknowledged", "snoozed", "resolved")
#: Rules a workspace may have.
MOST = 100
#: Who acts where nobody does.
THE_BOOKS = "the books"

RULES = sa.Table(
    "alert_rules",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

ALERTS = sa.Table(
    "alerts",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("alert_id", sa.String(16), primary_key=True),
    sa.Column("rule", sa.String(64), nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("as_of", sa.String(10), nullable=False),
    sa.Column("raised_at", sa.Float, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
    sa.Column("snoozed_until", sa.Float),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True)
class KeptRule:
    """A rule as it is kept: its declaration, and what is remembered between two checks of it."""

    name: str
    made_by: str
    created_at: float
    declared: Mapping[str, Any]
    remembered: Mapping[str, Any]


@dataclass(frozen=True)
class Alert:
    """One alert.

    Attributes
    ----------
    told
        What was found: title, value, bound, unit; figures of everybody, nobody's data.
    history
        What was done with it, the oldest first: when, by whom, what, why.
    """

    alert_id: str
    rule: str
    state: State
    as_of: str
    raised_at: float
    changed_at: float
    snoozed_until: float | None
    told: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...]


class Alerts:
    """The rules and alerts of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self.clock = clock
        control.create(METADATA)

    def add_rule(self, name: str, declared: Mapping[str, Any], remembered: Mapping[str, Any], *, by: str) -> KeptRule:
        """Keep a rule.

        Raises
        ------
        ToolRetry
            There is one of that name, or there are as many as may be.
        """
        row = {**self._here, "name": name, "made_by": by, "created_at": self.clock(),
               "sealed": self._sealed_rule(name, declared, remembered)}  # fmt: skip
        count = sa.select(sa.func.count()).select_from(RULES).where(self._mine(RULES))
        with self._control.writing() as connection:
            if connection.execute(count).scalar_one() >= MOST:
                raise ToolRetry(f"A workspace has {MOST} alert rules at the most. Remove one: `munshi alerts remove`.")
            there = sa.select(RULES.c.name).where(self._mine(RULES), RULES.c.name == name)
            if connection.execute(there).one_or_none() is not None:
                raise ToolRetry(f"There is an alert rule '{name}' already. Remove it first, or choose another name.")
            connection.execute(RULES.insert().values(row))
        return self.rule(name)

    def rules(self) -> list[KeptRule]:
        """All rules, the oldest first."""
        query = sa.select(RULES).where(self._mine(RULES)).order_by(RULES.c.created_at, RULES.c.name)
        with self._control.reading() as connection:
            return [self._rule(row) for row in connection.execute(query)]

    def rule(self, name: str) -> KeptRule:
        """One rule.

        Raises
        ------
        NotThere
            There is none of that name.
        """
        found = next((each for each in self.rules() if each.name == name), None)
        if found is None:
            raise NotThere(f"There is no alert rule '{name}'. `munshi alerts rules` lists those there are.")
        return found

    def remember(self, rule: KeptRule, remembered: Mapping[str, Any]) -> None:
        """Keep what the next check of a rule has to know."""
        changed = RULES.update().where(self._mine(RULES), RULES.c.name == rule.name)
        with self._control.writing() as connection:
            connection.execute(changed.values(sealed=self._sealed_rule(rule.name, rule.declared, remembered)))

    def remove_rule(self, name: str) -> None:
        """Take a rule out; its alerts stay."""
        self.rule(name)
        with self._control.writing() as connection:
            connection.execute(RULES.delete().where(self._mine(RULES), RULES.c.name == name))

    def raise_one(self, rule: str, as_of: str, told: Mapping[str, Any]) -> Alert | None:
        """Keep a new alert of a rule; None where one of it is not resolved yet."""
        alert_id, now = f"al_{secrets.token_hex(5)}", self.clock()
        history = [{"at": now, "by": THE_BOOKS, "did": "raised", "note": ""}]
        unresolved = sa.select(ALERTS.c.alert_id).where(
            self._mine(ALERTS), ALERTS.c.rule == rule, ALERTS.c.state != "resolved"
        )
        with self._control.writing() as connection:
            if connection.execute(unresolved).first() is not None:
                return None
            connection.execute(ALERTS.insert().values(
                **self._here, alert_id=alert_id, rule=rule, state="open", as_of=as_of, raised_at=now, changed_at=now,
                sealed=self._sealed(alert_id, told, history),
            ))  # fmt: skip
        return self.one(alert_id)

    def move(
        self, alert_id: str, state: State, *, by: str, did: str, note: str = "", until: float | None = None,
        come_from: Iterable[State] = STATES, told: Mapping[str, Any] | None = None, as_of: str | None = None,
    ) -> Alert:  # fmt: skip
        """Bring an alert into a state, and write down who did it.

        Parameters
        ----------
        come_from
            States in which this can be done.
        told, as_of
            What was found anew, and of when.

        Raises
        ------
        NotThere
            There is none of that id.
        ToolRetry
            It is in another state by now.
        """
        query = sa.select(ALERTS).where(self._mine(ALERTS), ALERTS.c.alert_id == alert_id)
        with self._control.writing() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                raise _unknown(alert_id)
            alert, now = self._alert(row), self.clock()
            if alert.state not in come_from:
                raise ToolRetry(f"The alert {alert_id} is {alert.state}: it cannot be {did} now.")
            history = [*alert.history, {"at": now, "by": by, "did": did, "note": note}]
            connection.execute(
                ALERTS.update().where(self._mine(ALERTS), ALERTS.c.alert_id == alert_id).values(
                    state=state, changed_at=now, snoozed_until=until, as_of=as_of or alert.as_of,
                    sealed=self._sealed(alert_id, told or alert.told, history),
                )
            )  # fmt: skip
        return self.one(alert_id)

    def see_again(self, alert: Alert, as_of: str, told: Mapping[str, Any]) -> None:
        """Keep what a check found anew of an alert that stays as it is."""
        with self._control.writing() as connection:
            connection.execute(
                ALERTS.update().where(self._mine(ALERTS), ALERTS.c.alert_id == alert.alert_id).values(
                    as_of=as_of, sealed=self._sealed(alert.alert_id, told, list(alert.history))
                )
            )  # fmt: skip

    def listed(self, *, states: Iterable[str] = STATES, rule: str | None = None, last: int = 500) -> list[Alert]:
        """Alerts of some states, the newest first."""
        query = sa.select(ALERTS).where(self._mine(ALERTS), ALERTS.c.state.in_(list(states)))
        if rule is not None:
            query = query.where(ALERTS.c.rule == rule)
        query = query.order_by(ALERTS.c.raised_at.desc(), ALERTS.c.alert_id).limit(last)
        with self._control.reading() as connection:
            return [self._alert(row) for row in connection.execute(query)]

    def one(self, alert_id: str) -> Alert:
        """One alert.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        query = sa.select(ALERTS).where(self._mine(ALERTS), ALERTS.c.alert_id == alert_id)
        with self._control.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise _unknown(alert_id)
        return self._alert(row)

    def count(self, state: State = "open") -> int:
        """How many are in a state."""
        query = sa.select(sa.func.count()).select_from(ALERTS).where(self._mine(ALERTS), ALERTS.c.state == state)
        with self._control.reading() as connection:
            return int(connection.execute(query).scalar_one())

    @property
    def _here(self) -> dict[str, str]:
        return {"workspace": self._control.workspace}

    def _mine(self, table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.workspace == self._control.workspace

    def _sealed_rule(self, name: str, declared: Mapping[str, Any], remembered: Mapping[str, Any]) -> bytes:
        content = json.dumps({"declared": dict(declared), "remembered": dict(remembered)}, default=str)
        return self._control.keys.seal(content, about=f"alert rule {name}")

    def _sealed(self, alert_id: str, told: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> bytes:
        content = json.dumps({"told": dict(told), "history": [dict(each) for each in history]}, default=str)
        return self._control.keys.seal(content, about=f"alert {alert_id}")

    def _rule(self, row: Any) -> KeptRule:
        content = json.loads(self._control.keys.unseal(row.sealed, about=f"alert rule {row.name}"))
        return KeptRule(row.name, row.made_by, row.created_at, content["declared"], content["remembered"])

    def _alert(self, row: Any) -> Alert:
        content = json.loads(self._control.keys.unseal(row.sealed, about=f"alert {row.alert_id}"))
        return Alert(row.alert_id, row.rule, row.state, row.as_of, row.raised_at, row.changed_at, row.snoozed_until,
                     content["told"], tuple(content["history"]))  # fmt: skip


def _unknown(alert_id: str) -> NotThere:
    return NotThere(f"There is no alert '{alert_id}'. `munshi alerts list` shows those there are.")
