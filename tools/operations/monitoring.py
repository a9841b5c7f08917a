"""Look at the models that serve, keep what is found, train a challenger where drift and performance call for one."""

from __future__ import annotations

from typing import Any

from governance.errors import SourceError
from governance.principal import local_principal
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
        Train a challenger of each model whose verdict says so; it waits for a person.

    Returns
    -------
    dict
        ``workspace``, ``findings`` and ``challengers``, the version trained of each model.
    """
    from analytics.build import open_books
    from analytics.monitor.examine import examine

    progress("Examining the models", 0.0)
    with Workspace.open(name, settings) as workspace, workspace.lake.writer("monitoring") as writer:
        clock = data_clock(writer)
        if clock is None:
            raise SourceError(EMPTY)
        found = examine(writer, open_books(writer), clock)
        for each in found:
            if each.status == "alarm":
                details = {"model": each.model, "check": each.check, "as_of": each.as_of.isoformat()}
                workspace.control.audit(local_principal(name).name, f"monitor:{each.check}", "alarm", details)
    findings = [{**vars(each), "as_of": each.as_of.isoformat()} for each in found]
    called = [each.model for each in found if (each.check, each.status) == ("retraining", "alarm")]
    challengers = {}
    for place, model in enumerate(called if retrain else ()):
        share = part(progress, 0.5 + 0.5 * place / len(called), 0.5 + 0.5 * (place + 1) / len(called))
        report = train_model(name, model=model, settings=settings, progress=share)
        challengers[model] = report.challenger or report.champion
    progress("Done", 1.0)
    return {"workspace": name, "findings": findings, "challengers": challengers}


def scheduled(name: str, *, train: bool, settings: Settings) -> str:
    """Run what a schedule asks for; return how it went in a sentence without personal data."""
    if train:
        report = train_model(name, settings=settings)
        waits = f"challenger {report.challenger} waits" if report.challenger else f"{report.champion} serves"
        return f"trained: {waits}"
    found = monitor(name, retrain=True, settings=settings)
    calls = [
        f"{each['model']} {each['check']} {each['status']}"
        for each in found["findings"]
        if each["status"] in ("warn", "alarm")
    ]
    trained = "".join(f"; {model} {version} was trained" for model, version in found["challengers"].items())
    return f"{', '.join(calls) or 'nothing to report'}{trained}"
