"""The personal values of customers, as the books keep them: what must be found nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from governance.personal_data import PERSONAL_COLUMNS
from governance.principal import Principal
from tools.workspace import Workspace

COMPLIANCE = Principal("cora", "demo", "compliance")
TABLES = ("customers", "accounts", "transactions")


def personal_values(
    workspace: Workspace, customers: Sequence[str], tables: Iterable[str] = TABLES, *, but: Iterable[str] = ()
) -> set[str]:
    """Every personal value of the customers but of some columns; not single words, which prose has too."""
    whose = ", ".join(f"'{customer}'" for customer in customers)
    found: set[str] = set()
    for table in tables:
        columns = workspace.query(COMPLIANCE, f"SELECT * FROM books.core.{table} LIMIT 0").columns
        for name, _ in columns:
            if name in PERSONAL_COLUMNS and name not in but:
                sql = f"SELECT DISTINCT {name}::VARCHAR FROM books.core.{table} WHERE customer_id IN ({whose})"
                found |= {row[0] for row in workspace.query(COMPLIANCE, sql).rows if row[0]}
    return {value for value in found if len(value) >= 8 and re.search(r"[\d@]|\w \w", value)}
