"""``python -m benchmarks.serving_bare PORT``: FastAPI with one handler that only predicts."""

from __future__ import annotations

import sys

import numpy as np
import uvicorn
import xgboost
from fastapi import FastAPI
from pydantic import BaseModel

FEATURES, ROWS, TREES = 30, 2_000, 200


class Asked(BaseModel):
    """Which customer."""

    customer_id: str


def bare_app() -> FastAPI:
    """The floor: a fitted booster and a route."""
    draw = np.random.default_rng(7)
    features = draw.normal(size=(ROWS, FEATURES)).astype(np.float32)
    labels = (features[:, 0] + draw.normal(size=ROWS) > 1).astype(int)
    options = {"max_depth": 4, "objective": "binary:logistic", "nthread": 1}
    booster = xgboost.train(options, xgboost.DMatrix(features, labels), num_boost_round=TREES)
    app = FastAPI(openapi_url=None)

    @app.post("/score")
    def score(asked: Asked) -> dict[str, float | str]:
        return {"customer_id": asked.customer_id, "probability": float(booster.inplace_predict(features[:1])[0])}

    return app


if __name__ == "__main__":
    print("bare", flush=True)
    uvicorn.run(bare_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", ws="none")
