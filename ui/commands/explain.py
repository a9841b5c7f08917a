"""`munshi explain`: one borrower's score against others, what if, and what would bring the probability down."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from governance.errors import ToolRetry
from ui import cli_output as out
from ui.commands.options import AsJson, WorkspaceName


def explain(
    customer_id: Annotated[str, typer.Argument(help="Id of the borrower.")],
    change: Annotated[
        list[str] | None, typer.Option("--if", help="Score again with a figure changed: days_past_due=0; repeatable.")
    ] = None,
    under: Annotated[float | None, typer.Option(help="Find few changes that bring the probability under this.")] = None,
    beside: Annotated[str | None, typer.Option(help="Another borrower to compare with.")] = None,
    cohort: Annotated[
        list[str] | None, typer.Option("--cohort", help="Borrowers to compare with: city=Pune; repeatable.")
    ] = None,
    second_opinion: Annotated[
        bool, typer.Option("--second-opinion", help="A line around the borrower, with its fidelity and stability.")
    ] = False,
    workspace: WorkspaceName = "demo",
    as_json: AsJson = False,
) -> None:
    """Take a borrower's score apart: against others, what if, what would do, a second opinion.

    What it says is of the model: no promise, and no cause.
    """
    from tools.operations.explaining import explain as run

    told = run(
        workspace, customer_id, changes=_numbers(change), under=under, beside=beside, cohort=_pairs(cohort),
        second_opinion=second_opinion,
    )  # fmt: skip
    out.emit(told, as_json, "\n".join(_lines(told)))


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [
        f"{told['customer_id']}: {told['score']} points, probability {told['probability']:.1%}, as of {told['as_of']}"
    ]
    for each in told["against"]:
        lines += ["", f"against {each['whom']}"]
        lines += [
            f"  {part['points']:+7.1f}  {part['concept']}" for part in each["concepts"] if abs(part["points"]) >= 0.5
        ]
    beside = told["compared"]
    lines += ["", f"beside {beside['with']}: {beside['points']:+.1f} points"]
    lines += [
        f"  {part['points']:+7.1f}  {part['concept']}" for part in beside["concepts"] if abs(part["points"]) >= 0.5
    ]
    for title, trial in (("what if", told.get("what_if")), ("what would do", told.get("counterfactual"))):
        if trial is not None:
            lines += ["", f"{title}: probability {trial['before']:.1%} → {trial['after']:.1%}{_reached(trial)}"]
            lines += [_change(change) for change in trial["changes"]]
    if opinion := told.get("second_opinion"):
        trust = "may be shown" if opinion["reliable"] else "is not to be relied on"
        lines += [
            "",
            f"second opinion: fidelity {opinion['fidelity']:.2f}, stability {opinion['stability']:.2f}; it {trust}",
        ]
        lines += [f"  {weight:+7.2f}  {name}" for name, weight in opinion["weights"].items()]
    return lines + [f"warning: {each}" for each in told["warnings"]]


def _reached(trial: dict[str, Any]) -> str:
    if trial["reached"] is None:
        return ""
    return "" if trial["reached"] else f"; {trial['under']:.1%} is not reached by changes within reach"


def _change(change: dict[str, Any]) -> str:
    before = "unknown" if change["before"] is None else f"{change['before']:,.2f}"
    months = f"{change['months']} month{'' if change['months'] == 1 else 's'}"
    return f"  {change['label']}: {before} → {change['after']:,.2f} (shows in full after {months})"


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = [each.partition("=") for each in given or ()]
    for name, sign, value in pairs:
        if not (sign and name.strip() and value.strip()):
            raise ToolRetry(f"'{name}{sign}{value}' is no NAME=VALUE: --if days_past_due=0, --cohort city=Pune.")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _numbers(given: list[str] | None) -> dict[str, float]:
    found = {}
    for name, value in _pairs(given).items():
        try:
            found[name] = float(value)
        except ValueError:
            raise ToolRetry(f"{name}: '{value}' is no number.") from None
    return found
