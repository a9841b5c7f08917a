"""The values that occur in the books' dimensions: what places, products and currencies are known by.

Finding them reads whole columns, so they are kept until the next publish in a sealed file of the workspace's folder:
a command that asks one question opens it instead.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from governance.errors import KeyUnusable

if TYPE_CHECKING:
    from pathlib import Path

    from governance.principal import Principal
    from knowledge.vocabulary import Dimension
    from tools.workspace import Workspace

Values = Mapping[str, tuple[str, ...]]


def occurring_values(workspace: Workspace, principal: Principal) -> Values:
    """Dimension → the values within the caller's sight, sorted."""
    published = workspace.reader(principal).published
    path = _path(workspace, principal)
    kept = _kept(path, workspace, published)
    if kept is None:
        kept = _read(workspace, principal)
        _keep(path, workspace, published, kept)
    return kept


def _read(workspace: Workspace, principal: Principal) -> Values:
    """One pass over each view."""
    by_view: dict[str, list[Dimension]] = defaultdict(list)
    for dimension in workspace.vocabulary.dimensions.values():
        if dimension.kind == "category" and dimension.view in workspace.view_names(principal) and _told(dimension):
            by_view[dimension.view].append(dimension)
    values: dict[str, tuple[str, ...]] = {}
    for view, dimensions in by_view.items():
        lists = ", ".join(f'list_sort(list(DISTINCT "{dimension.column}"::VARCHAR))' for dimension in dimensions)
        row = workspace.query(principal, f'SELECT {lists} FROM semantic."{view}"').rows[0]
        for dimension, found in zip(dimensions, row, strict=True):
            values[dimension.name] = tuple(value for value in found or () if value is not None)
    return values


def _told(dimension: Dimension) -> bool:
    """Whether its values are words of questions; of identifiers those of customers and loans are."""
    return dimension.name in ("customer_id", "loan_id") or not dimension.name.endswith("_id")


def _path(workspace: Workspace, principal: Principal) -> Path:
    told = [name for name, dimension in workspace.vocabulary.dimensions.items() if _told(dimension)]
    sight = json.dumps([sorted(principal.scopes), sorted(map(list, principal.partitions.items())), told], default=list)
    return workspace.folder / f"values-{hashlib.sha256(sight.encode()).hexdigest()[:12]}.sealed"


def _kept(path: Path, workspace: Workspace, published: str) -> Values | None:
    try:
        content = json.loads(workspace.keys.unseal(path.read_bytes(), about=path.name))
    except (OSError, KeyUnusable, ValueError):  # missing, of another key, cut short: it is read anew
        return None
    if content["published"] != published:
        return None
    return {name: tuple(values) for name, values in content["values"].items()}


def _keep(path: Path, workspace: Workspace, published: str, values: Values) -> None:
    sealed = workspace.keys.seal(json.dumps({"published": published, "values": values}), about=path.name)
    draft = path.with_suffix(".draft")
    with contextlib.suppress(OSError):  # a folder that cannot be written to costs time, nothing else
        draft.write_bytes(sealed)
        draft.replace(path)
