"""Golden questions: what is asked, and what is true, told by SQL on the books or by facts; never by a plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

#: Kind of the questions that go on from an answer.
FOLLOW_UP = "follow-up"
#: A name in braces in a question or in a gold: filled with the value of a SELECT, so that books may differ.
_NAME = re.compile(r"\{(\w+)\}")
#: Tables of the books as golds write them: ``core.customers``.
_TABLE = re.compile(r"\b(?<!books\.)(core|scores|features|ops|source)\.(?=[a-z_]+)")

Rows = Sequence[tuple[Any, ...]]


class Golden(BaseModel):
    """One question and what a right answer holds.

    Attributes
    ----------
    sql
        One SELECT for each table of the answer.
    ordered
        Whether the order of the rows is part of the answer.
    says
        Patterns (regular expressions) that the text must hold, each.
    never
        Patterns that it must not hold.
    source
        Sections of documents, any of which the answer must quote: ``document#section``.
    customer
        Whom a profile or an explanation must be of.
    tool
        Which tool must have answered, where the answer's facts are the tool's own.
    decline
        Whether the only right answer is to decline.
    tolerance
        Relative difference that figures may have.
    then
        Questions that go on from this one's answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: str
    kind: str = FOLLOW_UP
    sql: tuple[str, ...] = ()
    ordered: bool = False
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    customer: str = ""
    tool: str = ""
    decline: bool = False
    tolerance: float = 1e-4
    then: tuple[Golden, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, given: Any) -> Any:
        one = ("sql", "says", "never", "source")
        return {name: [value] if name in one and isinstance(value, str) else value for name, value in given.items()}

    @model_validator(mode="after")
    def _tells_what_is_true(self) -> Golden:
        told = self.sql or self.says or self.source or self.customer or self.tool
        if bool(told) == self.decline:
            raise ValueError(f"'{self.ask}' needs either what is true (sql, says, source, customer, tool) or decline")
        return self

    def filled(self, names: Mapping[str, str]) -> Golden:
        """Return the question with ``names`` in its braces."""

        def fill(text: str) -> str:
            return _NAME.sub(lambda found: names.get(found[1], found[0]), text)

        return self.model_copy(
            update={
                "ask": fill(self.ask),
                "customer": fill(self.customer),
                "then": tuple(follow_up.filled(names) for follow_up in self.then),
                **{field: tuple(fill(text) for text in getattr(self, field)) for field in ("sql", "says", "never")},
            }
        )


class GoldenFile(BaseModel):
    """A file of golden questions.

    Attributes
    ----------
    names
        Name → a SELECT of one value.
    texts
        Name → a piece of SQL that several golds share.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: Mapping[str, str] = Field(default_factory=dict)
    texts: Mapping[str, str] = Field(default_factory=dict)
    questions: tuple[Golden, ...]


Split = Literal["dev", "test"]


def load_golden(folder: Path, query: Callable[[str], Rows]) -> tuple[Golden, ...]:
    """Read every file of a folder, names filled.

    Parameters
    ----------
    folder
        Where the ``*.yaml`` are.
    query
        Runs a SELECT on the books.

    Raises
    ------
    pydantic.ValidationError
        A question is malformed; the message names it.
    """
    return tuple(question for file in sorted(folder.glob("*.yaml")) for question in load_file(file, query))


def load_file(file: Path, query: Callable[[str], Rows]) -> Iterator[Golden]:
    """Yield the questions of one file, names filled."""
    questions, filling = _read(file, query)
    yield from (question.filled(filling) for question in questions)


def load_otherwise(folder: Path, asked: Path, query: Callable[[str], Rows]) -> tuple[Golden, ...]:
    """Read questions as others would say them, with the gold of the question that they say.

    Parameters
    ----------
    folder
        Files of: name of a file of ``asked`` → its question → ways to say it.
    asked
        Where the questions with their golds are.
    query
        Runs a SELECT on the books.

    Raises
    ------
    KeyError
        A question is not in its file; the error names it.
    """
    found: list[Golden] = []
    for file in sorted(folder.glob("*.yaml")):
        for name, ways in yaml.safe_load(file.read_text("utf-8")).items():
            questions, filling = _read(asked / f"{name}.yaml", query)
            golds = {question.ask: question for question in questions}
            said = ((golds[ask], way) for ask, others in ways.items() for way in others)
            found += [gold.model_copy(update={"ask": way, "then": ()}).filled(filling) for gold, way in said]
    return tuple(found)


def _read(file: Path, query: Callable[[str], Rows]) -> tuple[tuple[Golden, ...], Mapping[str, str]]:
    """Return the questions of a file and what fills their names."""
    loaded = GoldenFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
    names = {name: _one_value(query, sql) for name, sql in loaded.names.items()}
    return loaded.questions, {**loaded.texts, **names}


def _one_value(query: Callable[[str], Rows], sql: str) -> str:
    return str(query(on_books(sql))[0][0])


def on_books(sql: str) -> str:
    """Return a gold's SQL with its tables named in full."""
    return _TABLE.sub(r"books.\1.", sql)
