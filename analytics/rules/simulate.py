"""What a version of the rules would have done at the last month ends, and what became of those it would have moved."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from analytics.rules import store
from analytics.rules.fields import BANDS, MODELS
from analytics.rules.outcome import KEY, Active, outcomes
from analytics.rules.scored import scored_rows
from analytics.writer import Writer

MONTH_ENDS = 12
#: Normal deviate of a two-sided 95 % interval.
_Z = 1.959963984540054
#: What happened, in the words of each model.
EVENTS: Mapping[str, str] = {
    "credit": "defaulted by the newest posting, within 12 months",
    "churn": "left within 90 days",
}
_PLACE = "list_position([{}], {})".format(", ".join(f"'{band}'" for band in BANDS), "{}")
PAIRS = "temp.main.rules_pairs"
_MOVES = f"""
SELECT as_of, was, band, decided_before, decision, count(*) AS customers, coalesce(sum(owed), 0)::DOUBLE AS exposure,
       coalesce(sum(loss), 0)::DOUBLE AS expected_loss, any_value(way) AS way
FROM {PAIRS} GROUP BY as_of, was, band, decided_before, decision ORDER BY as_of, was, band
"""  # fmt: skip
#: Each customer once in each group, at the first month end he stands in it: rows of one customer are no new evidence.
_RATES = f"""
SELECT way, count(*) AS known, sum(bad::INTEGER) AS bad, min(as_of) AS first, max(as_of) AS last FROM (
  SELECT DISTINCT ON (way, customer_id) way, customer_id, as_of, bad FROM {PAIRS} WHERE bad IS NOT NULL
  ORDER BY way, customer_id, as_of
) GROUP BY way
"""


def simulate(writer: Writer, tried: Active, data_clock: dt.date) -> dict[str, Any]:
    """Hold a version of the rules against what holds today, at the newest as-of and the twelve month ends before it.

    Returns
    -------
    dict
        ``baseline``: the version it is held against, None for the models alone; ``models``: of each, ``as_ofs`` with
        who would have moved which way, and ``outcomes`` of those moved where they are known, each rate with its 95 %
        Wilson interval and count; ``moves``: customers who would move now, ``said`` in a sentence.
    """
    query = store.query_of(writer)
    today = store.active(query)
    told: dict[str, Any] = {}
    for model in MODELS:
        if (tried.of(model) or (today and today.of(model))) and (dates := _dates(writer, model)):
            told[model] = _of_model(writer, model, tried, today, dates, data_clock)
    moved = {model: each["as_ofs"][-1]["moved"] for model, each in told.items()}
    decided = sum(each["as_ofs"][-1]["decided_anew"] for each in told.values())
    total = sum(moved.values())
    return {
        "version": tried.version, "baseline": today.version if today else None, "models": told, "moves": total,
        "said": _said(told, total, decided), "notes": list(tried.rules.notes),
    }  # fmt: skip


def wilson(bad: int, known: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    share, z2 = bad / known, _Z * _Z
    centre = (share + z2 / (2 * known)) / (1 + z2 / known)
    half = _Z / (1 + z2 / known) * math.sqrt(share * (1 - share) / known + z2 / (4 * known * known))
    return round(max(0.0, centre - half), 6), round(min(1.0, centre + half), 6)


def _dates(writer: Writer, model: str) -> list[dt.date]:
    """The newest as-of of a model and the scored ones before it, the oldest first."""
    sql = "SELECT DISTINCT as_of FROM (SELECT as_of, model FROM books.scores.history UNION ALL " \
          "SELECT as_of, model FROM books.scores.latest) WHERE model = ? ORDER BY as_of DESC LIMIT ?"  # fmt: skip
    return [row[0] for row in reversed(writer.execute(sql, [model, MONTH_ENDS + 1]).rows)]


def _of_model(
    writer: Writer, model: str, tried: Active, today: Active | None, dates: Sequence[dt.date], clock: dt.date
) -> dict[str, Any]:
    """Every customer and as-of under both, in one pass; the groups are told as-of by as-of."""
    query = store.query_of(writer)
    fields = tried.fields(model) | (today.fields(model) if today else frozenset())
    where = f"s.as_of IN ({', '.join(f'DATE {str(day)!r}' for day in dates)})"
    writer.execute(f"CREATE OR REPLACE TEMP TABLE rules_scored AS {scored_rows(query, model, fields, where)}")
    known = _outcomes_known(writer, model, dates, clock)
    rows = "SELECT * FROM temp.main.rules_scored"
    before = outcomes(today, model, rows) if today else \
        f"SELECT {', '.join(KEY)}, band, NULL::VARCHAR AS decision FROM ({rows})"  # fmt: skip
    writer.execute(
        f"CREATE OR REPLACE TEMP TABLE rules_pairs AS SELECT s.customer_id, s.as_of, b.band AS was, a.band, "
        f"sign({_PLACE.format('a.band')} - {_PLACE.format('b.band')}) AS way, b.decision AS decided_before, "
        f"a.decision, s.owed, s.loss, k.bad FROM temp.main.rules_scored AS s "
        f"JOIN ({outcomes(tried, model, rows)}) AS a USING (customer_id, as_of, version) "
        f"JOIN ({before}) AS b USING (customer_id, as_of, version) "
        f"LEFT JOIN temp.main.{known} AS k USING (customer_id, as_of)"
    )
    groups, rates = writer.execute(_MOVES).dicts(), writer.execute(_RATES).dicts()
    writer.discard("rules_")
    as_ofs = [_as_of(day, [each for each in groups if each["as_of"] == day]) for day in dates]
    return {"event": EVENTS[model], "as_ofs": as_ofs, "outcomes": [_rate(each, model) for each in rates]}


def _outcomes_known(writer: Writer, model: str, dates: Sequence[dt.date], clock: dt.date) -> str:
    """Keep what became of customers whose whole window lies before the data clock."""
    from analytics.build import open_books
    from analytics.models import churn_labels, credit_labels

    books = open_books(writer)
    if model == "churn":
        found = churn_labels.labels(books, list(dates), clock)
    else:
        status = writer.table("core", "loan_status")
        people = credit_labels.borrowers(status.filter(status.as_of.isin(dates)))
        found = credit_labels.labels(books, people, clock, so_far=True)
    writer.keep("rules_known", found.select("customer_id", "as_of", "bad"))
    return "rules_known"


def _as_of(day: dt.date, groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    moved = [each for each in groups if each["was"] != each["band"]]
    between: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for each in moved:
        between.setdefault((each["was"], each["band"]), []).append(each)
    anew = [each for each in groups if each["decision"] != each["decided_before"]]
    return {
        "as_of": day.isoformat(), "scored": _sum(groups, "customers"), "moved": _sum(moved, "customers"),
        "riskier": _sum([each for each in moved if each["way"] > 0], "customers"),
        "safer": _sum([each for each in moved if each["way"] < 0], "customers"),
        "exposure_moved": round(_sum(moved, "exposure"), 2),
        "expected_loss_moved": round(_sum(moved, "expected_loss"), 2),
        "decided_anew": _sum(anew, "customers"),
        "decisions": {name: _sum([each for each in groups if each["decision"] == name], "customers")
                      for name in ("eligible", "refer", "decline")},
        "between": [{"from": was, "to": band, "customers": _sum(rows, "customers"),
                     "exposure": round(_sum(rows, "exposure"), 2),
                     "expected_loss": round(_sum(rows, "expected_loss"), 2)} for (was, band), rows in between.items()],
    }  # fmt: skip


def _rate(found: Mapping[str, Any], model: str) -> dict[str, Any]:
    """How often the event came among those moved to riskier bands, to safer ones, or not at all."""
    known, bad = int(found["known"]), int(found["bad"])
    low, high = wilson(bad, known)
    return {
        "way": _WAYS[int(found["way"])], "customers": known, EVENT_COUNT[model]: bad, "rate": bad / known, "low": low,
        "high": high, "from": found["first"].isoformat(), "until": found["last"].isoformat(),
    }  # fmt: skip


_WAYS: Mapping[int, str] = {1: "riskier", -1: "safer", 0: "stayed"}
#: How those are called to whom it happened.
EVENT_COUNT: Mapping[str, str] = {"credit": "defaulted", "churn": "left"}


def _sum(rows: Sequence[Mapping[str, Any]], name: str) -> Any:
    return sum(each[name] for each in rows)


def _said(told: Mapping[str, Mapping[str, Any]], moved: int, decided: int) -> str:
    parts = [
        f"{each['as_ofs'][-1]['moved']:,} of {each['as_ofs'][-1]['scored']:,} {model} scores "
        f"({each['as_ofs'][-1]['riskier']:,} to riskier bands, {each['as_ofs'][-1]['safer']:,} to safer ones)"
        for model, each in told.items()
    ]
    if not parts:
        return "There are no scores to try it on."
    decisions = f" It decides anew on {decided:,}." if decided else ""
    return f"It moves {moved:,} customer{'' if moved == 1 else 's'} now: {'; '.join(parts)}.{decisions}"
