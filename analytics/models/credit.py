"""The credit model: probability that a borrower goes 90 days past due within 12 months.

Label. A borrower has an open loan at the as-of that is neither NPA nor written off. He is bad when any of his loans is
90 or more days past due on some day of the 12 months that open at the cut-off, or is written off in them; indeterminate
when the worst is 30 to 89 days (left out of fitting, counted as not bad in calibration and validation). Only as-ofs
whose whole window lies before the training as-of are used.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.models import scale
from analytics.models.calibration import Platt, cross_fitted
from analytics.models.learners import LEARNERS, Blended, Learner, Logistic
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

NAME = "credit"
#: Trees averaged with a logistic regression, both held to the directions; that regression alone; the same left free.
How = Literal["blend", "held logistic", "free logistic"]
#: Bad customers below which nothing is fitted, and below which a logistic regression stands alone. On ten sandbox books
#: with 48 to 95 bads the blend's mean AUC was 0.814, the regression's 0.807, the trees' 0.808.
MINIMUM_BADS = 10
BADS_FOR_TREES = 40
CALIBRATION_FOLDS = 3


@dataclass(frozen=True)
class CreditModel:
    """A fitted, calibrated credit model.

    Attributes
    ----------
    version
        The training as-of, with the seed where that is not 0.
    trained_as_of
        No label and no feature it learnt from is later than the end of this day.
    facts
        The card as far as the fit knows it; validation adds to it (`with_facts`).
    """

    version: str
    trained_as_of: dt.date
    learner: Learner
    platt: Platt
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

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
            log_odds=log_odds, probability=probability, score=scale.score(log_odds), band=scale.band(probability)
        )

    def card(self) -> Mapping[str, Any]:
        """Return what is to be known before use, as plain JSON values."""
        return self.facts

    def with_facts(self, **facts: Any) -> CreditModel:
        """Return the model with more on its card."""
        merged = MappingProxyType({**self.facts, **facts})
        return CreditModel(self.version, self.trained_as_of, self.learner, self.platt, merged)

    def to_bytes(self) -> bytes:
        """Return a zip of the learner's document and a JSON description: data only, nothing executable."""
        described = {
            "version": self.version,
            "trained_as_of": self.trained_as_of.isoformat(),
            "kind": self.learner.kind,
            "features": list(self.features),
            "platt": [self.platt.intercept, self.platt.slope],
            "facts": dict(self.facts),
        }
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (("model.json", json.dumps(described).encode()), ("learner", self.learner.dump())):
                archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> CreditModel:
        """Undo `to_bytes`.

        Raises
        ------
        ModelError
            The bytes are not a credit model.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(stored)) as archive:
                described = json.loads(archive.read("model.json"))
                learner = LEARNERS[described["kind"]].load(described["features"], archive.read("learner"))
            return cls(
                described["version"],
                dt.date.fromisoformat(described["trained_as_of"]),
                learner,
                Platt(*described["platt"]),
                MappingProxyType(described["facts"]),
            )
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
            raise ModelError("The stored bytes are not a credit model. Build the workspace again.") from error


def fit(
    frame: pd.DataFrame,
    *,
    trained_as_of: dt.date,
    features: Mapping[str, int],
    seed: int = 0,
    how: How | None = None,
    tuned: Mapping[str, Any] = MappingProxyType({}),
) -> CreditModel:
    """Fit on labelled rows and calibrate on predictions for customers the learner did not see.

    Parameters
    ----------
    frame
        ``customer_id``, ``as_of``, ``bad``, ``indeterminate`` and the features.
    trained_as_of
        The day by whose end all of it was known.
    features
        Name → direction (+1 raises the probability, −1 lowers it, 0 free).
    seed
        Of everything random.
    how
        Which learner; by the number of bads when None.
    tuned
        Settings of the trees, see `analytics.models.tuning`.

    Raises
    ------
    ModelError
        Too few bad customers; the message says how many there are and how many are needed.
    """
    bads = bad_customers(frame)
    if bads < MINIMUM_BADS:
        raise ModelError(
            f"{bads} customers went bad before {trained_as_of:%d %b %Y}; a credit model needs {MINIMUM_BADS}. "
            "Add history, or rank by days past due."
        )
    how = how or learner_for(bads)
    bad = frame["bad"].to_numpy(dtype=float)
    determinate = ~frame["indeterminate"].to_numpy(dtype=bool)

    def learn(rows: NDArray[np.bool_]) -> Learner:
        inside = rows & determinate
        return learnt(how, frame.loc[inside], bad[inside], features, seed=seed, tuned=tuned)

    def predict(rows: NDArray[np.bool_], others: NDArray[np.bool_]) -> Floats:
        return learn(rows).log_odds(frame.loc[others])

    learner = learn(np.ones(len(frame), dtype=bool))
    unseen = cross_fitted(frame["customer_id"].to_numpy(), predict, folds=CALIBRATION_FOLDS, seed=seed)
    return CreditModel(
        version=f"{trained_as_of:%Y-%m-%d}{f'-{seed}' if seed else ''}",
        trained_as_of=trained_as_of,
        learner=learner,
        platt=Platt.fit(unseen, bad),
        facts=MappingProxyType(_facts(frame, trained_as_of, learner, tuple(features), bads)),
    )


def bad_customers(frame: pd.DataFrame) -> int:
    """Return the number of customers with a bad label."""
    return int(frame.loc[frame["bad"], "customer_id"].nunique())


def learner_for(bads: int) -> How:
    """Return which learner so many bad customers support."""
    return "blend" if bads >= BADS_FOR_TREES else "held logistic"


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
    return Logistic.fit(frame, bad, names, directions if how == "held logistic" else None)


def _facts(
    frame: pd.DataFrame, trained_as_of: dt.date, learner: Learner, names: Sequence[str], bads: int
) -> dict[str, Any]:
    as_ofs = sorted(_day(moment) for moment in frame["as_of"].unique())
    return {
        "model": NAME,
        "event": "default within 12 months",
        "label": " ".join((__doc__ or "").split("Label. ")[1].split()),
        "learner": learner.kind,
        "trained_as_of": trained_as_of.isoformat(),
        "training_as_ofs": [day.isoformat() for day in as_ofs],
        "training_rows": len(frame),
        "training_customers": int(frame["customer_id"].nunique()),
        "training_bad_customers": bads,
        "training_bad_rate": round(float(frame["bad"].mean()), 6),
        "features": list(names),
        "points": {"pdo": scale.PDO, "base_points": scale.BASE_POINTS, "base_odds": scale.BASE_ODDS},
        "bands": [{"band": name, "below": end if np.isfinite(end) else None} for end, name in scale.BANDS],
    }


def _day(moment: Any) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment
