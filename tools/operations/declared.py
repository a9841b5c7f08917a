"""Sources declared in a small YAML file: a feed that is pulled, a table of another database.

The file holds no secret: a token or a database's address is named, and read from the environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import SourceError, did_you_mean

if TYPE_CHECKING:
    from analytics.ingest.mapping import ColumnMapping

#: Kind → keys it must have, and keys it may have.
KINDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "feed": (
        frozenset({"url"}),
        frozenset({"name", "token", "customer", "records", "next_cursor", "cursor_parameter", "timeout", "attempts"}),
    ),
    "database": (
        frozenset({"address", "table", "mapping"}),
        frozenset({"name", "account", "customer"}),
    ),
}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Declared:
    """One source.

    Attributes
    ----------
    name
        Under which a feed's cursor is kept; the file's own name unless told otherwise.
    kind
        A key of `KINDS`.
    options
        The other keys, as they stand in the file.
    folder
        Where the file lies; a mapping named in it is looked for there.
    """

    name: str
    kind: str
    options: Mapping[str, Any]
    folder: Path

    def mapping(self) -> ColumnMapping:
        """Return the mapping: written in the file itself, or in one that it names."""
        from analytics.ingest.mapping import load_mapping, mapping_of

        told = self.options["mapping"]
        if isinstance(told, str):
            return load_mapping(self.folder / told)
        return mapping_of(told, f"the mapping of {self.name}")


def load_declared(path: Path) -> Declared:
    """Read a declaration.

    Raises
    ------
    SourceError
        It cannot be read, or says something that is not understood; the message names everything that is wrong.
    """
    told = load_yaml(path)
    kind = str(told.get("kind"))
    if kind not in KINDS:
        raise SourceError(
            f"{path.name} declares no source: `kind` is '{kind}'.{did_you_mean(kind, KINDS)} "
            "A feed needs `kind: feed` and `url`; a table `kind: database`, `address`, `table` and `mapping`."
        )
    must, may = KINDS[kind]
    given = set(told) - {"kind"}
    faults = [f"`{key}` is missing" for key in sorted(must - given)]
    faults += [f"`{key}` is not known{did_you_mean(key, must | may)}" for key in sorted(given - must - may)]
    name = str(told.get("name", path.stem))
    if not NAME.fullmatch(name):
        faults.append(f"`name` is '{name}': letters, digits, '-' and '_', a letter first")
    if faults:
        raise SourceError(f"{path.name}: {'; '.join(faults)}.")
    return Declared(name, kind, {key: told[key] for key in given - {"name"}}, path.parent)


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds names and values.

    Raises
    ------
    SourceError
        It is not there, or no such file.
    """
    import yaml

    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SourceError(f"There is no file {path.name} there.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise SourceError(f"{path.name} is not readable YAML{line}.") from None
    if not isinstance(told, dict):
        raise SourceError(f"{path.name} holds no names and values: expected `key: value` lines.")
    return told
