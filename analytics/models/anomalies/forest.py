"""Isolation forest as plain arrays: grown by scikit-learn, read by numpy, stored without code.

Source: F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation Forest", ICDM 2008; the score is ``2^(−E[h(x)] / c(ψ))``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.models.anomalies.postings import Floats, Ints

TREES, SAMPLE = 100, 256


@dataclass(frozen=True)
class Forest:
    """Trees as (trees, nodes) arrays, short ones filled up.

    Attributes
    ----------
    feature
        Column that a node asks about; −1 in a leaf.
    left, right
        Nodes below; a leaf is below itself.
    length
        Path length that ends in a node: its depth, and what the rows left in it would still have taken.
    normal
        Mean path length of a row that is like all others.
    depth
        Of the deepest tree.
    """

    kind = "isolation forest"
    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    length: Floats
    normal: float
    depth: int

    @classmethod
    def fit(cls, columns: Floats, *, seed: int = 0) -> Forest:
        """Grow a forest on rows without missing values."""
        from sklearn.ensemble import IsolationForest

        grown = IsolationForest(n_estimators=TREES, max_samples=min(SAMPLE, len(columns)), random_state=seed)
        grown.fit(columns)
        return cls.of(grown, min(SAMPLE, len(columns)))

    @classmethod
    def of(cls, grown: Any, sample: int) -> Forest:
        """Read scikit-learn's trees."""
        trees = [estimator.tree_ for estimator in grown.estimators_]
        most = max(tree.node_count for tree in trees)
        shape = (len(trees), most)
        feature, left, right = (np.full(shape, fill, np.int64) for fill in (-1, 0, 0))
        threshold, length = np.zeros(shape), np.zeros(shape)
        deepest = 0
        for at, tree in enumerate(trees):
            nodes = np.arange(tree.node_count)
            leaf = tree.children_left < 0
            feature[at, nodes] = np.where(leaf, -1, tree.feature)
            threshold[at, nodes] = np.where(leaf, 0.0, tree.threshold)
            left[at, nodes], right[at, nodes] = (
                np.where(leaf, nodes, below) for below in (tree.children_left, tree.children_right)
            )
            depth = _depths(left[at], right[at], leaf)
            length[at, nodes] = depth + average_path(tree.n_node_samples)
            deepest = max(deepest, int(depth.max()))
        normal = float(average_path(np.array([sample]))[0])
        return cls(feature, threshold, left, right, length, normal, deepest)

    def score(self, columns: Floats) -> Floats:
        """Return the anomaly score of each row, between 0 and 1; about 0.5 for rows like all others."""
        asked = columns.astype(np.float32)  # as scikit-learn compares
        total = np.zeros(len(asked))
        rows = np.arange(len(asked))
        if len(asked) == 1:
            return np.asarray(2.0 ** (-self._single(asked[0]) / self.normal)).reshape(1)
        for at in range(len(self.feature)):
            feature, threshold = self.feature[at], self.threshold[at]
            node = np.zeros(len(asked), np.int64)
            for _ in range(self.depth):
                goes_left = asked[rows, feature[node]] <= threshold[node]
                node = np.where(goes_left, self.left[at][node], self.right[at][node])
            total += self.length[at][node]
        return np.asarray(2.0 ** (-total / len(self.feature) / self.normal))

    def _single(self, row: Any) -> float:
        """Return the mean path length of one row, all trees at once."""
        trees = np.arange(len(self.feature))
        node = np.zeros(len(trees), np.int64)
        for _ in range(self.depth):
            goes_left = row[self.feature[trees, node]] <= self.threshold[trees, node]
            node = np.where(goes_left, self.left[trees, node], self.right[trees, node])
        total = 0.0
        for length in self.length[trees, node]:
            total += length
        return total / len(trees)

    def arrays(self) -> Mapping[str, Any]:
        """Return what `of_arrays` takes."""
        names = ("feature", "threshold", "left", "right", "length")
        return {name: getattr(self, name) for name in names} | {"shape": np.array([self.normal, self.depth])}

    @classmethod
    def of_arrays(cls, stored: Mapping[str, Any]) -> Forest:
        """Undo `arrays`."""
        normal, depth = stored["shape"]
        names = ("feature", "threshold", "left", "right", "length")
        trees = {name: np.asarray(stored[name]) for name in names}
        return cls(**trees, normal=float(normal), depth=int(depth))


def average_path(count: Ints) -> Floats:
    """Return the mean path length of an unsuccessful search in a binary tree of so many rows, c(n)."""
    n = np.maximum(count.astype(float), 2.0)
    several = 2.0 * (np.log(n - 1.0) + np.euler_gamma) - 2.0 * (n - 1.0) / n
    return np.where(count <= 1, 0.0, np.where(count == 2, 1.0, several))


def _depths(left: Ints, right: Ints, leaf: Any) -> Floats:
    """Return each node's depth; children come after their parents."""
    depth = np.zeros(len(leaf))
    for node in np.flatnonzero(~leaf):
        depth[[left[node], right[node]]] = depth[node] + 1
    return depth
