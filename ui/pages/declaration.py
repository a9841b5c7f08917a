"""What a page declares: its reads, and the blocks that show them. A YAML file per page, checked as it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from governance.errors import ConfigurationError
from governance.look.theme import Language
from tools.result import Unit
from ui.language import say, spoken
from ui.pages.acts import Act

FOLDER = Path(__file__).parent


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(_Declared):
    """What a column of a statement is called, and its unit."""

    label: str
    unit: Unit = "text"


class Read(_Declared):
    """One call of a tool, or of a listing.

    Attributes
    ----------
    listing
        Name in `ui.pages.listings.LISTINGS`, where what is read is kept by people and no tool's: read anew each time.
    arguments
        As the tool takes them; ``$of`` stands for what the address names, ``$where`` in a statement for what the page
        is narrowed to, and a period's name (`tools.periods`) for its days.
    takes
        Filters of the page that this read is narrowed by.
    filters_as
        How the tool takes them: ``conditions`` in a list, each as one of the ``arguments``, or ``sql`` for ``$where``.
    columns
        Filter → column of the statement that it is of, where that has another name.
    named
        Column of a statement → its name and unit for the eye.
    """

    tool: str = ""
    listing: str = ""
    arguments: Mapping[str, Any] = Field(default_factory=dict)
    takes: tuple[str, ...] = ()
    filters_as: Literal["conditions", "arguments", "sql"] = "conditions"
    columns: Mapping[str, str] = Field(default_factory=dict)
    named: Mapping[str, Named] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_source(self) -> Read:
        if bool(self.tool) == bool(self.listing):
            raise ValueError("a read names a tool or a listing")
        return self


class Slider(_Declared):
    """One thing to move in a trial: a lever of `what_if`, in percent of what it is."""

    lever: str
    label: str
    low: int = -30
    high: int = 30
    step: int = 5
    at: int = 0


class Tile(_Declared):
    """One figure.

    Attributes
    ----------
    figure
        Name of the fact that carries it.
    question
        What would be asked for it; ``{where}`` is what the page is narrowed to, in words.
    over
        What lies between the figure and the one before it.
    beside
        Further facts, shown small beside the labels they are given.
    """

    label: str
    read: str
    figure: str
    question: str
    over: str = "in a month"
    beside: Mapping[str, str] = Field(default_factory=dict)


class Block(_Declared):
    """One part of a page.

    Attributes
    ----------
    show
        How it is drawn: a name in `ui.pages.shows`.
    finding
        A sentence made of the result, for the title: ``{first[region]} carries most``.
    measure
        What is shown and in what unit, below the title.
    span
        Columns it is wide, of twelve.
    later
        Fetched by itself after the page is there, since it takes long.
    draw
        How rows become a chart, or which columns a table has: read by the show.
    scope
        What a caller must hold for the page to have the block at all; empty for all who see the page.
    acts, row_acts
        Actions of the page that the block's head, and each of its rows, offer.
    """

    key: str
    show: str
    title: str
    finding: str = ""
    measure: str = ""
    question: str = ""
    read: str = ""
    span: int = Field(default=12, ge=3, le=12)
    later: bool = False
    tiles: tuple[Tile, ...] = ()
    sliders: tuple[Slider, ...] = ()
    draw: Mapping[str, Any] = Field(default_factory=dict)
    empty: str = ""
    scope: str = ""
    acts: tuple[str, ...] = ()
    row_acts: tuple[str, ...] = ()


class PageDeclaration(_Declared):
    """A whole page."""

    title: str
    lead: str = ""
    filters: tuple[str, ...] = ()
    reads: Mapping[str, Read]
    blocks: tuple[Block, ...]
    acts: Mapping[str, Act] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _acts_exist(self) -> PageDeclaration:
        offered = {name for block in self.blocks for name in (*block.acts, *block.row_acts)}
        if unknown := sorted(offered.difference(self.acts)):
            raise ValueError(f"actions that are not declared: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _reads_exist(self) -> PageDeclaration:
        wanted = {block.read for block in self.blocks if block.read}
        wanted |= {tile.read for block in self.blocks for tile in block.tiles}
        unknown = sorted(wanted.difference(self.reads))
        if unknown:
            raise ValueError(f"reads that are not declared: {', '.join(unknown)}")
        return self

    def block(self, key: str) -> Block | None:
        """The block of that key."""
        return next((block for block in self.blocks if block.key == key), None)

    def live(self, block: Block) -> bool:
        """Whether a block reads what people change: it is made anew each time."""
        names = [block.read] if block.read else [tile.read for tile in block.tiles]
        return any(self.reads[name].listing for name in names)


#: Names of a declaration whose values are sentences of ours; whose keys are; whose values' values are.
SENTENCES = frozenset(
    {
        "title", "lead", "label", "measure", "finding", "empty", "over", "note", "across", "from_", "to", "confirm",
        "hint",
    }
)  # fmt: skip
NAMED_BY_SENTENCES = frozenset({"beside", "facts", "outcomes"})
HOLDING_SENTENCES = frozenset({"heads", "at_rest", "fields"})


def declaration(name: str) -> PageDeclaration:
    """The declaration of a page, its sentences in the language spoken.

    Raises
    ------
    ConfigurationError
        It does not say what a page must; the message lists every fault.
    """
    return _declaration(name, spoken())


@cache
def _declaration(name: str, language: Language) -> PageDeclaration:  # noqa: ARG001  each language is kept
    """Load ``ui/pages/<name>.yaml``."""
    import yaml
    from pydantic import ValidationError

    try:
        return PageDeclaration.model_validate(told(yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ConfigurationError(f"The page '{name}' is not declared as pages are: {faults}") from None


def told(declared: Any, within: str = "") -> Any:
    """What a file declares, its sentences in the language spoken."""
    if isinstance(declared, Mapping):
        named = within in NAMED_BY_SENTENCES
        return {say(str(key)) if named else key: told(value, _sense(key, within)) for key, value in declared.items()}
    if isinstance(declared, list):
        return [told(each, within) for each in declared]
    return say(declared) if isinstance(declared, str) and within in SENTENCES else declared


def _sense(key: str, within: str) -> str:
    """How the value of a key is read; those of a read's arguments are no sentences."""
    if within in HOLDING_SENTENCES:
        return "label"
    return "" if within in NAMED_BY_SENTENCES or within == "arguments" else key
