"""The learners behind the supervised models: monotone gradient boosting, ridge logistic regression, and their mean.

A learner gives log-odds and their exact sum over features; what it cannot know, calibration, comes after it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from analytics.models.design import Design, blocks, matrix, single
from analytics.models.logistic_fit import held_logistic
from analytics.models.scorecard import Scorecard

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

#: Tuned on sandbox seeds that no benchmark uses. One thread each: fits run beside one another instead.
BOOSTING: Mapping[str, Any] = MappingProxyType(
    {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "max_depth": 3,
        "eta": 0.05,
        "min_child_weight": 20,
        "subsample": 0.7,
        "colsample_bytree": 0.5,
        "lambda": 10.0,
        "max_bin": 64,
        "nthread": 1,
        "verbosity": 0,
    }
)
ROUNDS = 200
#: Bad rows up to which → how much the trees weigh in the blend, the line having the rest. On real tables of 2,000 and
#: 6,600 bads the trees alone led the mean by 0.010 to 0.017 AUC, on one of 300 the mean led them by 0.017.
TREES_WEIGH: tuple[tuple[float, float], ...] = ((500, 0.5), (1_500, 0.75), (float("inf"), 1.0))
#: Inverse strength of the ridge on standardised features.
LOGISTIC_C = 0.1


class Learner(Protocol):
    """A fitted learner on named features."""

    @property
    def kind(self) -> str:
        """What it is, in words; its key in `LEARNERS`."""

    @property
    def names(self) -> tuple[str, ...]:
        """Features in order."""

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Return the sum of `contributions`, without taking it apart."""

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Return (rows, features + 1) log-odds; the last column is the base."""

    def dump(self) -> bytes:
        """Return the learner as bytes that `load` reads."""


@dataclass(frozen=True)
class Boosted:
    """Gradient-boosted shallow trees held to the features' directions.

    Attributes
    ----------
    document
        xgboost's own model document, UBJSON.
    """

    kind: ClassVar[str] = "monotone gradient boosting"
    names: tuple[str, ...]
    document: bytes

    @classmethod
    def fit(
        cls, frame: pd.DataFrame, bad: Floats, names: Sequence[str], directions: Sequence[int], *, seed: int,
        tuned: Mapping[str, Any] = MappingProxyType({}),
    ) -> Boosted:  # fmt: skip
        """Fit on rows labelled 0 or 1; ``tuned`` settings take the place of `BOOSTING`'s, ``rounds`` of `ROUNDS`."""
        import xgboost

        settings = {**BOOSTING, "rounds": ROUNDS, **tuned}
        rounds = int(settings.pop("rounds"))
        parameters = {**settings, "seed": seed, "monotone_constraints": tuple(directions)}
        rows = xgboost.DMatrix(matrix(frame, names), label=bad, nthread=int(BOOSTING["nthread"]))
        booster = xgboost.train(parameters, rows, num_boost_round=rounds)
        return cls(tuple(names), bytes(booster.save_raw("ubj")))

    @cached_property
    def _booster(self) -> Any:
        import xgboost

        booster = xgboost.Booster({"nthread": int(BOOSTING["nthread"])})
        booster.load_model(bytearray(self.document))
        return booster

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Return the margin, in single precision as the trees sum it."""
        return self.margin(single(frame, self.names))

    def margin(self, values: NDArray[np.float32]) -> Floats:
        """Return the margin of a matrix in single precision, features in order."""
        return np.asarray(self._booster.inplace_predict(values, predict_type="margin"), dtype=float)

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Return exact TreeSHAP values (Lundberg et al., 2020), the expectation last.

        What single precision loses of the sum, some 1e-7, is put to the expectation, so that rows sum to the margin.
        """
        import xgboost

        if not len(frame):
            return np.zeros((0, len(self.names) + 1))
        values = single(frame, self.names)
        rows = xgboost.DMatrix(values, nthread=int(BOOSTING["nthread"]))
        parts = np.asarray(self._booster.predict(rows, pred_contribs=True), dtype=float)
        parts[:, -1] += self.margin(values) - parts.sum(axis=1)
        return parts

    def dump(self) -> bytes:
        """Return the model document."""
        return self.document

    @classmethod
    def load(cls, names: Sequence[str], stored: bytes) -> Boosted:
        """Undo `dump`."""
        return cls(tuple(names), stored)


