"""One score over HTTP, authenticated and durably audited, beside a bare handler that only predicts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median

import numpy as np

from benchmarks import place
from benchmarks.load import Load, at_rate, closed_loop, served, synced
from benchmarks.peers import peer_python
from benchmarks.report import Report, Target

ROUNDS, SECONDS, CONNECTIONS = 5, 4.0, 32
#: Features of the booster that the bare handler and MLflow's server have.
FEATURES = 30
#: Seconds that each is asked before anything counts: what is read once is in memory then.
WARMING = 2.0
RATIO, P99_RATIO = 0.4, 3.0
#: What the load is sent to → how it is served: a module with a port as its last argument.
SERVERS: Mapping[str, str] = {"munshi": "benchmarks.serving_munshi", "bare": "benchmarks.serving_bare"}
#: A third in the table, with what it needs, and what may name an interpreter that has it.
MLFLOW, MLFLOW_PACKAGES, MLFLOW_PYTHON = "mlflow", ("mlflow>=3.17,<4", "xgboost-cpu>=3.2,<4"), "MUNSHI_BENCH_MLFLOW"


def run() -> Report:
    """Measure the servers in turn: as fast as they go, then those that can at half of Munshi's pace."""
    with _all() as loads:
        for load in loads.values():
            closed_loop(load, CONNECTIONS, WARMING)
        free: dict[str, list[tuple[float, ...]]] = {name: [] for name in loads}
        before = {name: load.cpu_seconds() for name, load in loads.items()}
        for _ in range(ROUNDS):
            for name, load in loads.items():
                free[name].append(closed_loop(load, CONNECTIONS, SECONDS))
        cpu = {name: _cpu_ms(load, sum(map(len, free[name])), before[name]) for name, load in loads.items()}
        rates = {name: median(len(taken) / SECONDS for taken in rounds) for name, rounds in free.items()}
        pace = rates["munshi"] / 2
        steady = [name for name in loads if rates[name] > pace * 1.2]  # one that cannot keep the pace has no tail at it
        paced: dict[str, list[tuple[float, ...]]] = {name: [] for name in steady}
        for _ in range(ROUNDS):
            for name in steady:
                paced[name].append(at_rate(loads[name], CONNECTIONS, pace, SECONDS))
    ratios = [len(ours) / len(bare) for ours, bare in zip(free["munshi"], free["bare"], strict=True)]
    p99 = {name: median(_p99(taken) for taken in rounds) for name, rounds in paced.items()}
    disk = synced(place.settings().home)
    return Report(
        "serving", f"one credit score, {CONNECTIONS} connections, {ROUNDS} interleaved rounds of {SECONDS:g} s",
        ("served by", "requests a second", "processor ms a request", "p50 ms", f"p99 ms at {pace:.0f}/s"),
        [(name, rates[name], cpu[name], _p50(free[name]), p99.get(name)) for name in rates],
        targets=(
            Target("requests a second ÷ the bare handler's, median", median(ratios), RATIO, "×", at_least=True),
            Target("p99 at half the pace ÷ the bare handler's", p99["munshi"] / p99["bare"], P99_RATIO, "×"),
        ),
        notes=(
            "ratios by round: " + ", ".join(f"{ratio:.2f}" for ratio in ratios),
            f"processor time a request ÷ the bare handler's: {_ratio(cpu)}",
            "munshi: key, scope, rate limit, the books' score under rules, an audit entry on disk before the answer",
            f"this disk keeps 4 KiB in {_p50([disk]):.1f} ms, p99 {_p99(disk):.1f} ms: the audit waits for it",
            "bare: FastAPI, a booster of 200 trees over 30 features, `inplace_predict` of one row; no auth, no audit",
            f"munshi's requests a second ÷ those of MLflow's model server: {rates['munshi'] / rates[MLFLOW]:.2f}×",
            "mlflow: the same booster as MLflow's own kind of model behind what `mlflow models serve` runs",
            "the load comes from a process of its own on the same machine",
        ),
    )  # fmt: skip


@contextmanager
def _all() -> Iterator[dict[str, Load]]:
    """The servers, each in a process of its own."""
    here = place.settings()
    place.demo_workspace(here)
    with served([sys.executable, "-m", SERVERS["munshi"]], place.environment(here)) as (port, pid, told):
        key, customer = told.split()
        munshi = Load(port, "/api/v1/inference/credit-score", {"customer_id": customer}, key, pid)
        with served([sys.executable, "-m", SERVERS["bare"]], place.environment(here)) as (other, its_pid, _):
            bare = Load(other, "/score", {"customer_id": customer}, None, its_pid)
            python = peer_python("mlflow", MLFLOW_PACKAGES, MLFLOW_PYTHON)
            script = str(place.ROOT / "benchmarks" / "serving_mlflow.py")
            with served([str(python), script], place.environment(here)) as (third, third_pid, _):
                row = {"inputs": [[0.0] * FEATURES]}
                yield {"munshi": munshi, "bare": bare, MLFLOW: Load(third, "/invocations", row, None, third_pid)}


def _ratio(cpu: Mapping[str, float | None]) -> str:
    ours, bare = cpu["munshi"], cpu["bare"]
    return f"{ours / bare:.2f}×" if ours and bare else "not told here"


def _cpu_ms(load: Load, requests: int, before: float | None) -> float | None:
    after = load.cpu_seconds()
    return None if before is None or after is None else (after - before) / requests * 1000


def _p50(rounds: Sequence[Sequence[float]]) -> float:
    return median(float(np.percentile(taken, 50)) for taken in rounds) * 1000


def _p99(taken: Sequence[float]) -> float:
    return float(np.percentile(taken, 99)) * 1000
