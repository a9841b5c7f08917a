"""What retrieval comes to on the golden pairs: recall@5, mean reciprocal rank, traps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.retrieve import Retriever

GOLDEN: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "golden" / "retrieval.yaml").read_text("utf-8"))
SHOWN = 5


@dataclass(frozen=True)
class Found:
    """Place of the section that answers (0: not among those shown) for each question."""

    question: str
    place: int
    first: str


def found(retriever: Retriever, pairs: Sequence[tuple[str, str | list[str]]]) -> list[Found]:
    """Search every question."""
    places = []
    for question, section in pairs:
        wanted = {section} if isinstance(section, str) else set(section)
        ids = [hit.passage.id for hit in retriever.search(question, limit=SHOWN)]
        place = next((position for position, one in enumerate(ids, start=1) if one in wanted), 0)
        places.append(Found(question, place, ids[0] if ids else ""))
    return places


def recall(places: Sequence[Found]) -> float:
    """Share of the questions whose section is among those shown."""
    return sum(each.place > 0 for each in places) / len(places)


def mean_reciprocal_rank(places: Sequence[Found]) -> float:
    """Mean of one over the place; zero where it is not shown."""
    return sum(1 / each.place if each.place else 0.0 for each in places) / len(places)
