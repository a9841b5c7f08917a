"""The planner's word tables, read from the YAML files in this folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent


@cache
def table(name: str) -> Any:
    """Return the content of ``<name>.yaml``."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((_FOLDER / f"{name}.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506  # nosec B506  # safe, in C


class Words:
    """The word tables of what is asked about: those of the files, some of them in the form of another subject.

    Parameters
    ----------
    own
        Name of a table → what stands in its place; None for the house's own tables throughout.
    """

    def __init__(self, own: Mapping[str, Any] | None = None) -> None:
        self.of_house = own is None
        self._own = own or {}

    def table(self, name: str) -> Any:
        """Return the table of that name."""
        return self._own[name] if name in self._own else table(name)

    @cached_property
    def soft_cues(self) -> frozenset[str]:
        """Cues that may go unused."""
        return frozenset(name for name, cue in self.table("cues").items() if cue.get("soft"))

    @cached_property
    def noun_phrases(self) -> Mapping[tuple[str, ...], str]:
        """Look-up form of a noun → the figure that counts what it names."""
        from assistant.planner.text import phrase

        nouns = self.table("nouns").items()
        return {phrase(str(written)): str(name) for name, noun in nouns for written in noun["phrases"]}

    @cached_property
    def ordinary(self) -> frozenset[tuple[str, ...]]:
        """Spellings of values that are ordinary words: values only beside the name of their dimension."""
        from assistant.planner.text import phrase

        return frozenset(phrase(str(word)) for word in self.table("measures")["needs_label"])

    @cached_property
    def plural_only(self) -> frozenset[str]:
        """Words that name figures in the plural only."""
        return frozenset(self.table("measures")["plural"])


#: What the house's own books are asked in.
HOUSE = Words()
