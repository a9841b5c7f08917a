"""Tables of Ibis as functions of rows: columns are found when they are asked for, each once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import ibis.expr.operations as ops

from analytics.rowwise.values import OPERATIONS, SPECIAL, Frame, Value, literal

if TYPE_CHECKING:
    import ibis

Row = Mapping[str, Any]
#: The row of another table that a left join finds for a key of texts; None where there is none, at most one else.
Lookup = Callable[[tuple[Any, ...]], Row | None]
#: The right side of a join and the names of its key → what finds its rows.
Joining = Callable[[ops.Relation, Sequence[str]], Lookup]
_OPEN = object()
#: What stands at the beginning of a frame: the row it is of, or a group's keys and the frames of its rows.
_SOURCE, _MEMBERS = 0, 1
_PASSING = (ops.Filter, ops.DropColumns, ops.JoinReference)


def _nothing_to_join(right: ops.Relation, key: Sequence[str]) -> Lookup:
    raise NotImplementedError(f"Nothing finds the rows of {right.schema.names} by {', '.join(key)}: hand in what does.")


class RowByRow:
    """A table over rows of one other table, joined to others at most by a left join to a unique key.

    Parameters
    ----------
    table
        What is evaluated. Unknown operations raise here.
    lookup
        What finds the rows of a join's right side.

    Raises
    ------
    NotImplementedError
        The table is made of something that is not evaluated row by row.
    """

    def __init__(self, table: ibis.Table, lookup: Joining = _nothing_to_join) -> None:
        node = table.op()
        self._level = _Level(node, lookup)
        self._columns = tuple((name, self._level.column(node, name)) for name in node.schema.names)

    def read(self, source: Iterable[Row]) -> list[Frame]:
        """Return rows of the table beneath as `over` takes them, again and again: what is found of them is kept."""
        return self._level.begun(source)

    def over(self, read: Iterable[Frame]) -> list[dict[str, Any]]:
        """Return what the table holds where the table beneath it holds these rows, groups in the order they begin."""
        return [{name: value(frame) for name, value in self._columns} for frame in self._level.frames(read)]

    def rows(self, source: Iterable[Row]) -> list[dict[str, Any]]:
        """Return what the table holds where the table beneath it holds ``source``."""
        return self.over(self.read(source))


class _Level:
    """The relations between one that gives rows, a table or an aggregate, and the next: they share a row's frame."""

    def __init__(self, node: Any, lookup: Joining) -> None:
        self._lookup = lookup
        self._slots = itertools.count(2)
        self._made: dict[Any, Value] = {}
        self._links: dict[Any, ops.JoinLink] = {}
        self._filters: list[Value] = []
        self._groups: dict[str, Value] = {}
        self._beneath: _Level | None = None
        self._descend(node)

    def begun(self, source: Iterable[Row]) -> list[Frame]:
        """Return a frame for each row of the table beneath everything."""
        return self._beneath.begun(source) if self._beneath else [self._frame(row, None) for row in source]

    def frames(self, read: Iterable[Frame]) -> list[Frame]:
        """Return the frames of this level's rows that meet the filters."""
        if self._beneath is not None:
            grouped: dict[tuple[Any, ...], list[Frame]] = {}
            for frame in self._beneath.frames(read):
                grouped.setdefault(tuple([key(frame) for key in self._groups.values()]), []).append(frame)
            read = [self._frame(dict(zip(self._groups, keys, strict=True)), rows) for keys, rows in grouped.items()]
        return [frame for frame in read if all(holds(frame) for holds in self._filters)]

    def _frame(self, source: Row, members: list[Frame] | None) -> Frame:
        frame: Frame = [_OPEN] * self._size
        frame[_SOURCE], frame[_MEMBERS] = source, members
        return frame

    def _descend(self, node: Any) -> None:
        """Find where the rows come from, and what they have to meet on the way."""
        filters = []
        base = node
        while not isinstance(base, ops.DatabaseTable | ops.Aggregate):
            if isinstance(base, ops.Filter):
                filters.append(base)
            if isinstance(base, ops.JoinChain):
                self._links |= {link.table: _left(link) for link in base.rest}
            base = base.first.parent if isinstance(base, ops.JoinChain) else _parent(base)
        if isinstance(base, ops.Aggregate):
            self._beneath = _Level(base.parent, self._lookup)
            self._groups = {name: self._beneath.value(key) for name, key in base.groups.items()}
        self._filters = [self.value(each) for found in reversed(filters) for each in found.predicates]

    @property
    def _size(self) -> int:
        return 2 + len(self._made)

    def column(self, node: Any, name: str) -> Value:
        """Return a column of a relation of this level."""
        if node in self._links:
            return self._of_joined(self._links[node], name)
        if isinstance(node, _PASSING):
            return self.column(node.parent, name)
        if isinstance(node, ops.DatabaseTable):
            return lambda frame: frame[_SOURCE].get(name)
        if isinstance(node, ops.Aggregate) and name in node.groups:
            return lambda frame: frame[_SOURCE][name]
        return self._once(node.metrics[name] if isinstance(node, ops.Aggregate) else node.values[name])

    def value(self, node: Any) -> Value:
        """Return an expression over a row of this level."""
        made = self._of_kind(node)
        if made is None:
            raise NotImplementedError(f"{type(node).__name__} is not evaluated row by row; add it to {__package__}.")
        return made

    def _of_kind(self, node: Any) -> Value | None:
        kind = type(node)
        if kind is ops.Literal:
            return literal(node)
        if kind is ops.Field:
            return self.column(node.rel, node.name)
        if kind in SPECIAL:
            return SPECIAL[kind](node, self.value(node.arg))
        if kind in OPERATIONS:
            return OPERATIONS[kind](*(self._argument(each) for each in node.__args__ if each is not None))
        if isinstance(node, ops.Reduction) and self._beneath is not None:
            return self._reduction(node, self._beneath)
        scalar = BITS.get(kind.__name__.rpartition("_")[0])
        return scalar(*(self.value(each) for each in node.__args__)) if scalar else None

    def _argument(self, each: Any) -> Any:
        return [self.value(one) for one in each] if isinstance(each, tuple) else self.value(each)

    def _once(self, node: Any) -> Value:
        """Return a column that is found once for a row, however often it is asked for."""
        if isinstance(node, ops.Field | ops.Literal):
            return self.value(node)
        if node not in self._made:
            self._made[node] = self._kept(self.value(node))
        return self._made[node]

    def _kept(self, find: Value) -> Value:
        slot = next(self._slots)

        def value(frame: Frame) -> Any:
            found = frame[slot]
            if found is _OPEN:
                found = frame[slot] = find(frame)
            return found

        return value

    def _of_joined(self, link: ops.JoinLink, name: str) -> Value:
        row = self._joined(link)

        def value(frame: Frame) -> Any:
            found = row(frame)
            return None if found is None else found[name]

        return value

    def _joined(self, link: ops.JoinLink) -> Value:
        """Return the row of the right side; NULL is equal to nothing."""
        if link not in self._made:
            sides = [sorted((each.left, each.right), key=lambda side: side.rel == link.table)
                     for each in link.predicates]  # fmt: skip
            keys = [self.column(mine.rel, mine.name) for mine, _ in sides]
            find = self._lookup(link.table.parent, [theirs.name for _, theirs in sides])

            def row(frame: Frame) -> Row | None:
                wanted = tuple([key(frame) for key in keys])
                return None if None in wanted else find(wanted)

            self._made[link] = self._kept(row)
        return self._made[link]

    def _reduction(self, node: Any, beneath: _Level) -> Value | None:
        """Return what is made of a group's rows: of those that meet ``where``, and are not NULL."""
        name = type(node).__name__
        reduce = REDUCTIONS.get(name.rpartition("_")[0] or name)
        if reduce is None:
            return None
        where = None if node.where is None else beneath.value(node.where)
        if isinstance(node, ops.CountStar):
            return lambda frame: len([1 for each in frame[_MEMBERS] if where is None or where(each)])
        arg = beneath.value(node.__args__[0])

        def value(frame: Frame) -> Any:
            members = frame[_MEMBERS] if where is None else [each for each in frame[_MEMBERS] if where(each)]
            return reduce([found for each in members if (found := arg(each)) is not None])

        return value


