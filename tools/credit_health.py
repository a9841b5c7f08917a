"""Which models serve, and what an answer that leans on one has to say about its health."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.errors import ToolRetry, did_you_mean
from governance.principal import Principal
from tools.result import Fact
from tools.workspace import Workspace

#: A champion trained longer ago than this, counted on the data clock, is called stale.
STALE_AFTER = dt.timedelta(days=548)


@dataclass(frozen=True)
class ModelHealth:
    """What rides along with an answer that leans on a model."""

    versions: Mapping[str, str]
    facts: Mapping[str, Fact]
    warnings: tuple[str, ...]
    as_of: dt.date | None


def serving_models(workspace: Workspace, principal: Principal) -> list[tuple[str, str, dt.date]]:
    """The champions: model, version, as-of it was trained at."""
    sql = "SELECT model, version, trained_at_as_of FROM books.models.registry WHERE champion ORDER BY model"
    return [(row[0], row[1], row[2]) for row in workspace.query(principal, sql).rows]


def champion_card(workspace: Workspace, principal: Principal, model: str) -> Mapping[str, Any]:
    """The card of the champion.

    Raises
    ------
    ToolRetry
        No such model serves here.
    """
    known = [name for name, _, _ in serving_models(workspace, principal)]
    if model not in known:
        raise ToolRetry(f"No model '{model}' serves in {workspace.name}.{did_you_mean(model, known)}")
    rows = workspace.reader(principal).query(
        "SELECT card FROM books.models.registry WHERE champion AND model = ?", [model]
    )
    card: Mapping[str, Any] = json.loads(rows.rows[0][0])
    return card
