"""A model's validation report: one list of sections, as a page and as a PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.settings import Settings
from tools.model_state import model_state
from tools.operations import svg
from tools.operations.models import decisions_of, opened
from tools.scored_customer import features_frame
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from governance.principal import Principal

PAGE = Path(__file__).with_name("model_report.html")
SHEET = Path(__file__).with_name("model_report.typ")
#: Borrowers whose explanations are looked at.
LOOKED_AT = 2_000
METRICS: Mapping[str, str] = {
    "auc": "AUC", "gini": "Gini", "ks": "KS", "pr_auc": "PR-AUC", "brier_skill": "Brier skill",
    "calibration_slope": "Calibration slope", "calibration_intercept": "Calibration intercept",
}  # fmt: skip
BY_MONTH = (
    "SELECT as_of, any_value(version) AS version, count(*) AS n, avg(score) AS score, avg(probability) AS probability, "
    "avg((band IN ('high', 'very high'))::INT) AS risky FROM books.scores.history WHERE model = {model} "
    "GROUP BY as_of ORDER BY as_of"
)


@dataclass(frozen=True)
class Section:
    """A heading, sentences, a chart where there is one, a table where there is one."""

    title: str
    text: str = ""
    chart: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def report(name: str, model: str, settings: Settings | None = None) -> dict[str, Any]:
    """Return the report: title, what stands under it, sections.

    Raises
    ------
    ToolRetry
        No such model serves here.
    """
    from tools.arguments import literal

    with opened(name, settings) as (workspace, principal):
        state = model_state(workspace, principal, model)
        which = f"model = {literal(model)} AND version = {literal(state.version)}"
        sql = f"SELECT card FROM books.models.registry WHERE {which}"
        card = json.loads(workspace.query(principal, sql).rows[0][0])
        months = workspace.query(principal, BY_MONTH.format(model=literal(model))).dicts()
        explained = _explanations(workspace, principal, model, state.version)
    decided = [each for each in decisions_of(name, settings) if each["model"] == model]
    health = [Section("Health", columns=("Check", "Status", "Found"),
                      rows=[(check, status, said) for check, (status, said) in state.health.items()],
                      text="" if state.health else "Not monitored yet: `munshi monitor`.")]  # fmt: skip
    beneath = [f"{name}, trained as of {state.trained_as_of}; {card['learner']}.", *state.warnings]
    return {
        "title": f"Validation report: {model} {state.version}",
        "beneath": " ".join(beneath),
        "sections": [
            *_of_card(card), _stability(months), *_fairness(card), *explained, *health, _decisions(decided),
            Section("Limitations", rows=[(limit,) for limit in card.get("limits", ())], columns=("Known",)),
        ],
    }  # fmt: skip


def write_html(found: Mapping[str, Any], target: Path) -> None:
    """Write the report as a page complete in itself."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["drawn"] = Markup
    target.write_text(environment.from_string(PAGE.read_text("utf-8")).render(**found), encoding="utf-8")


def write_pdf(found: Mapping[str, Any], target: Path) -> None:
    """Write the report as a PDF; nothing is fetched, no system library is needed."""
    import typst

    told = {**found, "sections": [vars(section) for section in found["sections"]]}
    target.write_bytes(typst.compile(SHEET, sys_inputs={"report": json.dumps(told, ensure_ascii=False)}))


def _of_card(card: Mapping[str, Any]) -> list[Section]:
    validation = card.get("validation", {})
    purpose = Section("Purpose and label", text=str(card.get("label", "")))
    metrics, baseline = validation.get("metrics", {}), validation.get("baseline", {})
    if not metrics:
        return [purpose, Section("Validation", text=str(validation.get("refused", "Not validated out of time.")))]
    rows = [
        (label, _number(metrics[name]["value"]), f"{metrics[name]['low']:.3f} to {metrics[name]['high']:.3f}",
         _number(baseline.get(name, {}).get("value")))
        for name, label in METRICS.items() if name in metrics
    ]  # fmt: skip
    folds = [
        (fold["as_of"], str(fold["n"]), str(fold["bads"]), f"{fold['auc']['value']:.3f}",
         f"{fold['auc']['low']:.3f} to {fold['auc']['high']:.3f}")
        for fold in validation.get("folds", ()) if "auc" in fold
    ]  # fmt: skip
    deciles = validation.get("deciles", {}).get("rows", ())
    events = f"{validation['n']} rows, {validation['bads']} with the event."
    return [
        purpose,
        Section("Discrimination and calibration out of time", events, "",
                ("Metric", "Value", "95 % interval", "Baseline"), rows),
        Section("By fold", "", "", ("As of", "Rows", "Events", "AUC", "95 % interval"), folds),
        Section("Calibration by tenth", "Predicted against observed rate, the riskiest tenth first.",
                svg.reliability([row["predicted"] for row in deciles], [row["bad_rate"] for row in deciles]),
                ("Tenth", "Rows", "Events", "Observed", "Predicted"),
                [(*(str(row[name]) for name in ("decile", "n", "bads")), f"{row['bad_rate']:.2%}",
                  f"{row['predicted']:.2%}") for row in deciles]),
        Section("Gain", "Share of all events caught in the riskiest tenths, beside a ranking by chance.",
                svg.gain([row["bads"] for row in deciles])),
    ]  # fmt: skip


