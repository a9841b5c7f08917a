"""The answers about one customer: who, and why the score."""

from __future__ import annotations

from assistant.planner.frame import Frame
from assistant.prose.health import dated, fact, model_line, present, told
from assistant.prose.numbers import count, days, said
from assistant.prose.ruled import ruled_line
from assistant.prose.scope import listed
from knowledge.vocabulary import Vocabulary
from tools.result import ToolResult


def tell_profile(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about a customer."""
    del vocabulary
    return [
        _who(frame, result), _risk(result), ruled_line(result), _reasons(result), _money(result), dated(result),
        model_line(result),
    ]  # fmt: skip


def _who(frame: Frame, result: ToolResult) -> str:
    parts = []
    if present(result, "city"):
        state = f", {told(result, 'state')}" if present(result, "state") else ""
        parts.append(f"lives in {told(result, 'city')}{state}")
    known = (("occupation", "occupation {}"), ("kyc_status", "KYC {}"), ("joined_on", "customer since {}"))
    parts += [words.format(told(result, name)) for name, words in known if present(result, name)]
    held = [name for name in ("accounts", "loans") if present(result, name)]
    parts += [f"{told(result, name)} {_plural(result, name)}" for name in held]
    flags = f" Flags: {told(result, 'contact_flags')}." if present(result, "contact_flags") else ""
    closed = f" The relationship was closed on {told(result, 'closed_on')}." if present(result, "closed_on") else ""
    return f"{frame.customer}: {', '.join(parts)}.{flags}{closed}" if parts else f"{result.title}."


def _plural(result: ToolResult, name: str) -> str:
    return name.removesuffix("s") if fact(result, name).value == 1 else name


def _risk(result: ToolResult) -> str:
    if not present(result, "probability_of_default"):
        return "There is no credit score: the customer has no open loan that the model scores."
    late = fact(result, "days_past_due").value
    owed = f", {days(late)} past due" if isinstance(late, int) and late else ", nothing past due"
    return (
        f"Probability of default {told(result, 'probability_of_default')} (score {told(result, 'score')}, band "
        f"{told(result, 'band')}, rank {told(result, 'rank')}); exposure {told(result, 'exposure')}{owed}, "
        f"expected loss {told(result, 'expected_loss')}."
    )


def _reasons(result: ToolResult) -> str:
    reasons = [
        str(fact(result, f"reason_{place}").value) for place in range(1, 5) if present(result, f"reason_{place}")
    ]
    return f"What raises the risk: {'; '.join(reasons)}." if reasons else ""


def _money(result: ToolResult) -> str:
    if not present(result, "inflow_12_months"):
        return ""
    inflow, outflow = told(result, "inflow_12_months"), told(result, "outflow_12_months")
    return f"In the last 12 months {inflow} came in and {outflow} went out."


def tell_explanation(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> list[str]:
    """Return the sentences about why a customer has his score."""
    del vocabulary
    if frame.model != "credit":
        leaving, place = (
            told(result, "probability_of_leaving"),
            f"band {told(result, 'band')}, rank {told(result, 'rank')}",
        )
        opening = f"{frame.customer}: probability of {told(result, 'event')} {leaving}, {place}."
        return [opening, ruled_line(result), _points(result), dated(result), model_line(result)]
    opening = (
        f"{frame.customer} has {told(result, 'score')} points and a probability of default of "
        f"{told(result, 'probability_of_default')}: band {told(result, 'band')}, rank {told(result, 'rank')}."
    )
    return [opening, ruled_line(result), _points(result), _position(result), dated(result), model_line(result)]


def _points(result: ToolResult) -> str:
    reasons = []
    for place in range(1, 5):
        if present(result, f"reason_{place}"):
            points = fact(result, f"reason_{place}_points")
            weight = f" ({said(points.value, 'points')})" if points.value is not None else ""
            reasons.append(f"{fact(result, f'reason_{place}').value}{weight}")
    base = f" The sum starts from {told(result, 'base_points')}." if present(result, "base_points") else ""
    if not reasons:
        return "Nothing stands out against the customer."
    return f"What counts against the customer: {'; '.join(reasons)}.{base}"


def _position(result: ToolResult) -> str:
    late = fact(result, "days_past_due").value
    parts = [f"exposure {told(result, 'exposure')}", f"expected loss {told(result, 'expected_loss')}"]
    parts += [f"{count(late)} days past due"] if isinstance(late, int) and late else []
    return f"At stake: {listed(parts)}."
