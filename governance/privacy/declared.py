"""Purposes, retention periods and records of processing, as they are declared in files beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from governance.errors import ToolRetry, did_you_mean

CONSENT = "consent"
_HERE = Path(__file__).parent


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


D = TypeVar("D", bound=_Declared)


class Purpose(_Declared):
    """What personal data is used for; ``basis`` is what that rests on."""

    name: str
    label: str
    basis: str
    runs: str
    source: str

    @property
    def withdrawable(self) -> bool:
        """Whether it ends when the person withdraws his consent."""
        return self.basis == CONSENT


class Retention(_Declared):
    """How long a kind of record is kept; no days: without end."""

    name: str
    label: str
    days: int
    by: Literal["run", "house", "never"]
    source: str


class Processing(_Declared):
    """One line of the records of processing."""

    activity: str
    purpose: str
    people: str
    data: str
    recipients: str
    transfers: str
    kept: str
    safeguards: str


@cache
def purposes() -> Mapping[str, Purpose]:
    """Return every purpose, by name."""
    return MappingProxyType({each.name: each for each in _read("purposes.yaml", Purpose)})


@cache
def retention() -> Mapping[str, Retention]:
    """Return every retention period, by kind of record."""
    return MappingProxyType({each.name: each for each in _read("retention.yaml", Retention)})


@cache
def processing() -> tuple[Processing, ...]:
    """Return the records of processing."""
    return tuple(_read("processing.yaml", Processing))


def purpose(name: str) -> Purpose:
    """Return the purpose of that name.

    Raises
    ------
    ToolRetry
        There is none; the message lists what exists.
    """
    if name not in purposes():
        raise ToolRetry(f"There is no purpose '{name}'.{did_you_mean(name, purposes())}")
    return purposes()[name]


def _read(file: str, kind: type[D]) -> list[D]:
    import yaml

    rows: list[Any] = yaml.safe_load((_HERE / file).read_text("utf-8"))
    return [kind.model_validate(row) for row in rows]
