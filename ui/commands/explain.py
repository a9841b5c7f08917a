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
        list[str] | None,
        typer.Option(
            "--if", help="Score again with a lever or figure changed: days_past_due=0, income=+10%; repeatable."
        ),
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
        workspace, customer_id, changes=_pairs(change), under=under, beside=beside, cohort=_pairs(cohort),
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
    lines += ["", f"{told['compared']['title']}: {told['compared']['facts']['points']['value']:+.1f} points"]
    lines += [f"  {points:+7.1f}  {concept}" for concept, points in told["compared"]["table"]["rows"]
              if abs(points) >= 0.5]  # fmt: skip
    for trial in (told.get("what_if"), told.get("counterfactual")):
        if trial is not None:
            lines += ["", *_trial(trial)]
    if opinion := told.get("second_opinion"):
        trust = "may be shown" if opinion["reliable"] else "is not to be relied on"
        lines += [
            "",
            f"second opinion: fidelity {opinion['fidelity']:.2f}, stability {opinion['stability']:.2f}; it {trust}",
        ]
        lines += [f"  {weight:+7.2f}  {name}" for name, weight in opinion["weights"].items()]
    return lines + [f"warning: {each}" for each in told["warnings"]]


def _trial(trial: dict[str, Any]) -> list[str]:
    facts = {name: fact["value"] for name, fact in trial["facts"].items()}
    after = f"probability {facts['probability_before']:.1%} → {facts['probability_after']:.1%}"
    missed = "" if facts.get("reached", True) else f"; {facts['target']:.1%} is not reached by changes within reach"
    names = [column["name"] for column in trial["table"]["columns"]]
    changes = [_change(dict(zip(names, row, strict=True))) for row in trial["table"]["rows"]]
    return [f"{trial['title']}: {after}{missed}", *changes, f"  {facts['caveat']}"]


def _change(change: dict[str, Any]) -> str:
    before = "unknown" if change["before"] is None else f"{change['before']:,.2f}"
    months = f"{change['months']} month{'' if change['months'] == 1 else 's'}"
    return f"  {change['figure']}: {before} → {change['after']:,.2f} (shows in full after {months})"


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = [each.partition("=") for each in given or ()]
    for name, sign, value in pairs:
        if not (sign and name.strip() and value.strip()):
            raise ToolRetry(f"'{name}{sign}{value}' is no NAME=VALUE: --if days_past_due=0, --cohort city=Pune.")
    return {name.strip(): value.strip() for name, _, value in pairs}
