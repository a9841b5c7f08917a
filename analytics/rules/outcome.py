"""What rules make of scored rows, as one SELECT: the same statement over the books, over history, over rows sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analytics.features.feature import CONCEPTS
from analytics.rules.declaration import Rule, RuleSet
from analytics.rules.fields import BANDS

#: What a SELECT of outcomes gives beside the key.
GIVEN = ("rules_version", "model_band", "band", "decision", "rule", "rule_text", "rules", "reasons")
KEY = ("customer_id", "as_of", "model", "version")
REASON_TYPE = 'STRUCT(concept VARCHAR, "text" VARCHAR, points DOUBLE, direction VARCHAR)[]'


@dataclass(frozen=True)
class Active:
    """A version of the rules that acts, or is tried.

    Attributes
    ----------
    starts
        Model → where its bands begin.
    """

    version: int
    rules: RuleSet
    starts: Mapping[str, Mapping[str, float]]

    def of(self, model: str) -> tuple[Rule, ...]:
        """The rules about a model, those that prevail first."""
        return self._by_model.get(model, ())

    @cached_property
    def _by_model(self) -> Mapping[str, tuple[Rule, ...]]:
        return {model: self.rules.of(model) for model in ("credit", "churn")}

    def fields(self, model: str) -> frozenset[str]:
        """What the rules about a model look at."""
        return frozenset(name for rule in self.of(model) for name in rule.condition.fields)


def outcomes(active: Active, model: str, rows: str) -> str:
    """Return a SELECT of what the rules make of each row.

    Parameters
    ----------
    rows
        A SELECT with `KEY`, ``probability``, ``band``, ``reasons`` and a column for each field the rules look at.

    Returns
    -------
    str
        Gives `KEY` and `GIVEN`, a row for each of ``rows``; ``rule`` is NULL where no rule acts.
    """
    rules = active.of(model)
    holding = ", ".join(f"{_holds(rule)} AS h{at}" for at, rule in enumerate(rules))
    starts = active.starts.get(model, {})
    band = _first(
        [(at, _band(rule, starts)) for at, rule in enumerate(rules) if rule.then.band or rule.then.thresholds]
    )
    by_band = _first([(at, _text(rule.id)) for at, rule in enumerate(rules) if rule.then.band or rule.then.thresholds])
    decided = [(at, rule) for at, rule in enumerate(rules) if rule.then.decision]
    worded = [(at, rule) for at, rule in enumerate(rules) if rule.then.reasons]
    holds = f"SELECT *{', ' if holding else ''}{holding} FROM ({rows})"
    judged = (
        f"SELECT {', '.join(KEY)}, band AS model_band, coalesce({band}, band) AS ruled_band, {by_band} AS band_rule, "
        f"{_first([(at, _text(str(rule.then.decision))) for at, rule in decided])} AS decision, "
        f"{_first([(at, _text(rule.id)) for at, rule in decided])} AS decision_rule, "
        f"{_first([(at, _text(rule.id)) for at, rule in worded])} AS reason_rule, {_reasons(worded)} AS worded, "
        f"reasons AS own, {_acting(rules)} AS rules FROM ({holds})"
    )
    acts = (
        f"SELECT *, CASE WHEN ruled_band IS DISTINCT FROM model_band THEN band_rule WHEN decision IS NOT NULL THEN "
        f"decision_rule WHEN worded IS DISTINCT FROM own THEN reason_rule END AS rule FROM ({judged})"
    )
    texts = " ".join(f"WHEN {_text(rule.id)} THEN {_text(rule.text)}" for rule in rules)
    told = f"CASE rule {texts} END" if texts else "NULL::VARCHAR"
    return (
        f"SELECT {', '.join(KEY)}, {active.version}::INTEGER AS rules_version, model_band, ruled_band AS band, "
        f"decision, rule, {told} AS rule_text, rules, worded AS reasons FROM ({acts})"
    )


def literal_row(
    model: str, version: str, as_of: dt.date | str, fields: Mapping[str, Any], wanted: Sequence[str]
) -> str:
    """Return a SELECT of one row out of values: those of ``wanted`` that are not there are NULL."""
    from analytics.rules.fields import FIELDS

    kinds = {"number": "DOUBLE", "text": "VARCHAR", "flag": "BOOLEAN"}
    names = {*wanted, "probability", "band"}
    columns = [f'{_written(fields.get(name))}::{kinds[FIELDS[name].kind]} AS "{name}"' for name in sorted(names)]
    reasons = ", ".join(
        f"{{'concept': {_text(each['concept'])}, 'text': {_text(each['text'])}, "
        f"'points': {_written(each.get('points'))}, 'direction': {_text(str(each.get('direction') or ''))}}}"
        for each in fields.get("reasons") or ()
    )
    return (
        f"SELECT {_text(str(fields.get('customer_id') or ''))} AS customer_id, DATE '{as_of}' AS as_of, "
        f"{_text(model)} AS model, {_text(version)} AS version, {', '.join(columns)}, "
        f"[{reasons}]::{REASON_TYPE} AS reasons"
    )


def told(
    probability: float, model_band: str, band: str, decision: str | None, rule: str, text: str, version: int
) -> str:
    """Say what a rule made of a score: ``model 0.31 (medium) → high because rule R12 (text, version 3)``."""
    moved = f" ({model_band}) → {band}" if band != model_band else f" ({band})"
    decided = f" → {decision}" if decision else ""
    because = f"because rule {rule} ({text.rstrip('.')}, version {version})"
    return f"model {probability:.2f}{moved}{decided} {because}"


def _holds(rule: Rule) -> str:
    begins, ends = rule.valid.start, rule.valid.until
    tests = [rule.condition.sql]
    tests += [f"as_of >= DATE '{begins}'"] if begins > dt.date.min else []
    tests += [f"as_of <= DATE '{ends}'"] if ends < dt.date.max else []
    return f"({' AND '.join(tests)})"


def _band(rule: Rule, starts: Mapping[str, float]) -> str:
    if rule.then.band:
        return _text(rule.then.band)
    begins: dict[str, float] = {**starts, **rule.then.begins}
    riskiest_first = [band for band in reversed(BANDS) if band in begins]
    steps = " ".join(f"WHEN probability >= {begins[band]!r} THEN {_text(band)}" for band in riskiest_first)
    return f"CASE {steps} ELSE {_text(BANDS[0])} END"


def _first(effects: Sequence[tuple[int, str]]) -> str:
    """The effect of the first rule that holds."""
    if not effects:
        return "NULL::VARCHAR"
    return f"CASE {' '.join(f'WHEN h{at} THEN {effect}' for at, effect in effects)} END"


def _reasons(worded: Sequence[tuple[int, Rule]]) -> str:
    """The reasons, each in the words of the first rule that holds and words its concept; the model's otherwise."""
    concepts: dict[str, list[tuple[int, str]]] = {}
    for at, rule in worded:
        for concept, text in rule.then.reasons.items():
            concepts.setdefault(CONCEPTS[concept].label, []).append((at, _text(text)))
    if not concepts:
        return "reasons"
    branches = " ".join(f"WHEN {_text(name)} THEN {_first(texts)}" for name, texts in concepts.items())
    text = f'coalesce(CASE r.concept {branches} END, r."text")'
    return (
        f"list_transform(reasons, lambda r: {{'concept': r.concept, 'text': {text}, 'points': r.points, "
        "'direction': r.direction})"
    )


def _acting(rules: Sequence[Rule]) -> str:
    """The ids of the rules that hold."""
    if not rules:
        return "[]::VARCHAR[]"
    held = ", ".join(f"CASE WHEN h{at} THEN {_text(rule.id)} END" for at, rule in enumerate(rules))
    return f"list_filter([{held}], lambda r: r IS NOT NULL)"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _written(value: Any) -> str:
    if value is None or value != value:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return _text(value) if isinstance(value, str) else repr(float(value))