def _parent(node: Any) -> Any:
    if not isinstance(node, (ops.Project, *_PASSING)):
        raise NotImplementedError(f"{type(node).__name__} gives rows that are not evaluated row by row.")
    return node.parent


def _left(link: ops.JoinLink) -> ops.JoinLink:
    """A left join by equal columns, the only one that leaves each row as one."""
    if link.how != "left" or not all(
        isinstance(each, ops.Equals) and isinstance(each.left, ops.Field) and isinstance(each.right, ops.Field)
        for each in link.predicates
    ):
        raise NotImplementedError(f"A {link.how} join of {link.predicates} is not evaluated row by row.")
    return link


def _bit_or(values: Sequence[int]) -> int | None:
    bits = 0
    for value in values:
        bits |= value
    return bits if values else None


def _bit_count(arg: Value) -> Value:
    def value(frame: Frame) -> Any:
        bits = arg(frame)
        return None if bits is None else bits.bit_count()

    return value


#: Names of reductions, of `analytics.pipeline.engine_functions` too → what they make of what is not NULL.
REDUCTIONS: Mapping[str, Callable[[Sequence[Any]], Any]] = MappingProxyType(
    {
        "Sum": lambda values: sum(values) if values else None,
        "Min": lambda values: min(values) if values else None,
        "Max": lambda values: max(values) if values else None,
        "Count": len,
        "CountStar": len,
        "bit_or": _bit_or,
    }
)
#: Functions of a value among `analytics.pipeline.engine_functions`.
BITS: Mapping[str, Callable[..., Value]] = MappingProxyType({"bit_count": _bit_count})
