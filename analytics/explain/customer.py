"""One customer's score taken apart: base points, points by concept, figures beside the median borrower's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.explain.parts import ConceptPart, concept_parts
from analytics.explain.wording import wording_of
from analytics.models import scale
from governance.errors import ModelError

if TYPE_CHECKING:
    from analytics.models.protocol import Scorer

#: Largest difference, in points, between the sum of the parts and the score before rounding.
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Explanation:
    """``base_points`` plus the points of ``concepts`` is ``points``, the score before rounding to whole points."""

    base_points: float
    points: float
    concepts: tuple[ConceptPart, ...]


def explain(model: Scorer, features: Mapping[str, Any]) -> Explanation:
    """Take one score apart.

    Parameters
    ----------
    model
        The model that gave it.
    features
        Feature → value, with ``customer_id`` and ``as_of``.

    Raises
    ------
    ModelError
        The parts do not add up to the score.
    """
    import pandas as pd

    row = pd.DataFrame([dict(features)])
    row[list(model.features)] = row[list(model.features)].astype(float)
    scored, contributions = model.explained(row)
    total = float(scale.points(scored["log_odds"].to_numpy())[0])
    moved = {name: -scale.POINTS_PER_LOG_ODDS * float(contributions[name].iloc[0]) for name in model.features}
    base = float(scale.points(contributions["base"].to_numpy())[0])
    if abs(base + sum(moved.values()) - total) > TOLERANCE:
        raise ModelError(f"The contributions of {features['customer_id']} do not add up to the score.")
    medians = model.card().get("background", {}).get("medians", {})
    own = {
        str(name): None if value != value else float(value) for name, value in row[list(model.features)].iloc[0].items()
    }
    return Explanation(base, total, concept_parts(wording_of(model.card()), moved, own, medians))
