"""When, within the window: probabilities by horizon that never fall as the horizon grows.

The model gives the probability of the whole window. Of those the event befalls, the share it befalls in each period is
a logistic function of the model's log-odds, fitted period by period among those it has not yet befallen (a
discrete-time hazard; Allison, 1982). Horizon by horizon: ``P(h) = P · (1 − Π(1 − share))``, the last being
``P`` itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.models import metrics, scale
from analytics.models.logistic_fit import ridge_logistic
from analytics.models.metrics import Floats, Replicates

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analytics.models.protocol import Scorer
    from analytics.models.supervised import SupervisedModel
    from analytics.pipeline.books import BooksWriter

#: Ridge on the slope, so that few events give shares that do not depend on the log-odds.
PENALTY = 5.0


def timing(period: Floats, log_odds: Floats, periods: int) -> list[list[float]]:
    """Fit the share of each period but the last among those the event befalls from then on.

    Parameters
    ----------
    period
        Period of the event, from 1; 0 where it does not come.
    log_odds
        Calibrated, of models that did not see the row.
    periods
        How many there are.

    Returns
    -------
    list
        ``[intercept, slope]`` for each period but the last.
    """
    lines = []
    for number in range(1, periods):
        left = period >= number
        now = (period[left] == number).astype(float)
        if not len(now):
            return [[0.0, 0.0]] * (periods - 1)
        slope, intercept = ridge_logistic(log_odds[left][:, None], (now * len(now) + 0.5) / (len(now) + 1),
                                          penalty=PENALTY)  # fmt: skip
        lines.append([round(intercept, 8), round(float(slope[0]), 8)])
    return lines


def by_horizon(log_odds: Floats, lines: Sequence[Sequence[float]]) -> Floats:
    """Return (rows, periods) probabilities of the event by the end of each period, from `timing`'s lines."""
    whole = scale.expit(log_odds)
    later = np.ones(len(log_odds))
    columns = []
    for intercept, slope in lines:
        later = later * (1 - scale.expit(intercept + slope * log_odds))
        columns.append(whole * (1 - later))
    return np.column_stack([*columns, whole])


def of(model: Scorer, frame: pd.DataFrame) -> Floats:
    """Return the probabilities by horizon of a model whose card has ``timing``."""
    return by_horizon(model.score(frame)["log_odds"].to_numpy(), model.card()["timing"]["lines"])


def told(scored: pd.DataFrame, horizons: Sequence[int], *, seed: int = 0) -> list[dict[str, Any]]:
    """Return, by horizon, n, events, observed and predicted share, and the AUC, out of time.

    Parameters
    ----------
    scored
        ``customer_id``, ``period`` and a column ``within_{horizon}`` for each.
    """
    draws = Replicates.by_customer(scored["customer_id"].to_numpy(), seed=seed)
    rows = []
    for number, horizon in enumerate(horizons, start=1):
        event = np.asarray(scored["period"].between(1, number), dtype=np.float64)
        probability = scored[f"within_{horizon}"].to_numpy(dtype=float)
        rows.append(
            {
                "horizon_days": horizon,
                "n": len(scored),
                "events": int(event.sum()),
                "observed": round(float(event.mean()), 6),
                "predicted": round(float(probability.mean()), 6),
                "auc": draws.estimate(metrics.auc, event, probability).as_dict(),
            }
        )
    return rows


def rows(model: SupervisedModel, frame: pd.DataFrame, *, name: str, horizons: Sequence[int]) -> pa.Table:
    """Return rows of ``scores.hazards``: one for each customer, as-of and horizon."""
    import pyarrow as pa

    found = of(model, frame)
    count = len(horizons)
    return pa.table(
        {
            "customer_id": np.repeat(frame["customer_id"].to_numpy(dtype=object), count),
            "as_of": pa.array(np.repeat(frame["as_of"].dt.date.to_numpy(), count), type=pa.date32()),
            "model": [name] * (len(frame) * count),
            "version": [model.version] * (len(frame) * count),
            "horizon_days": pa.array(np.tile(np.array(horizons), len(frame)), type=pa.int32()),
            "probability": found.ravel(),
        }
    )


def write(writer: BooksWriter, name: str, made: pa.Table) -> None:
    """Replace a model's rows of ``scores.hazards``."""
    there = writer.table("scores", "hazards")
    writer.replace("scores.hazards", there.filter(there.model != name))
    writer.append("scores.hazards", made)


def facts(frame: pd.DataFrame, unseen: Floats, horizons: Sequence[int]) -> Mapping[str, Any]:
    """Return ``timing`` for the card: the horizons in days and the lines of each period."""
    lines = timing(frame["period"].to_numpy(dtype=float), unseen, len(horizons))
    return {"timing": {"horizons": list(horizons), "lines": lines}}
