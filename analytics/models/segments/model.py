"""The segment model: a customer belongs to the nearest of a few centres among robustly scaled traits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.models.array_bundle import packed, unpacked
from analytics.models.segments import stability
from analytics.models.segments.traits import TRAITS, Floats, columns, names
from governance.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
Method = Literal["k-means", "hdbscan"]

NAME = "segments"
#: Customers below which nothing is fitted; share of customers below which a segment is too small.
FEWEST, SMALLEST_SHARE = 100, 0.03
#: Robust standard deviations beyond which a value counts as this far.
FARTHEST = 3.0
#: Share of two segments' members, of both together, that they must have in common to be the same segment.
SAME_SEGMENT = 0.5
MOST_TRAITS = 3


@dataclass(frozen=True)
class SegmentModel:
    """Centres of segments.

    Attributes
    ----------
    middle, spread
        Of each trait: median, and 1.4826 × median absolute deviation.
    centres
        (segments, traits), scaled.
    numbers, names
        Of each centre.
    """

    version: str
    trained_as_of: dt.date
    middle: Floats
    spread: Floats
    centres: Floats
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def scaled(self, rows: pd.DataFrame) -> Floats:
        """Return traits in robust standard deviations; a missing one is in the middle."""
        return scaled(columns(rows), self.middle, self.spread)

    def score(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return ``customer_id, as_of, segment, name, distance, confidence, traits``, a row for each of ``rows``."""
        import pandas as pd

        points = self.scaled(rows)
        apart = distances(points, self.centres)
        nearest, second = np.argsort(apart, axis=1, kind="stable")[:, :2].T
        at = np.arange(len(points))
        own, next_one = apart[at, nearest], apart[at, second]
        confidence = 1 - own / np.maximum(next_one, 1e-12)
        return rows[["customer_id", "as_of"]].assign(
            segment=np.array(self.numbers, dtype=np.int64)[nearest],
            name=np.array(self.names, dtype=object)[nearest],
            distance=own,
            confidence=np.where(next_one > 0, confidence, 0.0),
            traits=pd.Series(self._traits(points, nearest, second), index=rows.index, dtype=object),
        )

    def _traits(self, points: Floats, nearest: Ints, second: Ints) -> list[list[str]]:
        """Say which traits bring each point nearer to its centre than to the next: the largest gains, in words."""
        gain = (points - self.centres[second]) ** 2 - (points - self.centres[nearest]) ** 2
        order = np.argsort(-gain, axis=1, kind="stable")[:, :MOST_TRAITS]
        text = np.array([[trait.little, trait.much] for trait in TRAITS], dtype=object)
        told = text[order, (np.take_along_axis(points, order, axis=1) > 0).astype(int)]
        counts = np.take_along_axis(gain, order, axis=1) > 0
        return [list(words[kept]) for words, kept in zip(told, counts, strict=True)]

    def card(self) -> Mapping[str, Any]:
        """Return what is to be known before use, as plain JSON values."""
        return self.facts

    def with_facts(self, **facts: Any) -> SegmentModel:
        """Return the model with more on its card."""
        return replace(self, facts=MappingProxyType({**self.facts, **facts}))

    def to_bytes(self) -> bytes:
        """Return a zip of arrays and a JSON description with their digests: data only, nothing executable."""
        described = {
            "version": self.version, "trained_as_of": self.trained_as_of.isoformat(), "numbers": list(self.numbers),
            "names": list(self.names), "traits": [trait.name for trait in TRAITS], "facts": dict(self.facts),
        }  # fmt: skip
        return packed(described, {"middle": self.middle, "spread": self.spread, "centres": self.centres})

    @classmethod
    def from_bytes(cls, stored: bytes) -> SegmentModel:
        """Undo `to_bytes`.

        Raises
        ------
        ModelError
            The bytes are not a segment model, were changed, or know other traits.
        """
        described, arrays = unpacked(stored, "a segment model")
        if described.get("traits") != [trait.name for trait in TRAITS]:
            raise ModelError(
                f"The segment model {described.get('version')} knows other traits. Build the workspace again."
            )
        return cls(
            described["version"], dt.date.fromisoformat(described["trained_as_of"]), arrays["middle"],
            arrays["spread"], arrays["centres"], tuple(described["numbers"]), tuple(described["names"]),
            MappingProxyType(described["facts"]),
        )  # fmt: skip


