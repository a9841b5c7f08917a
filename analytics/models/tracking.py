"""Training runs in MLflow: what went in, what came out, which version is called what. Nothing personal goes there.

MLflow mirrors the books: the registry of record is theirs. Its telemetry is off; the SQLite store is made at first use.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

#: Name of the store in a workspace's folder, and of the folder with the charts.
STORE, ARTEFACTS = "mlflow.sqlite", "mlflow-artefacts"
#: Aliases of the registry that MLflow is told of.
MIRRORED = ("champion", "challenger", "previous")
LONGEST_PARAMETER = 500


@dataclass(frozen=True)
class Run:
    """One training as it is tracked.

    Attributes
    ----------
    snapshot
        Of the books it read.
    charts
        File name → SVG text.
    """

    model: str
    version: str
    snapshot: int
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]
    charts: Mapping[str, str] = field(default_factory=dict)


@cache
def code_version() -> str:
    """Return the package's version with a digest of the analytics code, git or no git."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    try:
        package = version("munshi")
    except PackageNotFoundError:
        package = "source"
    return f"{package}+{digest.hexdigest()[:12]}"


def run_of(model: str, name: str, card: Mapping[str, Any], snapshot: int, charts: Mapping[str, str]) -> Run:
    """Return the run that a version's card tells of: plain settings as parameters, metrics with their intervals."""
    plain = {key: str(value)[:LONGEST_PARAMETER] for key, value in card.items() if isinstance(value, str | int | float)}
    tuned = {f"tuned_{key}": str(value) for key, value in (card.get("tuning") or {}).get("parameters", {}).items()}
    found = card.get("validation", {}).get("metrics", {})
    metrics = {
        metric if end == "value" else f"{metric}_{end}": float(value)
        for metric, estimate in found.items()
        for end, value in estimate.items()
    }
    return Run(model, name, snapshot, plain | tuned, metrics, charts)


def track(run: Run, aliases: Mapping[str, str], *, address: str, folder: Path) -> str:
    """Keep a run and mirror the registry's aliases; return MLflow's id of the run.

    Parameters
    ----------
    aliases
        Version → alias of every version of the model.
    address
        ``sqlite`` for a store in ``folder``, or a server's URL.
    """
    client = _client(address, folder)
    experiment = client.get_experiment_by_name(run.model)
    place = (folder / ARTEFACTS).absolute().as_uri() if address == "sqlite" else None
    experiment_id = experiment.experiment_id if experiment else client.create_experiment(run.model, place)
    tags = {"version": run.version, "snapshot": str(run.snapshot), "code": code_version()}
    made = client.create_run(experiment_id, tags=tags, run_name=f"{run.model} {run.version}")
    run_id = str(made.info.run_id)
    for name, value in run.parameters.items():
        client.log_param(run_id, name, value)
    for name, figure in run.metrics.items():
        client.log_metric(run_id, name, figure)
    for name, text in run.charts.items():
        client.log_text(run_id, text, name)
    client.set_terminated(run_id)
    _register(client, run, run_id, made.info.artifact_uri)
    mirror(client, run.model, aliases)
    return run_id


def mirror_aliases(model: str, aliases: Mapping[str, str], *, address: str, folder: Path) -> None:
    """Tell MLflow of aliases that changed; a store that was never made stays unmade."""
    if address == "sqlite" and not (folder / STORE).exists():
        return
    mirror(_client(address, folder), model, aliases)


def mirror(client: MlflowClient, model: str, aliases: Mapping[str, str]) -> None:
    """Set each mirrored alias on the version that has it in the books, and take it off where none has."""
    numbers = {each.tags.get("version"): each.version for each in client.search_model_versions(f"name='{model}'")}
    for alias in MIRRORED:
        holders = [name for name, its in aliases.items() if its == alias and name in numbers]
        if holders:
            client.set_registered_model_alias(model, alias, numbers[holders[0]])
        elif numbers:
            client.delete_registered_model_alias(model, alias)


def _register(client: MlflowClient, run: Run, run_id: str, source: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.get_registered_model(run.model)
    except MlflowException:
        client.create_registered_model(run.model)
    client.create_model_version(run.model, source, run_id, tags={"version": run.version})


def _client(address: str, folder: Path) -> MlflowClient:
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from mlflow import MlflowClient

    uri = f"sqlite:///{(folder / STORE).absolute()}" if address == "sqlite" else address
    return MlflowClient(tracking_uri=uri, registry_uri=uri)
