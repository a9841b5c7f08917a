"""The semantic layer of a database of one's own: one YAML file, made into the vocabulary that questions are read by.

``munshi semantic draft`` writes the first one; who knows the data edits it. Beside what the house's own layer has
(views, joins, dimensions, metrics) it knows *measures*: a number of each row, from which its sum, average, median,
highest and lowest are made, and by which rows can be filtered.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from governance.errors import SourceError
from knowledge.vocabulary import (
    Dimension,
    Entity,
    Join,
    MeasureStatistic,
    Metric,
    Unit,
    View,
    ViewColumn,
    Vocabulary,
    load_vocabulary,
)

#: Where the tables of such a database lie in a workspace's books, and how its layer writes them.
SCHEMA = "source"
_TABLE = re.compile(rf"(?<![\w.])(?<!books\.){SCHEMA}\.(?=[a-z_])")
#: Statistic → the aggregate, and the word before the measure's label.
AGGREGATES: Mapping[MeasureStatistic, tuple[str, str, str]] = {
    "sum": ("sum({column})", "Total", "added up over"),
    "average": ("avg(({column})::DOUBLE)", "Average", "averaged over"),
    "median": ("median(({column})::DOUBLE)", "Median", "the middle value of"),
    "highest": ("max({column})", "Largest single", "the largest of"),
    "lowest": ("min({column})", "Smallest single", "the smallest of"),
}  # fmt: skip
_SIMPLE_JOIN = re.compile(r"\s*(\w+)\.(\w+)\s*=\s*(\w+)\.(\w+)\s*")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LayerView(_Part):
    """A table, or what a FROM clause over ``source.<table>`` makes of several.

    Attributes
    ----------
    table, relation
        One of the two: the table, or the FROM clause.
    key
        The column that tells the rows apart.
    words
        What the rows are called, in the singular: [loan, credit]. Without any, nobody asks for them by name.
    time
        The date of each row that periods refer to; never empty.
    kinds
        The dimension that "by type" means.
    size
        The measure that a bare "above 1,000" means.
    verbs
        What was done to a row on its date: [granted, issued].
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    description: str
    table: str = ""
    relation: str = ""
    key: str = ""
    words: tuple[str, ...] = ()
    time: str = ""
    kinds: str = ""
    size: str = ""
    verbs: tuple[str, ...] = ()
    columns: tuple[ViewColumn, ...]


