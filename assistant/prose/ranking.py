"""The answer to a ranking of borrowers. The list itself is the table's; nothing of it is retyped."""

from __future__ import annotations

from assistant.planner.frame import Frame
from assistant.prose.health import dated, fact, model_line, present, told
from assistant.prose.numbers import count
from assistant.prose.ruled import ruled_line
from assistant.prose.scope import filters_words, listed
from knowledge.vocabulary import Vocabulary
from tools.result import ToolResult

_SHORT = {
    "probability_of_default": "probability of default", "expected_loss": "expected loss",
    "days_past_due": "days past due",
}  # fmt: skip


def tell_ranking(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about a list of the riskiest borrowers."""
    words = ", ".join(filters_words(frame, vocabulary))
    scope = f" {words}" if words.startswith(("in ", "not in ")) else f", {words}" if words else ""
    returned, eligible = fact(result, "returned").value, fact(result, "eligible").value
    if not returned:
        return [f"No borrower matches{': ' + words if words else ''}.", _left_out(result), dated(result)]
    opening = (
        f"{told(result, 'returned')} of {told(result, 'eligible')} borrowers{scope}, the riskiest first, "
        f"by {told(result, 'definition')}"
    )
    short = "" if returned != eligible else " That is every borrower who matches."
    return [
        f"{opening}: from {told(result, 'highest')} down to the cut-off at {told(result, 'cutoff')}.{short}",
        f"Ties go by {told(result, 'tie_break')}.",
        _left_out(result),
        _overlaps(result) if returned != eligible else "",
        f"Together they owe {told(result, 'total_exposure')}; "
        f"their expected loss is {told(result, 'total_expected_loss')}.",
        ruled_line(result),
        dated(result),
        model_line(result),
    ]


def _left_out(result: ToolResult) -> str:
    causes = (
        ("excluded_npa", "NPA"),
        ("excluded_written_off", "written-off"),
        ("excluded_not_eligible", "not eligible"),
    )
    said = [f"{told(result, name)} {cause}" for name, cause in causes if fact(result, name).value]
    total = sum(int(str(fact(result, name).value or 0)) for name, _ in causes)
    if not said:
        return ""
    return f"Left out of the ranking: {listed(said)} borrower{'' if total == 1 else 's'}."


def _overlaps(result: ToolResult) -> str:
    overlaps = [(name, words) for name, words in _SHORT.items() if present(result, f"overlap_{name}")]
    parts = [f"{count(_number(result, name))} by {words}" for name, words in overlaps]
    return f"How many of them would also stand in a list of the same length: {listed(parts)}." if parts else ""


def _number(result: ToolResult, name: str) -> int:
    return int(str(fact(result, f"overlap_{name}").value))
