"""All six models trained on one simulated lender, as a process: ``python -m benchmarks.training_runs CUSTOMERS``.

Prints seconds by model, and what came of each, as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.credit_runs import fill_books
from governance.settings import Settings
from tools.workspace import Workspace

SEED = 92_001


def main(customers: int) -> dict[str, Any]:
    """Simulate and build the features; then train, validate and score by each model in turn."""
    from analytics.build import open_books, train
    from analytics.features.tables import write_features
    from analytics.models.catalogue import MODELS
    from analytics.sandbox import SandboxProfile

    clock = SandboxProfile().last_month
    with tempfile.TemporaryDirectory(prefix="munshi-training-") as home:
        settings = Settings(home=Path(home) / "munshi", key_file=Path(home) / "master.key", master_key=None)
        with Workspace.create("models", settings) as workspace, workspace.lake.writer("benchmark: training") as writer:
            fill_books(writer, SEED, customers)
            started = time.perf_counter()
            write_features(writer, open_books(writer), clock, progress=lambda *_: None)
            seconds = {"features": time.perf_counter() - started}
            said = {}
            for name in MODELS:
                started = time.perf_counter()
                outcome = train(writer, clock, progress=lambda *_: None, model=name).models[name]
                seconds[name] = time.perf_counter() - started
                said[name] = outcome.refusal or f"{outcome.scored} scored"
    return {"seconds": seconds, "said": said}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
