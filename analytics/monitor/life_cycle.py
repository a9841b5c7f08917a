"""From trained to serving and back: every step a decision with a name and a reason.

A challenger serves only when the gate passed and a person approved. What serves is scored by the caller afterwards:
these functions change aliases, decisions and, where a model is switched off, take its scores away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analytics.models import registry
from analytics.monitor import gate
from analytics.monitor.decisions import Decision, decide, decisions, switched_off
from governance.errors import ModelError, ToolRefused

if TYPE_CHECKING:
    from analytics.models.protocol import Fitted
    from analytics.monitor.gate import Judgement
    from analytics.pipeline.books import BooksWriter

FIRST = "The first training of the workspace serves at once."
REFIT = "Each build fits it anew on the newest month end."


def enrol(
    writer: BooksWriter,
    name: str,
    models: Sequence[Fitted],
    *,
    beside: Sequence[Fitted] = (),
    reason: str = "Trained.",
) -> registry.Alias:
    """Register a model's versions with the gate's judgement of the newest; the first of a workspace serves at once.

    Returns
    -------
    Alias
        ``champion`` or ``challenger``.
    """
    serving = registry.champion(writer, name)
    judgements = gate.judged(models[0].card(), serving.card if serving else None)
    alias = registry.register(writer, name, models, beside)
    decide(writer, name, models[0].version, "register", reason=reason, judgements=judgements)
    if alias == "champion":
        decide(writer, name, models[0].version, "promote", reason=FIRST, judgements=judgements)
    return alias


def refit(writer: BooksWriter, name: str, model: Fitted) -> None:
    """Let a model that each build fits anew serve at once, and keep that it does."""
    registry.replace_champion(writer, name, model)
    decide(writer, name, model.version, "promote", reason=REFIT)


def retire_unreadable(writer: BooksWriter, name: str) -> None:
    """Retire a champion that this Munshi can no longer read, so that the next training serves; the books keep why."""
    from analytics.models.serving import load

    serving = registry.champion(writer, name)
    if serving is None:
        return
    try:
        load(writer, name, serving.version)
    except ModelError as unreadable:
        registry.realias(writer, name, {serving.version: "retired"})
        decide(writer, name, serving.version, "reject", reason=str(unreadable))


def approve(writer: BooksWriter, name: str, version: str, *, by: str, reason: str) -> tuple[Judgement, ...]:
    """Let a challenger serve: the gate judges it beside the champion, a person takes it on himself.

    Raises
    ------
    ModelError
        There is no such version, it is no challenger, or nobody stands for it.
    ToolRefused
        It did not pass the gate; the message says which checks and with what figures.
    """
    _signed(by, reason)
    wanted = registry.find(writer, name, version)
    if wanted.alias != "challenger":
        waiting = [each.version for each in registry.versions(writer, name) if each.alias == "challenger"]
        raise ModelError(
            f"{name} {version} is {_a(wanted.alias)}, no challenger. "
            + (f"Waiting: {', '.join(waiting)}." if waiting else f"None waits: `munshi train {name}` makes one.")
        )
    serving = registry.champion(writer, name)
    judgements = gate.judged(wanted.card, serving.card if serving else None)
    if failed := gate.failures(judgements):
        told = "; ".join(f"{each.title.lower()} ({each.said})" for each in failed)
        raise ToolRefused(f"{name} {version} did not pass the gate: {told}. The champion keeps serving.")
    decide(writer, name, version, "approve", by=by, reason=reason, judgements=judgements)
    before = {each.version: "retired" for each in registry.versions(writer, name) if each.alias == "previous"}
    if serving:
        before[serving.version] = "previous"
    registry.realias(writer, name, {**before, version: "champion"})  # type: ignore[dict-item]
    decide(writer, name, version, "promote", by=by, reason=reason)
    return judgements


def reject(writer: BooksWriter, name: str, version: str, *, by: str, reason: str) -> None:
    """Retire a challenger.

    Raises
    ------
    ModelError
        It is no challenger, or nobody stands for the decision.
    """
    _signed(by, reason)
    wanted = registry.find(writer, name, version)
    if wanted.alias != "challenger":
        raise ModelError(f"{name} {version} is {_a(wanted.alias)}; only a challenger can be rejected.")
    registry.realias(writer, name, {version: "retired"})
    decide(writer, name, version, "reject", by=by, reason=reason)


def rollback(writer: BooksWriter, name: str, *, by: str, reason: str) -> str:
    """Let the version that served before serve again, and retire the one that does; return its version.

    Raises
    ------
    ModelError
        None served before, or nobody stands for the decision.
    """
    _signed(by, reason)
    serving = _serving(writer, name)
    before = next((each for each in registry.versions(writer, name) if each.alias == "previous"), None)
    if before is None:
        raise ModelError(f"No version of {name} served before {serving.version}: there is nothing to roll back to.")
    registry.realias(writer, name, {before.version: "champion", serving.version: "retired"})
    decide(writer, name, before.version, "rollback", by=by, reason=f"{reason} (in place of {serving.version})")
    return before.version


def switch_off(writer: BooksWriter, name: str, *, by: str, reason: str) -> Decision:
    """Stop a model from serving: its latest scores leave the books, so that no statement finds them.

    Raises
    ------
    ModelError
        It is off already, none serves, or nobody stands for the decision.
    """
    _signed(by, reason)
    serving = _serving(writer, name)
    if off := switched_off(writer, name):
        raise ModelError(f"{name} is switched off already, by {off.by}: {off.reason}")
    registry.forget(writer, name, "scores.latest")
    return decide(writer, name, serving.version, "switch_off", by=by, reason=reason)


def switch_on(writer: BooksWriter, name: str, *, by: str, reason: str) -> Decision:
    """Let a model serve again; the caller scores.

    Raises
    ------
    ModelError
        It is not off, or nobody stands for the decision.
    """
    _signed(by, reason)
    serving = _serving(writer, name)
    if not switched_off(writer, name):
        raise ModelError(f"{name} is not switched off.")
    return decide(writer, name, serving.version, "switch_on", by=by, reason=reason)


def history(writer: BooksWriter, name: str) -> list[Decision]:
    """Return what was decided about a model, the oldest first."""
    return decisions(writer, name)


def _serving(writer: BooksWriter, name: str) -> registry.Version:
    found = registry.champion(writer, name)
    if found is None:
        known = sorted({each.model for each in registry.versions(writer)})
        raise ModelError(f"No version of '{name}' serves. There are: {', '.join(known) or 'no models yet'}.")
    return found


def _signed(by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise ModelError("A decision about a model needs a name and a reason: --by NAME --reason WHY.")


def _a(alias: str) -> str:
    return {"retired": "retired"}.get(alias, f"a {alias}" if alias != "previous" else "the previous champion")
