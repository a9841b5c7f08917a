"""Questions about one customer: who, and why the score."""

from __future__ import annotations

from assistant.planner.frame import Frame, World
from assistant.planner.reading import Reading


def read_customer(reading: Reading, world: World) -> Frame | None:
    """Read a question about one customer that is named, or return None where none is."""
    del world
    named = reading.having("customer")
    if not named:
        return None
    reading.use(named[0])
    return about_customer(reading, named[0].customer)


def about_customer(reading: Reading, customer: str) -> Frame:
    """Read what is asked about ``customer``: an explanation after "why", "reasons", "score", else the profile."""
    if reading.take_cue("why"):
        reading.take_cue("scored", "risky", "risk", "high_risk", "most", "overdue", "risky_borrowers")
        return Frame("explain", customer=customer)
    reading.take_cue("profile", "personal", "scored", "risk", "risky")
    return Frame("profile", customer=customer)
