"""What a model's card says beyond its validation: gain, concepts, months, versions, monitoring, decisions, lineage."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from governance.principal import Principal
from tools.arguments import literal
from tools.card_figures import learner
from tools.result import Column, Table
from tools.workspace import Workspace

#: Alias of a version → its place: what serves first, what waits beside it next, what scores the past last.
ALIASES = ("champion", "challenger", "beside", "route", "previous", "retired", "vintage")
VERSIONS = "SELECT version, alias, trained_at_as_of, card FROM books.models.registry WHERE model = {model}"
DECISIONS = (
    'SELECT "at", version, action, "by", reason FROM books.models.decisions WHERE model = {model} '
    'ORDER BY "at" DESC, decision_id'
)
HEALTH = (
    'SELECT as_of, "check", status, value, threshold, detail FROM books.models.health '
    "WHERE model = {model} AND version = {version} "
    "AND as_of = (SELECT max(as_of) FROM books.models.health WHERE model = {model} AND version = {version}) ORDER BY 2"
)
MONTHS = (
    "SELECT as_of, min(version) AS version, count(*) AS n, avg(score) AS score, avg(probability) AS probability, "
    "avg((band IN ('high', 'very high'))::INT) AS risky FROM semantic.scores_history WHERE model = {model} "
    "GROUP BY as_of ORDER BY as_of"
)
SPREAD = (
    "SELECT as_of, score, count(*) AS n FROM semantic.scores_history WHERE model = {model} AND score IS NOT NULL "
    "GROUP BY ALL ORDER BY ALL"
)
GAIN_COLUMNS = (
    Column(name="share", label="Riskiest share", unit="percent", type="float"),
    Column(name="caught", label="Events caught", unit="percent", type="float"),
    Column(name="chance", label="By chance", unit="percent", type="float"),
)
CONCEPT_COLUMNS = (
    Column(name="concept", label="Concept"),
    Column(name="points", label="Mean points moved", unit="points", type="float"),
)
MONTH_COLUMNS = (
    Column(name="as_of", label="As of", unit="date", type="date"),
    Column(name="version", label="Version"),
    Column(name="n", label="Scored", unit="count", type="integer"),
    Column(name="score", label="Mean score", unit="score", type="float"),
    Column(name="probability", label="Mean probability", unit="percent", type="float"),
    Column(name="risky", label="High or very high", unit="percent", type="float"),
    Column(name="psi", label="PSI to the first month", unit="ratio", type="float"),
)
VERSION_COLUMNS = (
    Column(name="alias", label="Stands as"),
    Column(name="version", label="Version"),
    Column(name="learner", label="Kind"),
    Column(name="trained_as_of", label="Trained as of", unit="date", type="date"),
    Column(name="auc", label="AUC", unit="ratio", type="float"),
    Column(name="low", label="95 % from", unit="ratio", type="float"),
    Column(name="high", label="to", unit="ratio", type="float"),
    Column(name="slope", label="Calibration slope", unit="ratio", type="float"),
)
HEALTH_COLUMNS = (
    Column(name="as_of", label="As of", unit="date", type="date"),
    Column(name="check", label="Check"),
    Column(name="status", label="Status"),
    Column(name="value", label="Measured", unit="ratio", type="float"),
    Column(name="threshold", label="Warns beyond", unit="ratio", type="float"),
    Column(name="detail", label="Found"),
)
DECISION_COLUMNS = (
    Column(name="at", label="When", unit="date", type="datetime"),
    Column(name="version", label="Version"),
    Column(name="action", label="Decision"),
    Column(name="by", label="By"),
    Column(name="reason", label="Why"),
)
LINEAGE_COLUMNS = (Column(name="what", label="What"), Column(name="told", label="From"))


def life_tables(
    workspace: Workspace, principal: Principal, model: str, version: str, card: Mapping[str, Any]
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """Return the tables that have rows, and the statements they were read with.

    Scores by month are read through the caller's own views: without ``scores:read`` they are absent, and a caller who
    sees a part of the customers gets the months of that part.
    """
    named = {"model": literal(model), "version": literal(version)}
    statements = [each.format(**named) for each in (VERSIONS, HEALTH, DECISIONS)]
    versions, health, decided = (workspace.query(principal, each).rows for each in statements)
    tables = [
        Table(title="Gain", columns=GAIN_COLUMNS, rows=gain(card)),
        Table(title="Concepts", columns=CONCEPT_COLUMNS, rows=_concepts(card)),
        Table(title="Versions", columns=VERSION_COLUMNS, rows=_versions(versions)),
        Table(title="Monitoring", columns=HEALTH_COLUMNS, rows=tuple(health)),
        Table(title="Decisions", columns=DECISION_COLUMNS, rows=tuple(decided)),
        Table(title="Lineage", columns=LINEAGE_COLUMNS, rows=tuple(_lineage(card, version))),
    ]
    if principal.may("scores:read"):
        statements += [each.format(**named) for each in (MONTHS, SPREAD)]
        tables.append(Table(title="By month", columns=MONTH_COLUMNS, rows=_months(workspace, principal, statements)))
    return tuple(each for each in tables if each.rows), tuple(statements)


def gain(card: Mapping[str, Any]) -> tuple[tuple[float, float, float], ...]:
    """Share of the riskiest → share of all events among them, and that of a ranking by chance."""
    rows = card.get("validation", {}).get("deciles", {}).get("rows", ())
    people, events = sum(row["n"] for row in rows), sum(row["bads"] for row in rows)
    if not events:
        return ()
    points, seen, caught = [(0.0, 0.0, 0.0)], 0, 0
    for row in rows:
        seen, caught = seen + row["n"], caught + row["bads"]
        points.append((seen / people, caught / events, seen / people))
    return tuple(points)


def _concepts(card: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    return tuple((each["concept"], each["mean_points"]) for each in card.get("top_concepts", ()))


def _versions(rows: list[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    """What serves, what stands beside it, what served; the newest first within each."""
    told = []
    for version, alias, trained, written in rows:
        card = json.loads(written)
        metrics = card.get("validation", {}).get("metrics", {})
        auc, slope = metrics.get("auc", {}), metrics.get("calibration_slope", {})
        figures = (auc.get("value"), auc.get("low"), auc.get("high"), slope.get("value"))
        told.append((alias, version, learner(card), trained, *figures))
    places = {alias: place for place, alias in enumerate(ALIASES)}
    told.sort(key=lambda row: (row[3], row[1]), reverse=True)
    return tuple(sorted(told, key=lambda row: places.get(row[0], len(places))))


def _months(workspace: Workspace, principal: Principal, statements: list[str]) -> tuple[tuple[Any, ...], ...]:
    by_month, spread = (workspace.query(principal, each).rows for each in statements[-2:])
    shifts = _shifts(spread)
    return tuple((*row, shifts.get(row[0])) for row in by_month)


def _shifts(spread: list[tuple[Any, ...]]) -> dict[Any, float | None]:
    """Month → population stability index of its scores to the first month's; None for the first itself."""
    import numpy as np

    from analytics.models.metrics import population_stability

    months: dict[Any, tuple[list[float], list[int]]] = {}
    for as_of, score, count in spread:
        values, counts = months.setdefault(as_of, ([], []))
        values.append(float(score))
        counts.append(int(count))
    scores = {as_of: np.repeat(values, counts) for as_of, (values, counts) in months.items()}
    if not scores:
        return {}
    first = min(scores)
    return {
        as_of: None if as_of == first else round(population_stability(scores[first], own), 4)
        for as_of, own in scores.items()
    }


def _lineage(card: Mapping[str, Any], version: str) -> Iterator[tuple[str, str]]:
    """What the version was made of, as far as its card says."""
    as_ofs = card.get("training_as_ofs") or ()
    if as_ofs:
        yield "Learnt from", f"features of {len(as_ofs)} month ends, {as_ofs[0]} to {as_ofs[-1]}"
    if card.get("training_rows"):
        customers, bad = card.get("training_customers"), card.get("training_bad_customers")
        rest = f", {bad:,} with the event" if bad else ""
        yield "Rows", f"{card['training_rows']:,} of {customers:,} customers{rest}"
    if card.get("features"):
        yield "Features", f"{len(card['features'])} of the feature catalogue"
    if card.get("trained_as_of"):
        yield "Labels complete by", str(card["trained_as_of"])
    if "reason" in card.get("choice", {}):  # segments choose their number, for which figures speak
        yield "Chosen", str(card["choice"]["reason"])
    yield "Version", f"{version}, {learner(card)}"
