"""What tables are about, guessed from their schema and values: keys, joins, times, dimensions, measures, doubts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analytics.outside.examine import Examined
from analytics.outside.profile import ColumnProfile, Inclusion, TableProfile
from tools.operations.semantic_names import (
    ADDS_UP,
    CODES,
    MONEY,
    PERSONAL,
    STATES,
    WRITTEN_PERSONALLY,
    parts,
    plural,
    singular,
)

#: A whole number with so few values that rows may be told apart by it.
FEW = 12
#: Words that name the date a row is of, the likeliest first.
DATES = ("date", "created", "opened", "started", "posted", "ordered", "issued", "at", "on", "time")
#: Values that stand in the file; with more they are read from the database itself.
LISTED = 30


@dataclass(frozen=True)
class ViewGuess:
    """One table as it may be asked about; ``open`` are the points its editor should settle."""

    table: TableProfile
    name: str
    word: str
    key: str
    time: str
    personal: tuple[str, ...]
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    open: tuple[str, ...]


def key_of(table: TableProfile) -> str:
    """Return the column that tells a table's rows apart: unique, and by its name or place an identifier; or nothing."""
    wanted = (f"{singular(table.name)}_id", f"{table.name}_id", "id")
    unique = [name for name in table.unique() if table.columns[name].kind in ("whole", "text")]
    named = [name for name in wanted if name in unique]
    ending = [name for name in unique if name.endswith(("_id", "_no", "_key", "_code")) or name.startswith("id_")]
    first = [name for name in unique if name == next(iter(table.columns))]
    return next(iter([*named, *first, *ending]), "")


def joins(examined: Examined) -> tuple[list[Inclusion], list[Inclusion]]:
    """Return the columns that lead to other tables, by name and values; and those whose values alone would fit."""
    named = [each for each in examined.inclusions if _named_alike(each)]
    taken = {(each.left, each.column) for each in named}
    others = [
        each
        for each in examined.inclusions
        if (each.left, each.column) not in taken and each.whole and each.distinct > LISTED
    ]
    best = {(each.left, each.column): each for each in sorted(named, key=lambda each: (each.found, each.right))}
    return [each for each in named if best[each.left, each.column] is each], others


def _named_alike(found: Inclusion) -> bool:
    """Whether a column's name says where it leads: the key's own name, or the table's."""
    one = singular(found.right)
    own = found.key if found.key != "id" else ""
    return found.column in (own, f"{one}_id", f"{found.right}_id", one) or (
        found.column.endswith((f"_{one}_id", f"_{own}")) and bool(own)
    )


def views(examined: Examined) -> Iterator[ViewGuess]:
    """Yield what each table may be asked about."""
    leading, others = joins(examined)
    taken = _names([table.name for table in examined.tables])
    for table in examined.tables:
        foreign = {each.column for each in leading if each.left == table.name}
        key = examined.keys.get(table.name, "")
        yield _view(table, taken[table.name], key, foreign, [each for each in others if each.left == table.name])


def _names(tables: Sequence[str]) -> Mapping[str, str]:
    return {table: plural(singular(table.strip("_"))) for table in tables}


def _view(table: TableProfile, name: str, key: str, foreign: set[str], others: Sequence[Inclusion]) -> ViewGuess:
    free = [column for column in table.columns.values() if column.name != key and column.name not in foreign]
    personal = tuple(column.name for column in free if _personal(column))
    free = [column for column in free if column.name not in personal]
    time, dates = _time(table, personal)
    dimensions = tuple(column.name for column in free if _splits(table, column))
    measures = tuple(column.name for column in free if _counts(column) and column.name not in dimensions)
    told = {key, time, *foreign, *personal, *dimensions, *measures}
    doubts = [
        *([] if key else ["no column is unique: what tells the rows apart is not known"]),
        *([] if time or not dates else [f"no date is set in every row ({', '.join(dates)}): periods do not apply"]),
        *(f"the date '{other}' is not asked for; the rows' date is taken to be '{time}'" for other in dates if time),
        *(f"'{each.column}' holds only values of {each.right}.{each.key}: does it lead there?" for each in others),
        *(f"'{column}' looks personal: it is masked" for column in personal),
        *(
            f"'{column.name}' ({column.type}, {column.distinct} values) is neither split nor counted by"
            for column in table.columns.values()
            if column.name not in told and column.name not in dates
        ),
        *(f"'{column.name}' is empty" for column in table.columns.values() if not column.filled and table.rows),
    ]
    return ViewGuess(
        table, name, singular(table.name.strip("_")), key, time, personal, dimensions, measures, tuple(doubts)
    )


def _time(table: TableProfile, personal: Sequence[str]) -> tuple[str, list[str]]:
    """Return the date that is set in every row and named most like one, and the other dates."""
    dates = [column for column in table.columns.values() if column.kind == "date" and column.name not in personal]
    whole = [column for column in dates if column.filled == table.rows]
    order = {word: place for place, word in enumerate(DATES)}
    ranked = sorted(whole, key=lambda column: min((order.get(word, 99) for word in parts(column.name)), default=99))
    time = ranked[0].name if ranked else ""
    return time, [column.name for column in dates if column.name != time]


def _personal(column: ColumnProfile) -> bool:
    if PERSONAL.search(column.name):
        return column.kind in ("text", "date") or "phone" in column.name
    sample = [value for value, _ in column.values] or [column.low or "", column.high or ""]
    written = sum(bool(WRITTEN_PERSONALLY.fullmatch(value)) for value in sample)
    return column.kind == "text" and bool(sample) and written > len(sample) / 2


def _splits(table: TableProfile, column: ColumnProfile) -> bool:
    """Whether rows are told apart by few values: text that repeats, a yes or no, a code in whole numbers."""
    if not column.values or column.distinct < 2:
        return False
    if column.kind == "whole":
        return column.distinct <= FEW and bool(parts(column.name) & set(CODES))
    small = table.rows <= LISTED or column.distinct <= table.rows / 2
    return column.kind in ("text", "boolean") and (small or column.distinct == table.rows)


def _counts(column: ColumnProfile) -> bool:
    return column.kind in ("whole", "number") and column.distinct > 1 and not column.name.endswith("_id")


def unit_of(column: ColumnProfile) -> str:
    """Return the unit that a measure's name tells."""
    return "currency" if parts(column.name) & set(MONEY) and not parts(column.name) & {"number", "count"} else "number"


def adds_up(column: ColumnProfile) -> bool | None:
    """Return whether a number adds up over rows by its name; None where that tells nothing."""
    words = parts(column.name)
    if words & set(STATES):
        return False
    return True if words & set(ADDS_UP) else None


def discrete(column: ColumnProfile) -> bool:
    """Whether a number has so few values that figures may be split by it."""
    return column.kind == "whole" and column.distinct <= FEW
