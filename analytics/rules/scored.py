"""Scored rows of the books with what rules look at: of the newest as-of, and of the month ends before it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from analytics.rules.fields import BANDS, FIELDS, MODELS
from analytics.rules.outcome import KEY
from governance.errors import ToolRetry, did_you_mean

#: Runs a SELECT and returns its rows.
Query = Callable[[str], list[tuple[Any, ...]]]

_SCORES = """
(SELECT * FROM books.scores.latest UNION ALL BY NAME
 SELECT * FROM books.scores.history ANTI JOIN books.scores.latest USING (customer_id, as_of, model)) AS s
""".strip()
_JOINS: Mapping[str, str] = {
    "customer": "LEFT JOIN books.core.customers AS c ON c.customer_id = s.customer_id",
    "loans": """
LEFT JOIN (
  SELECT t.customer_id, t.as_of, max_by(t.sma_class, t.days_past_due) AS sma_class, count(*)::DOUBLE AS open_loans,
         max_by(l.product, (t.outstanding, l.loan_id)) AS product,
         max_by(a.branch, (t.outstanding, l.loan_id)) AS branch
  FROM books.core.loan_status AS t JOIN books.core.loans AS l ON l.loan_id = t.loan_id
  LEFT JOIN books.core.accounts AS a ON a.account_id = l.account_id
  WHERE t.outstanding > 0 AND t.sma_class IS DISTINCT FROM 'written_off' GROUP BY t.customer_id, t.as_of
) AS o ON o.customer_id = s.customer_id AND o.as_of = s.as_of
""".strip(),
    "segment": """
LEFT JOIN (
  SELECT customer_id, as_of, any_value(name) AS segment FROM books.scores.segments WHERE version IN
    (SELECT version FROM books.models.registry WHERE model = 'segments' AND alias = 'champion') GROUP BY ALL
) AS g ON g.customer_id = s.customer_id AND g.as_of = s.as_of
""".strip(),
}  # fmt: skip
#: Where features lie; of one that is in both, the later table's is taken.
_FEATURES: Mapping[str, str] = {"p": "applications", "f": "customer_monthly"}


def scored_rows(query: Query, model: str, fields: Collection[str], where: str = "TRUE") -> str:
    """Return a SELECT of a model's scored rows: `KEY`, probability, band, exposure, loss, reasons and the fields.

    Parameters
    ----------
    where
        Condition on the scores, called ``s``.

    Raises
    ------
    ToolRetry
        A field is a feature that these books have not.
    """
    wanted = [FIELDS[name] for name in sorted({*fields} - {"probability", "band"})]
    places = {name: place for place, table in _FEATURES.items() for name in _columns(query, table)}
    for field in wanted:
        if field.source == "features" and field.name not in places:
            known = [name for name in places if name in FIELDS]
            raise ToolRetry(f"These books have no figure '{field.name}'.{did_you_mean(field.name, known)}")
    columns = [f'{_expression(field.name, places)} AS "{field.name}"' for field in wanted]
    used = {places[field.name] for field in wanted if field.source == "features"}
    joins = [_JOINS[source] for source in _JOINS if any(field.source == source for field in wanted)]
    joins += [f"LEFT JOIN books.features.{_FEATURES[place]} AS {place} ON {place}.customer_id = s.customer_id "
              f"AND {place}.as_of = s.as_of" for place in sorted(used)]  # fmt: skip
    shown = [*(f"s.{name}" for name in (*KEY, "probability", "band", "reasons")), "s.exposure AS owed",
             "s.expected_loss AS loss", *columns]  # fmt: skip
    return f"SELECT {', '.join(shown)} FROM {_SCORES} {' '.join(joins)} WHERE s.model = '{model}' AND ({where})"


def starts_of(query: Query) -> dict[str, dict[str, float]]:
    """Return where the bands of each model that serves begin; those of its kind where its card does not say."""
    rows = query("SELECT model, card FROM books.models.registry WHERE alias = 'champion'")
    cards: dict[str, str] = {row[0]: row[1] for row in rows}
    return {model: _starts(model, json.loads(cards[model]) if model in cards else {}) for model in MODELS}


def _starts(model: str, card: Mapping[str, Any]) -> dict[str, float]:
    from analytics.models import churn, scale

    own = churn.BANDS if model == "churn" else scale.BANDS
    ends = [(each["below"], each["band"]) for each in card.get("bands") or ()] or list(own)
    above = itertools.pairwise(ends)
    return {band: float(below) for (below, _), (_, band) in above if band in BANDS}


def _columns(query: Query, table: str) -> list[str]:
    where = f"database_name = 'books' AND schema_name = 'features' AND table_name = '{table}'"
    return [row[0] for row in query(f"SELECT column_name FROM duckdb_columns() WHERE {where}")]


def _expression(name: str, places: Mapping[str, str]) -> str:
    field = FIELDS[name]
    return f'{places[name]}."{name}"' if field.source == "features" else field.sql
