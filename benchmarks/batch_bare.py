"""``python -m benchmarks.batch_bare SOURCE TARGET``: a CSV read, predicted in place and written; says the seconds."""

from __future__ import annotations

import sys
import time

import numpy as np
import pyarrow as pa
import xgboost
from pyarrow import csv

ROWS, TREES = 2_000, 200


def main(source: str, target: str) -> tuple[float, float]:
    """Return the seconds of reading, predicting and writing, and those of processor."""
    with csv.open_csv(source) as opened:
        width = len(opened.schema) - 1
    draw = np.random.default_rng(7)
    features = draw.normal(size=(ROWS, width)).astype(np.float32)
    labels = (features[:, 0] + draw.normal(size=ROWS) > 1).astype(int)
    booster = xgboost.train({"max_depth": 4, "objective": "binary:logistic"}, xgboost.DMatrix(features, labels), TREES)
    began, used = time.perf_counter(), time.process_time()
    table = csv.read_csv(source)
    figures = np.column_stack([table.column(at + 1).to_numpy() for at in range(width)]).astype(np.float32)
    found = booster.inplace_predict(figures)
    csv.write_csv(pa.table({"customer_id": table.column(0), "probability": found}), target)
    return time.perf_counter() - began, time.process_time() - used


if __name__ == "__main__":
    print(*main(sys.argv[1], sys.argv[2]))
