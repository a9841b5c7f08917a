"""How a model's explanations hold: that they add up, stay when figures move by a hair, and never point backwards."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from analytics.features.feature import Feature
    from analytics.models.supervised import SupervisedModel

RANDOM = 10_000
#: Words no feature of a model may be named by.
PROTECTED = frozenset(
    {"gender", "sex", "age", "religion", "caste", "surname", "pincode", "city", "state", "region", "married"}
)


def explained(model: SupervisedModel, people: pd.DataFrame, *, seed: int = 0) -> dict[str, float]:
    """Return the figures of a model's explanations.

    Parameters
    ----------
    people
        Customers it scores. Random ones take each figure from another of them, so that no two need go together.
    """
    from analytics.explain.reasons import reasons
    from analytics.explain.stability import steadiness
    from analytics.explain.wording import wording_of
    from analytics.models.card import additivity

    draw = np.random.default_rng(seed)
    medians = {str(name): float(value) for name, value in people[list(model.features)].median().dropna().items()}
    random = people.iloc[draw.integers(0, len(people), RANDOM)].reset_index(drop=True)
    for name in model.features:
        random[name] = people[name].to_numpy()[draw.integers(0, len(people), RANDOM)]
    wording = wording_of(model.card())
    told = reasons(random, model.contributions(random), medians, wording)
    rows = random[list(model.features)].to_dict("records")
    wrong = sum(
        not _adverse(reason, row, medians, wording.features, model.features)
        for row, given in zip(rows, told, strict=True)
        for reason in given
    )
    steady = steadiness(model, people, medians, seed=seed)
    return {
        "additivity": max(additivity(model, people), additivity(model, random)),
        "steady": steady.share, "low": steady.low, "high": steady.high, "customers": steady.customers,
        "random": RANDOM, "given": sum(map(len, told)), "wrong": wrong,
    }  # fmt: skip


def _adverse(
    reason: Mapping[str, Any],
    row: Mapping[Hashable, float],
    medians: Mapping[str, float],
    features: Mapping[str, Feature],
    names: Sequence[str],
) -> bool:
    """Whether a reason lowered the score, speaks of nothing protected, and of a figure on its risky side."""
    spoken = [
        name for name in names
        if features[name].reason and row[name] == row[name] and features[name].text(row[name]) == reason["text"]
    ]  # fmt: skip
    return (
        reason["points"] < 0
        and not any(PROTECTED & set(name.split("_")) for name in spoken)
        and any((row[name] - medians.get(name, np.nan)) * features[name].direction > 0 for name in spoken)
    )
