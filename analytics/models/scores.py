"""Rows of ``scores.history``: probability, points, band, place, exposure, expected loss, thin file, reasons."""

from __future__ import annotations

import decimal
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.explain.reasons import reasons
from analytics.explain.wording import CREDIT, Wording

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analytics.models.protocol import Scorer

_CENT = decimal.Decimal("0.01")


def score_rows(
    model: Scorer,
    frame: pd.DataFrame,
    *,
    name: str,
    backcast: bool,
    wording: Wording = CREDIT,
    routed: Sequence[tuple[Scorer, pd.Series[bool]]] = (),
) -> pd.DataFrame:
    """Score one as-of's customers.

    Rank 1 is the highest probability; ties go by exposure, the larger first, then by customer id. The percentile is the
    share of scored customers with a lower probability, 0 to 100.

    Parameters
    ----------
    frame
        Features, ``exposure`` and ``loss_given_default`` of the customers at one as-of, NaN where nothing is owed;
        ``thin_file`` where it is known.
    backcast
        Whether the model was trained on data later than the as-of.
    wording
        How the model's reasons are told.
    routed
        Models that score the rows they are marked for in place of ``model``; the first that is marked does.
    """
    import pandas as pd

    parts = [_scored(each, frame.loc[rows], wording) for each, rows in _split(model, frame, routed)]
    scored = pd.concat(parts).reindex(frame.index)
    ordered = scored.assign(exposure=frame["exposure"]).sort_values(
        ["probability", "exposure", "customer_id"], ascending=[False, False, True]
    )
    place = np.empty(len(ordered), dtype=np.int64)
    place[frame.index.get_indexer(ordered.index)] = np.arange(1, len(ordered) + 1)
    below = np.searchsorted(np.sort(scored["probability"].to_numpy()), scored["probability"].to_numpy(), side="left")
    return scored.assign(
        model=name,
        rank=place,
        percentile=100.0 * below / max(len(scored), 1),
        exposure=frame["exposure"],
        expected_loss=scored["probability"] * frame["loss_given_default"],
        backcast=backcast,
        thin_file=frame.get("thin_file", False),
    )


def _split(
    model: Scorer, frame: pd.DataFrame, routed: Sequence[tuple[Scorer, pd.Series[bool]]]
) -> Iterator[tuple[Scorer, pd.Series[bool]]]:
    """Yield each model with the rows it scores; the model of the rest first, also where no rows are left to it."""
    import pandas as pd

    free = pd.Series(True, index=frame.index)
    taken = []
    for other, marked in routed:
        mine = marked.reindex(frame.index, fill_value=False) & free
        free &= ~mine
        taken.append((other, mine))
    yield model, free
    yield from ((other, mine) for other, mine in taken if mine.any())


def _scored(model: Scorer, frame: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    import pandas as pd

    scored, contributions = model.explained(frame)
    background = model.card().get("background", {}).get("medians", {})
    told = reasons(frame, contributions, background, wording)
    return scored.drop(columns="log_odds").assign(
        version=model.version, reasons=pd.Series(told, index=scored.index, dtype=object)
    )


def as_arrow(rows: pd.DataFrame) -> pa.Table:
    """Return score rows with the columns and types of `analytics.schema.SCORES_HISTORY`."""
    import pyarrow as pa

    reason = pa.struct(
        [("concept", pa.string()), ("text", pa.string()), ("points", pa.float64()), ("direction", pa.string())]
    )
    types: dict[str, Any] = {
        "customer_id": pa.string(), "as_of": pa.date32(), "model": pa.string(), "version": pa.string(),
        "score": pa.int32(), "probability": pa.float64(), "band": pa.string(), "rank": pa.int64(),
        "percentile": pa.float64(), "exposure": pa.decimal128(18, 2), "expected_loss": pa.decimal128(18, 2),
        "backcast": pa.bool_(), "reasons": pa.list_(reason), "thin_file": pa.bool_(),
    }  # fmt: skip
    convert = {"exposure": _money, "expected_loss": _money, "as_of": _dates}
    columns = [pa.array(convert.get(name, list)(rows[name]), type=kind) for name, kind in types.items()]
    return pa.table(columns, schema=pa.schema(list(types.items())))


def _money(amounts: pd.Series[float]) -> list[decimal.Decimal | None]:
    return [decimal.Decimal(repr(float(amount))).quantize(_CENT) if np.isfinite(amount) else None for amount in amounts]


def _dates(moments: pd.Series[Any]) -> list[Any]:
    return [moment.date() for moment in moments]