def fit(
    rows: pd.DataFrame,
    *,
    trained_as_of: dt.date,
    before: SegmentModel | None = None,
    method: Method = "k-means",
    seed: int = 0,
) -> SegmentModel:
    """Find segments among customers at one as-of.

    Parameters
    ----------
    rows
        ``customer_id``, ``as_of`` and the features `TRAITS` read.
    before
        The model that served so far: segments that have most members in common keep number and name.

    Raises
    ------
    ModelError
        Too few customers, or no grouping whose segments are all large enough; the message gives the numbers.
    """
    if len(rows) < FEWEST:
        raise ModelError(f"{len(rows)} active customers at {trained_as_of:%d %b %Y}; segments need {FEWEST}.")
    raw = columns(rows)
    middle, spread = robust_scale(raw)
    points = scaled(raw, middle, spread)
    found = stability.group(points, method=method, smallest=SMALLEST_SHARE, seed=seed)
    centres = found.centres[np.argsort(-np.bincount(found.labels), kind="stable")]
    model = SegmentModel(
        f"{trained_as_of:%Y-%m-%d}{'-hdbscan' if method == 'hdbscan' else ''}{f'-{seed}' if seed else ''}",
        trained_as_of, middle, spread, centres, tuple(range(1, len(centres) + 1)), tuple(names(centres)),
    )  # fmt: skip
    carried = carry(model, before, rows) if before else model
    sizes = carried.score(rows)["segment"].value_counts(normalize=True)
    return carried.with_facts(
        model=NAME,
        label="A customer belongs to the segment whose centre is nearest among robustly scaled traits: recency, "
        "frequency, money, spend mix, volatility.",
        method=method, trained_as_of=trained_as_of.isoformat(), customers=len(rows),
        traits=[trait.name for trait in TRAITS], choice=found.facts,
        segments=[
            {"segment": number, "name": name, "share": round(float(sizes.get(number, 0.0)), 6),
             "centre": {trait.name: round(float(x), 3) for trait, x in zip(TRAITS, centre, strict=True)}}
            for number, name, centre in zip(carried.numbers, carried.names, carried.centres, strict=True)
        ],
        carried_from=before.version if before else None,
        limits=["Segments describe; they cause nothing and are no ground for a decision on credit.",
                "Customers without a posting for half a year are in no segment."],
    )  # fmt: skip


def carry(model: SegmentModel, before: SegmentModel, rows: pd.DataFrame) -> SegmentModel:
    """Give segments the number and name of the earlier one they have most members in common with, one to one.

    The pairing with the most common members (Hungarian method: H. W. Kuhn, 1955); a pair that shares less than
    `SAME_SEGMENT` of its members is none, and its segment gets a number never used.
    """
    from scipy.optimize import linear_sum_assignment

    now, then = (each.score(rows)["segment"].to_numpy() for each in (model, before))
    common = np.array([[np.sum((now == a) & (then == b)) for b in before.numbers] for a in model.numbers])
    either = np.array([[np.sum((now == a) | (then == b)) for b in before.numbers] for a in model.numbers])
    mine, theirs = linear_sum_assignment(-common)
    pairs = {int(a): int(b) for a, b in zip(mine, theirs, strict=True) if common[a, b] >= SAME_SEGMENT * either[a, b]}
    fresh = iter(range(max(before.numbers) + 1, max(before.numbers) + 1 + len(model.numbers)))
    numbers = [before.numbers[pairs[at]] if at in pairs else next(fresh) for at in range(len(model.numbers))]
    kept = {at: before.names[b] for at, b in pairs.items()}
    named = [
        kept.get(at, name if name not in kept.values() else f"{name} ({numbers[at]})")
        for at, name in enumerate(model.names)
    ]
    return replace(model, numbers=tuple(numbers), names=tuple(named))


def robust_scale(raw: Floats) -> tuple[Floats, Floats]:
    """Return median and robust standard deviation of each column; where half the rows agree, the plain one; else 1."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without any value: its middle is 0, its spread 1
        middle = np.nan_to_num(np.nanmedian(raw, axis=0))
        robust = 1.4826 * np.nanmedian(np.abs(raw - middle), axis=0)
        plain = np.nanstd(raw, axis=0)
    spread = np.where(robust > 1e-9, robust, plain)
    return middle, np.where(np.isfinite(spread) & (spread > 1e-9), spread, 1.0)


def scaled(raw: Floats, middle: Floats, spread: Floats) -> Floats:
    """Return columns in robust standard deviations, at most `FARTHEST`; a missing value is in the middle."""
    return np.clip(np.nan_to_num((raw - middle) / spread, nan=0.0), -FARTHEST, FARTHEST)


def distances(points: Floats, centres: Floats) -> Floats:
    """Return (points, centres) Euclidean distances."""
    squares = (points**2).sum(axis=1)[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))
