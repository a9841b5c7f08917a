"""What rides along with every answer: the date the figures are of, and the health of the model they lean on."""

from __future__ import annotations

from assistant.prose.numbers import MISSING, ratio, said
from tools.result import Fact, ToolResult


def fact(result: ToolResult, name: str) -> Fact:
    """Return a fact; one that is not there has no value."""
    return result.facts.get(name, Fact(value=None))


def told(result: ToolResult, name: str) -> str:
    """Return a fact in words."""
    found = fact(result, name)
    return said(found.value, found.unit, currency=currency_of(result))


def currency_of(result: ToolResult) -> str:
    """Return the currency of the result's money."""
    return str(fact(result, "currency").value or "")


def present(result: ToolResult, name: str) -> bool:
    """Whether a fact is there and has a value."""
    return fact(result, name).value not in (None, "")


def dated(result: ToolResult) -> str:
    """Return "As of 30 Jun 2026." or nothing."""
    return f"As of {said(result.as_of)}." if result.as_of else ""


def model_line(result: ToolResult) -> str:
    """Return the sentence about the model that the figures lean on, or nothing."""
    lines = [_of_model(result, model, version) for model, version in result.model_versions.items()]
    return " ".join(line for line in lines if line)


def _of_model(result: ToolResult, model: str, version: str) -> str:
    parts = [f"Model {model} {version}"]
    if present(result, f"{model}_trained_as_of"):
        parts.append(f"trained as of {told(result, f'{model}_trained_as_of')}")
    slope = fact(result, f"{model}_calibration_slope").value
    if isinstance(slope, int | float):
        parts.append(f"calibration slope {ratio(slope)}")
    drift = told(result, f"{model}_drift")
    if drift != MISSING:
        parts.append(drift if "drift" in drift else f"drift {drift}")
    return ", ".join(parts) + "."
