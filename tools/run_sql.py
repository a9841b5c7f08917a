"""Free SQL behind the guard, in a process that can be killed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from governance.principal import Principal
from tools.result import Fact, Table, ToolResult
from tools.sql_guard import check
from tools.tabulate import columns_of
from tools.workspace import Workspace


def run_sql(
    workspace: Workspace,
    principal: Principal,
    *,
    sql: Annotated[str, Field(min_length=1, max_length=20_000, description="one SELECT over the semantic views")],
) -> ToolResult:
    """Run a statement that the guard has passed, as the guard rendered it.

    Raises
    ------
    ToolRefused
        The statement asks for what no statement may.
    ToolRetry
        It cannot be parsed, names what does not exist, or reached a limit.
    """
    guarded = check(sql, workspace.view_names(principal))
    settings = workspace.settings
    found = workspace.worker(principal).run(
        guarded.sql, timeout_seconds=settings.statement_seconds, row_limit=settings.row_limit
    )
    cut = (f"Only the first {settings.row_limit} rows are shown; there are more.",) if found.truncated else ()
    return ToolResult(
        title="Result of the statement",
        table=Table(columns=columns_of(found.columns), rows=tuple(tuple(row) for row in found.rows)),
        facts={"rows": Fact(value=len(found.rows), unit="count")},
        sql=(guarded.sql,),
        warnings=(*guarded.warnings, *cut),
        as_of=workspace.data_clock(principal),
    )
