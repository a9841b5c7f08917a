"""The governed vocabulary: views, metrics, dimensions, joins, read from ``knowledge/semantic/*.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

SEMANTIC_FOLDER = Path(__file__).parent / "semantic"

Unit = Literal["currency", "percent", "count", "days", "score", "points", "ratio", "date", "months", "text"]


class _Declaration(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    description: str


class ViewColumn(BaseModel):
    """One column of a semantic view; ``sql`` is its expression over the view's relation, by default its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: str
    description: str
    sql: str = ""


class View(_Declaration):
    """A table as askers may see it. ``relation`` is a FROM clause over the books (``books.core.customers AS c``).

    ``customer_key`` is the SQL expression of the customer id, by which row partitions bind.
    """

    relation: str
    customer_key: str
    columns: tuple[ViewColumn, ...]


class Metric(_Declaration):
    """A governed quantity: an aggregate over one view.

    ``time`` is the view's date column that periods refer to. ``time_kind`` is ``snapshot`` where rows are states at
    month ends (a period means its last as-of) and ``flow`` where rows are events (a period means its sum).
    ``where`` restricts the rows the metric is defined on.
    """

    view: str
    expression: str
    unit: Unit
    time: str = ""
    time_kind: Literal["snapshot", "flow"] = "flow"
    where: str = ""
    synonyms: tuple[str, ...] = ()
    higher_is: Literal["better", "worse", "neutral"] = "neutral"


class Dimension(_Declaration):
    """A way to split or filter: a column of one view, reachable from others by `Join`."""

    view: str
    column: str
    kind: Literal["category", "time", "number", "boolean"] = "category"
    unit: Unit = "text"
    synonyms: tuple[str, ...] = ()
    #: canonical value → other ways people write it
    values: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class Join(BaseModel):
    """How the rows of ``left`` find the one row of ``right`` (many to one)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: str
    right: str
    on: str


class Vocabulary(BaseModel):
    """Everything a question may name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    views: Mapping[str, View]
    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]
    joins: tuple[Join, ...]


@cache
def load_vocabulary(folder: Path = SEMANTIC_FOLDER) -> Vocabulary:
    """Read ``views.yaml``, ``metrics.yaml``, ``dimensions.yaml`` and ``joins.yaml``.

    Raises
    ------
    pydantic.ValidationError
        A declaration is malformed; every fault is listed.
    """

    def entries(file: str) -> list[dict[str, object]]:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        loaded: list[dict[str, object]] = yaml.load((folder / file).read_text("utf-8"), Loader=loader)  # noqa: S506
        return loaded

    def by_name(file: str) -> dict[str, dict[str, object]]:
        return {str(entry["name"]): entry for entry in entries(file)}

    return Vocabulary.model_validate(
        {
            "views": by_name("views.yaml"),
            "metrics": by_name("metrics.yaml"),
            "dimensions": by_name("dimensions.yaml"),
            "joins": entries("joins.yaml"),
        }
    )
