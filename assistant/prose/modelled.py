"""The answers about what a model lists or foretells. Lists are the tables'; nothing of them is retyped."""

from __future__ import annotations

from assistant.planner.frame import Frame
from assistant.prose.health import dated, fact, model_line, present, told
from assistant.prose.ruled import ruled_line
from assistant.prose.scope import filters_words, listed
from knowledge.vocabulary import Vocabulary
from tools.result import ToolResult


def tell_leavers(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about customers at risk of leaving."""
    if not fact(result, "returned").value:
        return [f"No scored customer matches{_within(frame, vocabulary)}.", dated(result)]
    return [
        f"{told(result, 'returned')} of {told(result, 'eligible')} scored customers{_within(frame, vocabulary)}, the "
        f"likeliest first, by {told(result, 'definition')}: from {told(result, 'highest')} down to "
        f"{told(result, 'cutoff')}.",
        "Customers who are dormant already are not among them. At risk does not mean that acting would keep them.",
        ruled_line(result), dated(result), model_line(result),
    ]  # fmt: skip


def tell_anomalies(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about postings that stand out."""
    if not fact(result, "eligible").value:
        return [f"No posting stands out{_within(frame, vocabulary)}.", dated(result)]
    kinds = [
        f"{told(result, name)} {name.removeprefix('kind_').replace('_', ' ')}"
        for name in result.facts
        if name.startswith("kind_")
    ]
    return [
        f"{told(result, 'returned')} of {told(result, 'eligible')} postings that stand out"
        f"{_within(frame, vocabulary)}, those that do most first: {listed(kinds[:5])}.",
        "A posting that stands out is one to look at, not a fraud.",
        dated(result), model_line(result),
    ]  # fmt: skip


def tell_segments(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about the segments."""
    sizes = [
        f"{told(result, f'segment_{at}')} ({told(result, f'size_{at}')})"
        for at in range(1, int(str(fact(result, "segments").value or 0)) + 1)
    ]
    return [
        f"{told(result, 'customers')} customers{_within(frame, vocabulary)} in {told(result, 'segments')} segments: "
        f"{listed(sizes)}.",
        f"{told(result, 'moved')} moved from one to another since the month before.",
        dated(result), model_line(result),
    ]  # fmt: skip


def tell_goals(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about goals and life events."""
    if not fact(result, "eligible").value:
        return [f"No goal or life event was found{_within(frame, vocabulary)}.", dated(result)]
    kinds = [
        f"{told(result, name)} {name.removeprefix('goal_').replace('_', ' ')}"
        for name in result.facts
        if name.startswith("goal_")
    ]
    return [
        f"{told(result, 'returned')} of {told(result, 'eligible')} findings{_within(frame, vocabulary)}, the surest "
        f"first: {listed(kinds)}.",
        "Each rests on the figures beside it; suggestions are for a person to make.",
        dated(result), model_line(result),
    ]  # fmt: skip


def tell_forecast(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about a forecast."""
    whole = f"{told(result, 'total')} over {told(result, 'months')}" if fact(result, "months").value != 1 else ""
    first = f"{told(result, 'month_1')} in the first month ({told(result, 'next_low')} to {told(result, 'next_high')})"
    good = ""
    if present(result, "forecast_mase") and present(result, "seasonal_naive_mase"):
        good = (
            f"At {told(result, 'origins')} earlier dates such forecasts had a scaled error of "
            f"{told(result, 'forecast_mase')}, the year before taken as it was {told(result, 'seasonal_naive_mase')}."
        )
    return [
        f"{str(fact(result, 'measure').value).capitalize()}{_within(frame, vocabulary)} from {told(result, 'from')} to "
        f"{told(result, 'to')} is expected to be {f'{whole}: {first}' if whole else first}.",
        f"The same number of months before it had {told(result, 'before')}.",
        f"Customers' own forecasts sum to {told(result, 'own_total')}; new customers are not in them."
        if present(result, "own_total")
        else "",
        f"Intervals hold {told(result, 'interval')} of outcomes.",
        f"It is the {told(result, 'method')}, from {told(result, 'history_months')} of history.",
        good, dated(result),
    ]  # fmt: skip


def _within(frame: Frame, vocabulary: Vocabulary) -> str:
    words = [*filters_words(frame, vocabulary), *([frame.customer] if frame.customer else [])]
    said = ", ".join(words)
    return f" {said}" if said.startswith(("in ", "not in ")) else f", {said}" if said else ""
