"""Whom another version scores: open a route after its validation passed and a person stands for it, close it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import ModelError, SourceError, ToolRefused
from governance.settings import Settings
from tools.operations.fill import EMPTY, data_clock
from tools.operations.models import decided, rescored
from tools.operations.progress import Progress, part, silent

if TYPE_CHECKING:
    import datetime as dt

    from analytics.models.foreign import ForeignModel
    from analytics.models.supervised import SupervisedModel
    from analytics.pipeline.books import Books
    from analytics.warehouse import Writer

#: How a declaration of a graph is told from a version's name.
DECLARATIONS = (".yaml", ".yml")


def route(
    name: str,
    model: str,
    where: str,
    to: str,
    *,
    by: str,
    reason: str,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Let a version score part of a model's people, where it passes the gate on them.

    Parameters
    ----------
    where
        ``attribute=value``, see `analytics.models.routes.ATTRIBUTES`.
    to
        A version in the registry, or the file of a declaration (YAML) of an ONNX graph.

    Raises
    ------
    ModelError
        There is no such attribute, version or file, nobody is of the route, or nobody stands for the decision.
    ToolRefused
        It did not pass the gate on those people; the message says which checks and with what figures.
    """
    from analytics.build import open_books
    from analytics.features.tables import written_features
    from analytics.models import routes
    from analytics.monitor import gate, life_cycle
    from analytics.monitor.decisions import decide

    whom = routes.Route.parsed(where)
    with decided(name, "route", model, to if not to.endswith(DECLARATIONS) else Path(to).name, settings) as writer:
        life_cycle.signed(by, reason)
        clock = data_clock(writer)
        if clock is None:
            raise SourceError(EMPTY)
        books = open_books(writer)
        ends = written_features(writer, books).month_ends
        progress("Reading the version", 0.0)
        routes.refuse_unroutable(writer, books, model, ends)
        wanted = _wanted(writer, books, model, to, ends)
        progress(f"Validating it on {whom}", 0.1)
        tested, house = routes.validated(writer, books, ends, clock, model, whom, wanted)
        judgements = gate.judged(tested.card(), house)
        if failed := gate.failures(judgements):
            raise ToolRefused(f"{to} did not pass the gate on {whom}: {gate.told(failed)}. Nothing was routed.")
        version = routes.opened(writer, model, tested)
        decide(writer, model, version, "approve", by=by, reason=f"{whom}: {reason}", judgements=judgements)
        scored = rescored(writer, model, part(progress, 0.7, 1.0))
    return {"model": model, "route": str(whom), "version": version, "scored": scored, "gate": gate.as_rows(judgements)}


def unroute(
    name: str, model: str, version: str, *, by: str, reason: str, settings: Settings | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:  # fmt: skip
    """Close a route: those it took are scored by the version that serves again.

    Raises
    ------
    ModelError
        No route leads to that version, or nobody stands for the decision.
    """
    from analytics.models import registry
    from analytics.monitor import life_cycle
    from analytics.monitor.decisions import decide

    with decided(name, "unroute", model, version, settings) as writer:
        life_cycle.signed(by, reason)
        if registry.find(writer, model, version).alias != "route":
            there = [each.version for each in registry.versions(writer, model) if each.alias == "route"]
            raise ModelError(f"No route of {model} leads to {version}. There are: {', '.join(there) or 'none'}.")
        registry.realias(writer, model, {version: "retired"})
        decide(writer, model, version, "reject", by=by, reason=reason)
        scored = rescored(writer, model, progress)
    return {"model": model, "version": version, "scored": scored}


def _wanted(
    writer: Writer, books: Books, model: str, to: str, ends: tuple[dt.date, ...]
) -> SupervisedModel | ForeignModel:
    from analytics.models import serving
    from analytics.models.credit_data import scoring_frame
    from analytics.models.foreign import declared_model

    if not to.endswith(DECLARATIONS):
        return serving.load(writer, model, to)
    path = Path(to).expanduser()
    if not path.is_file():
        raise ModelError(f"There is no declaration {path}. Give a version of the registry, or a YAML file.")
    return declared_model(path, scoring_frame(writer, books, ends[-1:]))
