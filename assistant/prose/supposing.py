"""The answers to what-ifs and comparisons: what the score would be, and what sets one apart from another."""

from __future__ import annotations

from assistant.planner.frame import Frame
from assistant.prose.health import currency_of, dated, fact, model_line, present, told
from assistant.prose.numbers import said
from assistant.prose.ruled import ruled_line
from assistant.prose.scope import listed, lowered
from knowledge.vocabulary import Vocabulary
from tools.result import ToolResult


def tell_what_if(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about a customer scored again."""
    del vocabulary
    return [
        _outcome(frame.customer, result), ruled_line(result), _each(result), _in_full(result),
        str(fact(result, "caveat").value), dated(result), model_line(result),
    ]  # fmt: skip


def tell_stress(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about the whole book scored again."""
    del frame, vocabulary
    scored, everybody, unmoved = (fact(result, name).value for name in ("scored_again", "borrowers", "unmoved"))
    sample = f", a sample of {told(result, 'borrowers')}" if scored != everybody else ""
    grown = f", a change of {told(result, 'expected_loss_growth')}" if present(result, "expected_loss_growth") else ""
    return [
        f"{result.title}: expected loss would be {_instead(result, 'expected_loss')}{grown}.",
        f"Of {told(result, 'scored_again')} borrowers{sample}, {_instead(result, 'high_risk')} would be in the high "
        f"and very high bands; the mean probability of default would be {_instead(result, 'average_pd')}.",
        f"{told(result, 'unmoved')} have no figure that could be moved and keep their score." if unmoved else "",
        "Loss given default and exposure stay as they are. It is a statement about the model: no forecast, no cause.",
        dated(result), model_line(result),
    ]  # fmt: skip


def _instead(result: ToolResult, name: str) -> str:
    return f"{told(result, f'{name}_after')} instead of {told(result, f'{name}_before')}"


def _outcome(customer: str, result: ToolResult) -> str:
    changed, target = _changed(result), _limit(result)
    reached = fact(result, "reached").value
    if not changed:
        stands = f"the probability of {told(result, 'event')} is {told(result, 'probability_before')}"
        done = f"{customer} is under {target} as it is" if reached else f"Nothing within reach brings {customer} lower"
        return f"{done}: {stands}."
    if fact(result, "probability_after").value == fact(result, "probability_before").value:
        return (
            f"{customer} with {changed}: nothing in it moves the score of the version that scored this customer; the "
            f"probability of {told(result, 'event')} stays {told(result, 'probability_before')}."
        )
    after = (
        f"the probability of {told(result, 'event')} would be {told(result, 'probability_after')} instead of "
        f"{told(result, 'probability_before')}, the score {told(result, 'score_after')} instead of "
        f"{told(result, 'score_before')}, the band {_band(result)}"
    )
    if reached is None:
        return f"{customer} with {changed}: {after}."
    if reached:
        return f"{customer} would be under {target} with {changed}: {after}."
    return f"Changes within reach do not bring {customer} under {target}; the nearest is {changed}: {after}."


def _limit(result: ToolResult) -> str:
    return told(result, "target").replace(".0%", "%")


def _band(result: ToolResult) -> str:
    before, after = told(result, "band_before"), told(result, "band_after")
    return f"{after} still" if before == after else f"{after} instead of {before}"


def _changed(result: ToolResult) -> str:
    """Each change by the figure it is spoken of: "mean monthly income ₹49.5k instead of ₹45k"."""
    changes = []
    for place in range(1, _count(result) + 1):
        before = told(result, f"change_{place}_before") if present(result, f"change_{place}_before") else "not known"
        with_it = fact(result, f"change_{place}_following").value
        others = f" (and {with_it} figure{'' if with_it == 1 else 's'} with it)" if with_it else ""
        label, after = lowered(told(result, f"change_{place}")), told(result, f"change_{place}_after")
        changes.append(f"{label} {after} {'as it is' if after == before else f'instead of {before}{others}'}")
    return listed(changes) if changes else ""


def _count(result: ToolResult) -> int:
    return int(str(fact(result, "changes").value or 0))


def _each(result: ToolResult) -> str:
    """What each change does by itself, where there are several."""
    if _count(result) < 2:
        return ""
    alone = [told(result, f"change_{place}_alone") for place in range(1, _count(result) + 1)]
    return f"Each by itself, in that order, gives {listed(alone)}."


def _in_full(result: ToolResult) -> str:
    months = [fact(result, f"change_{place}_months") for place in range(1, _count(result) + 1)]
    longest = max(months, key=lambda each: int(str(each.value)), default=None)
    return f"It takes up to {said(longest.value, 'months')} to show in full." if longest else ""


def tell_comparison(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about what sets a customer apart."""
    del vocabulary
    beside = str(fact(result, "beside").value)
    mean = f" (the mean of {told(result, 'beside_customers')})" if fact(result, "beside_customers").value != 1 else ""
    return [
        f"{frame.customer} has a probability of {told(result, 'event')} of {told(result, 'probability')} and a score "
        f"of {told(result, 'score')}; {beside}{mean} {told(result, 'probability_beside')} and "
        f"{told(result, 'score_beside')}.",
        _side(result, "less", f"What takes points from {frame.customer}, {beside} beside"),
        _side(result, "more", "What gives points"),
        "These are contributions to the scores, not causes.", ruled_line(result), dated(result), model_line(result),
    ]  # fmt: skip


def _side(result: ToolResult, way: str, opening: str) -> str:
    places = [place for place in range(1, 4) if present(result, f"{way}_{place}")]
    parts = [
        f"{told(result, f'{way}_{place}')} {told(result, f'{way}_{place}_points')} "
        f"({lowered(told(result, f'{way}_{place}_figure'))} {_figure(result, f'{way}_{place}_value')} beside "
        f"{_figure(result, f'{way}_{place}_beside')})"
        for place in places
    ]
    return f"{opening}: {'; '.join(parts)}." if parts else ""


def _figure(result: ToolResult, name: str) -> str:
    """A figure in words; a mean of counts keeps its fraction."""
    found = fact(result, name)
    if found.value is None:
        return "not known"
    fraction = found.unit == "count" and isinstance(found.value, float) and not found.value.is_integer()
    return said(found.value, "ratio" if fraction else found.unit, currency=currency_of(result))
