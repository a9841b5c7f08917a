"""What was decided about models: kept in the books with who, when, why and the gate's figures; never changed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from analytics.monitor import gate
from analytics.monitor.gate import Judgement

if TYPE_CHECKING:
    from analytics.pipeline.books import BooksWriter

Action = Literal["register", "approve", "promote", "reject", "rollback", "switch_off", "switch_on"]
#: Who decides where a rule does.
HOUSE = "munshi"
DECISIONS = "models.decisions"


@dataclass(frozen=True)
class Decision:
    """One row of ``models.decisions``."""

    model: str
    version: str
    action: Action
    by: str
    at: dt.datetime
    reason: str
    gate: Sequence[dict[str, Any]] = ()


def decide(
    writer: BooksWriter,
    model: str,
    version: str,
    action: Action,
    *,
    by: str = HOUSE,
    reason: str,
    judgements: Sequence[Judgement] = (),
    at: dt.datetime | None = None,
) -> Decision:
    """Keep a decision; return it."""
    import pyarrow as pa

    at = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).replace(tzinfo=None)
    rows = gate.as_rows(judgements)
    row: dict[str, list[Any]] = {
        "decision_id": [uuid4().hex], "model": [model], "version": [version], "action": [action], "by": [by],
        "at": pa.array([at], pa.timestamp("us")), "reason": [reason],
        "gate": pa.array([json.dumps(rows, ensure_ascii=False) if rows else None], pa.string()),
    }  # fmt: skip
    writer.append(DECISIONS, pa.table(row))
    return Decision(model, version, action, by, at, reason, rows)


def decisions(writer: BooksWriter, model: str | None = None) -> list[Decision]:
    """Return what was decided about a model, or about all, the oldest first."""
    there = writer.table(*DECISIONS.split("."))
    rows = there if model is None else there.filter(there.model == model)
    found = writer.frame(rows.order_by(["at", "decision_id"]))
    return [
        Decision(row["model"], row["version"], row["action"], row["by"], row["at"].to_pydatetime(), row["reason"],
                 json.loads(row["gate"]) if isinstance(row["gate"], str) else ())
        for row in found.to_dict("records")
    ]  # fmt: skip


def switched_off(writer: BooksWriter, model: str) -> Decision | None:
    """Return the decision that switched a model off, where it still holds."""
    last = [each for each in decisions(writer, model) if each.action in ("switch_off", "switch_on")]
    return last[-1] if last and last[-1].action == "switch_off" else None
