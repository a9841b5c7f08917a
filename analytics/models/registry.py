"""Writes fitted models and their scores into the books."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analytics.models.scores import as_arrow

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Fitted
    from analytics.pipeline.books import BooksWriter


def register(writer: BooksWriter, name: str, models: Sequence[Fitted]) -> None:
    """Replace a model's versions in ``models.registry``, the one that serves first; other models keep theirs."""
    import pyarrow as pa

    _forget(writer, name, "models.registry")
    registry = {
        "model": [name] * len(models),
        "version": [model.version for model in models],
        "trained_at_as_of": [model.trained_as_of for model in models],
        "champion": [number == 0 for number in range(len(models))],
        "payload": [model.to_bytes() for model in models],
        "card": [json.dumps(dict(model.card()), ensure_ascii=False) for model in models],
    }
    writer.append("models.registry", pa.table(registry))


def write_scores(writer: BooksWriter, name: str, history: pd.DataFrame, latest: pd.DataFrame) -> None:
    """Replace a model's scores; other models keep theirs.

    Parameters
    ----------
    name
        Of the model.
    history, latest
        Rows of `analytics.models.scores.score_rows`.
    """
    _forget(writer, name, "scores.history", "scores.latest")
    writer.append("scores.history", as_arrow(history))
    writer.append("scores.latest", as_arrow(latest))


def _forget(writer: BooksWriter, name: str, *tables: str) -> None:
    for qualified in tables:
        there = writer.table(*qualified.split("."))
        writer.replace(qualified, there.filter(there.model != name))
