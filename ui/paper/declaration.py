"""What a pack is made of: sections, each of blocks that the pages declare."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from governance.look.theme import Language
from ui.language import spoken
from ui.pages.declaration import told

FOLDER = Path(__file__).parent


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Declared):
    """A block of a page, as it stands on paper.

    Attributes
    ----------
    rows, columns
        What is shown of a table, where that is less than on the screen.
    height
        Pixels a chart is high.
    """

    page: str
    block: str
    rows: int = 0
    columns: tuple[str, ...] = ()
    height: int = 240


class Section(_Declared):
    """A page of paper: its parts, row by row, side by side within one."""

    title: str
    lead: str = ""
    rows: tuple[tuple[Part, ...], ...]


class Pack(_Declared):
    """A whole pack."""

    title: str
    sections: tuple[Section, ...]


def pack(name: str) -> Pack:
    """Load ``ui/paper/<name>.yaml``, its sentences in the language spoken."""
    return _pack(name, spoken())


@cache
def _pack(name: str, language: Language) -> Pack:  # noqa: ARG001  each language is kept
    import yaml

    return Pack.model_validate(told(yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))))
