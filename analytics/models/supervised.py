"""What every supervised model is made of: a learner, a calibration, a card.

It is fitted on labelled rows, calibrated on predictions for customers the learner did not see, and travels as bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.models import metrics, packing, scale
from analytics.models.calibration import Platt, cross_fitted
from analytics.models.learners import Blended, Learner, Logistic
from analytics.models.scheme import Scheme
from analytics.models.scorecard import Scorecard
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

#: Trees averaged with a logistic regression, both held to the directions; a scorecard of weights of evidence; the
#: regression alone; the same left free.
How = Literal["blend", "scorecard", "held logistic", "free logistic"]
CALIBRATION_FOLDS = 3


@dataclass(frozen=True)
class SupervisedModel:
    """A fitted, calibrated model of an event.

    Attributes
    ----------
    version
        The training as-of, the seed where that is not 0, and which of several learners where there are several.
    trained_as_of
        No label and no feature it learnt from is later than the end of this day.
    facts
        The card as far as the fit knows it; validation adds to it (`with_facts`).
    bands
        Upper end of the probability in each band.
    """

    version: str
    trained_as_of: dt.date
    learner: Learner
    platt: Platt
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    bands: scale.Bands = scale.BANDS

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features, in the learner's order."""
        return self.learner.names

    def score(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return ``customer_id, as_of, log_odds, probability, score, band``."""
        log_odds = self.platt.apply(self.learner.log_odds(frame))
        return self._scored(frame, log_odds)

    def contributions(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return calibrated log-odds by feature and ``base``, on the frame's index; rows sum to ``log_odds``."""
        import pandas as pd

        parts = self.learner.contributions(frame) * self.platt.slope
        parts[:, -1] += self.platt.intercept
        return pd.DataFrame(parts, columns=[*self.features, "base"], index=frame.index)

    def explained(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return `score` and `contributions` of a frame from one pass."""
        parts = self.contributions(frame)
        return self._scored(frame, parts.to_numpy().sum(axis=1)), parts

    def _scored(self, frame: pd.DataFrame, log_odds: Floats) -> pd.DataFrame:
        probability = scale.expit(log_odds)
        return frame[["customer_id", "as_of"]].assign(
            log_odds=log_odds,
            probability=probability,
            score=scale.score(log_odds),
            band=scale.band(probability, self.bands),
        )

    def card(self) -> Mapping[str, Any]:
        """Return what is to be known before use, as plain JSON values."""
        return self.facts

    def with_facts(self, **facts: Any) -> SupervisedModel:
        """Return the model with more on its card."""
        return replace(self, facts=MappingProxyType({**self.facts, **facts}))

    def as_version(self, version: str) -> SupervisedModel:
        """Return the model under another version's name."""
        return replace(self, version=version)

    def to_bytes(self) -> bytes:
        """Return a zip of the learner's document and a JSON description: data only, nothing executable."""
        described = {
            "version": self.version,
            "trained_as_of": self.trained_as_of.isoformat(),
            "platt": [self.platt.intercept, self.platt.slope],
            "bands": [[end if np.isfinite(end) else None, name] for end, name in self.bands],
            "facts": dict(self.facts),
        }
        return packing.packed(described, self.learner)

    @classmethod
    def from_bytes(cls, stored: bytes) -> SupervisedModel:
        """Undo `to_bytes`.

        Raises
        ------
        ModelError
            The bytes are not such a model, or were altered.
        """

        def made(described: Mapping[str, Any], learner: Learner) -> SupervisedModel:
            bands = described.get("bands")
            return cls(
                described["version"],
                dt.date.fromisoformat(described["trained_as_of"]),
                learner,
                Platt(*described["platt"]),
                MappingProxyType(described["facts"]),
                tuple((np.inf if end is None else end, name) for end, name in bands) if bands else scale.BANDS,
            )

        return packing.unpacked(stored, made)


def fit(
    scheme: Scheme,
    frame: pd.DataFrame,
    *,
    trained_as_of: dt.date,
    features: Mapping[str, int] | None = None,
    seed: int = 0,
    how: How | None = None,
    label: str = "",
    tuned: Mapping[str, Any] = MappingProxyType({}),
) -> SupervisedModel:
    """Fit on labelled rows and calibrate on predictions for customers the learner did not see.

    Parameters
    ----------
    scheme
        What the model is about.
    frame
        ``customer_id``, ``as_of``, ``bad`` (the event came), ``indeterminate`` and the features.
    trained_as_of
        The day by whose end all of it was known.
    features
        Name → direction; those of the scheme when None.
    seed
        Of everything random.
    how
        Which learner; by the number of customers with the event when None.
    label
        What tells its version from others trained at the same as-of.
    tuned
        Settings of the trees, see `analytics.models.tuning`.

    Raises
    ------
    ModelError
        Too few customers with the event, or without it; the message says how many there are and are needed.
    """
    features = scheme.directions if features is None else features
    _refuse_too_few(scheme, frame, trained_as_of)
    way = how or learner_for(scheme, bad_customers(frame))
    learner, unseen = _learnt_twice(way, frame, features, seed, tuned)
    platt = Platt.fit(unseen, frame["bad"].to_numpy(dtype=float))
    facts = {
        **scheme.facts,
        **_facts(frame, trained_as_of, learner, features, unseen),
        **scheme.learn(frame, platt.apply(unseen)),
    }
    version = f"{trained_as_of:%Y-%m-%d}{f'-{label}' if label else ''}{f'-{seed}' if seed else ''}"
    return SupervisedModel(version, trained_as_of, learner, platt, MappingProxyType(facts), scheme.bands)


def _learnt_twice(
    how: How, frame: pd.DataFrame, features: Mapping[str, int], seed: int, tuned: Mapping[str, Any]
) -> tuple[Learner, Floats]:
    """Return the learner of all determinate rows, and log-odds of each row by learners that never saw its customer."""
    bad = frame["bad"].to_numpy(dtype=float)
    determinate = ~frame["indeterminate"].to_numpy(dtype=bool)

    def learn(rows: NDArray[np.bool_]) -> Learner:
        inside = rows & determinate
        return learnt(how, frame.loc[inside], bad[inside], features, seed=seed, tuned=tuned)

    def predict(rows: NDArray[np.bool_], others: NDArray[np.bool_]) -> Floats:
        return learn(rows).log_odds(frame.loc[others])

    learner = learn(np.ones(len(frame), dtype=bool))
    return learner, cross_fitted(frame["customer_id"].to_numpy(), predict, folds=CALIBRATION_FOLDS, seed=seed)


def _refuse_too_few(scheme: Scheme, frame: pd.DataFrame, trained_as_of: dt.date) -> None:
    bads, goods = bad_customers(frame), int(frame.loc[~frame["bad"].astype(bool), "customer_id"].nunique())
    if bads < scheme.minimum:
        raise ModelError(
            f"{bads} customers {scheme.went} before {trained_as_of:%d %b %Y}; a {scheme.name} model needs "
            f"{scheme.minimum}. {scheme.otherwise}"
        )
    if goods < scheme.minimum:
        raise ModelError(
            f"Only {goods} customers of {goods + bads} did not ({scheme.went}) before {trained_as_of:%d %b %Y}; a "
            f"{scheme.name} model needs {scheme.minimum} of either kind. {scheme.otherwise}"
        )


def bad_customers(frame: pd.DataFrame) -> int:
    """Return the number of customers with a bad label."""
    return int(frame.loc[frame["bad"].astype(bool), "customer_id"].nunique())


def learner_for(scheme: Scheme, bads: int) -> How:
    """Return which learner so many bad customers support."""
    return "blend" if bads >= scheme.for_trees else "held logistic"


def learnt(
    how: How,
    frame: pd.DataFrame,
    bad: Floats,
    features: Mapping[str, int],
    *,
    seed: int,
    tuned: Mapping[str, Any] = MappingProxyType({}),
) -> Learner:
    """Fit one learner on rows labelled 0 or 1."""
    names, directions = tuple(features), tuple(features.values())
    if how == "blend":
        return Blended.fit(frame, bad, names, directions, seed=seed, tuned=tuned)
    if how == "scorecard":
        return Scorecard.fit(frame, bad, names, directions)
    return Logistic.fit(frame, bad, names, directions if how == "held logistic" else None)


def _facts(
    frame: pd.DataFrame, trained_as_of: dt.date, learner: Learner, features: Mapping[str, int], unseen: Floats
) -> dict[str, Any]:
    as_ofs = sorted(_day(moment) for moment in frame["as_of"].unique())
    bad = frame["bad"].to_numpy(dtype=float)
    return {
        "learner": learner.kind,
        "trained_as_of": trained_as_of.isoformat(),
        "training_as_ofs": [day.isoformat() for day in as_ofs],
        "training_rows": len(frame),
        "training_customers": int(frame["customer_id"].nunique()),
        "training_bad_customers": bad_customers(frame),
        "training_bad_rate": round(float(bad.mean()), 6),
        "training_gini": round(float(metrics.gini(bad, unseen, np.ones((1, len(bad))))[0]), 6),
        "features": list(learner.names),
        "directions": {name: features[name] for name in learner.names},
    }


def _day(moment: Any) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment
