"""Questions about one customer: who, and why the score."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.frame import Frame, World
from assistant.planner.lexicon import Kind
from assistant.planner.reading import Reading

#: Words of a customer's own figures.
_FIGURES = ("pd", "probability of default", "default probability", "risk band", "pd and risk band", "churn risk",
            "churn probability", "probability of churn", "probability of leaving")  # fmt: skip
#: Words of one who asks about leaving rather than about default.
_LEAVING = ("churn", "leav", "lose", "losing", "attrition", "quit")


def read_customer(reading: Reading, world: World) -> Frame | None:
    """Read a question about one customer that is named, or return None where none is."""
    named = reading.having("customer")
    if not named or (reading.cues("trend") and (reading.having("metric") or reading.cues("risk"))):
        return None
    if _asks_a_figure(reading) or (reading.cues("personal") and not world.personal):
        return None
    reading.use(*named)
    if len(named) > 1:
        reading.take_cue("compare", "between")
    frame = about_customer(reading, named[0].customer)
    return replace(frame, others=tuple(dict.fromkeys(span.customer for span in named[1:])))


def _asks_a_figure(reading: Reading) -> bool:
    """Whether no more is asked than the customer's PD or band: a figure of his, not who he is."""
    said = [span for span in reading.unexplained() if not span.customer]
    plain = all(span.text in _FIGURES for span in said)
    return bool(said) and plain and not reading.cues("why")


def about_customer(reading: Reading, customer: str) -> Frame:
    """Read what is asked about ``customer``: an explanation after "why", "reasons", "score", else the profile."""
    leaving = reading.having("modelled", "leavers")
    if reading.take_cue("why"):
        reading.take_cue(
            "scored", "risky", "risk", "high_risk", "most", "overdue", "risky_borrowers", "compare", "latest"
        )
        said = " ".join(span.text for span in reading.spans)
        reading.take_terms("explained")
        model = "churn" if leaving or any(word in said for word in _LEAVING) else "credit"
        reading.use(*leaving, *(span for span in reading.free() if span.text in _FIGURES))
        return Frame("explain", customer=customer, model=model)
    reading.take_cue("profile", "personal", "scored", "risk", "risky", "overdue")
    if not _figures(reading):
        reading.take_terms("told")
    return Frame("profile", customer=customer)


def _figures(reading: Reading) -> bool:
    """Whether a figure is named beside the customer: then it is asked for, not who the customer is."""
    kinds: tuple[Kind, ...] = ("metric", "activity", "time", "value", "modelled")
    return any(span.has(kind) for span in reading.free() for kind in kinds)
