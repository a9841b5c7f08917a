"""An autoencoder, the forest's alternative: rows it cannot rebuild stand out. Fitted by scikit-learn, read by numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.models.anomalies.postings import Floats

#: Units between a row and its copy, and rows it learns from.
LAYERS = (10, 4, 10)
ROWS = 20_000


@dataclass(frozen=True)
class Autoencoder:
    """Weights of a network with tanh units that rebuilds standardised rows."""

    kind = "autoencoder"
    mean: Floats
    scale: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    @classmethod
    def fit(cls, columns: Floats, *, seed: int = 0) -> Autoencoder:
        """Fit on at most `ROWS` rows, drawn by the seed."""
        from sklearn.neural_network import MLPRegressor

        draw = np.random.default_rng(seed)
        some = columns[draw.permutation(len(columns))[:ROWS]]
        mean, scale = some.mean(axis=0), some.std(axis=0)
        scale = np.where(scale > 1e-9, scale, 1.0)
        rows = np.clip((some - mean) / scale, -6, 6)
        network = MLPRegressor(
            hidden_layer_sizes=LAYERS, activation="tanh", max_iter=40, early_stopping=len(rows) >= 100,
            n_iter_no_change=4,
            random_state=seed, batch_size=min(256, len(rows)), learning_rate_init=3e-3, tol=1e-3,
        )  # fmt: skip
        import warnings

        from sklearn.exceptions import ConvergenceWarning

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are a budget
            network.fit(rows, rows)
        return cls(mean, scale, tuple(network.coefs_), tuple(network.intercepts_))

    def score(self, columns: Floats) -> Floats:
        """Return the mean squared error with which each row is rebuilt, in standard deviations."""
        rows = (columns - self.mean) / self.scale
        copy = np.clip(rows, -6, 6)
        for at, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            # einsum adds up in one order whatever the number of rows, as a matrix product does not
            copy = np.einsum("ij,jk->ik", copy, weight) + bias
            copy = np.tanh(copy) if at < len(self.weights) - 1 else copy
        return np.asarray(((rows - copy) ** 2).mean(axis=1))

    def arrays(self) -> Mapping[str, Any]:
        """Return what `of_arrays` takes."""
        layers = {f"weight{at}": value for at, value in enumerate(self.weights)}
        return {"mean": self.mean, "scale": self.scale, **layers} | {f"bias{k}": b for k, b in enumerate(self.biases)}

    @classmethod
    def of_arrays(cls, stored: Mapping[str, Any]) -> Autoencoder:
        """Undo `arrays`."""
        depth = sum(name.startswith("weight") for name in stored)
        weights, biases = (tuple(np.asarray(stored[f"{name}{k}"]) for k in range(depth)) for name in ("weight", "bias"))
        return cls(np.asarray(stored["mean"]), np.asarray(stored["scale"]), weights, biases)
