"""The answers about the credit model, about the books, and about free SQL."""

from __future__ import annotations

from assistant.planner.frame import Frame
from assistant.prose.health import dated, fact, model_line, present, told
from assistant.prose.numbers import said
from assistant.prose.scope import listed, lowered
from knowledge.vocabulary import Vocabulary
from tools.result import ToolResult

_OF_DATABASE = (
    "I answer with figures of this database: counts, totals, averages, medians, shares, rankings and courses over "
    "time, by the words of its semantic layer. No model serves here."
)
_OF_LENDER = (
    "I answer with governed figures, rank borrowers by risk, explain a score, describe a customer, and quote rules and "
    "definitions."
)
#: What the facts of a forecast's errors end in: the model's own, and those of repeating the year before.
_SCALED, _NAIVE = "_mase_model", "_mase_seasonal naive"
_COUNTED = ("customers", "accounts", "transactions", "loans", "instalments", "sessions")


def tell_model(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about a model's quality."""
    del vocabulary
    return [
        _discrimination(frame, result), _foretelling(result), _lift(result), _calibration(result), _weighing(result),
        _fairness(result), _drift(frame, result), _trained(result), _limits(result), model_line(result), dated(result),
    ]  # fmt: skip


def _interval(result: ToolResult, name: str) -> str:
    if not present(result, f"{name}_low"):
        return told(result, name)
    return f"{told(result, name)} (confidence interval {told(result, f'{name}_low')} to {told(result, f'{name}_high')})"


def _discrimination(frame: Frame, result: ToolResult) -> str:
    if any(name.endswith(_SCALED) for name in result.facts):
        return ""
    if not present(result, "auc"):
        why = told(result, "not_validated").rstrip(".")
        return f"The {frame.model} model could not be validated out of time: {why}."
    beside = [
        f"{label} {told(result, name)}" for name, label in (("gini", "Gini"), ("ks", "KS")) if present(result, name)
    ]
    baseline = f"; the baseline has {told(result, 'baseline_auc')}" if present(result, "baseline_auc") else ""
    return f"Out of time the {frame.model} model has an AUC of {_interval(result, 'auc')}{baseline}. {listed(beside)}."


def _foretelling(result: ToolResult) -> str:
    """How far forecasts were off, beside repeating the year before; empty for a model that forecasts nothing."""
    measures = [name.removesuffix(_SCALED) for name in result.facts if name.endswith(_SCALED)]
    errors = [
        f"{name} {_interval(result, f'{name}{_SCALED}')}, the year before repeated {told(result, f'{name}{_NAIVE}')}"
        for name in measures
        if present(result, f"{name}{_NAIVE}") and not name.startswith("forecast_")
    ]
    return f"Scaled error (MASE) of the forecasts: {'; '.join(errors)}." if errors else ""


def _weighing(result: ToolResult) -> str:
    """What weighs most in the model, the heaviest first."""
    named = [told(result, name) for name in sorted(result.facts) if name.startswith("top_concept_")]
    return f"What weighs most: {listed([lowered(name) for name in named])}." if named else ""


def _lift(result: ToolResult) -> str:
    return f"Lift in the top tenth {_interval(result, 'lift_at_10')}." if present(result, "lift_at_10") else ""


def _fairness(result: ToolResult) -> str:
    """The lowest approval ratios there are, which fairness is judged by."""
    named = [name for name in result.facts if name.startswith("approval_ratio_")]
    told_of = [f"{told(result, name)} by {name.removeprefix('approval_ratio_')}" for name in named]
    return f"The lowest approval ratio of a group to the best-off one is {listed(told_of)}." if told_of else ""


def _drift(frame: Frame, result: ToolResult) -> str:
    name = f"{frame.model}_score_psi"
    return (
        f"PSI of the scores {told(result, name)} ({told(result, f'{frame.model}_drift')})."
        if present(result, name)
        else ""
    )


def _calibration(result: ToolResult) -> str:
    if not present(result, "calibration_slope"):
        return ""
    tested = ""
    if present(result, "validated_borrowers"):
        tested = f", tested on {told(result, 'validated_borrowers')} borrowers with {told(result, 'bads')} bads"
    return f"Calibration slope {_interval(result, 'calibration_slope')}{tested}."


def _trained(result: ToolResult) -> str:
    if not present(result, "training_rows"):
        return ""
    label = f" What it predicts: {_first(told(result, 'label'), 'bad')}" if present(result, "label") else ""
    return f"Trained on {told(result, 'training_rows')} rows with {told(result, 'features')} features.{label}"


def _first(text: str, word: str) -> str:
    """Return the first sentence that speaks of ``word``, else the first; each with its full stop."""
    sentences = [f"{sentence.rstrip('.')}." for sentence in text.split(". ")]
    return next((sentence for sentence in sentences if f" {word} " in sentence), sentences[0])


def _limits(result: ToolResult) -> str:
    return f"Limits: {_first(told(result, 'limits'), '')}" if present(result, "limits") else ""


def tell_status(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about the books."""
    del frame
    counted = tuple(vocabulary.views) if vocabulary.database else _COUNTED
    counts = [f"{told(result, part)} {part.replace('_', ' ')}" for part in counted if fact(result, part).value]
    source = f" Source: {told(result, 'source')}." if present(result, "source") else ""
    currency = f" Currency {told(result, 'currency')}." if present(result, "currency") else ""
    scope = _OF_DATABASE if vocabulary.database else _OF_LENDER
    newest = (
        f"The newest posting is of {told(result, 'data_clock')}"
        if present(result, "data_clock")
        else "The books are empty"
    )
    return [
        f"{newest}; the books hold {listed(counts)}.{source}{currency}" if counts else f"{newest}.",
        scope,
        model_line(result),
    ]


def tell_sql(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentence about a statement's rows."""
    del frame, vocabulary
    rows = len(result.table.rows) if result.table else 0
    return [
        f"The statement returned {said(rows, 'count')} row{'' if rows == 1 else 's'}; the table shows them.",
        dated(result),
    ]