class Measure(_Part):
    """A number of each row of a view.

    Attributes
    ----------
    column
        The view's column; a computed one is declared there.
    statistic
        What is meant where none is said: ``sum`` of what adds up, ``average`` of what does not.
    sums
        Whether it adds up at all: a balance or a rate does not.
    where
        Restricts the rows.
    discrete
        It has few values, which figures can be split by.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    description: str
    view: str
    column: str
    unit: Unit = "number"
    statistic: MeasureStatistic = "sum"
    sums: bool = True
    where: str = ""
    synonyms: tuple[str, ...] = ()
    discrete: bool = False
    higher_is: Literal["better", "worse", "neutral"] = "neutral"


class Layer(_Part):
    """The file.

    Attributes
    ----------
    database
        What the database is called.
    currency
        ISO 4217 code of its money.
    currency_words
        What people call it: [crown].
    house_words
        What people call the whole, whose everything here is: [bank, company]. They restrict nothing.
    clock
        The day that "last month" is relative to; by default the newest date of the views' times.
    """

    database: str
    description: str = ""
    currency: str = ""
    currency_words: tuple[str, ...] = ()
    house_words: tuple[str, ...] = ()
    clock: dt.date | None = None
    views: tuple[LayerView, ...]
    joins: tuple[Join, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    measures: tuple[Measure, ...] = ()
    metrics: tuple[Metric, ...] = ()


def read_layer(text: str) -> Layer:
    """Read a semantic layer.

    Raises
    ------
    SourceError
        It is no YAML, or a declaration is malformed or names what does not exist; every fault is listed.
    """
    try:
        layer = Layer.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise SourceError(f"The semantic layer is no YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        told = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise SourceError(f"The semantic layer is malformed. {'; '.join(told)}.") from None
    faults = list(_faults(layer))
    if faults:
        raise SourceError(f"The semantic layer does not hold together. {' '.join(faults)}")
    return layer


def _faults(layer: Layer) -> Iterator[str]:
    views = {view.name: {column.name for column in view.columns} for view in layer.views}
    for view in layer.views:
        if bool(view.table) == bool(view.relation):
            yield f"View '{view.name}' needs either 'table' or 'relation'."
        for name in (view.key, view.time):
            if name and name not in views[view.name]:
                yield f"View '{view.name}' has no column '{name}'."
    of_views: list[tuple[str, Dimension | Measure | Metric]] = [
        *(("Dimension", d) for d in layer.dimensions if d.view), *(("Measure", m) for m in layer.measures),
        *(("Metric", m) for m in layer.metrics),
    ]  # fmt: skip
    for kind, each in of_views:
        if each.view not in views:
            yield f"{kind} '{each.name}' is of a view '{each.view}'; there are {', '.join(views)}."
        elif isinstance(each, Dimension) and each.column not in views[each.view]:
            yield f"Dimension '{each.name}' is of a column '{each.column}' that '{each.view}' lacks."
        elif isinstance(each, Measure) and each.column not in views[each.view]:
            yield f"Measure '{each.name}' is of a column '{each.column}' that '{each.view}' lacks."
    for join in layer.joins:
        for side in (join.left, join.right):
            if side not in views:
                yield f"A join names the view '{side}', which is not there."
    measured = [f"{measure.name}_value" for measure in layer.measures]
    names = [*measured, *(view.name for view in layer.views if view.words)]
    names += [*(d.name for d in layer.dimensions), *(m.name for m in layer.measures), *(m.name for m in layer.metrics)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"The name '{name}' stands for more than one thing."


def vocabulary_of(layer: Layer) -> Vocabulary:
    """Return the vocabulary that questions on the database are read by."""
    keys = _keys(layer)
    metrics = [*_counts(layer), *(metric for measure in layer.measures for metric in _statistics(layer, measure))]
    dimensions = [*keys.values(), *layer.dimensions, *(_number(measure) for measure in layer.measures)]
    grains = [dimension for dimension in load_vocabulary().dimensions.values() if dimension.grain]
    entities = [
        Entity(
            view=view.name, metric=view.name, key=keys[view.name].name if view.name in keys else "", words=view.words,
            kinds=view.kinds, size=f"{view.size}_value" if view.size else "", verbs=view.verbs,
        )
        for view in layer.views
        if view.words
    ]  # fmt: skip
    return Vocabulary(
        views={view.name: _view(view) for view in layer.views},
        metrics={metric.name: metric for metric in (*metrics, *layer.metrics)},
        dimensions={dimension.name: dimension for dimension in (*dimensions, *grains)},
        joins=layer.joins,
        database=layer.database,
        currency=layer.currency,
        currency_words=layer.currency_words,
        house_words=layer.house_words,
        entities=tuple(entities),
    )


def _view(view: LayerView) -> View:
    relation = view.relation or f'{SCHEMA}.{view.table} AS "{view.table}"'
    return View(
        name=view.name, label=view.label, description=view.description,
        relation=_TABLE.sub(f"books.{SCHEMA}.", relation), customer_key="NULL", columns=view.columns,
    )  # fmt: skip


def _counts(layer: Layer) -> Iterator[Metric]:
    """Yield the metric that counts the rows of each view that has a word for them."""
    for view in layer.views:
        if view.words:
            yield Metric(
                name=view.name, label=view.label, description=f"{view.description.rstrip('.')}; counted.",
                view=view.name, expression="count(*)", unit="count", time=view.time, synonyms=view.words,
            )  # fmt: skip


def _statistics(layer: Layer, measure: Measure) -> Iterator[Metric]:
    view = next(view for view in layer.views if view.name == measure.view)
    called = (measure.label, *measure.synonyms)
    called += tuple(f"{word} {said}" for word in view.words for said in called)
    for statistic, (aggregate, word, over) in AGGREGATES.items():
        if statistic == "sum" and not measure.sums:
            continue
        own = statistic == measure.statistic
        label = f"{word} {measure.label[0].lower()}{measure.label[1:]}"
        yield Metric(
            name=measure.name if own else f"{statistic}_{measure.name}", label=label,
            description=f"{measure.description.rstrip('.')}; {over} the {view.label.lower()}.", view=measure.view,
            expression=aggregate.format(column=f'"{measure.column}"'), unit=measure.unit, time=view.time,
            where=measure.where, synonyms=called if own else (), of=measure.name,
            statistic=statistic, higher_is=measure.higher_is,
        )  # fmt: skip


def _number(measure: Measure) -> Dimension:
    """Return the dimension by which rows are filtered by the measure's value."""
    return Dimension(
        name=f"{measure.name}_value", label=measure.label, description=measure.description, view=measure.view,
        column=measure.column, kind="number", unit=measure.unit, synonyms=measure.synonyms,
        discrete=measure.discrete,
    )  # fmt: skip


def _keys(layer: Layer) -> dict[str, Dimension]:
    """View → the dimension of its key, which other views carry where a join of theirs leads to it."""
    keyed = {view.name: view for view in layer.views if view.key and view.words}
    also: dict[str, dict[str, str]] = {name: {} for name in keyed}
    for join in layer.joins:
        found = _SIMPLE_JOIN.fullmatch(join.on)
        sides = {found[1]: found[2], found[3]: found[4]} if found else {}
        if join.right in keyed and sides.get(join.right) == keyed[join.right].key and join.left in sides:
            also[join.right].setdefault(join.left, sides[join.left])
    return {
        name: Dimension(
            name=f"{view.words[0].replace(' ', '_')}_id",
            label=view.words[0][0].upper() + view.words[0][1:],
            description=f"Tells {view.label.lower()} apart.",
            view=name,
            column=view.key,
            also=also[name],
            identifying=True,
            synonyms=(view.key,),
        )
        for name, view in keyed.items()
    }
