"""What would the score be if: named figures changed within bounds, or the smallest change that reaches a target.

Statements about the model, not about the world: a figure that moves here is not a promise that moving it helps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.features.application import EVERY
from analytics.features.bounds import bounds, levers
from governance.errors import ToolRetry, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from analytics.features.feature import Feature
    from analytics.models.protocol import Scorer

#: Places in the population, from the risky end to the safe one, that a counterfactual tries for a figure.
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
MOST_CHANGES = 4


@dataclass(frozen=True)
class Change:
    """One figure that was changed."""

    feature: str
    label: str
    before: float | None
    after: float
    months: int


@dataclass(frozen=True)
class WhatIf:
    """A customer scored before and after.

    Attributes
    ----------
    reached
        Whether the target was reached; None where there was none.
    """

    before: float
    after: float
    score_before: int
    score_after: int
    changes: tuple[Change, ...]
    reached: bool | None = None


def what_if(model: Scorer, row: pd.DataFrame, changes: Mapping[str, float]) -> WhatIf:
    """Score one customer again with some figures changed.

    Parameters
    ----------
    row
        One customer's features, ``customer_id`` and ``as_of``.
    changes
        Feature → value.

    Raises
    ------
    ToolRetry
        A feature is none of the model's, cannot be changed by a customer, or the value lies beyond its bounds.
    """
    for name, value in changes.items():
        _check(model, name, value)
    return _scored(model, row, changes)


def counterfactual(
    model: Scorer, row: pd.DataFrame, population: pd.DataFrame, *, under: float, most: int = MOST_CHANGES
) -> WhatIf:
    """Find few changes that bring the probability under a target, and score them as proof.

    Greedy: of every lever a customer can move, to every level on the safe side of his own that borrowers do reach, the
    one that lowers the log-odds most for how far it goes; then the next. At the end each change is taken back as far as
    the target allows.

    Parameters
    ----------
    population
        Borrowers whose figures say what can be reached.
    under
        Target probability, between 0 and 1.
    most
        How many levers may be moved.

    Returns
    -------
    WhatIf
        ``reached`` tells whether it got there; without that the changes are the best that were found.
    """
    if not 0 < under < 1:
        raise ToolRetry(f"A target of {under:g} is no probability: give one between 0 and 1, such as 0.05.")
    moves = _moves(model, row, population)
    chosen: dict[str, tuple[float, Mapping[str, float]]] = {}
    best = _log_odds(model, row, [{}])[0]
    target = np.log(under / (1 - under))
    while best >= target and len(chosen) < most:
        tried = [
            (lever, level, values) for lever, levels in moves.items() if lever not in chosen
            for level, values in levels.items()
        ]  # fmt: skip
        if not tried:
            break
        found = _log_odds(model, row, [_merged(chosen) | dict(values) for _, _, values in tried])
        gain = (best - found) / np.array([level for _, level, _ in tried])
        enough = np.where(found < target, 1e6 + gain, gain)
        place = int(np.argmax(enough))
        if found[place] >= best - 1e-9:
            break
        lever, level, values = tried[place]
        chosen[lever], best = (level, values), float(found[place])
    if best < target:
        chosen = _taken_back(model, row, moves, chosen, target)
    done = _scored(model, row, _merged(chosen))
    return WhatIf(done.before, done.after, done.score_before, done.score_after, done.changes, done.after < under)


def _moves(model: Scorer, row: pd.DataFrame, population: pd.DataFrame) -> dict[str, dict[float, Mapping[str, float]]]:
    """Return, for each lever, the levels on the safe side of the customer's own and the figures there."""
    moves: dict[str, dict[float, Mapping[str, float]]] = {}
    for lever, features in levers(model.features).items():
        levels: dict[float, Mapping[str, float]] = {}
        for level in LEVELS:
            values = {feature.name: value for feature in features
                      if (value := _safer(feature, row, population, level)) is not None}  # fmt: skip
            if values and values not in levels.values():
                levels[level] = values
        if levels:
            moves[lever] = levels
    return moves


def _safer(feature: Feature, row: pd.DataFrame, population: pd.DataFrame, level: float) -> float | None:
    """Return the population's figure at a level of safety, where it is safer than the customer's; else None."""
    known = population[feature.name].to_numpy(dtype=float)
    known = known[~np.isnan(known)]
    own = float(row[feature.name].iloc[0])
    if not len(known) or np.isnan(own):
        return None
    value = float(np.quantile(known, level if feature.direction < 0 else 1 - level))
    value = float(np.clip(value, *bounds(feature.name)))
    if feature.unit in ("count", "days"):
        value = float(np.floor(value) if feature.direction > 0 else np.ceil(value))
    return value if (value - own) * feature.direction < 0 else None


def _taken_back(
    model: Scorer,
    row: pd.DataFrame,
    moves: Mapping[str, Mapping[float, Mapping[str, float]]],
    chosen: Mapping[str, tuple[float, Mapping[str, float]]],
    target: float,
) -> dict[str, tuple[float, Mapping[str, float]]]:
    """Undo or soften each change as far as the target still holds, the least useful first."""
    kept = dict(chosen)
    for lever in list(kept):
        others = {name: change for name, change in kept.items() if name != lever}
        nothing: Mapping[str, float] = {}
        softer = [(0.0, nothing)] + [
            (level, values) for level, values in moves[lever].items() if level < kept[lever][0]
        ]
        found = _log_odds(model, row, [_merged(others) | dict(values) for _, values in softer])
        good = [change for change, value in zip(softer, found, strict=True) if value < target]
        if good:
            kept[lever] = good[0]
        if not kept[lever][1]:
            del kept[lever]
    return kept


def _merged(chosen: Mapping[str, tuple[float, Mapping[str, float]]]) -> dict[str, float]:
    return {name: value for _, values in chosen.values() for name, value in values.items()}


def _log_odds(model: Scorer, row: pd.DataFrame, trials: Sequence[Mapping[str, float]]) -> Any:
    import pandas as pd

    frame = pd.concat([row] * len(trials), ignore_index=True)
    for place, changes in enumerate(trials):
        for name, value in changes.items():
            frame.loc[place, name] = value
    return model.score(frame)["log_odds"].to_numpy(dtype=float)


def _scored(model: Scorer, row: pd.DataFrame, changes: Mapping[str, float]) -> WhatIf:
    import pandas as pd

    both = pd.concat([row, row.assign(**changes)], ignore_index=True)
    scored = model.score(both)
    told = tuple(_change(row, name, value) for name, value in changes.items())
    probability, points = scored["probability"].tolist(), scored["score"].tolist()
    return WhatIf(probability[0], probability[1], int(points[0]), int(points[1]), told)


def _change(row: pd.DataFrame, name: str, value: float) -> Change:
    own = float(row[name].iloc[0])
    feature = EVERY[name]
    return Change(name, feature.description, None if own != own else own, float(value), feature.window)


def _check(model: Scorer, name: str, value: float) -> None:
    changeable = [each for each in model.features if EVERY[each].mutable]
    if name not in model.features:
        raise ToolRetry(f"The model has no feature '{name}'.{did_you_mean(name, changeable)}")
    if not EVERY[name].mutable:
        raise ToolRetry(f"'{name}' is nothing a customer can change.{did_you_mean(name, changeable)}")
    low, high = bounds(name)
    if not low <= value <= high:
        raise ToolRetry(f"{name} cannot be {value:g}: it lies between {low:g} and {high:g}.")
