"""Which column of an unknown table tells what: guessed, confirmed by a person, kept as a small JSON or YAML file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analytics.ingest.dates import FORMATS
from analytics.ingest.layout import CREDITS, DEBITS, ROLES, Layout, heading_key
from analytics.ingest.shape import Shape
from governance.errors import SourceError, did_you_mean

#: Name that postings of a mapped file carry as their source.
MAPPED = "mapped"


@dataclass(frozen=True)
class ColumnMapping:
    """Role → heading, and how the table writes dates and sides.

    ``confidence`` and ``reasons`` are there where it was guessed.
    """

    columns: Mapping[str, str]
    dates: tuple[str, ...] = ("DD/MM/YYYY", "DD/MM/YY", "DD-Mon-YYYY", "YYYY-MM-DD")
    debits: str = DEBITS
    credits: str = CREDITS
    currency: str = "INR"
    confidence: Mapping[str, float] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def layout(self) -> Layout:
        """The mapping as a layout."""
        return Layout(
            name=MAPPED,
            title="a table read by a mapping",
            bank=MAPPED,
            headings={role: (heading,) for role, heading in self.columns.items()},
            dates=self.dates,
            debits=self.debits,
            credits=self.credits,
            currency=self.currency,
        )

    def as_json(self) -> dict[str, Any]:
        """Return what a mapping file holds."""
        return {
            "columns": dict(self.columns),
            "dates": list(self.dates),
            "debits": self.debits,
            "credits": self.credits,
            "currency": self.currency,
        }


def load_mapping(path: Path) -> ColumnMapping:
    """Read a mapping file.

    Raises
    ------
    SourceError
        It is missing, neither JSON nor YAML with `columns`, or names a role, a date format or a pattern that is none.
    """
    import yaml

    try:
        text = path.read_text("utf-8")
        given = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        why = "it is no YAML" if isinstance(error, yaml.YAMLError) else error
        raise SourceError(f"{path.name} is not a readable mapping ({why}). `--save-mapping` writes one.") from None
    return mapping_of(given, path.name)


def mapping_of(given: Any, called: str) -> ColumnMapping:
    """Return what a mapping file, or a part of another, says; the errors are those of `load_mapping`."""
    if not isinstance(given, dict) or not isinstance(given.get("columns"), dict):
        raise SourceError(f"{called} is not a mapping: expected an object with `columns`, role → heading.")
    columns = {str(role): str(heading) for role, heading in given["columns"].items()}
    for role in columns:
        if role not in ROLES:
            raise SourceError(f"{called}: there is no role '{role}'.{did_you_mean(role, ROLES)}")
    dates = tuple(given.get("dates", ())) or tuple(FORMATS)
    for name in dates:
        if name not in FORMATS:
            raise SourceError(f"{called}: there is no date format '{name}'.{did_you_mean(str(name), FORMATS)}")
    patterns = {side: str(given.get(side, usual)) for side, usual in (("debits", DEBITS), ("credits", CREDITS))}
    for side, pattern in patterns.items():
        _check_pattern(called, side, pattern)
    currency = str(given.get("currency", "INR")).upper()
    if not re.fullmatch("[A-Z]{3}", currency):
        raise SourceError(f"{called}: the currency is not three letters as in ISO 4217.")
    return ColumnMapping(columns, dates, patterns["debits"], patterns["credits"], currency)


def save_mapping_of(guessed: Mapping[str, Any], path: Path) -> None:
    """Write the mapping a file was read by, for a person to confirm.

    Raises
    ------
    SourceError
        It was read by a declared layout, which needs no mapping.
    """
    if "mapping" not in guessed:
        raise SourceError(f"The file is in the layout {guessed.get('layout')}: it needs no mapping, none was written.")
    path.write_text(json.dumps(guessed["mapping"], ensure_ascii=False, indent=2) + "\n", "utf-8")


def mapped_shape(rows: Sequence[Sequence[str]], mapping: ColumnMapping, delimiter: str) -> Shape | None:
    """Return where the mapping's headings stand among ``rows``, or None."""
    wanted = {role: heading_key(heading) or heading for role, heading in mapping.columns.items()}
    for number, row in enumerate(rows, start=1):
        keys = [heading_key(cell) or cell for cell in row]
        if set(wanted.values()) <= set(keys):
            columns = {role: keys.index(key) for role, key in wanted.items()}
            return Shape(mapping.layout, number, tuple(row), columns, delimiter, 1.0)
    return None


def _check_pattern(called: str, side: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise SourceError(f"{called}: `{side}` is not a pattern ({error}).") from None
    if re.search(r"\(\?[=!<]|\\[1-9]", pattern):
        raise SourceError(f"{called}: `{side}` looks around or back, which the engines do not: write it plainly.")
