"""What people see to: an item for each customer, or alert, that a list gave; sealed, with all that was done with it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.errors import NotThere, ToolRetry
from governance.identity.tables import Clock, wall_clock

Arm = Literal["work", "hold"]
State = Literal["open", "done"]

ITEMS = sa.Table(
    "worklist",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("item_id", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False, index=True),
    sa.Column("subject_mac", sa.String(64), nullable=False),
    sa.Column("arm", sa.String(8), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("as_of", sa.String(10), nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
    sa.Column("assignee", sa.String(64)),
    sa.Column("outcome", sa.String(32)),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True)
class Item:
    """One item.

    Attributes
    ----------
    subject
        The customer, the transaction or the alert it is about.
    customer_id
        Whose it is; empty where it is nobody's.
    arm
        ``hold``: left alone on purpose, so that what acting was worth can be told.
    as_of
        Of when the list was.
    told
        What the list said of it then.
    history
        What was done, the oldest first: when, by whom, what, why, and what stood before it.
    """

    item_id: str
    kind: str
    subject: str
    customer_id: str
    arm: Arm
    state: State
    as_of: str
    made_by: str
    created_at: float
    changed_at: float
    assignee: str | None
    outcome: str | None
    told: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class NewItem:
    """An item before it is kept."""

    subject: str
    customer_id: str
    arm: Arm
    told: Mapping[str, Any]


class Worklist:
    """The items of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def add(self, kind: str, items: Sequence[NewItem], *, as_of: str, by: str) -> list[NewItem]:
        """Keep items; one whose subject has an item of that kind already is left out. Return those that were kept."""
        now, kept = self._clock(), []
        with self._control.writing() as connection:
            query = sa.select(ITEMS.c.subject_mac).where(self._mine, ITEMS.c.kind == kind, ITEMS.c.as_of >= as_of)
            unfinished = sa.select(ITEMS.c.subject_mac).where(self._mine, ITEMS.c.kind == kind, ITEMS.c.state == "open")
            there = {row[0] for row in connection.execute(sa.union(query, unfinished))}
            for place, each in enumerate(items):
                mac = self._control.keys.token("work", f"{kind} {each.subject}")
                if mac in there:
                    continue
                there.add(mac)
                item_id = f"wk_{secrets.token_hex(5)}"
                content = {"subject": each.subject, "customer_id": each.customer_id, "told": dict(each.told),
                           "history": [{"at": now, "by": by, "did": "listed", "note": "", "before": None}]}  # fmt: skip
                connection.execute(ITEMS.insert().values(
                    workspace=self._control.workspace, item_id=item_id, kind=kind, subject_mac=mac, arm=each.arm,
                    state="open", as_of=as_of, made_by=by, changed_at=now,
                    created_at=now + place / 1e6,  # in the order of the list
                    sealed=self._sealed(item_id, content),
                ))  # fmt: skip
                kept.append(each)
        return kept

    def listed(
        self,
        *,
        kind: str | None = None,
        state: State | None = None,
        arm: Arm | None = None,
        assignee: str | None = None,
    ) -> list[Item]:
        """Items, the oldest first, those kept together in the order they were given."""
        query = sa.select(ITEMS).where(self._mine)
        for column, value in ((ITEMS.c.kind, kind), (ITEMS.c.state, state), (ITEMS.c.arm, arm),
                              (ITEMS.c.assignee, assignee)):  # fmt: skip
            if value is not None:
                query = query.where(column == value)
        with self._control.reading() as connection:
            return [self._opened(row) for row in connection.execute(query.order_by(ITEMS.c.created_at))]

    def one(self, item_id: str) -> Item:
        """One item.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        query = sa.select(ITEMS).where(self._mine, ITEMS.c.item_id == item_id)
        with self._control.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise no_item(item_id)
        return self._opened(row)

    def change(self, item_id: str, change: Callable[[Item], Item], *, by: str, did: str, note: str = "") -> Item:
        """Change state, assignee or outcome of an item, and write down who did it and what stood before.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        return self._write(item_id, change, by=by, did=did, note=note)

    def take_back(self, item_id: str, *, by: str) -> Item:
        """Undo the last deed that is not undone.

        Raises
        ------
        ToolRetry
            Nothing was done with it.
        """

        def before(item: Item) -> Item:
            deed = _last_deed(item)
            if deed is None:
                raise ToolRetry(f"Nothing was done with {item_id} that could be undone.")
            history = tuple({**each, "undone": True} if each is deed else each for each in item.history)
            return replace(item, **deed["before"], history=history)

        return self._write(item_id, before, by=by, did="undone", note="")

    def _write(self, item_id: str, change: Callable[[Item], Item], *, by: str, did: str, note: str) -> Item:
        query = sa.select(ITEMS).where(self._mine, ITEMS.c.item_id == item_id)
        with self._control.writing() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                raise no_item(item_id)
            item, now = self._opened(row), self._clock()
            after = change(item)
            stood = None if did == "undone" else _standing(item)
            history = [*after.history, {"at": now, "by": by, "did": did, "note": note, "before": stood}]
            content = {"subject": item.subject, "customer_id": item.customer_id, "told": dict(item.told),
                       "history": [dict(each) for each in history]}  # fmt: skip
            connection.execute(
                ITEMS.update().where(self._mine, ITEMS.c.item_id == item_id).values(
                    **_standing(after), changed_at=now, sealed=self._sealed(item_id, content)
                )
            )  # fmt: skip
        return self.one(item_id)

    @property
    def _mine(self) -> sa.ColumnElement[bool]:
        return ITEMS.c.workspace == self._control.workspace

    def _sealed(self, item_id: str, content: Mapping[str, Any]) -> bytes:
        return self._control.keys.seal(json.dumps(content, default=str), about=f"item {item_id}")

    def _opened(self, row: Any) -> Item:
        kept = json.loads(self._control.keys.unseal(row.sealed, about=f"item {row.item_id}"))
        return Item(row.item_id, row.kind, kept["subject"], kept["customer_id"], row.arm, row.state, row.as_of,
                    row.made_by, row.created_at, row.changed_at, row.assignee, row.outcome, kept["told"],
                    tuple(kept["history"]))  # fmt: skip


def no_item(item_id: str) -> NotThere:
    """What is said where there is none of that id within sight."""
    return NotThere(f"There is no item '{item_id}' on your list. `munshi worklist list` shows those there are.")


def undoable(item: Item) -> bool:
    """Whether something was done with an item that is not undone."""
    return _last_deed(item) is not None


def _last_deed(item: Item) -> Mapping[str, Any] | None:
    deeds: Iterable[Mapping[str, Any]] = (each for each in reversed(item.history) if each.get("before"))
    return next((each for each in deeds if not each.get("undone")), None)


def _standing(item: Item) -> dict[str, Any]:
    return {"state": item.state, "assignee": item.assignee, "outcome": item.outcome}
