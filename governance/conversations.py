"""Conversations of people: found again by their words, named, and shared by a link that tells nothing by itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from governance.control import METADATA, ControlStore, StoredReceipt
from governance.errors import NotThere
from governance.identity.tables import Clock, wall_clock

NAMES = sa.Table(
    "conversation_names",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("conversation_id", sa.String(64), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("named_at", sa.Float, nullable=False),
)
SHARES = sa.Table(
    "shared_conversations",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("share_id", sa.String(16), primary_key=True),
    sa.Column("token_digest", sa.String(64), nullable=False, unique=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("conversation_id", sa.String(64), nullable=False),
    sa.Column("through", sa.Integer, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("revoked_at", sa.Float),
)
#: Receipts of a person that are looked through, the newest.
MOST_RECEIPTS = 2_000
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Conversation:
    """One conversation of a person.

    Attributes
    ----------
    name
        What he calls it; his first question where he gave it no name.
    questions
        In their order, personal data as tokens.
    """

    conversation_id: str
    name: str
    questions: tuple[str, ...]
    last_at: dt.datetime

    def says(self, words: Sequence[str]) -> bool:
        """Whether its name and questions have every one of these words."""
        text = " ".join((self.name, *self.questions)).casefold()
        return all(word.casefold() in text for word in words)


@dataclass(frozen=True)
class Share:
    """A link to a conversation.

    Attributes
    ----------
    through
        Place of the last answer it shows: what is asked after it was made stays the owner's.
    """

    share_id: str
    owner: str
    conversation_id: str
    through: int
    created_at: float
    revoked_at: float | None


class Conversations:
    """The conversations of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def of(self, owner: str) -> list[Conversation]:
        """A person's conversations, the one spoken in last first."""
        told: dict[str, list[StoredReceipt]] = {}
        for receipt in self._control.receipts_of(owner, last=MOST_RECEIPTS):
            told.setdefault(receipt.conversation_id, []).append(receipt)
        names = self._names(owner)
        found = [
            Conversation(each, names.get(each) or receipts[0].content["question"],
                         tuple(receipt.content["question"] for receipt in receipts), receipts[-1].created_at)
            for each, receipts in told.items()
        ]  # fmt: skip
        return sorted(found, key=lambda each: (each.last_at, each.conversation_id), reverse=True)

    def name(self, owner: str, conversation_id: str, name: str) -> str:
        """Call a conversation by a name, or by its first question where it is empty; return what it was called."""
        before = self._names(owner).get(conversation_id, "")
        which = (*self._here(NAMES), NAMES.c.owner == owner, NAMES.c.conversation_id == conversation_id)
        sealed = self._control.keys.seal(name, about=f"conversation {conversation_id}")
        with self._control.writing() as connection:
            connection.execute(NAMES.delete().where(*which))
            if name:
                connection.execute(NAMES.insert().values(
                    workspace=self._control.workspace, owner=owner, conversation_id=conversation_id, sealed=sealed,
                    named_at=self._clock(),
                ))  # fmt: skip
        return before

    def share(self, owner: str, conversation_id: str, through: int) -> tuple[Share, str]:
        """Make a link; its token is told this once, and kept as a digest."""
        share_id, token = secrets.token_hex(4), secrets.token_urlsafe(TOKEN_BYTES)
        with self._control.writing() as connection:
            connection.execute(SHARES.insert().values(
                workspace=self._control.workspace, share_id=share_id, token_digest=_digest(token), owner=owner,
                conversation_id=conversation_id, through=through, created_at=self._clock(),
            ))  # fmt: skip
        return self.shared(share_id), token

    def revoke(self, share_id: str, *, revoked: bool = True) -> Share:
        """Let a link open nothing any more, or again."""
        with self._control.writing() as connection:
            which = (*self._here(SHARES), SHARES.c.share_id == share_id)
            connection.execute(SHARES.update().where(*which).values(revoked_at=self._clock() if revoked else None))
        return self.shared(share_id)

    def shared(self, share_id: str) -> Share:
        """Return one link.

        Raises
        ------
        NotThere
        """
        found = self._shares(SHARES.c.share_id == share_id)
        if not found:
            raise NotThere(f"There is no shared conversation '{share_id}'. Load the page anew to see which there are.")
        return found[0]

    def shares_of(self, owner: str) -> list[Share]:
        """A person's links, the newest first."""
        return self._shares(SHARES.c.owner == owner)

    def opened_by(self, token: str) -> Share | None:
        """The link of a token; None where there is none, or it was taken back."""
        found = self._shares(SHARES.c.token_digest == _digest(token), SHARES.c.revoked_at.is_(None))
        return found[0] if found else None

    def receipts(self, share: Share) -> list[StoredReceipt]:
        """What a link shows: its owner's answers up to the one that was the last when it was made."""
        told = self._control.conversation(share.conversation_id, last=MOST_RECEIPTS)
        return [each for each in told if each.principal == share.owner and each.sequence <= share.through]

    def _shares(self, *conditions: sa.ColumnElement[bool]) -> list[Share]:
        query = sa.select(SHARES).where(*self._here(SHARES), *conditions)
        query = query.order_by(SHARES.c.created_at.desc(), SHARES.c.share_id)
        with self._control.reading() as connection:
            return [_share(row) for row in connection.execute(query)]

    def _names(self, owner: str) -> dict[str, str]:
        query = sa.select(NAMES).where(*self._here(NAMES), NAMES.c.owner == owner)
        with self._control.reading() as connection:
            unseal = self._control.keys.unseal
            return {
                row.conversation_id: unseal(row.sealed, about=f"conversation {row.conversation_id}")
                for row in connection.execute(query)
            }

    def _here(self, table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
        return (table.c.workspace == self._control.workspace,)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _share(row: Any) -> Share:
    return Share(row.share_id, row.owner, row.conversation_id, row.through, row.created_at, row.revoked_at)
