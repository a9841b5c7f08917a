"""A workspace's own words: what its people say for a figure or a split that the vocabulary calls otherwise; sealed."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.errors import NotThere
from governance.identity.tables import Clock, wall_clock

WORDS = sa.Table(
    "workspace_words",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("word_id", sa.String(16), primary_key=True),
    sa.Column("added_by", sa.String(64), nullable=False),
    sa.Column("added_at", sa.Float, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True)
class OwnWord:
    """One word.

    Attributes
    ----------
    word
        As people say it, in small letters.
    names
        Name of the metric or dimension it stands for.
    """

    word_id: str
    word: str
    names: str
    added_by: str
    added_at: float


class OwnWords:
    """The words of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def all(self) -> tuple[OwnWord, ...]:
        """Every word, the oldest first."""
        query = sa.select(WORDS).where(*self._here()).order_by(WORDS.c.added_at, WORDS.c.word_id)
        with self._control.reading() as connection:
            return tuple(self._opened(row) for row in connection.execute(query))

    def add(self, word: str, names: str, by: str) -> OwnWord:
        """Let a word stand for a metric or dimension, beside what it stood for."""
        word_id = secrets.token_hex(4)
        sealed = self._control.keys.seal(json.dumps({"word": word, "names": names}), about=f"word {word_id}")
        with self._control.writing() as connection:
            connection.execute(WORDS.insert().values(
                workspace=self._control.workspace, word_id=word_id, added_by=by, added_at=self._clock(), sealed=sealed,
            ))  # fmt: skip
        return self.one(word_id)

    def remove(self, word_id: str) -> OwnWord:
        """Let a word stand for nothing any more.

        Raises
        ------
        NotThere
        """
        gone = self.one(word_id)
        with self._control.writing() as connection:
            connection.execute(WORDS.delete().where(*self._here(), WORDS.c.word_id == word_id))
        return gone

    def one(self, word_id: str) -> OwnWord:
        """Return one word.

        Raises
        ------
        NotThere
            There is none of that id.
        """
        found = next((each for each in self.all() if each.word_id == word_id), None)
        if found is None:
            raise NotThere(
                f"There is no word '{word_id}' of this workspace. Load the page anew to see which there are."
            )
        return found

    def _here(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (WORDS.c.workspace == self._control.workspace,)

    def _opened(self, row: Any) -> OwnWord:
        content = json.loads(self._control.keys.unseal(row.sealed, about=f"word {row.word_id}"))
        return OwnWord(row.word_id, content["word"], content["names"], row.added_by, row.added_at)
