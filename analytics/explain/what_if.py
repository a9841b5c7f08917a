"""What would the score be if: named figures changed within bounds, or the smallest change that reaches a target.

Statements about the model, not about the world: a figure that moves here is not a promise that moving it helps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.explain.wording import wording_of
from analytics.features.application import EVERY
from analytics.features.bounds import bounds, measure, movable
from governance.errors import ToolRetry, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from analytics.features.feature import Feature, Unit
    from analytics.models.protocol import Scorer

#: Places in the population, from the risky end to the safe one, that a counterfactual tries for a figure.
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
MOST_CHANGES = 4
#: Measure → level of safety → figures there.
_Moves = Mapping[str, Mapping[float, Mapping[str, float]]]


@dataclass(frozen=True)
class Change:
    """One figure that was changed.

    Attributes
    ----------
    before
        None where it was not known.
    lowest, highest
        What the figure can be at all; None without an end.
    months
        Until the change shows in full.
    part
        What it was changed as a part of: its measure over every window, or a lever.
    alone
        Probability with this part changed and nothing else.
    """

    feature: str
    label: str
    unit: Unit
    before: float | None
    after: float
    lowest: float | None
    highest: float | None
    months: int
    part: str
    alone: float


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
    band_before: str
    band_after: str
    changes: tuple[Change, ...]
    reached: bool | None = None


def what_if(
    model: Scorer, row: pd.DataFrame, changes: Mapping[str, float], parts: Mapping[str, str] = MappingProxyType({})
) -> WhatIf:
    """Score one customer again with some figures changed.

    Parameters
    ----------
    row
        One customer's features, ``customer_id`` and ``as_of``.
    changes
        Feature → value.
    parts
        Feature → what it is changed as a part of, where that is more than the feature.

    Raises
    ------
    ToolRetry
        A feature is none of the model's, cannot be changed by a customer, or the value lies beyond its bounds.
    """
    for name, value in changes.items():
        _check(model, name, value)
    return _scored(model, row, changes, parts)


def counterfactual(
    model: Scorer, row: pd.DataFrame, population: pd.DataFrame, *, under: float, most: int = MOST_CHANGES
) -> WhatIf:
    """Find few changes that bring the probability under a target, and score them as proof.

    Greedy: of every measure a customer can move, to every level on his safe side that borrowers do reach, the
    one that lowers the log-odds most for how far it goes; then the next. At the end each change is taken back as far as
    the target allows.

    Parameters
    ----------
    population
        Borrowers whose figures say what can be reached.
    under
        Target probability, between 0 and 1.
    most
        How many measures may be moved.

    Returns
    -------
    WhatIf
        ``reached`` tells whether it got there; without that the changes are the best that were found.
    """
    if not 0 < under < 1:
        raise ToolRetry(f"A target of {under:g} is no probability: give one between 0 and 1, such as 0.05.")
    moves = _moves(model, row, population)
    target = float(np.log(under / (1 - under)))
    chosen, best = _searched(model, row, moves, target, most)
    if best < target:
        chosen = _taken_back(model, row, moves, chosen, target)
    changes = _merged(chosen)
    done = _scored(model, row, changes, {name: measure(name) for name in changes})
    return replace(done, reached=done.after < under)


def next_band(model: Scorer, probability: float) -> float | None:
    """Return the probability under which the next safer band begins; None from within the safest."""
    ends = [end for end, _ in model.bands if end <= probability]
    return ends[-1] if ends else None


def _searched(
    model: Scorer, row: pd.DataFrame, moves: _Moves, target: float, most: int
) -> tuple[dict[str, tuple[float, Mapping[str, float]]], float]:
    """Choose move after move until the target is reached, and return them with the log-odds they lead to."""
    chosen: dict[str, tuple[float, Mapping[str, float]]] = {}
    best = float(_log_odds(model, row, [{}])[0])
    while best >= target and len(chosen) < most:
        tried = [
            (each, level, values) for each, levels in moves.items() if each not in chosen
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
        name, level, values = tried[place]
        chosen[name], best = (level, values), float(found[place])
    return chosen, best


def _moves(model: Scorer, row: pd.DataFrame, population: pd.DataFrame) -> _Moves:
    """Return, for each measure, the levels on the safe side of the customer's own and the figures there."""
    moves: dict[str, dict[float, Mapping[str, float]]] = {}
    for name, features in movable(model.features, wording_of(model.card()).features).items():
        safer = [(feature.name, _safer(feature, row, population)) for feature in features]
        levels: dict[float, Mapping[str, float]] = {}
        for level in LEVELS:
            values = {feature: found[level] for feature, found in safer if level in found}
            if values and values not in levels.values():
                levels[level] = values
        if levels:
            moves[name] = levels
    return moves


