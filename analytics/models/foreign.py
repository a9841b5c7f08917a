"""A model that came from elsewhere as an ONNX file, behind the protocol of our own.

It is declared in YAML: the file, its digest, its features in order, what its output is. It scores; contributions are
sampled against a background and add up exactly.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.models import scale
from analytics.models.design import matrix
from governance.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Output = Literal["probability", "log_odds"]

#: Orders of the features that contributions are averaged over, each with its reverse, and rows of the background.
ORDERS, BACKGROUND = 16, 32
ADDITIVITY = 1e-5
KEYS = ("name", "file", "sha256", "features", "output", "trained_as_of")


@dataclass(frozen=True)
class Declared:
    """What the YAML says of a foreign model."""

    name: str
    sha256: str
    features: tuple[str, ...]
    output: Output
    trained_as_of: dt.date


@dataclass(frozen=True)
class ForeignModel:
    """A declared ONNX graph.

    Attributes
    ----------
    document
        The graph's bytes.
    background
        (rows, features) that contributions are measured against.
    named
        Its version, where it has another than the beginning of its digest.
    """

    declared: Declared
    document: bytes
    background: Floats
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    named: str = ""

    @property
    def version(self) -> str:
        """As it was named, else the beginning of the graph's digest."""
        return self.named or f"onnx-{self.declared.sha256[:12]}"

    @property
    def trained_as_of(self) -> dt.date:
        """As declared."""
        return self.declared.trained_as_of

    @property
    def features(self) -> tuple[str, ...]:
        """As declared, in the graph's order."""
        return self.declared.features

    @property
    def bands(self) -> scale.Bands:
        """Those of the probability of default."""
        return scale.BANDS

    def card(self) -> Mapping[str, Any]:
        """Return what is known of it: what was declared, and what validation found here."""
        told = {
            "model": self.declared.name, "learner": "foreign ONNX graph", "features": list(self.features),
            "trained_as_of": self.trained_as_of.isoformat(), "sha256": self.declared.sha256,
            "contributions": "sampled Shapley values against a background: exact in sum, each with a sampling error",
        }  # fmt: skip
        return {**told, **self.facts}

    def with_facts(self, **facts: Any) -> ForeignModel:
        """Return the model with more on its card."""
        return replace(self, facts=MappingProxyType({**self.facts, **facts}))

    def as_version(self, version: str) -> ForeignModel:
        """Return the model under another version's name."""
        return replace(self, named=version)

    def to_bytes(self) -> bytes:
        """Return declaration, background and graph as JSON and bytes; nothing in it executes on loading."""
        head = json.dumps({
            "name": self.declared.name, "sha256": self.declared.sha256, "features": list(self.features),
            "output": self.declared.output, "trained_as_of": self.trained_as_of.isoformat(),
            "background": [[None if np.isnan(x) else x for x in row] for row in self.background.tolist()],
            "facts": dict(self.facts), "named": self.named,
        }).encode()  # fmt: skip
        return len(head).to_bytes(4, "big") + head + self.document

    @classmethod
    def from_bytes(cls, stored: bytes) -> ForeignModel:
        """Undo `to_bytes`.

        Raises
        ------
        ModelError
            The bytes are no foreign model, or the graph is not the one that was declared.
        """
        try:
            end = 4 + int.from_bytes(stored[:4], "big")
            told = json.loads(stored[4:end])
            declared = Declared(told["name"], told["sha256"], tuple(told["features"]), told["output"],
                                dt.date.fromisoformat(told["trained_as_of"]))  # fmt: skip
            background = np.array(
                [[np.nan if x is None else x for x in row] for row in told["background"]], dtype=float
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError("The stored bytes are no foreign model. Declare it again.") from error
        _check_digest(stored[end:], declared.sha256, "The stored graph")
        return cls(declared, stored[end:], background, MappingProxyType(told["facts"]), told["named"])

    @cached_property
    def _session(self) -> Any:
        from analytics.models.onnx_export import session_of

        return session_of(self.document)

    def score(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return ``customer_id, as_of, log_odds, probability, score, band``."""
        log_odds = self._log_odds(matrix(frame, self.features))
        probability = scale.expit(log_odds)
        return frame[["customer_id", "as_of"]].assign(
            log_odds=log_odds, probability=probability, score=scale.score(log_odds), band=scale.band(probability)
        )

    def explained(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return `score` and `contributions` of a frame."""
        return self.score(frame), self.contributions(frame)

    def contributions(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return sampled Shapley values against the background and ``base``; rows sum to the log-odds.

        Features are put in the background's place one after the other in random orders (Castro et al., 2009): along
        each order the steps add up to the whole way, so that their means do.

        Raises
        ------
        ModelError
            They do not, because the graph gives other values for the same row.
        """
        import pandas as pd

        values = matrix(frame, self.features)
        draw = np.random.default_rng(0)
        orders = [draw.permutation(len(self.features)) for _ in range(ORDERS // 2)]
        parts = np.zeros((len(values), len(self.features) + 1))
        for number, order in enumerate([each for one in orders for each in (one, one[::-1])]):
            self._walk(values, self.background[number % len(self.background)], order, parts)
        parts[:, :-1] /= ORDERS
        parts[:, -1] /= ORDERS
        gap = float(np.abs(parts.sum(axis=1) - self._log_odds(values)).max()) if len(values) else 0.0
        if gap > ADDITIVITY:
            raise ModelError(f"The contributions of {self.declared.name} miss its score by {gap:.1e} log-odds.")
        return pd.DataFrame(parts, columns=[*self.features, "base"], index=frame.index)

    def against(self, rows: pd.DataFrame) -> ForeignModel:
        """Return the model with contributions measured against other rows: at most `BACKGROUND`, drawn by the seed."""
        return replace(self, background=_background(rows, self.features))

    def _walk(self, values: Floats, start: Floats, order: NDArray[np.int64], parts: Floats) -> None:
        mixed = np.tile(start, (len(values), 1))
        before = self._log_odds(mixed)
        parts[:, -1] += before
        for feature in order:
            mixed[:, feature] = values[:, feature]
            after = self._log_odds(mixed)
            parts[:, feature] += after - before
            before = after

    def _log_odds(self, values: Floats) -> Floats:
        session = self._session
        given = session.get_inputs()[0]
        kind = np.float64 if "double" in given.type else np.float32
        names = [each.name for each in session.get_outputs()]
        wanted = self.declared.output if self.declared.output in names else names[-1]
        found = np.asarray(session.run([wanted], {given.name: values.astype(kind)})[0], dtype=float)
        if found.size != len(values):
            found = found.reshape(len(values), -1)[:, -1]  # a probability for each class, the event's last
        flat = found.reshape(len(values))
        return scale.logit(flat) if self.declared.output == "probability" else flat


def declared_model(path: Path, population: pd.DataFrame) -> ForeignModel:
    """Read a declaration and its graph.

    Parameters
    ----------
    path
        YAML with ``name, file, sha256, features, output, trained_as_of``.
    population
        Borrowers the background is drawn from.

    Raises
    ------
    ModelError
        The declaration is wrong, the graph is not the one declared, or features are not ours; the message says which.
    """
    import yaml

    from analytics.features.application import EVERY

    told = yaml.safe_load(path.read_text("utf-8"))
    missing = [key for key in KEYS if not isinstance(told, dict) or key not in told]
    if missing:
        raise ModelError(f"{path.name} lacks {', '.join(missing)}. A declaration has: {', '.join(KEYS)}.")
    unknown: Sequence[str] = [str(name) for name in told["features"] if name not in EVERY]
    if unknown:
        raise ModelError(f"{path.name}: there is no feature '{unknown[0]}'.{did_you_mean(unknown[0], EVERY)}")
    if told["output"] not in ("probability", "log_odds"):
        raise ModelError(f"{path.name}: output is '{told['output']}'; it is probability or log_odds.")
    file = path.parent / str(told["file"])
    if not file.is_file():
        raise ModelError(f"{path.name}: there is no file {file}.")
    document = file.read_bytes()
    _check_digest(document, str(told["sha256"]), str(file))
    day = (
        told["trained_as_of"]
        if isinstance(told["trained_as_of"], dt.date)
        else dt.date.fromisoformat(told["trained_as_of"])
    )
    declared = Declared(str(told["name"]), str(told["sha256"]), tuple(told["features"]), told["output"], day)
    rows = population.sort_values("customer_id", ignore_index=True)
    made = ForeignModel(declared, document, _background(rows, declared.features))
    made._log_odds(made.background[:1])
    return made


def _background(rows: pd.DataFrame, features: Sequence[str]) -> Floats:
    chosen = np.random.default_rng(0).choice(len(rows), min(BACKGROUND, len(rows)), replace=False)
    return matrix(rows.iloc[np.sort(chosen)], features)


def _check_digest(document: bytes, wanted: str, what: str) -> None:
    found = hashlib.sha256(document).hexdigest()
    if found != wanted:
        raise ModelError(
            f"{what} is not the declared graph: its SHA-256 is {found}. Declare it anew or restore the file."
        )
