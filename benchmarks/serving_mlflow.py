"""``python serving_mlflow.py PORT``: the same booster behind MLflow's model server, in an environment of its own.

Nothing of Munshi is imported here. The server is what ``mlflow models serve`` runs, in one process.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

FEATURES, ROWS, TREES = 30, 2_000, 200


def saved_model() -> str:
    """Fit the booster that the bare handler has and save it as MLflow's own kind of model; return where."""
    np: Any = import_module("numpy")
    xgboost: Any = import_module("xgboost")
    draw = np.random.default_rng(7)
    features = draw.normal(size=(ROWS, FEATURES)).astype("float32")
    labels = (features[:, 0] + draw.normal(size=ROWS) > 1).astype(int)
    options = {"max_depth": 4, "objective": "binary:logistic", "nthread": 1}
    booster = xgboost.train(options, xgboost.DMatrix(features, labels), num_boost_round=TREES)
    folder = Path(tempfile.mkdtemp()) / "model"
    import_module("mlflow.xgboost").save_model(booster, str(folder))
    return str(folder)


if __name__ == "__main__":
    os.environ[import_module("mlflow.pyfunc.scoring_server")._SERVER_MODEL_PATH] = saved_model()
    print("mlflow", flush=True)
    app = import_module("mlflow.pyfunc.scoring_server.app").app
    import_module("uvicorn").run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