def _safer(feature: Feature, row: pd.DataFrame, population: pd.DataFrame) -> dict[float, float]:
    """Return the population's figure at each level of safety that is safer than the customer's own."""
    known = population[feature.name].to_numpy(dtype=float)
    known = known[~np.isnan(known)]
    own = float(row[feature.name].iloc[0])
    if not len(known) or np.isnan(own):
        return {}
    places = [level if feature.direction < 0 else 1 - level for level in LEVELS]
    values = np.clip(np.quantile(known, places), *bounds(feature.name))
    if feature.unit in ("count", "days"):
        values = np.floor(values) if feature.direction > 0 else np.ceil(values)
    return {
        level: float(value)
        for level, value in zip(LEVELS, values, strict=True)
        if (value - own) * feature.direction < 0
    }


def _taken_back(
    model: Scorer,
    row: pd.DataFrame,
    moves: _Moves,
    chosen: Mapping[str, tuple[float, Mapping[str, float]]],
    target: float,
) -> dict[str, tuple[float, Mapping[str, float]]]:
    """Undo or soften each change as far as the target still holds, the least useful first."""
    kept = dict(chosen)
    for each in list(kept):
        others = {name: change for name, change in kept.items() if name != each}
        nothing: Mapping[str, float] = {}
        softer = [(0.0, nothing)] + [(level, values) for level, values in moves[each].items() if level < kept[each][0]]
        found = _log_odds(model, row, [_merged(others) | dict(values) for _, values in softer])
        good = [change for change, value in zip(softer, found, strict=True) if value < target]
        if good:
            kept[each] = good[0]
        if not kept[each][1]:
            del kept[each]
    return kept


def _merged(chosen: Mapping[str, tuple[float, Mapping[str, float]]]) -> dict[str, float]:
    return {name: value for _, values in chosen.values() for name, value in values.items()}


def _log_odds(model: Scorer, row: pd.DataFrame, trials: Sequence[Mapping[str, float]]) -> Any:
    return model.score(_tried(row, trials))["log_odds"].to_numpy(dtype=float)


def _tried(row: pd.DataFrame, trials: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """Return the customer's row once for each trial, with its changes."""
    frame = row.loc[row.index.repeat(len(trials))].reset_index(drop=True)
    changed = {name for changes in trials for name in changes}
    own = {name: float(row[name].iloc[0]) for name in changed}
    return frame.assign(**{name: [changes.get(name, own[name]) for changes in trials] for name in sorted(changed)})


def _scored(model: Scorer, row: pd.DataFrame, changes: Mapping[str, float], parts: Mapping[str, str]) -> WhatIf:
    by_part: dict[str, dict[str, float]] = {}
    for name, value in changes.items():
        by_part.setdefault(parts.get(name, name), {})[name] = value
    scored = model.score(_tried(row, [{}, changes, *by_part.values()]))
    probability, points, bands = (scored[name].tolist() for name in ("probability", "score", "band"))
    told = tuple(
        _change(row, name, value, part, alone)
        for (part, values), alone in zip(by_part.items(), probability[2:], strict=True)
        for name, value in values.items()
    )
    return WhatIf(probability[0], probability[1], int(points[0]), int(points[1]), bands[0], bands[1], told)


def _change(row: pd.DataFrame, name: str, value: float, part: str, alone: float) -> Change:
    own, feature = float(row[name].iloc[0]), EVERY[name]
    lowest, highest = (end if np.isfinite(end) else None for end in bounds(name))
    before = None if np.isnan(own) else own
    return Change(name, feature.description, feature.unit, before, float(value), lowest, highest, feature.window,
                  part, alone)  # fmt: skip


def _check(model: Scorer, name: str, value: float) -> None:
    changeable = [each for each in model.features if EVERY[each].mutable]
    if name not in model.features:
        raise ToolRetry(f"The model has no feature '{name}'.{did_you_mean(name, changeable)}")
    if not EVERY[name].mutable:
        raise ToolRetry(f"'{name}' is nothing a customer can change.{did_you_mean(name, changeable)}")
    low, high = bounds(name)
    if not low <= value <= high:
        ends = " and ".join(f"at {word} {end:g}" for word, end in (("least", low), ("most", high)) if np.isfinite(end))
        raise ToolRetry(f"{name} cannot be {value:g}: it is {ends}.")