def _stability(months: Sequence[Mapping[str, Any]]) -> Section:
    rows = [
        (str(row["as_of"]), row["version"], str(row["n"]), f"{row['score']:.0f}", f"{row['probability']:.2%}",
         f"{row['risky']:.1%}")
        for row in months
    ]  # fmt: skip
    return Section(
        "Stability by month", "Scores as they were given, each month by the version that had been trained by then.",
        svg.line([float(row["probability"]) for row in months]),
        ("As of", "Version", "Scored", "Mean score", "Mean probability", "High or very high"), rows,
    )  # fmt: skip


def _fairness(card: Mapping[str, Any]) -> list[Section]:
    attributes = (card.get("fairness") or {}).get("attributes", {})
    rows = [
        (attribute, row["group"], str(row["n"]), f"{row['approval']:.1%}", f"{row['approval_ratio']['value']:.2f}",
         f"{row['approval_ratio']['low']:.2f} to {row['approval_ratio']['high']:.2f}")
        for attribute, told in attributes.items() for row in told["rows"]
    ]  # fmt: skip
    text = "" if rows else "The card of this version has no fairness table."
    return [Section("Fairness by group", text, "",
                    ("Attribute", "Group", "Rows", "Approved", "To the highest", "95 % interval"), rows)]  # fmt: skip


def _explanations(workspace: Workspace, principal: Principal, model: str, version: str) -> list[Section]:
    """Look at the explanations of the borrowers scored last; nothing where their features are not by month end."""
    from analytics.explain.comparison import importance
    from analytics.explain.stability import sensitivity, steadiness
    from analytics.features.application import EVERY

    stored = workspace.stored_model(principal, model, version)
    frame = latest_features(workspace, principal, model)
    if frame.empty or not set(stored.features) <= set(frame.columns):
        return [Section("Explanations", "Nobody is scored on features of a month end: there is nothing to look at.")]
    steady = steadiness(stored, frame, stored.card().get("background", {}).get("medians", {}))
    weights = importance(stored, frame)
    moved = list(sensitivity(stored, frame).items())[:10]
    return [
        Section("What moves scores", "Mean absolute points by concept, with 95 % intervals.",
                svg.bars([(each.concept, each.points) for each in weights]), ("Concept", "Points", "95 % interval"),
                [(each.concept, f"{each.points:.1f}", f"{each.low:.1f} to {each.high:.1f}") for each in weights]),
        Section("Sensitivity", "Mean points a score moves when one figure is a tenth worse for everybody.", "",
                ("Figure", "Points"), [(EVERY[name].description, f"{points:+.2f}") for name, points in moved]),
        Section("Steadiness of reasons",
                f"{steady.share:.1%} ({steady.low:.1%} to {steady.high:.1%}) of {steady.customers} borrowers keep the "
                "same first three reasons when every amount and share moves by up to 1 %."),
    ]  # fmt: skip


def latest_features(workspace: Workspace, principal: Principal, model: str, *, most: int = LOOKED_AT) -> pd.DataFrame:
    """Return the features behind the newest scores, of customers in the order of their ids."""
    from tools.arguments import literal

    sql = (
        "SELECT f.* FROM books.features.customer_monthly AS f JOIN books.scores.latest AS s "
        f"USING (customer_id, as_of) WHERE s.model = {literal(model)} ORDER BY customer_id LIMIT {int(most)}"
    )
    return features_frame(workspace.query(principal, sql))


def _decisions(decided: Sequence[Mapping[str, Any]]) -> Section:
    rows = [(each["at"][:10], each["version"], each["action"], each["by"], each["reason"]) for each in decided]
    return Section("Decisions", "", "", ("On", "Version", "Decision", "By", "Why"), rows)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
