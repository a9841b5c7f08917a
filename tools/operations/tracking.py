"""A training kept in MLflow beside the books: its card's figures, its charts, who is called what."""

from __future__ import annotations

import json
from pathlib import Path

from governance.errors import ModelError
from governance.settings import Settings, load_settings
from tools.arguments import literal
from tools.operations import svg
from tools.operations.models import opened

OFF = "off"


def track_version(name: str, model: str, version: str, settings: Settings | None = None) -> str | None:
    """Track one version of the registry; return MLflow's id of the run, None where tracking is off.

    Raises
    ------
    ModelError
        The store cannot be reached; the training itself stands in the books.
    """
    settings = settings or load_settings()
    if settings.tracking == OFF:
        return None
    from analytics.models.tracking import run_of, track

    with opened(name, settings) as (workspace, principal):
        rows = workspace.query(
            principal, f"SELECT version, alias, card FROM books.models.registry WHERE model = {literal(model)}"
        ).dicts()
        snapshot, folder = workspace.reader(principal).snapshot, workspace.folder
    cards = {row["version"]: json.loads(row["card"]) for row in rows}
    if version not in cards:
        raise ModelError(f"The registry holds no version '{version}' of {model}: there is nothing to track.")
    deciles = cards[version].get("validation", {}).get("deciles", {}).get("rows", ())
    charts = {} if not deciles else {
        "calibration.svg": svg.reliability([row["predicted"] for row in deciles], [row["bad_rate"] for row in deciles]),
        "gain.svg": svg.gain([row["bads"] for row in deciles]),
    }  # fmt: skip
    run = run_of(model, version, cards[version], snapshot, charts)
    aliases = {row["version"]: row["alias"] for row in rows}
    with _reached(settings.tracking):
        return track(run, aliases, address=settings.tracking, folder=folder)


def mirror(name: str, model: str, settings: Settings | None = None) -> None:
    """Tell MLflow which version is called what, where it tracks this workspace at all."""
    settings = settings or load_settings()
    if settings.tracking == OFF:
        return
    from analytics.models.tracking import STORE

    with opened(name, settings) as (workspace, principal):
        if settings.tracking == "sqlite" and not (workspace.folder / STORE).exists():
            return
        rows = workspace.query(
            principal, f"SELECT version, alias FROM books.models.registry WHERE model = {literal(model)}"
        ).rows
        folder: Path = workspace.folder
    from analytics.models.tracking import mirror_aliases

    with _reached(settings.tracking):
        mirror_aliases(model, dict(rows), address=settings.tracking, folder=folder)


class _reached:  # noqa: N801  reads as a phrase
    """Translate MLflow's errors at one door."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        from mlflow.exceptions import MlflowException

        if isinstance(error, MlflowException):
            said = str(error).splitlines()[0][:200]
            raise ModelError(
                f"MLflow at {self._address} did not take it ({said}). The books have it; MUNSHI_TRACKING=off does "
                "without."
            ) from error
