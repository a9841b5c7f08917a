"""Look at the models that serve, keep what is found, train a challenger where drift and performance call for one."""

from __future__ import annotations

from typing import Any

from governance.errors import SourceError
from governance.settings import Settings
from tools.operations.fill import EMPTY, data_clock, train_model
from tools.operations.progress import Progress, part, silent
from tools.workspace import Workspace


def monitor(
    name: str, *, retrain: bool = False, settings: Settings | None = None, progress: Progress = silent
) -> dict[str, Any]:
    """Examine what serves at the newest month end.

    Parameters
    ----------
    retrain
        Train a challenger where the verdict says so; it waits for a person.

    Returns
    -------
    dict
        ``workspace``, ``findings`` and ``challenger``, the version trained or None.
    """
    from analytics.build import open_books
    from analytics.monitor.examine import examine

    progress("Examining the models", 0.0)
    with Workspace.open(name, settings) as workspace, workspace.lake.writer("monitoring") as writer:
        clock = data_clock(writer)
        if clock is None:
            raise SourceError(EMPTY)
        found = examine(writer, open_books(writer), clock)
    findings = [{**vars(each), "as_of": each.as_of.isoformat()} for each in found]
    challenger = None
    if retrain and any(each.check == "retraining" and each.status == "alarm" for each in found):
        challenger = train_model(name, settings=settings, progress=part(progress, 0.5, 1.0)).challenger
    progress("Done", 1.0)
    return {"workspace": name, "findings": findings, "challenger": challenger}


def scheduled(name: str, *, train: bool, settings: Settings) -> str:
    """Run what a schedule asks for; return how it went in a sentence without personal data."""
    if train:
        report = train_model(name, settings=settings)
        waits = f"challenger {report.challenger} waits" if report.challenger else f"{report.champion} serves"
        return f"trained: {waits}"
    found = monitor(name, retrain=True, settings=settings)
    calls = [f"{each['check']} {each['status']}" for each in found["findings"] if each["status"] in ("warn", "alarm")]
    trained = f"; challenger {found['challenger']} waits" if found["challenger"] else ""
    return f"{', '.join(calls) or 'nothing to report'}{trained}"
