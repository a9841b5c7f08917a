"""Filters that several tools share: values are checked against those that occur, then become a condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from governance.errors import ToolRetry, did_you_mean
from governance.principal import Principal
from tools.workspace import Workspace

Wanted = Mapping[str, Sequence[str]]


def checked(
    workspace: Workspace, principal: Principal, view: str, filters: Wanted, *, who: str, called: Mapping[str, str] = {}
) -> Wanted:
    """Return the filters that are set.

    Parameters
    ----------
    view
        Semantic view in which the values have to occur.
    filters
        Column → values; none means no filter.
    who
        Whom the rows are of, as in "No borrower has city 'X'".
    called
        Column → the word for it, where it is another.

    Raises
    ------
    ToolRetry
        A value does not occur; the message lists what does.
    """
    wanted = {column: values for column, values in filters.items() if values}
    for column, values in wanted.items():
        known = workspace.values(principal, view, column)
        missing = [value for value in values if value not in known]
        if missing:
            raise ToolRetry(
                f"No {who} has {called.get(column, column)} '{missing[0]}'.{did_you_mean(missing[0], known)}"
            )
    return wanted


def condition(wanted: Wanted) -> str:
    """Return the filters as SQL: any value of each column, all columns."""
    tests = [
        exp.column(column).isin(*[exp.Literal.string(value) for value in values]) for column, values in wanted.items()
    ]
    return exp.and_(*tests).sql("duckdb") if tests else "TRUE"


def among(wanted: Wanted) -> str:
    """Return the filters in words for a title: `` in Pune; salaried``; nothing where there are none."""
    said = "; ".join(", ".join(values) for values in wanted.values())
    return f" in {said}" if said else ""
