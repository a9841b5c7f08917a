"""One build of the goals: findings at the newest month end, with what a rule allows to suggest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analytics.models.goals.actions import CREDIT_RULES, Action, Product, action, products
from analytics.models.goals.detect import SENSITIVE, Finding
from analytics.models.goals.known import read
from analytics.models.goals.model import NAME, GoalModel, calibrated
from analytics.models.outcome import Outcome
from analytics.monitor.life_cycle import refit

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics.pipeline.books import Books, BooksWriter

#: Months of postings below which nothing is looked for.
FEWEST_MONTHS = 8
Row = dict[str, Any]


def run(
    writer: BooksWriter,
    books: Books,
    month_ends: Sequence[dt.date],
    data_clock: dt.date,  # noqa: ARG001 - every model is run with it
    *,
    progress: Callable[[str, float], None],
    switched_on: Sequence[str] = (),
    offered: Sequence[Product] | None = None,
) -> Outcome:
    """Write the goals and life events at the newest month end.

    Parameters
    ----------
    switched_on
        Goals that are looked for only on request (`analytics.models.goals.detect.SENSITIVE`).
    offered
        The workspace's products; the package's list when None.
    """
    if len(month_ends) < FEWEST_MONTHS:
        return Outcome(refusal=f"Goals need {FEWEST_MONTHS} whole months of postings; there are {len(month_ends)}.")
    progress("Looking for goals and life events", 0.0)
    last = month_ends[-1]
    model = calibrated(last, switched_on)
    (known,) = read(writer, books, [last], sensitive=bool(SENSITIVE & set(switched_on)))
    found = list(model.find(known))
    progress("What may be suggested", 0.7)
    people = _people(writer, books, last, products() if offered is None else offered)
    rows = [_row(model, last, finding, share, people, offered) for finding, share in found]
    facts = {
        "customers": len(known.customers), "findings": len(rows),
        "by_goal": {goal: sum(row["goal"] == goal for row in rows) for goal in model.goals},
        "suggested": sum(bool(row["action"]) for row in rows),
    }  # fmt: skip
    model = model.with_facts(**facts)
    refit(writer, NAME, model)
    there = writer.table("scores", "goals")
    writer.replace("scores.goals", there.filter(there.customer_id.isnull()))
    writer.append("scores.goals", as_arrow(rows))
    return Outcome(last, model.version, len({row["customer_id"] for row in rows}), metrics=facts)


def _row(
    model: GoalModel,
    as_of: dt.date,
    finding: Finding,
    confidence: float,
    people: Mapping[str, Mapping[str, Any]],
    offered: Sequence[Product] | None,
) -> Row:
    who = people.get(finding.customer_id, {})
    band, flags = who.get("band"), who.get("flags", ())
    suggested: Action = action(finding.goal, who, band=band, flags=flags, offered=offered)
    return {
        "customer_id": finding.customer_id, "as_of": as_of, "goal": finding.goal, "confidence": confidence,
        "evidence": list(finding.evidence), "action": suggested.product, "action_note": suggested.note,
        "version": model.version,
    }  # fmt: skip


def _people(
    writer: BooksWriter, books: Books, as_of: dt.date, offered: Sequence[Product]
) -> dict[str, Mapping[str, Any]]:
    """Return what rules read of each customer: features at the as-of, PD band, contact flags."""
    import ibis

    features = writer.table("features", "customer_monthly")
    names = {rule[0] for rule in CREDIT_RULES} | {name for product in offered for name, _, _ in product.rules}
    wanted = sorted(names & set(features.columns))
    frame = writer.frame(features.filter(features.as_of == ibis.literal(as_of)).select("customer_id", *wanted))
    latest = writer.table("scores", "latest")
    bands = writer.frame(latest.filter(latest.model == "credit").select("customer_id", "band"))
    flags = writer.frame(books.customers.select("customer_id", "contact_flags"))
    merged = frame.merge(bands, on="customer_id", how="left").merge(flags, on="customer_id", how="left")
    return {str(row["customer_id"]): _person(row) for row in merged.to_dict("records")}


def _person(row: Mapping[Any, Any]) -> Mapping[str, Any]:
    band, flags = row["band"], row["contact_flags"]
    told = {key: value for key, value in row.items() if key not in ("customer_id", "band", "contact_flags")}
    return {
        **told,
        "band": band if isinstance(band, str) else None,
        "flags": tuple(flags) if flags is not None and not isinstance(flags, float) else (),
    }


def as_arrow(rows: Sequence[Row]) -> pa.Table:
    """Return rows of ``scores.goals``."""
    import pyarrow as pa

    schema = pa.schema(
        [
            ("customer_id", pa.string()), ("as_of", pa.date32()), ("goal", pa.string()), ("confidence", pa.float64()),
            ("evidence", pa.list_(pa.string())), ("action", pa.string()), ("action_note", pa.string()),
            ("version", pa.string()),
        ]
    )  # fmt: skip
    return pa.Table.from_pylist(list(rows), schema=schema)
