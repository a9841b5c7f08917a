"""The kinds of items, as `kinds.yaml` declares them, and who is held out of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from governance.errors import ToolRetry, did_you_mean

_HERE = Path(__file__).parent


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Worth(_Declared):
    """What tells whether acting helped: the share that ``statement`` gives, so many days after the list."""

    label: str
    after_days: int = Field(ge=1, le=3_650)
    statement: str


class Kind(_Declared):
    """One kind of item.

    Attributes
    ----------
    list
        The tool whose rows become items; empty where they come from elsewhere.
    view
        The semantic view that the list stands on: consent to it is asked again before an item is worked.
    outcomes
        What can come of it: name → words.
    hold_out
        The share that is left alone.
    """

    label: str
    outcomes: Mapping[str, str]
    list: str = ""
    view: str = ""
    subject: str = ""
    told: tuple[str, ...] = ()
    hold_out: float = Field(default=0.0, ge=0, lt=1)
    seed: int = 0
    worth: Worth | None = None


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind, by name."""
    import yaml

    told = yaml.safe_load((_HERE / "kinds.yaml").read_text("utf-8"))
    return {name: Kind.model_validate(each) for name, each in told.items()}


def kind_named(name: str) -> Kind:
    """The kind of that name.

    Raises
    ------
    ToolRetry
        There is none.
    """
    if name not in kinds():
        raise ToolRetry(f"The worklist knows no '{name}'.{did_you_mean(name, kinds())}")
    return kinds()[name]


def held_out(subject: str, *, kind: str, share: float, seed: int) -> bool:
    """Whether a subject is left alone: the same answer each time, for a ``share`` of all."""
    digest = hashlib.sha256(f"{seed}\x1f{kind}\x1f{subject}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share
