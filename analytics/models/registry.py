"""Writes fitted models and their scores into the books."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analytics.models.scores import as_arrow

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.credit import CreditModel
    from analytics.pipeline.books import BooksWriter


def write_model(
    writer: BooksWriter, name: str, models: Sequence[CreditModel], history: pd.DataFrame, latest: pd.DataFrame
) -> None:
    """Replace a model's versions and scores; other models keep theirs.

    Parameters
    ----------
    name
        Of the model.
    models
        Its versions, the one that serves first.
    history, latest
        Rows of `analytics.models.scores.score_rows`.
    """
    import pyarrow as pa

    for qualified in ("scores.history", "scores.latest", "models.registry"):
        there = writer.table(*qualified.split("."))
        writer.replace(qualified, there.filter(there.model != name))
    registry = {
        "model": [name] * len(models),
        "version": [model.version for model in models],
        "trained_at_as_of": [model.trained_as_of for model in models],
        "champion": [number == 0 for number in range(len(models))],
        "payload": [model.to_bytes() for model in models],
        "card": [json.dumps(dict(model.card()), ensure_ascii=False) for model in models],
    }
    writer.append("models.registry", pa.table(registry))
    writer.append("scores.history", as_arrow(history))
    writer.append("scores.latest", as_arrow(latest))
