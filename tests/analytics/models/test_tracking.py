"""Runs and aliases in an MLflow store of its own."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from analytics.models.tracking import STORE, code_version, run_of

CARD = {
    "learner": "logistic regression", "training_rows": 10, "features": ["a", "b"],
    "validation": {"metrics": {"auc": {"value": 0.8, "low": 0.7, "high": 0.9}}}, "tuning": {"parameters": {"eta": 0.1}},
}  # fmt: skip
SCRIPT = """
import json, sys
from pathlib import Path
from analytics.models.tracking import run_of, track, mirror_aliases, _client
folder, card = Path(sys.argv[1]), json.loads(sys.argv[2])
for version, aliases in (("v1", {"v1": "champion"}), ("v2", {"v1": "champion", "v2": "challenger"})):
    track(run_of("credit", version, card, 7, {"gain.svg": "<svg/>"}), aliases, address="sqlite", folder=folder)
mirror_aliases("credit", {"v1": "previous", "v2": "champion"}, address="sqlite", folder=folder)
client = _client("sqlite", folder)
found = {each.tags["version"]: each.version for each in client.search_model_versions("name='credit'")}
print(json.dumps({"aliases": client.get_registered_model("credit").aliases, "numbers": found}))
"""


def test_a_run_holds_what_the_card_says() -> None:
    run = run_of("credit", "v1", CARD, 7, {})
    assert run.metrics == {"auc": 0.8, "auc_low": 0.7, "auc_high": 0.9}
    assert run.parameters == {"learner": "logistic regression", "training_rows": "10", "tuned_eta": "0.1"}
    assert code_version() == code_version()
    assert "+" in code_version()


@pytest.mark.soak
def test_runs_are_kept_and_aliases_follow_the_books(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path), json.dumps(CARD)],
                          capture_output=True, text=True, check=True)  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    numbers = {version: int(number) for version, number in told["numbers"].items()}
    assert {alias: int(number) for alias, number in told["aliases"].items()} == {
        "champion": numbers["v2"], "previous": numbers["v1"],
    }  # fmt: skip
    with closing(sqlite3.connect(tmp_path / STORE)) as store:
        assert store.execute("SELECT count(*) FROM runs").fetchone()[0] == 2
        assert ("auc_low", 0.7) in store.execute("SELECT key, value FROM metrics").fetchall()
        assert ("snapshot", "7") in store.execute("SELECT key, value FROM tags").fetchall()
    assert list(tmp_path.rglob("gain.svg"))