@dataclass(frozen=True)
class Logistic:
    """Ridge logistic regression on standardised features: held to directions for small books, free as the baseline."""

    kind: ClassVar[str] = "logistic regression"
    names: tuple[str, ...]
    design: Design
    weights: Floats
    base: float

    @classmethod
    def fit(
        cls, frame: pd.DataFrame, bad: Floats, names: Sequence[str], directions: Sequence[int] | None = None
    ) -> Logistic:
        """Fit on rows labelled 0 or 1; free of directions where none are given."""
        design = Design.of(frame, names)
        held = directions if directions is not None else [0] * len(names)
        weights, base = held_logistic(design.apply(frame), bad, held, penalty=1 / LOGISTIC_C)
        return cls(tuple(names), design, weights, base)

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Return the line's height."""
        found = np.empty(len(frame))
        for rows, values in blocks(frame, self.names):
            found[rows] = self.height(values)
        return found

    def height(self, values: Floats) -> Floats:
        """Return the line's height over a block of features."""
        return np.asarray(self.design.line(values, self.weights) + self.base)

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Return weight × standardised value; the base is the log-odds at the training mean."""
        parts = self.design.apply(frame) * self.weights
        return np.column_stack([parts, np.full(len(parts), self.base)])

    def dump(self) -> bytes:
        """Return design and weights as JSON."""
        stored = {"design": self.design.as_dict(), "weights": self.weights.tolist(), "base": self.base}
        return json.dumps(stored).encode()

    @classmethod
    def load(cls, names: Sequence[str], stored: bytes) -> Logistic:
        """Undo `dump`."""
        values = json.loads(stored)
        return cls(tuple(names), Design.from_dict(values["design"]), np.array(values["weights"]), values["base"])


@dataclass(frozen=True)
class Blended:
    """The weighted mean log-odds of trees and a logistic regression, both held to the directions.

    Trees find what bends, the line steadies them where bads are few; directions and additivity survive the mean.

    Attributes
    ----------
    share
        Weight of the trees, see `TREES_WEIGH`.
    """

    kind: ClassVar[str] = "monotone gradient boosting averaged with monotone logistic regression"
    names: tuple[str, ...]
    trees: Boosted
    line: Logistic
    share: float = 0.5

    @classmethod
    def fit(
        cls, frame: pd.DataFrame, bad: Floats, names: Sequence[str], directions: Sequence[int], *, seed: int,
        tuned: Mapping[str, Any] = MappingProxyType({}),
    ) -> Blended:  # fmt: skip
        """Fit both on rows labelled 0 or 1; ``tuned`` settings are the trees'."""
        trees = Boosted.fit(frame, bad, names, directions, seed=seed, tuned=tuned)
        share = next(weight for most, weight in TREES_WEIGH if bad.sum() < most)
        return cls(tuple(names), trees, Logistic.fit(frame, bad, names, directions), share)

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Return the weighted mean of both."""
        found = np.empty(len(frame))
        for rows, values in blocks(frame, self.names):
            trees = self.trees.margin(values.astype(np.float32))
            found[rows] = self.share * trees + (1 - self.share) * self.line.height(values)
        return found

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Return the weighted mean of both learners' contributions."""
        trees, line = self.trees.contributions(frame), self.line.contributions(frame)
        return np.asarray(self.share * trees + (1 - self.share) * line)

    def dump(self) -> bytes:
        """Return the length of the line in four bytes, the line with the trees' share, the trees."""
        line = json.dumps({**json.loads(self.line.dump()), "share": self.share}).encode()
        return len(line).to_bytes(4, "big") + line + self.trees.dump()

    @classmethod
    def load(cls, names: Sequence[str], stored: bytes) -> Blended:
        """Undo `dump`."""
        end = 4 + int.from_bytes(stored[:4], "big")
        share = json.loads(stored[4:end]).get("share", 0.5)
        return cls(tuple(names), Boosted.load(names, stored[end:]), Logistic.load(names, stored[4:end]), share)


LEARNERS: Mapping[str, type[Boosted] | type[Logistic] | type[Blended] | type[Scorecard]] = MappingProxyType(
    {learner.kind: learner for learner in (Boosted, Logistic, Blended, Scorecard)}
)
