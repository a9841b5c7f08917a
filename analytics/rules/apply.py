"""After the model: what the active rules make of its newest scores, written beside them."""

from __future__ import annotations

from analytics.rules import store
from analytics.rules.fields import MODELS
from analytics.rules.outcome import GIVEN, KEY, outcomes
from analytics.rules.scored import scored_rows
from analytics.writer import Writer

RULED = "scores.ruled"
_NEWEST = "(SELECT model, max(as_of) FROM books.scores.latest GROUP BY model)"


def apply_rules(writer: Writer) -> int:
    """Write what the active rules make of each model's newest scores; return of how many they make something.

    What they made of earlier as-ofs stays as it was told then; no earlier score is ruled after the event.
    """
    query = store.query_of(writer)
    active = store.active(query)
    if query(f"SELECT count(*) FROM books.{RULED}")[0][0]:
        writer.execute(f"DELETE FROM books.{RULED} WHERE (model, as_of) IN {_NEWEST}")
    if active is None:
        return 0
    ruled = 0
    for model in MODELS:
        if active.of(model):
            newest = "(s.model, s.as_of) IN " + _NEWEST
            rows = outcomes(active, model, scored_rows(query, model, active.fields(model), newest))
            ruled += writer.insert(RULED, f"SELECT {', '.join((*KEY, *GIVEN))} FROM ({rows})", where="rule IS NOT NULL")
    return ruled
