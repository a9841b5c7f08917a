"""What the client's rules make of a score, told beside the model's own: in lists, of one customer, of rows sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from governance.principal import Principal
from tools.arguments import literal
from tools.result import Column, Fact
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.explain.what_if import WhatIf as Trial
    from analytics.rules.outcome import Active
    from analytics.rules.scored import Query

#: Beside a list where a rule made something of one of its rows.
RULE_COLUMNS: tuple[Column, ...] = (
    Column(name="model_band", label="Model's band"),
    Column(name="decision", label="Decision"),
    Column(name="rule", label="Rule"),
)
BANDS_FACT = "ruled_bands"


@dataclass(frozen=True)
class Ruling:
    """What rules made of one score; ``rule`` is empty where none acts."""

    model_band: str
    band: str
    decision: str | None
    rule: str | None
    rule_text: str | None
    rules_version: int | None
    reasons: tuple[Mapping[str, Any], ...]
    said: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any], probability: float) -> Ruling:
        """Read a row of a view of scores, or of `analytics.rules.outcome.outcomes`."""
        reasons, rule = tuple(row["reasons"] or ()), row.get("rule")
        if rule is None:
            return cls(row.get("model_band") or row["band"], row["band"], None, None, None, None, reasons, None)
        from analytics.rules.outcome import told

        own = row["model_band"], row["band"], row["decision"], rule, row["rule_text"], row["rules_version"]
        return cls(*own, reasons, told(probability, *own))

    @property
    def facts(self) -> dict[str, Fact]:
        """What an answer may say of it; nothing where no rule acts."""
        if self.said is None:
            return {}
        told = {"model_band": self.model_band, "decision": self.decision, "rule": self.rule,
                "rule_text": self.rule_text, "rule_said": self.said}  # fmt: skip
        facts = {name: Fact(value=value) for name, value in told.items() if value is not None}
        return facts | {"rules_version": Fact(value=self.rules_version, unit="number")}


def active_rules(workspace: Workspace, principal: Principal) -> Active | None:
    """The version of the rules that acts; None where there is none."""
    from analytics.rules.store import active

    return workspace.remember(principal, "active rules", lambda: active(query_of(workspace, principal)))


def query_of(workspace: Workspace, principal: Principal) -> Query:
    """What runs a SELECT on the published books."""
    return lambda sql: workspace.query(principal, sql).rows


def ruling_of_values(
    workspace: Workspace, principal: Principal, model: str, version: str, as_of: dt.date, fields: Mapping[str, Any]
) -> tuple[Ruling | None, tuple[str, ...]]:
    """Return what the active rules make of a score that is not in the books, and what they could not look at.

    Parameters
    ----------
    fields
        The score's ``probability``, ``band`` and ``reasons``, and every field that is known by its name.

    Returns
    -------
    tuple
        None where no rules about the model act.
    """
    active = active_rules(workspace, principal)
    if active is None or not active.of(model):
        return None, ()
    from analytics.rules.outcome import literal_row, outcomes

    wanted = sorted(active.fields(model))
    sql = outcomes(active, model, literal_row(model, version, as_of, fields, wanted))
    (row,) = workspace.query(principal, sql).dicts()
    unknown = [name for name in wanted if name not in fields]
    return Ruling.of(row, float(fields["probability"])), unlooked(active, model, unknown)


def unlooked(active: Active, model: str, unknown: Sequence[str]) -> tuple[str, ...]:
    """Say which rules look at something that is not there."""
    return tuple(
        f"Rule {rule.id} looks at {', '.join(sorted(missing))}, not known of what was sent: it was held for unknown."
        for rule in active.of(model) if (missing := rule.condition.fields & set(unknown))
    )  # fmt: skip


def supposed_band(
    workspace: Workspace, principal: Principal, score: Mapping[str, Any], model: str, *,
    probability: float, points: int, band: str, figures: Mapping[str, Any],
) -> Ruling | None:  # fmt: skip
    """Return what the active rules would make of a customer of the books scored anew with other figures."""
    active = active_rules(workspace, principal)
    if active is None or not active.of(model):
        return None
    from analytics.rules.scored import scored_rows

    which = f"s.customer_id = {literal(score['customer_id'])} AND s.as_of = DATE '{score['as_of']}'"
    select = scored_rows(query_of(workspace, principal), model, active.fields(model), which)
    own = workspace.query(principal, select).dicts()[0]
    anew = {**own, **figures, "probability": probability, "score": points, "band": band}
    return ruling_of_values(workspace, principal, model, score["version"], score["as_of"], anew)[0]


def ruled_trial(
    workspace: Workspace, principal: Principal, score: Mapping[str, Any], model: str, found: Trial
) -> tuple[Trial, dict[str, Fact]]:
    """Return a what-if with the bands the client's rules make of it, and what is to be said of them.

    Parameters
    ----------
    score
        The customer's row of the model's view: its band is ruled already.
    """
    after = supposed_band(
        workspace, principal, score, model, probability=found.after, points=found.score_after, band=found.band_after,
        figures={change.feature: change.after for change in found.changes},
    )  # fmt: skip
    if after is None:
        return found, {}
    said = {"rule_said": Ruling.of(score, found.before).said, "rule_said_after": after.said}
    facts = {name: Fact(value=words) for name, words in said.items() if words}
    return replace(found, band_before=score["band"], band_after=after.band), facts


def rule_columns(workspace: Workspace, principal: Principal, model: str) -> tuple[Column, ...]:
    """The columns that a list of a model's scores has more while rules about that model act."""
    active = active_rules(workspace, principal)
    return RULE_COLUMNS if active is not None and active.of(model) else ()


def listed_facts(
    workspace: Workspace, principal: Principal, model: str, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Fact]:
    """How many rows of a list rules act on, which rules, and why; nothing where none does."""
    active = active_rules(workspace, principal)
    ruled = [row for row in rows if row.get("rule")]
    if active is None or not ruled:
        return {}
    acting = {row["rule"] for row in ruled}
    texts = "; ".join(f"{rule.id} ({rule.text.rstrip('.')})" for rule in active.of(model) if rule.id in acting)
    moved = sum(row["band"] != row["model_band"] for row in ruled)
    return {
        "ruled": Fact(value=len(ruled), unit="count"),
        "ruled_to_another_band": Fact(value=moved, unit="count"),
        "ruled_by": Fact(value=texts),
        "rules_version": Fact(value=active.version, unit="number"),
    }


def bands_warning(workspace: Workspace, principal: Principal) -> tuple[str, ...]:
    """What an answer that counts by band has to say: whose bands they are."""
    active = active_rules(workspace, principal)
    if active is None:
        return ()
    ids = ", ".join(rule.id for rule in active.rules.rules)
    return (
        f"Bands are those after the client's rules, version {active.version} ({ids}); `model_band` has the model's.",
    )
