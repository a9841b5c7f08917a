"""A difference in points taken apart: what each concept moved, and its figures with those they stand beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.features.feature import CONCEPTS, Unit

if TYPE_CHECKING:
    from analytics.explain.wording import Wording


@dataclass(frozen=True)
class FigurePart:
    """One figure: the customer's, the one it stands beside, and the points it moved."""

    name: str
    label: str
    unit: Unit
    value: float | None
    other: float | None
    points: float


@dataclass(frozen=True)
class ConceptPart:
    """What a concept moved, and the figures under it, the weightiest first."""

    concept: str
    points: float
    figures: tuple[FigurePart, ...]


def concept_parts(
    wording: Wording,
    moved: Mapping[str, float],
    values: Mapping[str, float | None],
    others: Mapping[str, float | None],
) -> tuple[ConceptPart, ...]:
    """Group points by concept, what took most first.

    Parameters
    ----------
    moved
        Feature → points.
    values, others
        Feature → the customer's figure and the one beside it; None or absent where it is not known.
    """
    by_concept: dict[str, list[FigurePart]] = {}
    for name, points in moved.items():
        feature = wording.features[name]
        figure = FigurePart(name, feature.description, feature.unit, values.get(name), others.get(name), points)
        by_concept.setdefault(feature.concept, []).append(figure)
    parts = [
        ConceptPart(
            CONCEPTS[concept].label,
            sum(figure.points for figure in figures),
            tuple(sorted(figures, key=lambda figure: -abs(figure.points))),
        )
        for concept, figures in by_concept.items()
    ]
    return tuple(sorted(parts, key=lambda part: part.points))
