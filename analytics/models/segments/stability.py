"""How many groups there are: silhouette, and how well groups come back when customers are drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.metrics import Estimate
from governance.errors import ModelError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Numbers of groups tried, replicates of the bootstrap, adjusted Rand index from which a grouping is stable.
SIZES = (3, 4, 5, 6, 7, 8)
REPLICATES, STABLE = 20, 0.8
#: Rows that silhouette and bootstrap look at, and from which centres are found by batches.
SAMPLED, ALL_AT_ONCE = 1_500, 20_000
STARTS = 10


@dataclass(frozen=True)
class Grouping:
    """Centres and each row's nearest, with the figures of the choice."""

    centres: Floats
    labels: Ints
    facts: Mapping[str, Any]


def group(points: Floats, *, method: str, smallest: float, seed: int) -> Grouping:
    """Group rows.

    With k-means, each size of `SIZES` is tried. Of those whose groups all hold at least the ``smallest`` share and come
    back with a mean adjusted Rand index of `STABLE`, those whose interval lies above it come first, and of them the one
    with the highest silhouette; where none is that stable, the most stable.

    Raises
    ------
    ModelError
        There are not three groups that are large enough.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        return _by_density(points, smallest, seed) if method == "hdbscan" else _by_centres(points, smallest, seed)


def _by_centres(points: Floats, smallest: float, seed: int) -> Grouping:
    tried: list[tuple[dict[str, Any], Floats, Ints]] = []
    for size in SIZES:
        centres = _centres(points, size, seed)
        labels = nearest(points, centres)
        counts = np.bincount(labels, minlength=size)
        if len(np.unique(points, axis=0)) < size or counts.min() < smallest * len(points):
            continue
        again = bootstrap(points, centres, seed=seed)
        tried.append(({"groups": size, "silhouette": round(_silhouette(points, labels, seed), 4),
                       "ari": again.as_dict(), "smallest_share": round(float(counts.min() / len(points)), 4)},
                      centres, labels))  # fmt: skip
    if not tried:
        raise _none(len(points), smallest)
    firm, stable = ([each for each in tried if each[0]["ari"][end] >= STABLE] for end in ("low", "value"))
    chosen = firm or stable
    best = max(chosen or tried, key=lambda each: each[0]["silhouette"] if chosen else each[0]["ari"]["value"])
    return Grouping(best[1], best[2], {**best[0], "stable": bool(stable), "tried": [each[0] for each in tried]})


def _none(rows: int, smallest: float) -> ModelError:
    return ModelError(
        f"Among {rows} customers there are no {SIZES[0]} groups that each hold {smallest:.0%}: they are too much alike."
    )


def bootstrap(points: Floats, centres: Floats, *, seed: int, replicates: int = REPLICATES) -> Estimate:
    """Return the mean adjusted Rand index between a grouping and those of customers drawn with replacement.

    Every replicate groups its draw and then places all rows; the interval is that of the replicates.
    """
    from sklearn.metrics import adjusted_rand_score

    rows = _some(points, seed)
    own = nearest(rows, centres)
    draw = np.random.default_rng(seed)
    found = []
    for at in range(replicates):
        drawn = rows[draw.integers(0, len(rows), len(rows))]
        found.append(adjusted_rand_score(own, nearest(rows, _centres(drawn, len(centres), seed + 1 + at))))
    low, high = np.quantile(found, [0.025, 0.975])
    return Estimate(float(np.mean(found)), float(low), float(high))


def nearest(points: Floats, centres: Floats) -> Ints:
    """Return the place of each row's nearest centre."""
    return np.asarray((-2 * points @ centres.T + (centres**2).sum(axis=1)).argmin(axis=1))


def _centres(points: Floats, size: int, seed: int) -> Floats:
    from sklearn.cluster import KMeans, MiniBatchKMeans

    size = min(size, len(np.unique(points, axis=0)))
    how = KMeans if len(points) <= ALL_AT_ONCE else MiniBatchKMeans
    return np.asarray(how(size, n_init=STARTS, random_state=seed).fit(points).cluster_centers_, dtype=np.float64)


def _silhouette(points: Floats, labels: Ints, seed: int) -> float:
    from sklearn.metrics import silhouette_score

    if len(np.unique(labels)) < 2:
        return -1.0
    return float(silhouette_score(points, labels, sample_size=min(SAMPLED, len(points)), random_state=seed))


def _some(points: Floats, seed: int) -> Floats:
    if len(points) <= SAMPLED * 2:
        return points
    return points[np.random.default_rng(seed).choice(len(points), SAMPLED * 2, replace=False)]


def _by_density(points: Floats, smallest: float, seed: int) -> Grouping:
    """Group by density; rows of no group go to the nearest centre.

    Source: R. J. G. B. Campello, D. Moulavi, J. Sander, "Density-Based Clustering Based on Hierarchical Density
    Estimates", 2013.
    """
    from sklearn.cluster import HDBSCAN

    some = _some(points, seed)
    labels = HDBSCAN(min_cluster_size=max(5, int(np.ceil(smallest * len(some)))), min_samples=5, copy=True).fit_predict(
        some
    )
    groups = [at for at in np.unique(labels) if at >= 0]
    if len(groups) < 2:
        raise ModelError(
            f"HDBSCAN finds {len(groups)} dense groups among {len(some)} customers; two are needed. Use k-means."
        )
    centres = np.stack([some[labels == at].mean(axis=0) for at in groups])
    placed = nearest(points, centres)
    shares = np.bincount(placed, minlength=len(centres)) / len(points)
    return Grouping(centres, placed, {
        "groups": len(groups), "silhouette": round(_silhouette(points, placed, seed), 4),
        "noise_share": round(float((labels < 0).mean()), 4), "smallest_share": round(float(shares.min()), 4),
    })  # fmt: skip
