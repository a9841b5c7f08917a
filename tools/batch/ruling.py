"""The client's rules on a job: those that acted when it began hold to its end, also in another process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.batch.scoring import unpacked
from tools.rulings import active_rules, query_of

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics.rules.outcome import Active
    from governance.principal import Principal
    from tools.batch.jobs import Job
    from tools.batch.pieces import Pieces
    from tools.batch.reading import Rows
    from tools.workspace import Workspace

#: Under this key a made piece says which version of the rules ruled it.
RULES = b"rules_version"


@dataclass(frozen=True)
class Ruling:
    """Rules that one job is ruled by; None where none about its model acted when it began."""

    active: Active | None
    model: str
    as_of: dt.date

    @contextmanager
    def opened(self) -> Iterator[Callable[[pa.Table, Rows], pa.Table]]:
        """Hold open what returns a scored piece with what the rules make of it."""
        if self.active is None:
            yield lambda scored, _: scored
            return
        from analytics.rules.rows import row_ruler

        marked = {RULES: str(self.active.version).encode()}
        with row_ruler(self.active, self.model, self.as_of) as ruled:
            yield lambda scored, rows: ruled(scored, rows.figures).replace_schema_metadata(marked)


def ruling_for(workspace: Workspace, principal: Principal, job: Job, pieces: Pieces) -> Ruling:
    """Return the rules a job is ruled by: those of its first piece where there is one, else those that act now."""
    from analytics.rules.store import find, opened

    clock = workspace.data_clock(principal)
    if job.pieces_done:
        told = (unpacked(pieces.read("made", 0)).schema.metadata or {}).get(RULES)
        query = query_of(workspace, principal)
        active = opened(query, find(query, int(told))) if told else None
    else:
        active = active_rules(workspace, principal)
    return Ruling(active if active and active.of(job.model) else None, job.model, clock)
