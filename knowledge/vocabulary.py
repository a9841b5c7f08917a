"""The governed vocabulary: views, metrics, dimensions, joins, read from ``knowledge/semantic/*.yaml``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field

SEMANTIC_FOLDER = Path(__file__).parent / "semantic"

Unit = Literal["currency", "percent", "count", "days", "score", "points", "ratio", "date", "months", "number", "text"]
Grain = Literal["day", "week", "month", "quarter", "year"]
MeasureStatistic = Literal["sum", "average", "median", "highest", "lowest"]


class _Declaration(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    description: str


class ViewColumn(BaseModel):
    """One column of a semantic view.

    ``sql`` is its expression over the view's relation, by default its name; a ``personal`` one is masked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: str
    description: str
    sql: str = ""
    personal: bool = False


class View(_Declaration):
    """A table as askers may see it. ``relation`` is a FROM clause over the books (``books.core.customers AS c``).

    ``customer_key`` is the SQL expression of the customer id, by which row partitions bind. ``scope`` is what a caller
    must hold to see the view. ``further`` is SQL that selects columns only the books know, such as every feature.
    ``purpose`` is what the view is for, where that rests on consent: who withdrew it is left out, of the rows that meet
    ``purpose_rows`` where it is given.
    """

    relation: str
    customer_key: str
    scope: str = "books:read"
    columns: tuple[ViewColumn, ...]
    further: str = ""
    purpose: str = ""
    purpose_rows: str = ""


class Metric(_Declaration):
    """A governed quantity: an aggregate over one view.

    ``time`` is the view's date column that periods refer to. ``time_kind`` says what a period means:

    - ``flow``: rows are events; those within the period.
    - ``snapshot``: rows are states at month ends; those of the period's last as-of.
    - ``spell``: rows live from ``time`` to ``until``; those alive at the period's end.

    ``where`` restricts the rows the metric is defined on. ``series`` does too, and picks the states among which the
    last as-of is looked up (a model's, say): where no row meets ``where`` then, the metric is zero, not older.
    ``model`` is the model that tells it: without one that serves there is no such figure.
    Without ``time`` its rows have no dates, and no period refers to them.

    ``of`` and ``statistic`` tell that it is one of several statistics of a measure: the median of the loan amount.
    """

    view: str
    expression: str
    unit: Unit
    time: str = ""
    time_kind: Literal["snapshot", "flow", "spell"] = "flow"
    until: str = ""
    series: str = ""
    where: str = ""
    model: str = ""
    synonyms: tuple[str, ...] = ()
    higher_is: Literal["better", "worse", "neutral"] = "neutral"
    of: str = ""
    statistic: MeasureStatistic | None = None


class Dimension(_Declaration):
    """A way to split or filter: a column of one view, reachable from others by `Join`, or a grain of time.

    Attributes
    ----------
    also
        Other views that carry the dimension themselves → the column's name there; they need no join.
    grain
        For day, week, month, quarter and year: the bucket of each metric's own date; ``view`` is empty then.
    identifying
        Singles out a customer: written exactly, and never beside what is told of groups only.
    aggregate_only
        May be reported over groups of customers, never customer by customer.
    values
        Canonical value → other ways people write it.
    complete
        Whether no value outside ``values`` occurs.
    discrete
        A number of few values, which figures can be split by as they are.
    """

    view: str = ""
    column: str = ""
    kind: Literal["category", "time", "number", "boolean"] = "category"
    unit: Unit = "text"
    also: Mapping[str, str] = Field(default_factory=dict)
    grain: Grain | None = None
    identifying: bool = False
    aggregate_only: bool = False
    synonyms: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    complete: bool = False
    discrete: bool = False

    @property
    def homes(self) -> Mapping[str, str]:
        """View → column, for every view that carries the dimension itself."""
        return {self.view: self.column, **self.also} if self.view else self.also

    def canonical(self, written: str) -> str | None:
        """Return the value that ``written`` names, whatever its case or spelling, or None."""
        wanted = written.strip().casefold()
        for value, spellings in self.values.items():
            if wanted == value.casefold() or wanted in (spelling.casefold() for spelling in spellings):
                return value
        return None


