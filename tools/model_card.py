"""How good a model is: its card, as it was made when the model was validated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from governance.principal import Principal
from tools.card_figures import figures, learner
from tools.credit_health import champion_card
from tools.model_health import standing
from tools.model_life import life_tables
from tools.result import Column, Fact, Table, ToolResult
from tools.workspace import Workspace

METRIC_COLUMNS: tuple[Column, ...] = (
    Column(name="metric", label="Metric"),
    Column(name="value", label="Out of time", unit="ratio", type="float"),
    Column(name="low", label="95 % from", unit="ratio", type="float"),
    Column(name="high", label="to", unit="ratio", type="float"),
    Column(name="baseline", label="Baseline", unit="ratio", type="float"),
)
FOLD_COLUMNS: tuple[Column, ...] = (
    Column(name="as_of", label="Tested as of", unit="date", type="date"),
    Column(name="n", label="Borrowers", unit="count", type="integer"),
    Column(name="bads", label="Bads", unit="count", type="integer"),
    Column(name="auc", label="AUC", unit="ratio", type="float"),
    Column(name="low", label="95 % from", unit="ratio", type="float"),
    Column(name="high", label="to", unit="ratio", type="float"),
    Column(name="baseline_auc", label="Baseline AUC", unit="ratio", type="float"),
)
DECILE_COLUMNS: tuple[Column, ...] = (
    Column(name="decile", label="Decile", unit="count", type="integer"),
    Column(name="n", label="Borrowers", unit="count", type="integer"),
    Column(name="bads", label="Bads", unit="count", type="integer"),
    Column(name="bad_rate", label="Bad rate", unit="percent", type="float"),
    Column(name="predicted", label="Predicted", unit="percent", type="float"),
)


RATIO = ("value", "low", "high")
FAIRNESS_COLUMNS: tuple[Column, ...] = (
    Column(name="attribute", label="Attribute"),
    Column(name="group", label="Group"),
    Column(name="n", label="Rows", unit="count", type="integer"),
    Column(name="approval", label="Not declined", unit="percent", type="float"),
    Column(name="ratio", label="To the best group", unit="ratio", type="float"),
    Column(name="low", label="95 % from", unit="ratio", type="float"),
    Column(name="high", label="to", unit="ratio", type="float"),
)


def model_card(
    workspace: Workspace,
    principal: Principal,
    *,
    model: Annotated[str, Field(description="name of the model")] = "credit",
) -> ToolResult:
    """Return the champion's card.

    Raises
    ------
    ToolRetry
        No such model serves here.
    """
    card = champion_card(workspace, principal, model)
    health = standing(workspace, principal, model)
    validation = card.get("validation", {})
    version = health.versions[model]
    life, statements = workspace.remember(
        principal, f"life of {model}", lambda: life_tables(workspace, principal, model, version, card)
    )
    return ToolResult(
        title=f"Model card: {model} {health.versions[model]}",
        table=Table(title="Out-of-time performance", columns=METRIC_COLUMNS, rows=_metric_rows(validation)),
        tables=(
            Table(title="Folds", columns=FOLD_COLUMNS, rows=_fold_rows(validation)),
            Table(title="Deciles, the riskiest first", columns=DECILE_COLUMNS, rows=_decile_rows(validation)),
            *_fairness(card),
            *life,
        ),
        facts=_facts(card) | _least_fair(card) | dict(health.facts),
        chart=_reliability(validation),
        sql=statements,
        model_versions=health.versions,
        warnings=health.warnings,
        as_of=health.as_of,
    )


def _fairness(card: Mapping[str, Any]) -> tuple[Table, ...]:
    """How the model treats groups that none of its features tells apart; nothing where the card does not say."""
    attributes = (card.get("fairness") or {}).get("attributes", {})
    rows = tuple(
        (attribute, row["group"], row["n"], row["approval"], *(row["approval_ratio"][of] for of in RATIO))
        for attribute, told in attributes.items()
        for row in told["rows"]
    )
    return (Table(title="Fairness by group", columns=FAIRNESS_COLUMNS, rows=rows),) if rows else ()


def _least_fair(card: Mapping[str, Any]) -> dict[str, Fact]:
    """Attribute → the lowest ratio of a group's approval to the best-off group's; four fifths is the usual bound."""
    attributes = (card.get("fairness") or {}).get("attributes", {})
    lowest = {
        name: min(row["approval_ratio"]["value"] for row in told["rows"])
        for name, told in attributes.items()
        if told["rows"]
    }
    return {f"approval_ratio_{name}": Fact(value=ratio, unit="ratio") for name, ratio in lowest.items()}


def _metric_rows(validation: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple((each.label, each.value, each.low, each.high, each.baseline) for each in figures(validation))


def _fold_rows(validation: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple(
        (fold["as_of"], fold["n"], fold["bads"], fold["auc"]["value"], fold["auc"]["low"], fold["auc"]["high"],
         fold["baseline_auc"]["value"])
        for fold in validation.get("folds", ())
        if "auc" in fold
    )  # fmt: skip


def _decile_rows(validation: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    names = [column.name for column in DECILE_COLUMNS]
    return tuple(tuple(row[name] for name in names) for row in validation.get("deciles", {}).get("rows", ()))


def _facts(card: Mapping[str, Any]) -> dict[str, Fact]:
    validation = card.get("validation", {})
    facts = {
        "label": Fact(value=card["label"]),
        "learner": Fact(value=learner(card)),
        "training_rows": Fact(value=card.get("training_rows"), unit="count"),
        "training_customers": Fact(value=card.get("training_customers"), unit="count"),
        "features": Fact(value=len(card.get("features", ())), unit="count"),
        "limits": Fact(value=" ".join(card["limits"])),
    }
    for position, concept in enumerate(card.get("top_concepts", ())[:4], start=1):
        facts[f"top_concept_{position}"] = Fact(value=concept["concept"])
    found = figures(validation)
    if not found:
        return facts | {"not_validated": Fact(value=validation.get("refused", "It is not measured against outcomes."))}
    facts["folds"] = Fact(value=len(validation.get("folds", ())), unit="count")
    if "bads" in validation:
        facts |= {
            "validated_borrowers": Fact(value=validation["n"], unit="count"),
            "bads": Fact(value=validation["bads"], unit="count"),
            "deciles_monotone": Fact(value=validation["deciles"]["monotone"]),
            **_interval("auc_gap_to_baseline", validation["auc_gap_to_baseline"]),
            "baseline_auc": Fact(value=validation["baseline"]["auc"]["value"], unit="ratio"),
        }
    for each in found:
        facts |= _interval(each.path, {"value": each.value, "low": each.low, "high": each.high})
    return facts


def _interval(name: str, metric: Mapping[str, float | None]) -> dict[str, Fact]:
    return {
        name: Fact(value=metric["value"], unit="ratio"),
        f"{name}_low": Fact(value=metric["low"], unit="ratio"),
        f"{name}_high": Fact(value=metric["high"], unit="ratio"),
    }


def _reliability(validation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    from tools import charts

    rows = validation.get("deciles", {}).get("rows", ())
    return charts.reliability(
        [row["predicted"] for row in rows], [row["bad_rate"] for row in rows], [row["n"] for row in rows],
        title="Predicted against observed bad rate, by decile",
    )  # fmt: skip