class Join(BaseModel):
    """How the rows of ``left`` find the one row of ``right`` (many to one)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: str
    right: str
    on: str


class Entity(BaseModel):
    """What the rows of a view are, as people call them: loans, customers.

    Attributes
    ----------
    metric
        The metric that counts them.
    key
        The dimension that tells one from another, if any.
    words
        What they are called.
    kinds
        The dimension that "by type" means beside them, if any.
    size
        The number that a bare "above 1,000" beside them means, if any.
    verbs
        What was done to them on their date: granted, issued.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    view: str
    metric: str
    key: str = ""
    words: tuple[str, ...]
    kinds: str = ""
    size: str = ""
    verbs: tuple[str, ...] = ()


class Vocabulary(BaseModel):
    """Everything a question may name.

    What follows the joins is of a database with a semantic layer of its own, and empty for the house's books.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    views: Mapping[str, View]
    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]
    joins: tuple[Join, ...]
    database: str = ""
    currency: str = ""
    currency_words: tuple[str, ...] = ()
    house_words: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()


#: What may be called otherwise.
Called = TypeVar("Called", Metric, Dimension)


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
        text = (folder / file).read_text("utf-8")
        loaded: list[dict[str, object]] = yaml.load(text, Loader=loader)  # noqa: S506  # nosec B506  # safe, in C
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


def with_values(vocabulary: Vocabulary, occurring: Mapping[str, Iterable[str]]) -> Vocabulary:
    """Return the vocabulary with the values that occur in the books added to its dimensions, which are complete then.

    Parameters
    ----------
    vocabulary
        What to extend.
    occurring
        Dimension → every value its column holds. Where the books spell a known value otherwise (``Bangalore``), their
        spelling becomes the canonical one.
    """
    dimensions = {
        name: vocabulary.dimensions[name].model_copy(
            update={"values": _merged(vocabulary.dimensions[name], values), "complete": True}
        )
        for name, values in occurring.items()
    }
    return vocabulary.model_copy(update={"dimensions": {**vocabulary.dimensions, **dimensions}})


def with_words(vocabulary: Vocabulary, said: Mapping[str, Iterable[str]]) -> Vocabulary:
    """Return the vocabulary with further synonyms; those of what it does not declare are left out.

    Parameters
    ----------
    said
        Name of a metric or dimension → what else people say for it.
    """
    if not said:
        return vocabulary
    metrics = {name: _also(each, said.get(name, ())) for name, each in vocabulary.metrics.items()}
    dimensions = {name: _also(each, said.get(name, ())) for name, each in vocabulary.dimensions.items()}
    return vocabulary.model_copy(update={"metrics": metrics, "dimensions": dimensions})


def _also(declared: Called, words: Iterable[str]) -> Called:
    return declared.model_copy(update={"synonyms": (*declared.synonyms, *words)})


def _merged(dimension: Dimension, occurring: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    merged = dict(dimension.values)
    for value in occurring:
        known = dimension.canonical(value)
        if known is None:
            merged.setdefault(value, ())
        elif known != value and known in merged:
            merged[value] = (known, *(spelling for spelling in merged.pop(known) if spelling != value))
    return merged


def restricted(vocabulary: Vocabulary, views: Collection[str]) -> Vocabulary:
    """Return the vocabulary of ``views`` alone: what a caller may see, or what the books of a source hold."""
    kept = {name: view for name, view in vocabulary.views.items() if name in views}
    dimensions = (_within(dimension, kept) for dimension in vocabulary.dimensions.values())
    return Vocabulary(
        views=kept,
        metrics={name: metric for name, metric in vocabulary.metrics.items() if metric.view in kept},
        dimensions={dimension.name: dimension for dimension in dimensions if dimension is not None},
        joins=tuple(join for join in vocabulary.joins if join.left in kept and join.right in kept),
        database=vocabulary.database,
        currency=vocabulary.currency,
        currency_words=vocabulary.currency_words,
        house_words=vocabulary.house_words,
        entities=tuple(entity for entity in vocabulary.entities if entity.view in kept),
    )


def _within(dimension: Dimension, views: Collection[str]) -> Dimension | None:
    if dimension.grain:
        return dimension
    homes = [(view, column) for view, column in dimension.homes.items() if view in views]
    if not homes:
        return None
    (view, column), rest = homes[0], homes[1:]
    return dimension.model_copy(update={"view": view, "column": column, "also": dict(rest)})
